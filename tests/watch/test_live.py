"""The preview that follows the builds."""

from __future__ import annotations

import base64
import gzip
import re
from pathlib import Path

import pytest

from qt2anki.build.report import Report
from qt2anki.config.settings import PageFormat
from qt2anki.watch import live_preview as live_module
from qt2anki.watch.live_preview import ALL, LivePreview
from qt2anki.watch.page_index import PageFiles
from qt2anki.watch.watched_paths import Places, look
from tests.site import TEA, Site, edited


class Desk:
    """A site that is built into a preview."""

    def __init__(self, root: Path, *, with_audit: bool = True) -> None:
        self.site = Site(root)
        self.asked = 0
        self.live = LivePreview(with_audit=with_audit, asked=self._ask)

    def _ask(self) -> None:
        self.asked += 1

    def build(self) -> Report:
        report = self.site.build()
        self.live.take(report.packages, look(Places((self.site.pages,))), PageFormat())
        return report

    def cards(self, subject: str = ALL) -> str:
        html = self.live.serve(subject).html
        packed = re.findall(r'id="payload">(.*?)</script>', html, re.DOTALL)[0]
        return gzip.decompress(base64.b64decode(packed)).decode("utf-8")

    def version(self, subject: str = ALL) -> str:
        (found,) = re.findall(r'data-version="([^"]*)"', self.live.serve(subject).html)
        assert isinstance(found, str)
        return found


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
    desk.site.process(1, edited(TEA, 0, text="Fill the samovar and heat it until it sings loud."))

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


def test_findings_change_the_version_and_go_with_the_text(desk: Desk) -> None:
    desk.site.path(2, "Botany").unlink()
    desk.build()
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


def test_ids_are_read_once_and_whatever_their_key_is_called(tmp_path: Path) -> None:
    site = Site(tmp_path)
    one, two = site.plain(1), site.plain(2)
    own = site.plain(3)
    own.write_text(
        own.read_text(encoding="utf-8").replace("id: 3", "meta:\n  number: 3"), encoding="utf-8"
    )
    names = PageFormat((("id", "meta.number"),))
    seen = look(Places((site.pages,)))

    files = PageFiles().after(seen, PageFormat(), ())
    renamed = files.after(seen, names, ())

    assert files.first_paths() == {1: one, 2: two, "page-3": own}
    assert files.after(seen, PageFormat(), ()).ids[one] is files.ids[one]
    assert renamed.first_paths() == {3: own}
    assert [source.path for source in renamed.of([3, None])] == [own]
