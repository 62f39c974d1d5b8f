"""The preview that follows the builds."""

from __future__ import annotations

import base64
import gzip
import re
from pathlib import Path

import pytest

from qt2anki.anki.package_reader import read_packages
from qt2anki.build.job import Report
from qt2anki.preview.preview_cards import Mark
from qt2anki.watch import live_preview as live_module
from qt2anki.watch.live_preview import ALL, LivePreview
from tests.site import TEA, Site, edited, with_settings


class Desk:
    """A site that is built into a preview."""

    def __init__(self, root: Path, *, with_audit: bool = True) -> None:
        self.site = Site(root)
        self.asked = 0
        self.live = LivePreview(with_audit=with_audit, asked=self._ask)

    def _ask(self) -> None:
        self.asked += 1

    def build(self) -> Report:
        report = self.site.build(may_retire=True)  # as for a draft
        self.live.take(
            report.packages, self.site.out / ".qt2anki-cache", self.site.settings.page_format
        )
        return report

    def cards(self, subject: str = ALL) -> str:
        html = self.live.serve(subject).html
        packed = re.findall(r'id="payload">(.*?)</script>', html, re.DOTALL)[0]
        return gzip.decompress(base64.b64decode(packed)).decode("utf-8")

    def version(self, subject: str = ALL) -> str:
        (found,) = re.findall(r'data-version="([^"]*)"', self.live.serve(subject).html)
        assert isinstance(found, str)
        return found


def find_something(monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    """Have audits find something in every card, as if the cards were poor."""

    def marks_of(_report: object) -> dict[str, tuple[Mark, ...]]:
        packages = read_packages([site.out])
        return {
            note.guid: (Mark("leaks", "x", is_hard=True),) for one in packages for note in one.notes
        }

    monkeypatch.setattr(live_module, "marks_of", marks_of)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    one = Desk(tmp_path)
    one.site.process(1)
    one.site.plain(2, subject="Botany")
    one.build()
    return one


def test_a_page_has_the_version_that_is_told(desk: Desk) -> None:
    versions = desk.live.versions()

    assert versions.keys() == {ALL, "Cooking", "Botany"}
    assert {subject: desk.version(subject) for subject in versions} == versions


def test_only_what_changed_has_another_version(desk: Desk) -> None:
    before = desk.live.versions()
    desk.site.process(1, edited(TEA, 0, text=TEA[0][1].replace("kettle", "samovar")))

    desk.build()

    after = desk.live.versions()
    assert {name for name in after if after[name] != before[name]} == {ALL, "Cooking"}
    assert "samovar" in desk.cards("Cooking")
    assert "samovar" not in desk.cards("Botany")


def test_a_second_look_is_not_made_again(desk: Desk) -> None:
    assert desk.live.serve(ALL) is desk.live.serve(ALL)


def test_before_the_first_build_there_is_a_page_that_waits() -> None:
    live = LivePreview(with_audit=True, asked=lambda: None)

    html = live.serve(ALL).html

    assert "no cards to show yet" in html
    assert f'data-version="{live.versions()[ALL]}"' in html
    assert not live.audit_next()


def test_a_subject_that_is_not_there_waits_too(desk: Desk) -> None:
    assert "no cards to show yet" in desk.live.serve("<Alchemy>").html
    assert 'data-subject="&lt;Alchemy&gt;" data-version=""' in desk.live.serve("<Alchemy>").html


def test_links_lead_to_the_files(desk: Desk) -> None:
    served = desk.live.serve(ALL)

    assert served.pages == {1: desk.site.path(1), 2: desk.site.path(2, "Botany")}
    assert '"pages/1"' in desk.cards()


def test_only_what_is_looked_at_is_audited(desk: Desk) -> None:
    assert not desk.live.audit_next()
    desk.live.serve("Cooking")
    assert desk.asked == 1
    desk.live.serve("Cooking")
    assert desk.asked == 1

    assert desk.live.audit_next()
    assert not desk.live.audit_next()
    desk.live.serve(ALL)
    assert desk.asked == 2
    assert desk.live.audit_next()
    assert not desk.live.audit_next()


def test_findings_change_the_version_and_go_with_the_text(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.site.path(2, "Botany").unlink()
    desk.build()
    find_something(monkeypatch, desk.site)
    before = desk.version()
    assert '"marks":[[' not in desk.cards()

    assert desk.live.audit_next()

    assert desk.live.versions()[ALL] != before
    marked = desk.cards().count('"marks":[[')
    assert marked
    desk.build()
    assert desk.cards().count('"marks":[[') == marked
    desk.site.process(1, tuple((f"{title} Gently", text) for title, text in TEA))
    desk.build()
    assert desk.cards().count('"marks":[[') < marked


def test_without_an_audit(tmp_path: Path) -> None:
    desk = Desk(tmp_path, with_audit=False)
    desk.site.plain(7)
    desk.build()
    desk.live.serve(ALL)

    assert not desk.live.audit_next()


def test_many_cards_are_shown_subject_by_subject(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "MOST_CARDS", 1)

    html = desk.live.serve(ALL).html

    assert '<a href="/?subject=Cooking">Cooking</a>' in html
    assert f'data-version="{desk.live.versions()[ALL]}"' in html
    assert not desk.live.audit_next()
    assert "kettle" in desk.cards("Cooking")
    assert desk.live.audit_next()


def test_a_package_that_went_is_a_message(desk: Desk) -> None:
    for package in desk.site.out.glob("*.apkg"):
        package.unlink()
    (desk.site.out / "manifest.json").unlink()

    html = desk.live.serve("Cooking").html

    assert "the package cannot be read" in html
    assert f'data-version="{desk.live.versions()["Cooking"]}"' in html
    assert desk.live.audit_next()
    desk.build()
    assert "kettle" in desk.cards("Cooking")


def test_a_package_that_was_removed_by_the_build(desk: Desk) -> None:
    desk.site.path(2, "Botany").unlink()
    desk.site.page(2, "Where does herb 2 thrive?", "It grows on dry slopes by the sea.")

    desk.build()

    assert desk.live.versions().keys() == {ALL, "Cooking"}


def test_links_lead_to_pages_whatever_their_keys_are_called(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with_settings(desk.site, front_matter=(("id", "meta.number"),))
    own = desk.site.plain(3)
    text = own.read_text(encoding="utf-8").replace("id: 3", "meta:\n  number: 3")
    own.write_text(text, encoding="utf-8")

    desk.build()

    assert desk.live.serve(ALL).pages == {3: own}
    assert desk.live.audit_next()
