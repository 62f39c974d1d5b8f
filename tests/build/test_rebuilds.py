"""A cache saves work and changes nothing else: the same packages come out without it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from qt2anki.build.job import Progress, Report, Stage
from qt2anki.build.lock import locked
from qt2anki.config.settings import PageFormat
from qt2anki.errors import BusyError, PackageError, Qt2AnkiError
from qt2anki.notes import make_notes as notes_module
from qt2anki.source import read_file
from qt2anki.source.discover import Source, SourceText
from qt2anki.source.page_keys import PageReading
from tests.site import TEA, Site, edited, kinds, tea_of, with_settings

CACHE = ".qt2anki-cache"
SINCE_EVER = -(10**15)  # nanoseconds

MINT = "Mint is kept in a pot because its roots run far and smother sage."


@pytest.fixture(autouse=True, params=["settled", "young"])
def files(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Try all with files whose times are trusted, and with such as were written just now."""
    if request.param == "settled":
        monkeypatch.setattr("qt2anki.build.source_files.RACY", SINCE_EVER)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    one = Site(tmp_path)
    one.process(1)
    one.process(2, edited(tea_of(2), 0, title="Light the Stove"))
    one.plain(3)
    one.plain(4, subject="Botany")
    one.plain(5, subject="Botany")
    for subject in ("Botany", "Cooking"):
        one.page(6, "Why is mint kept in a pot?", "Mint spreads by runners.", subject=subject)
    return one


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the pages that are made, as they are made."""
    pages: list[int] = []
    make = notes_module.make_notes

    def counted(page: object, *rest: object) -> object:
        pages.append(page.page_id)  # type: ignore[attr-defined]
        return make(page, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("qt2anki.build.note_cache.make_notes", counted)
    return pages


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the files whose front matter is read, as they are read."""
    names: list[str] = []
    parse = read_file.pages_in

    def counted(
        text: SourceText, source: Source, page_format: PageFormat
    ) -> tuple[PageReading, ...]:
        names.append(Path(source.name).name)
        return parse(text, source, page_format)

    monkeypatch.setattr("qt2anki.source.read_file.pages_in", counted)
    return names


def bare(report: Report) -> Report:
    """Leave out the differences between a cached report and a new one."""
    return replace(report, packages=tuple(replace(one, path=Path()) for one in report.packages))


def test_a_second_build_reads_and_makes_nothing(
    site: Site, made: list[int], read: list[str]
) -> None:
    site.build()
    assert sorted(made) == [1, 2, 3, 4, 5, 6]
    files = site.files()
    made.clear()
    read.clear()

    second = site.build()

    assert (made, read) == ([], [])
    assert site.files() == files
    assert kinds(second) == {}
    assert not any(built.is_written for built in second.packages)


def test_what_it_reports_is_what_a_build_without_a_cache_reports(site: Site) -> None:
    site.page(7, "What is said of basil?", "I cannot answer this question.", subject="Botany")
    site.process(8, TEA[:2])
    site.path(8).write_text("---\nid: 8\n---\n", encoding="utf-8")
    site.build()
    with_cache = site.build()
    site.is_cached = False
    without = site.build()
    assert with_cache == without


def test_one_edited_page_is_made_and_one_package_written(site: Site, made: list[int]) -> None:
    site.build()
    made.clear()
    site.process(1, edited(TEA, 1, text="Swirl hot water in the pot until the china feels warm."))

    report = site.build()

    assert made == [1]
    assert [built.subject for built in report.packages if built.is_written] == ["Cooking"]
    assert [built.subject for built in report.packages] == ["Botany", "Cooking"]
    assert_same_without_cache(site)


def test_a_page_of_two_subjects_is_made_once_and_both_are_written(
    site: Site, made: list[int]
) -> None:
    site.build()
    made.clear()
    for subject in ("Botany", "Cooking"):
        site.page(6, "Why is mint kept in a pot?", MINT, subject=subject)

    report = site.build()

    assert made == [6]
    assert all(built.is_written for built in report.packages)
    assert_same_without_cache(site)


def test_a_touched_file_is_read_and_nothing_made_of_it(
    site: Site, made: list[int], read: list[str]
) -> None:
    site.build()
    files = site.files()
    made.clear()
    read.clear()
    for path in site.pages.rglob("*.md"):
        path.write_bytes(path.read_bytes())

    site.build()

    assert (made, read) == ([], [])
    assert site.files() == files


