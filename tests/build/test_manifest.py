"""manifest.json: what machines read about the output folder."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from qt2anki import __version__
from qt2anki.build.manifest import fingerprint
from qt2anki.errors import PackageError
from qt2anki.model import Page
from tests.site import TEA, Site

SCHEMA = Path(__file__).parents[2] / "docs" / "manifest.schema.json"
ENTRY = {"file": "gone.apkg", "sha256": "0", "bytes": 1, "subject": "Gone"}
PAGE = Page("a.md", 1, "Why?", "Because.", ("Botany",), "/a", None, ("sap",), 0.5)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    one = Site(tmp_path)
    one.process(1)
    one.plain(2)
    one.plain(4, subject="Botany")
    return one


def manifest(site: Site) -> dict[str, Any]:
    """Read the manifest and hold it against its schema."""
    found: dict[str, Any] = json.loads((site.out / "manifest.json").read_text(encoding="utf-8"))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(found)
    return found


def entry(site: Site, subject: str = "Cooking") -> dict[str, Any]:
    (found,) = (each for each in manifest(site)["packages"] if each["subject"] == subject)
    assert isinstance(found, dict)
    return found


def test_a_first_build(site: Site) -> None:
    site.build()

    found = manifest(site)

    assert found["tool"] == f"qt2anki {__version__}"
    assert [each["file"] for each in found["packages"]] == ["botany.apkg", "cooking.apkg"]
    cooking = entry(site)
    data = (site.out / "cooking.apkg").read_bytes()
    assert (cooking["bytes"], cooking["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert cooking["pages"] == 2
    assert cooking["notes"]["qa"] == 2
    assert sum(cooking["notes"].values()) == len(site.notes())
    assert cooking["changes"]["is_first"]
    assert cooking["changed"] == found["published"] == "2026-11-19T11:06:40Z"


def test_an_unchanged_build_leaves_the_file_alone(site: Site) -> None:
    site.build()
    path = site.out / "manifest.json"
    before = path.read_bytes(), path.stat().st_mtime_ns

    site.build()

    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_change_is_told_with_the_notes_it_concerns(site: Site) -> None:
    site.build()
    botany = entry(site, "Botany")
    site.plain(3)
    site.path(2).unlink()
    site.build()

    changes = entry(site)["changes"]

    assert changes["counts"] == {"new": 1, "changed": 0, "moved": 0, "retired": 1}
    assert changes["keys"] == {"new": ["3/qa"], "changed": [], "moved": [], "retired": ["2/qa"]}
    assert entry(site, "Botany") == botany
    (grave,) = manifest(site)["retired"]
    assert (grave["file"], grave["notes"]) == ("retired/cooking.apkg", 1)


def test_deleting_it_costs_nothing_but_what_it_said(site: Site) -> None:
    site.build()
    files, before = site.files(), entry(site)
    (site.out / "manifest.json").unlink()

    site.build()

    assert site.files() == files
    assert entry(site) == before | {"changed": None, "changes": None}


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", '{"schema": 9}', '{"schema": 1, "packages": 3}', "[" * 100_000),
        *(
            json.dumps({"schema": 1, "packages": [ENTRY | change], "retired": []})
            for change in (
                {"file": "\0"},
                {"file": "\ud800.apkg"},
                {"file": "../../a.apkg"},
                {"file": 3},
                {"bytes": None},
                {"sha256": 3},
                {"subject": "\ud800"},
            )
        ),
    ],
)
def test_a_damaged_one_is_replaced(site: Site, text: str) -> None:
    site.build()
    (site.out / "manifest.json").write_text(text, encoding="utf-8")

    site.build()

    assert len(manifest(site)["packages"]) == 2


def test_one_that_cannot_be_read_stops_a_build_before_it_writes(site: Site) -> None:
    site.build()
    before = site.files()
    (site.out / "manifest.json").unlink()
    (site.out / "manifest.json").mkdir()
    site.plain(9)

    with pytest.raises(PackageError, match=r"manifest\.json: the manifest cannot be read"):
        site.build()

    assert site.files() == before


def test_packages_a_build_does_not_look_at_stay_in_it(site: Site) -> None:
    site.build()
    botany = entry(site, "Botany")
    site.plain(3)

    site.build(subjects=["Cooking"])

    assert entry(site, "Botany") == botany
    assert entry(site)["changes"]["counts"]["new"] == 1


def test_packages_that_are_gone_leave_it(site: Site) -> None:
    site.build()
    site.path(4, "Botany").unlink()

    site.build(subjects=["Botany"], may_retire=True)

    assert [each["file"] for each in manifest(site)["packages"]] == ["cooking.apkg"]


def test_what_it_said_follows_to_another_folder(site: Site, tmp_path: Path) -> None:
    site.build()
    before = manifest(site)
    copy = dataclasses.replace(site, root=site.root)

    copy.build(previous=[site.out], out=tmp_path / "other")

    text = (tmp_path / "other" / "manifest.json").read_text(encoding="utf-8")
    assert json.loads(text) == before


def test_the_fingerprint_is_of_what_stands_in_the_pages() -> None:
    other = dataclasses.replace(PAGE, page_id=2)

    same = fingerprint([PAGE, other])

    assert same == fingerprint([dataclasses.replace(PAGE, source="elsewhere/b.md"), other])
    assert same != fingerprint([PAGE])
    assert same != fingerprint([dataclasses.replace(PAGE, answer="Because!"), other])


@pytest.mark.parametrize("more", [{"language": "de"}, {"topic": "Trees"}])
def test_the_fingerprint_of_a_page_depends_on_its_optional_keys(more: dict[str, Any]) -> None:
    assert fingerprint([dataclasses.replace(PAGE, **more)]) != fingerprint([PAGE])


def test_the_fingerprint_of_a_page_with_the_oldest_keys_never_changes() -> None:
    digest = "a1e55b06940d71250d5802d03f3c462a93f7cc49b54c00a7f8d8aa939e4cf21d"

    assert fingerprint([PAGE]) == digest


def test_a_build_that_ends_after_it_removed_a_package_blocks_no_other(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.build()
    site.process(1, TEA[:3])
    site.build()
    assert (site.out / "retired").is_dir()
    site.process(1)

    def fail(*_: object) -> None:
        raise PackageError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("qt2anki.build.pipeline.update_changelog", fail)
        with pytest.raises(PackageError, match="disk is full"):
            site.build()

    assert not list((site.out / "retired").glob("*.apkg"))
    site.build()
    assert manifest(site)["retired"] == []
