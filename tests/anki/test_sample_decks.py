"""What a learner gets from whole builds, seen with real Anki."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import PublishedNote, read_packages
from qt2anki.build.job import Progress, Report
from qt2anki.build.pipeline import Job, build
from qt2anki.config import Settings
from qt2anki.notes.gates import leaks
from qt2anki.notes.words import roots
from qt2anki.source.discover import discover, read_source
from tests.anki.learner import Learner
from tests.anki.learner import Report as Checked
from tests.reading import read_one
from tests.site import TEA, Site, Steps, edited

INPUT = Path(__file__).parents[2] / "input"
STAMP = 1_795_000_000
TRAPS = ("neq", "nabla", "nu", "neg", "notin", "nmid")

_TAG = re.compile(r"<[^>]*>")
_DELETION = re.compile(r"\{\{c1::(.*?)(?:::[^}]*)?\}\}", re.DOTALL)
_LEFT_OVER = re.compile(r"\*\*|\{\{|\}\}|\\n(?![A-Za-z])|(?<!\\)\$\$|^#{1,6} |&lt;/?(?:div|span)\b")
Check = Callable[[Sequence[Path]], Checked]


def built(source: Path, out: Path, *, processes: int) -> Report:
    job = Job(
        (str(source),),
        out,
        Settings(card_threshold=0),
        load_note_types(),
        STAMP,
        processes=processes,
    )
    return build(job, Progress())


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return built(INPUT, tmp_path_factory.mktemp("samples"), processes=1)


@pytest.fixture(scope="module")
def real_pages(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every sixth of the real pages, and all that have one of the traps."""
    folder = tmp_path_factory.mktemp("pages")
    for number, file in enumerate(sorted(corpus.rglob("*.md"))):
        if number % 6 == 0 or any(commands(file.read_text(encoding="utf-8"))):
            copy = folder / file.relative_to(corpus)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    return folder