def test_only_the_file_that_differs_is_read_after_a_fresh_checkout(
    site: Site, made: list[int], read: list[str]
) -> None:
    site.build()
    for path in site.pages.rglob("*.md"):
        path.write_bytes(path.read_bytes())
    site.plain(3, answer="Herb 3 grows between old stones and smells of smoke and honey.")
    made.clear()
    read.clear()

    site.build()

    assert (made, read) == ([3], ["page-3.md"])
    assert_same_without_cache(site)


def test_a_settings_change_makes_pages_anew_without_reading_them(
    site: Site, made: list[int], read: list[str]
) -> None:
    site.build()
    made.clear()
    read.clear()
    with_settings(site, base_url="https://example.org")

    site.build()

    assert sorted(made) == [1, 2, 3, 4, 5, 6]
    assert_same_without_cache(site)


def test_renamed_front_matter_is_read_anew(site: Site, read: list[str]) -> None:
    site.build()
    read.clear()
    with_settings(site, front_matter=(("url", "address"),))
    site.build()
    assert len(read) == 7


def forget(folder: Path) -> None:
    shutil.rmtree(folder)


def cut(folder: Path) -> None:
    file = folder / "pages.sqlite3"
    file.write_bytes(file.read_bytes()[:5000])


def flip(folder: Path) -> None:
    file = folder / "pages.sqlite3"
    data = bytearray(file.read_bytes())
    at = data.index(b"herb 4")
    data[at : at + 6] = b"hemp 4"
    file.write_bytes(bytes(data))


def of_another_version(folder: Path) -> None:
    seal = folder / "seal.json"
    seal.write_text(seal.read_text().replace('"tool": "', '"tool": "0'), encoding="utf-8")


def without_seal(folder: Path) -> None:
    (folder / "seal.json").unlink()


def another_file(folder: Path) -> None:
    (folder / "pages.sqlite3").write_bytes(b"PK\x03\x04 this is something else")


def nonsense_seal(folder: Path) -> None:
    (folder / "seal.json").write_text("[" * 100_000, encoding="utf-8")


@pytest.mark.parametrize(
    "spoil",
    [forget, cut, flip, of_another_version, without_seal, another_file, nonsense_seal],
)
def test_a_cache_that_is_not_what_was_written_is_not_looked_at(
    site: Site, made: list[int], spoil: Callable[[Path], None]
) -> None:
    site.build()
    files = site.files()
    spoil(site.out / CACHE)
    made.clear()

    site.build()

    assert sorted(made) == [1, 2, 3, 4, 5, 6]
    assert site.files() == files
    made.clear()
    site.build()
    assert made == []


def test_the_cache_of_another_site_knows_nothing_here(
    site: Site, tmp_path: Path, made: list[int]
) -> None:
    other = Site(tmp_path / "other")
    other.process(
        1, edited(TEA, 1, text="Rinse the pot under the tap and let it drip for a while.")
    )
    other.build()
    site.build()
    files = site.files()
    shutil.rmtree(site.out / CACHE)
    shutil.copytree(other.out / CACHE, site.out / CACHE)
    made.clear()

    site.build()

    assert sorted(made) == [1, 2, 3, 4, 5, 6]
    assert site.files() == files


@pytest.mark.parametrize("name", ["cooking.apkg", "botany.apkg"])
def test_a_package_that_was_lost_is_made_again_from_nothing(site: Site, name: str) -> None:
    site.build()
    (site.out / name).unlink()
    (site.out / "manifest.json").unlink()
    report = site.build()
    assert [built.path.name for built in report.packages if built.is_written] == [name]


def test_an_older_package_put_back_is_brought_up_to_date(site: Site) -> None:
    site.build()
    old = (site.out / "cooking.apkg").read_bytes()
    site.process(1, edited(TEA, 1, text="Swirl hot water in the pot until the china feels warm."))
    site.build()
    (site.out / "cooking.apkg").write_bytes(old)

    site.build()

    assert "china" in str([note.fields for note in site.notes().values()])


def test_a_subject_built_alone_leaves_the_other_for_later(site: Site) -> None:
    site.build()
    for subject in ("Botany", "Cooking"):
        site.page(6, "Why is mint kept in a pot?", MINT, subject=subject)
    site.build(subjects=["Botany"])
    assert "run far" not in str(site.notes("Cooking"))

    report = site.build()

    assert [built.subject for built in report.packages if built.is_written] == ["Cooking"]
    assert "run far" in str(site.notes("Cooking"))
    assert_same_without_cache(site)


