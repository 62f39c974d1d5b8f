"""CHANGES.md: what students read about a new release."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qt2anki.build.changelog import add_entry, version_of
from qt2anki.build.job import Built
from qt2anki.errors import PackageError
from qt2anki.model import Kind
from qt2anki.release.changes import NoteDiff, PageDiff, Status
from tests.site import TEA, Site, edited

STAMP = 1_795_000_000  # 2026-11-18 10:26:40 UTC


def page(page_id: int, *statuses: Status, question: str = "") -> PageDiff:
    notes = tuple(NoteDiff(status, f"g{n}", "key", "", "") for n, status in enumerate(statuses))
    return PageDiff(page_id, question or f"What is {page_id}?", notes)


def built(*pages: PageDiff, is_first: bool = False, size: int = 1) -> Built:
    return Built(
        subject="Botany",
        deck="QuickTakes::Botany",
        path=Path("botany.apkg"),
        size=size,
        pages=3,
        pages_without_cards=1,
        notes=((Kind.QA, 2), (Kind.NEXT, 5)),
        cards=((Kind.QA, 2), (Kind.NEXT, 5)),
        is_written=True,
        is_first=is_first,
        differences=pages,
    )


def entry(*packages: Built) -> str:
    return add_entry("", packages, STAMP).partition("\n## ")[2]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    one = Site(tmp_path)
    one.process(1)
    one.plain(2)
    return one


def changes(site: Site) -> str:
    return (site.out / "CHANGES.md").read_text(encoding="utf-8")


def test_a_first_version() -> None:
    assert entry(built(page(1, Status.NEW), is_first=True)) == (
        "2026-11-18.1106\n\n**QuickTakes::Botany**: first version, 7 notes on 2 questions.\n"
    )


def test_the_questions_concerned() -> None:
    pages = (
        page(1, Status.NEW, Status.CHANGED, Status.MOVED, question="Why *a_b*?"),
        page(2, Status.RETIRED),
    )

    assert entry(built(*pages)) == (
        "2026-11-18.1106\n\n"
        "**QuickTakes::Botany**: 1 new, 2 changed, 1 removed.\n\n"
        "- Why \\*a\\_b\\*? (1 new, 2 changed)\n"
        "- What is 2? (1 removed)\n"
    )


def test_no_more_questions_than_one_reads() -> None:
    text = entry(built(*(page(n, Status.NEW) for n in range(50))))

    assert "- What is 19? (1 new)\n- and 30 more questions\n" in text


def test_a_deck_that_is_gone() -> None:
    text = entry(built(page(1, Status.RETIRED), size=0))

    assert "**QuickTakes::Botany**: 1 removed; this deck no longer exists.\n" in text


def test_the_newest_entry_comes_first() -> None:
    first = add_entry("", [built(page(1, Status.NEW), is_first=True)], STAMP)

    second = add_entry(first, [built(page(1, Status.CHANGED))], STAMP + 86_400)

    assert second.index("## 2026-11-19.1106") < second.index("## 2026-11-18.1106")
    assert second.count("# What is new") == 1
    assert second.endswith(first.partition("\n## ")[2])


def test_what_stands_above_the_entries_is_kept() -> None:
    own = "# Our decks\n\nAsk in room 12.\n"

    first = add_entry(own, [built(page(1, Status.NEW))], STAMP)

    assert first.startswith("# Our decks\n\nAsk in room 12.\n\n## ")


def test_versions_sort_by_time() -> None:
    assert version_of(STAMP) < version_of(STAMP + 3600) < version_of(STAMP + 86_400)


def test_a_build_tells_what_it_changed(site: Site) -> None:
    site.build()
    site.process(
        1, edited(TEA, 2, text="Two spoonfuls of green tea for every guest fall into the warm pot.")
    )
    site.plain(3)
    site.build()

    newest = changes(site).split("\n## ")[1]

    assert "**QuickTakes::Cooking**: 1 new, " in newest
    assert "- How is drink number 1 made at home? (" in newest
    assert "- Where does herb 3 thrive? (1 new)" in newest
    assert "herb 2" not in newest
    assert "step/" not in newest


def test_a_build_that_changes_nothing_says_nothing(site: Site) -> None:
    site.build()
    before = changes(site)

    site.build()

    assert changes(site) == before


def test_entries_follow_to_another_folder(site: Site, tmp_path: Path) -> None:
    site.build()

    site.build(previous=[site.out], out=tmp_path / "other")

    assert (tmp_path / "other" / "CHANGES.md").read_text(encoding="utf-8") == changes(site)


@pytest.mark.parametrize("is_folder", [False, True])
def test_a_file_that_cannot_be_read(site: Site, *, is_folder: bool) -> None:
    site.build()
    before = site.files()
    path = site.out / "CHANGES.md"
    site.plain(9)
    moved = path.rename(site.root / "moved")
    path.mkdir() if is_folder else path.write_bytes(b"\xff")

    with pytest.raises(PackageError, match=r"CHANGES\.md: the list of changes cannot be read"):
        site.build()

    assert site.files() == before
    path.rmdir() if is_folder else path.unlink()
    moved.rename(path)
    site.build()

    assert "herb 9" in path.read_text(encoding="utf-8")


def test_an_entry_is_in_the_language_of_its_deck() -> None:
    many = tuple(page(n, Status.NEW) for n in range(22))
    changed = replace(built(page(1, Status.NEW, Status.RETIRED), *many), language="de")
    english = built(page(2, Status.NEW))

    text = add_entry("", [changed], STAMP)
    assert text.startswith("# Was in diesen Stapeln neu ist\n\nImportiere ")
    assert (
        "**QuickTakes::Botany**: neu: 23, entfernt: 1.\n\n- What is 1? (neu: 1, entfernt: 1)"
        in text
    )
    assert "- weitere Fragen: 3\n" in text
    gone = replace(changed, size=0, differences=(page(1, Status.RETIRED),))
    assert "entfernt: 1; diesen Stapel gibt es nicht mehr." in add_entry(text, [gone], STAMP)
    first = entry(replace(changed, is_first=True))
    assert "erste Version; Notizen: 7; Fragen: 2." in first
    assert add_entry("", [changed, english], STAMP).startswith("# What is new in these decks")


def description(site: Site) -> str:
    return site.memory().live["cooking"].description


def test_the_description_has_version_and_change(site: Site) -> None:
    site.build()
    first = description(site)
    site.build()
    same = description(site)
    site.plain(3)
    site.build()

    assert first.endswith(f"Version {version_of(site.now - 2 * 86_400)}: first version.")
    assert same == first
    assert description(site).endswith(f"Version {version_of(site.now)}: 1 new.")


def test_a_removed_page_makes_a_version(site: Site) -> None:
    site.build()
    site.path(2).unlink()
    site.build()

    assert description(site).endswith(f"Version {version_of(site.now)}: 1 removed.")