@pytest.fixture(scope="module")
def real(real_pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return built(real_pages, tmp_path_factory.mktemp("real"), processes=1)


def test_every_sample_card_is_sound(samples: Report, check: Check) -> None:
    assert_sound(samples, check)


def test_every_card_of_real_pages_is_sound(real: Report, check: Check) -> None:
    assert_sound(real, check)


def assert_sound(report: Report, check: Check) -> None:
    """Import all packages twice: everything arrives, nothing is wrong, nothing is duplicated."""
    checked = check([package.path for package in report.packages])

    assert checked.faults == []
    promised = [sum(count for _, count in package.notes) for package in report.packages]
    arrived = [done.new + done.duplicate + done.updated for done in checked.imports]
    assert arrived == promised
    notes = {note.guid for p in read_packages(paths(report)) for note in p.notes}
    assert checked.notes == len(notes)


def paths(report: Report) -> list[Path]:
    return [package.path for package in report.packages]


def test_no_front_of_a_sample_shows_its_answer(samples: Report, learner: Learner) -> None:
    assert leaking(samples, learner) == []


def test_no_front_of_a_real_page_shows_its_answer(real: Report, learner: Learner) -> None:
    assert leaking(real, learner) == []


def leaking(report: Report, learner: Learner) -> list[str]:
    """Return the cloze notes whose fronts in Anki contain a word of the answer."""
    for path in paths(report):
        learner.import_file(path)
    found = []
    for card_id in learner.collection.find_cards('note:"*Cloze*"'):
        card = learner.collection.get_card(card_id)
        note = card.note()
        answer = seen(", ".join(_DELETION.findall(note["Text"])))
        known = roots(seen(f"{note['Context']} {note['Title']}"))
        assert answer
        if leaks(answer, known=known, front=roots(seen(learner.sides(card).front))):
            found.append(note["Key"])
    return found


def seen(fragment: str) -> str:
    """Return what of some HTML is visible; Anki keeps the answer in an attribute."""
    shown = re.sub(r"<style>.*?</style>", " ", fragment, flags=re.DOTALL)
    return html.unescape(_TAG.sub(" ", shown))


def test_no_field_of_a_sample_has_markup_left(samples: Report) -> None:
    assert left_over(samples) == []


def left_over(report: Report) -> list[str]:
    found = []
    for package in read_packages(paths(report)):
        for note in package.notes:
            for field in note.fields[1:]:
                prose = re.sub(
                    r"<(code|pre)\b.*?</\1>|\\\(.*?\\\)|\\\[.*?\\\]", " ", field, flags=re.DOTALL
                )
                if _LEFT_OVER.search(_DELETION.sub(r"\1", prose)):
                    found.append(f"{note.page_id}/{note.key}: {field[:80]}")
    return found


def test_tex_that_begins_like_a_newline_arrives_whole(samples: Report) -> None:
    assert_tex_whole(samples, INPUT)


def test_tex_of_real_pages_arrives_whole(real: Report, real_pages: Path) -> None:
    assert_tex_whole(real, real_pages)


def assert_tex_whole(report: Report, source: Path) -> None:
    """Compare how often each command occurs in the answers and in the collapsed full answers."""
    main = {
        note.page_id: details(note)
        for package in read_packages(paths(report))
        for note in package.notes
        if note.key == "qa"
    }
    pages = {}
    for file in discover([str(source)]).sources:
        page = read_one(read_source(file).text or "", file.name).page
        if page and page.page_id in main:
            pages[page.page_id] = page.answer
    assert pages.keys() == main.keys()
    for page_id, answer in pages.items():
        assert commands(main[page_id]) == commands(answer), page_id
    assert sum(commands("".join(pages.values()))) > 0


def details(note: PublishedNote) -> str:
    return html.unescape(_TAG.sub("", note.fields[6]))


def commands(text: str) -> list[int]:
    return [len(re.findall(rf"\\{word}(?![A-Za-z])", text)) for word in TRAPS]


ICE = ("Grind Ice", "Crush some cubes in a cloth with a mallet for two or three minutes.")


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param((ICE, *TEA), id="first"),
        pytest.param((*TEA[:2], ICE, *TEA[2:]), id="insert"),
        pytest.param((TEA[1], TEA[0], *TEA[2:]), id="reorder"),
        pytest.param(TEA[::-1], id="reverse"),
        pytest.param(edited(TEA, 2, text=TEA[2][1].replace("Measure", "Mesure")), id="typo"),
        pytest.param(edited(TEA, 2, title="Add Leaves"), id="retitle"),
        pytest.param(TEA[:-1], id="delete"),
    ],
)
def test_histories_stay_with_their_facts(tmp_path: Path, learner: Learner, steps: Steps) -> None:
    site = Site(tmp_path)
    page = site.process(1, TEA)
    site.build()
    learner.import_file(site.out / "cooking.apkg")
    asked = facts(learner)
    for times, guid in enumerate(sorted(asked), start=1):
        for _ in range(times):
            learner.answer_good(learner.cards(guid)[0])
    before = {guid: history(learner, guid) for guid in asked}

    page.unlink()
    site.process(1, steps)
    site.build(may_retire=True)
    for path in sorted(site.out.rglob("*.apkg")):
        learner.import_file(path)

    after = facts(learner)
    assert {guid: history(learner, guid) for guid in asked} == before
    assert len(set(after.values())) == len(after)
    moved = [guid for guid in asked if not same_fact(asked[guid], after[guid])]
    assert moved == []


def facts(learner: Learner) -> dict[str, tuple[str, str]]:
    """Return what the step notes ask: kind of question and the step it is about."""
    found = {}
    for note_id in learner.collection.find_notes(""):
        note = learner.collection.get_note(note_id)
        side = note["Key"].rpartition("/")[2]
        if side in ("next", "name"):
            found[note.guid] = (side, seen(_DELETION.findall(note["Text"])[-1]))
        elif side == "explain":
            found[note.guid] = (side, seen(note["Question"]).split(":")[0])
    return found


def same_fact(one: tuple[str, str], other: tuple[str, str]) -> bool:
    words = [set(re.findall(r"\w+", title)) - {"the"} for _, title in (one, other)]
    return one[0] == other[0] and bool(words[0] & words[1])


def history(learner: Learner, guid: str) -> tuple[int, int, int]:
    card = learner.cards(guid)[0]
    return card.reps, card.ivl, card.type