def test_a_cache_of_another_folder_lends_no_packages(site: Site, made: list[int]) -> None:
    site.build()
    published, other = site.out, site.root / "other"
    shutil.copytree(published / CACHE, other / CACHE)
    made.clear()

    site.build(previous=[published], out=other)

    assert made == []
    names = [path.name for path in published.glob("*.apkg")]
    assert sorted(path.name for path in other.glob("*.apkg")) == sorted(names)
    for name in names:
        assert (other / name).read_bytes() == (published / name).read_bytes()


def test_retired_packages_are_left_alone(site: Site) -> None:
    site.build()
    site.path(3).unlink()
    site.build()
    before = site.files()
    site.page(6, "Why is mint kept in a pot?", MINT, subject="Botany")
    site.page(6, "Why is mint kept in a pot?", MINT)

    report = site.build()

    assert [(grave.subject, grave.notes, grave.is_written) for grave in report.retired] == [
        ("Cooking", 1, False)
    ]
    name = "retired/cooking.apkg"
    assert site.files()[name] == before[name]
    assert_same_without_cache(site)


def test_a_refused_build_leaves_the_cache_as_it_was(site: Site, made: list[int]) -> None:
    for number in range(10, 20):
        site.plain(number)
    site.build()
    for number in range(10, 20):
        site.path(number).unlink()
    with pytest.raises(Exception, match="would retire a large part"):
        site.build()
    for number in range(10, 20):
        site.plain(number)
    made.clear()

    site.build()

    assert made == []
    assert list(site.out.rglob("*.part")) == []


def test_a_refused_first_build_leaves_nothing(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.plain(1)
    published = site.root / "published"
    published.mkdir()
    (published / "cooking.apkg").write_bytes(b"no package")
    with pytest.raises(Exception, match="not an Anki package"):
        site.build(previous=[published])
    assert not site.out.exists()


def test_pictures_are_looked_at_in_every_build(site: Site, made: list[int]) -> None:
    picture = site.pages / "cooking" / "leaf.svg"
    picture.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    site.page(9, "How does a mint leaf look?", "It is toothed: ![a leaf](leaf.svg)")
    site.build()
    made.clear()
    site.build()
    assert made == []

    picture.write_text("<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>", encoding="utf-8")
    site.build()

    assert made == [9]
    assert_same_without_cache(site)


def assert_same_without_cache(site: Site) -> None:
    """Forget the cache, build again, and find every byte the same."""
    files = site.files()
    site.build()
    assert site.files() == files
    shutil.rmtree(site.out / CACHE)
    site.build()
    assert site.files() == files


@pytest.mark.parametrize("place", ["cache", f"dist/{CACHE}"])
def test_a_cache_is_used_by_one_build_at_a_time(site: Site, place: str) -> None:
    site.cache = site.root / place
    with locked(site.cache), pytest.raises(BusyError, match="another build is running"):
        site.build()
    site.build()
    assert (site.cache / "pages.sqlite3").exists()


class RemovesPage(Progress):
    """Removes a page when the first one is about to be made."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def pages(self, stage: Stage, done: int, total: int, reused: int = 0) -> None:
        if stage == "make" and done == reused < total:
            self._path.unlink()


def test_a_page_that_changes_between_two_looks_is_told(site: Site) -> None:
    site.build()
    with_settings(site, base_url="https://example.org")

    with pytest.raises(Qt2AnkiError, match=r"page-3\.md.* was changed while it was being read"):
        site.build(progress=RemovesPage(site.path(3)))


def test_a_cache_that_cannot_be_written_is_told(site: Site, tmp_path: Path) -> None:
    site.cache = tmp_path / "file"
    site.cache.write_text("no folder", encoding="utf-8")
    with pytest.raises(PackageError, match="cannot be written"):
        site.build()


def test_a_folder_with_other_things_in_it_keeps_them(site: Site, tmp_path: Path) -> None:
    site.cache = tmp_path / "mine"
    site.cache.mkdir()
    for name in ("diary.txt", "CACHEDIR.TAG"):
        (site.cache / name).write_text("dear diary", encoding="utf-8")
    site.build()
    site.build()
    for name in ("diary.txt", "CACHEDIR.TAG"):
        assert (site.cache / name).read_text(encoding="utf-8") == "dear diary"


def test_backups_pass_over_a_cache_and_over_nothing_else(site: Site, tmp_path: Path) -> None:
    site.build()
    assert (site.out / CACHE / "CACHEDIR.TAG").exists()
    site.cache = tmp_path / "mine"
    site.cache.mkdir()
    (site.cache / "diary.txt").write_text("dear diary", encoding="utf-8")
    site.build()
    assert not (site.cache / "CACHEDIR.TAG").exists()
