"""Pictures next to a page go into packages, and stay there."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from qt2anki.anki.media import MediaSource
from qt2anki.errors import PackageError
from qt2anki.source.pictures import media_name
from tests.anki_formats.decks import qa_note
from tests.courses.made import build_course, write_course
from tests.site import TEA, Site, edited, kinds

POT = b"\x89PNG a pot"
CUP = b"\x89PNG a cup"


def media_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        names = json.loads(archive.read("media"))
        return {name: archive.read(number) for number, name in names.items()}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    one = Site(tmp_path)
    one.page(
        2,
        "What is a pot?",
        "A pot ![a round pot](pot.png) is a vessel that holds hot tea for guests.",
    )
    one.page(
        3,
        "What is a lid?",
        "A lid ![the same pot](img/again.png) is a porcelain cover that traps steam and aroma.",
    )
    one.page(
        4,
        "What is a saucer?",
        "A saucer ![a cup](gone.png) is a small plate that catches drops of tea.",
    )
    folder = one.pages / "cooking"
    (folder / "img").mkdir()
    (folder / "pot.png").write_bytes(POT)
    (folder / "img" / "again.png").write_bytes(POT)
    return one


def test_pictures_are_in_the_package_once(site: Site) -> None:
    report = site.build()

    name = media_name(POT, ".png")
    assert media_of(site.out / "cooking.apkg") == {name: POT}
    assert f'<img src="{name}" alt="a round pot">' in "".join(site.notes()["2/qa"].fields)
    assert "a cup" in "".join(site.notes()["4/qa"].fields)
    assert [p.code for p in report.problems if p.code != "QT123"] == ["QT216"]


def test_another_picture_changes_the_notes_that_show_it(site: Site) -> None:
    site.build()
    before = site.notes()
    (site.pages / "cooking" / "pot.png").write_bytes(CUP)

    site.build()

    after = site.notes()
    assert after["2/qa"].mod == site.now
    assert after["3/qa"].mod == before["3/qa"].mod
    assert set(media_of(site.out / "cooking.apkg").values()) == {POT, CUP}


@pytest.mark.parametrize("is_pointer", [False, True])
def test_a_missing_picture_changes_no_note(site: Site, *, is_pointer: bool) -> None:
    site.build()
    before = site.files()
    for picture in ("pot.png", "img/again.png"):
        path = site.pages / "cooking" / picture
        path.unlink()
        if is_pointer:
            path.write_bytes(b"version https://git-lfs.example/spec/v1\noid sha256:4d7a\n")

    report = site.build()

    assert kinds(report) == {}
    assert [p.code for p in report.problems if p.code != "QT123"] == ["QT216"] * 3
    assert site.files() == before
    site.page(
        3,
        "What is a lid?",
        "A lid ![the same pot](img/again.png) is a wooden cover that traps steam and aroma.",
    )
    assert kinds(site.build()) == {"changed": 1}
    assert "<img" in "".join(site.notes()["2/qa"].fields)
    assert "<img" not in "".join(site.notes()["3/qa"].fields)


def test_equal_pictures_give_equal_bytes(site: Site) -> None:
    site.build()
    before = site.files()

    site.build()

    assert site.files() == before


def test_a_page_that_cannot_be_read_keeps_its_picture(site: Site) -> None:
    site.build()
    site.path(2).write_text("---\nid: 2\nquestion: x\n---\n", encoding="utf-8")
    site.path(3).unlink()
    (site.pages / "cooking" / "pot.png").unlink()

    site.build()

    name = media_name(POT, ".png")
    assert media_of(site.out / "cooking.apkg") == {name: POT}
    assert media_of(site.out / "retired" / "cooking.apkg") == {name: POT}
    before = site.files()
    site.build()
    assert site.files() == before


def test_courses_have_the_pictures_too(site: Site) -> None:
    write_course(site, 'title = "C"\n[[unit]]\ntitle = "One"\ntake = [2, 4]\n')

    build_course(site)

    assert media_of(site.out / "courses" / "basics.apkg") == {media_name(POT, ".png"): POT}


def test_steps_may_show_pictures(site: Site) -> None:
    text = "Hold a small strainer ![a strainer: a::b }}](pot.png) over each saucer for a while."
    site.process(7, edited(TEA, 4, text=text))

    site.build()

    shown = [note for key, note in site.notes().items() if key.startswith("7/step/serving-phase")]
    assert any(media_name(POT, ".png") in "".join(note.fields) for note in shown)


def test_a_picture_changed_meanwhile_stops_the_build(tmp_path: Path) -> None:
    path = tmp_path / "pot.png"
    path.write_bytes(CUP)
    name = media_name(POT, ".png")
    note = qa_note(1, Answer=f'<img src="{name}" alt="">')

    with pytest.raises(PackageError, match="changed while the pages were being read"):
        MediaSource({name: path}).holding([note])
    with pytest.raises(PackageError, match="cannot be read"):
        MediaSource({name: tmp_path / "none.png"}).holding([note])
    with pytest.raises(PackageError, match="not an Anki package"):
        MediaSource({}, (path,)).holding([note])
    assert MediaSource().holding([note]) == MediaSource()
