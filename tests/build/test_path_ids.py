"""Builds of pages that have no ids, from folders other than the one published before."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.build.card_candidates import read_pages
from qt2anki.errors import PackageError
from tests.site import Site, kinds

PAGES = ("herbs/index", "herbs/thyme", "herbs/sage", "trees/index", "trees/oak", "index")


def write(site: Site, name: str) -> Path:
    path = site.pages / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    what = name.replace("/", " ")
    text = f"The {what} grows on dry slopes near the sea and tastes of lemon and pepper."
    path.write_text(f"---\ntitle: Where does the {what} thrive?\n---\n\n{text}\n", "utf-8")
    return path


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A published folder of pages without ids, of which three have the same file name."""
    one = Site(tmp_path)
    for name in PAGES:
        write(one, name)
    one.build()
    return one


def page_ids(site: Site) -> set[str]:
    return {str(page_id) for page_id in site.memory().homes}


IDS = {name.replace("/", ".") for name in PAGES}


@pytest.mark.parametrize(
    "parts",
    [
        ["herbs"],
        ["trees"],
        ["herbs/thyme.md"],
        ["herbs/index.md"],
        ["index.md", "trees"],
        ["herbs", "trees"],
        ["herbs", "trees/oak.md"],
        ["trees", "."],
    ],
)
@pytest.mark.parametrize("is_partial", [False, True])
def test_a_part_of_the_folder_keeps_the_published_ids(
    site: Site, parts: list[str], is_partial: bool
) -> None:
    assert page_ids(site) == IDS

    report = site.build(*(site.pages / part for part in parts), is_partial=is_partial)

    assert page_ids(site) <= IDS
    assert kinds(report).keys() <= {"kept", "retired"}
    assert is_partial <= (page_ids(site) == IDS)
    site.build()
    assert page_ids(site) == IDS


def test_the_current_folder_may_be_the_part(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site.pages / "herbs")

    assert kinds(site.build(Path())) == {}
    assert kinds(site.build(Path("thyme.md"), is_partial=True)).keys() == {"kept"}
    assert kinds(site.build(Path("..", "trees"))) == {}


@pytest.mark.parametrize("name", ["herbs/dill", "seas/kelp"])
def test_a_new_file_built_alone_has_the_id_that_the_whole_folder_gives_it(
    site: Site, name: str
) -> None:
    path = write(site, name)

    site.build(path, is_partial=True)

    assert page_ids(site) == {*IDS, name.replace("/", ".")}
    assert kinds(site.build()) == {}


@pytest.mark.parametrize("part", ["seas", "seas/index.md"])
def test_a_new_folder_with_a_published_file_name_takes_no_published_id(
    site: Site, part: str
) -> None:
    notes = site.notes("Pages")
    write(site, "seas/index")

    site.build(site.pages / part, is_partial=True)

    assert page_ids(site) == {*IDS, "seas.index"}
    assert site.notes("Pages") == notes


def test_commands_about_single_pages_use_the_published_ids(site: Site) -> None:
    pages = read_pages([str(site.pages / "herbs")], site.settings, site.memory().pages)

    assert {page.page_id for page in pages} == {"herbs.index", "herbs.thyme", "herbs.sage"}


@pytest.mark.parametrize("is_partial", [False, True])
def test_a_folder_above_is_refused(site: Site, is_partial: bool) -> None:
    before = site.files()

    with pytest.raises(PackageError, match="6 pages without an id") as caught:
        site.build(site.root, is_partial=is_partial)

    assert "--partial" not in caught.value.hint
    assert site.files() == before


def test_a_moved_file_is_refused_until_it_has_an_id(site: Site) -> None:
    old, new = site.pages / "herbs" / "sage.md", site.pages / "trees" / "sage.md"
    old.rename(new)

    with pytest.raises(PackageError, match=r"herbs\.sage would become trees\.sage") as caught:
        site.build()

    assert "id: herbs.sage" in caught.value.hint
    new.write_text(new.read_text("utf-8").replace("---\n", "---\nid: herbs.sage\n", 1), "utf-8")
    site.build()
    assert page_ids(site) == IDS


def test_pages_may_be_replaced_on_purpose(site: Site) -> None:
    (site.pages / "herbs" / "sage.md").rename(site.pages / "trees" / "sage.md")

    site.build(may_retire=True)

    assert page_ids(site) == {*IDS - {"herbs.sage"}, "trees.sage"}


def test_folders_that_were_published_side_by_side_keep_their_ids(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for name in PAGES[1:3] + PAGES[4:5]:
        write(site, name)
    site.build(site.pages / "herbs", site.pages / "trees")

    assert page_ids(site) == {"thyme", "sage", "oak"}
    assert kinds(site.build(site.pages / "trees", site.pages / "herbs")) == {}
    assert kinds(site.build(site.pages / "trees")) == {}
    with pytest.raises(PackageError, match="3 pages without an id"):
        site.build()
