"""Any history of edits of a page: what is studied stays with what it is about."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.anki.note_content import field as field_of
from qt2anki.config import Settings
from qt2anki.model import Kind, Note, Page
from qt2anki.notes.make_notes import make_notes
from qt2anki.release.previous_release import PreviousRelease, PublishedPage
from qt2anki.release.reconcile import Carried, carry, published_facts
from qt2anki.release.retirement import retired_note
from qt2anki.source.discover import discover
from qt2anki.source.read_file import read_file
from tests.release.at_hand import previous_release, published

pytestmark = pytest.mark.no_cover

HISTORIES = int(os.environ.get("QT2ANKI_HISTORIES", "1"))

Point = tuple[str, str]

SHORE: tuple[Point, ...] = (
    ("Curlew", "A wading bird whose curved bill reaches lugworms a hand's breadth below the mud."),
    ("Limpet", "A conical mollusc that grazes algae off wave-beaten rock at high tide."),
    (
        "Samphire",
        "A fleshy halophyte that stores salt in its cells and turns crimson in autumn.",
    ),
    (
        "Ragworm",
        "A burrowing polychaete that pumps oxygen down its tunnel by rippling its body.",
    ),
    (
        "Eelgrass",
        "A flowering plant whose ribbon leaves slow the tide and shelter young plaice.",
    ),
    ("Shelduck", "A chestnut-banded waterfowl that nests in rabbit holes among the dunes."),
    ("Barnacle", "A sessile crustacean that sweeps plankton into a limestone volcano of plates."),
    ("Marram", "A rolled-leaf xerophyte whose roots bind shifting sand together."),
    ("Turnstone", "A stubby-beaked migrant that flips pebbles over to surprise sandhoppers."),
    ("Bladderwrack", "A brown alga whose paired air pockets lift its fronds toward sunlight."),
)
TITLES = ("Wader", "Grazer", "Pioneer", "Digger", "Meadow", "Nester", "Filter", "Builder")


@dataclass
class Student:
    """The releases of one page, one after the other."""

    profile: str = "standard"
    threshold: int | None = 0
    live: dict[str, Note] = field(default_factory=dict)
    retired: dict[str, Note] = field(default_factory=dict)
    now: int = 1

    def build(self, points: tuple[Point, ...]) -> Carried:
        """Publish a page with *points*."""
        return self.build_page(page_of(points))

    def build_page(self, page: Page) -> Carried:
        """Publish the page and remember what was retired."""
        self.now += 1
        memory = self._memory()
        known = memory.pages.get(7, PublishedPage())
        made = make_notes(
            page,
            Settings(profile=self.profile, card_threshold=self.threshold),
            published_facts(known.live, known.retired),
        )
        earlier = {note.guid: note for note in (*known.retired, *known.live)}
        carried = carry(made.notes, earlier, memory, stamp=self.now)
        new = {note.guid: note for note in carried.notes}
        assert len(new) == len(carried.notes)
        assert all(note.natural_key for note in carried.notes)
        assert all(note.text for note in carried.notes if note.key.startswith("step/"))
        for guid, note in self.live.items():
            if guid not in new:
                self.retired[guid] = retired_note(
                    note, retired_tag="T::retired", last_mod=note.mod, stamp=self.now
                )
        self.retired = {guid: note for guid, note in self.retired.items() if guid not in new}
        self.live = new
        return carried

    def _memory(self) -> PreviousRelease:
        retired = self.retired.values()
        return previous_release(
            tuple(map(published, self.live.values())), tuple(map(published, retired))
        )


def page_of(points: tuple[Point, ...]) -> Page:
    listed = "\n".join(f"- **{title}**: {text}" for title, text in points)
    answer = f"The shore is full of life. Here are some inhabitants:\n\n{listed}\n"
    return Page("a.md", 7, "What lives on the shore?", answer, ("Ecology",), "", None, (), None)


def said_of(note: Note) -> str:
    """Return which of the points a note is about, by the text it shows."""
    if note.key == "qa":
        return "qa"
    names = ("Question", "Answer", "Extra") if note.note_type == "qa" else ("Text", "Extra")
    text = " ".join(field_of(note, name) for name in names)
    shown = set(re.findall(r"\w+", text.casefold()))
    return max(
        SHORE,
        key=lambda point: len(set(re.findall(r"\w+", point[1].casefold())) & shown),
    )[0]


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, int, int]:
    name = draw(
        st.sampled_from(("rename", "swap", "insert", "delete", "reword", "typo", "move", "profile"))
    )
    return name, draw(st.integers(0, 99)), draw(st.integers(0, 99))


def edited(points: tuple[Point, ...], edit: tuple[str, int, int]) -> tuple[Point, ...]:
    name, one, other = edit
    out = list(points)
    at, to = one % len(out), other % len(out)
    title, text = out[at]
    words = text.split()
    words[other % len(words)] = "somewhat"
    new_titles = [new for new in TITLES if new not in dict(points)] or [title]
    new_points = [new for new in SHORE if not _is_there(new, points)]
    out[at] = {
        "rename": (new_titles[other % len(new_titles)], text),
        "swap": (out[to][0], text),
        "reword": (title, " ".join(words)),
        "typo": (title, misspelt(text, other)),
    }.get(name, (title, text))
    if name == "swap" and at != to:
        out[to] = (title, out[to][1])
    elif name == "insert" and new_points:
        out.insert(at, new_points[other % len(new_points)])
    elif name == "delete" and len(out) > 2:
        del out[at]
    elif name == "move":
        out.insert(to, out.pop(at))
    return tuple(out)


def _is_there(point: Point, points: tuple[Point, ...]) -> bool:
    """Whether a point, or its title, is on the page under any text, or any title."""
    own = set(point[1].split())
    return point[0] in dict(points) or any(
        len(own & set(text.split())) > len(own) // 3 for _, text in points
    )


def misspelt(text: str, at: int) -> str:
    """Swap two letters within one of the longer words of a text."""
    places = [m.start() for m in re.finditer(r"(?<=\w)(\w)(?!\1)\w(?=\w\w)", text)]
    here = places[at % len(places)]
    return f"{text[:here]}{text[here + 1]}{text[here]}{text[here + 2 :]}"


@given(st.lists(edits(), min_size=1, max_size=8))
def test_no_history_of_edits_moves_or_flips_a_history(
    history: list[tuple[str, int, int]],
) -> None:
    student = Student()
    points = SHORE[:6]
    about: dict[str, str] = {}
    student.build(points)
    assert len(student.live) >= len(points)
    for edit in history:
        if edit[0] == "profile":
            student.profile = ("core", "standard", "full")[edit[1] % 3]
            student.threshold = (0, 870, 960)[edit[2] % 3]
        points = edited(points, edit)
        student.build(points)
        for guid, note in student.live.items():
            assert about.setdefault(guid, said_of(note)) == said_of(note), edit

        live, retired = student.live, student.retired
        again = student.build(points)

        assert again.changes == ()
        assert (student.live, student.retired) == (live, retired)


@pytest.mark.parametrize("profile", ["standard", "full"])
@pytest.mark.parametrize("at", range(0, 40, 3))
def test_a_corrected_typo_retires_nothing(profile: str, at: int) -> None:
    student = Student(profile)
    for point in range(6):
        wrong = list(SHORE[:6])
        wrong[point] = (wrong[point][0], misspelt(wrong[point][1], at))
        student.build(tuple(wrong))
        before = set(student.live)
        assert len(before) >= 5

        student.build(SHORE[:6])

        assert set(student.live) >= before
        assert student.build(SHORE[:6]).changes == ()


def sample_pages() -> list[Page]:
    """Return the sample pages, each id once."""
    sources = discover([str(Path(__file__).parents[2] / "input")]).sources
    pages = [reading.page for source in sources for reading in read_file(source)]
    return list({page.page_id: page for page in pages if page}.values())


LONG_WORD = re.compile(r"(?<![\w$\\{])[a-z]{6,}(?![\w}])")


@pytest.mark.parametrize("turn", range(HISTORIES))
def test_a_corrected_typo_retires_no_note_of_the_sample_pages(turn: int) -> None:
    asked = 0
    for page in sample_pages():
        dice = random.Random(f"{page.page_id} {turn}")  # noqa: S311
        places = [found.start() for found in LONG_WORD.finditer(page.answer)]
        here = dice.choice(places or [0])
        word = LONG_WORD.match(page.answer, here)
        if word is None:
            continue
        wrong = misspelt(word[0], dice.randrange(9))
        student = Student()
        student.build_page(replace(page, answer=re.sub(rf"\b{word[0]}\b", wrong, page.answer)))
        before = set(student.live)

        student.build_page(page)

        assert set(student.live) >= before, (page.page_id, wrong)
        assert student.build_page(page).changes == ()
        asked += len(before)
    assert asked > 100


LISTED = re.compile(r"(?m)^([ ]*(?:[-*]|\d+\.) +\*\*)([^*\n]+)(\*\*.*)$")


def line_edit(answer: str, dice: random.Random) -> str:
    """Rename, exchange, remove or move points or steps of a page."""
    lines = answer.split("\n")
    points = [at for at, line in enumerate(lines) if LISTED.match(line)]
    if not points:
        return answer
    one, other = dice.choice(points), dice.choice(points)
    first, second = LISTED.fullmatch(lines[one]), LISTED.fullmatch(lines[other])
    assert first
    assert second
    match dice.choice(("rename", "exchange", "remove", "move")):
        case "rename":
            lines[one] = f"{first[1]}{dice.choice(TITLES)}{first[3]}"
        case "exchange" if one != other:
            lines[one] = f"{first[1]}{second[2]}{first[3]}"
            lines[other] = f"{second[1]}{first[2]}{second[3]}"
        case "remove":
            del lines[one]
        case _:
            lines.insert(other, lines.pop(one))
    return "\n".join(lines)


@pytest.mark.parametrize("threshold", [None, 0])
@pytest.mark.parametrize("profile", ["core", "standard", "full"])
def test_sample_pages_change_nothing_when_they_are_built_again(
    profile: str, threshold: int | None
) -> None:
    for page in sample_pages():
        student = Student(profile, threshold)
        student.build_page(page)

        assert student.build_page(page).changes == (), page.page_id


@pytest.mark.parametrize("turn", range(HISTORIES))
def test_sample_pages_settle_after_every_edit(turn: int) -> None:
    for page in sample_pages():
        dice = random.Random(f"{page.page_id} {turn}")  # noqa: S311
        student = Student()
        student.build_page(page)
        answer = page.answer
        for _ in range(3):
            answer = line_edit(answer, dice)
            student.profile = dice.choice(("core", "standard", "standard", "full"))
            keywords = dice.choice((page.keywords, page.keywords[::2], ("overview",)))
            now = replace(page, answer=answer, keywords=keywords)
            student.build_page(now)

            assert student.build_page(now).changes == (), page.page_id


TOP = re.compile(r"(?m)^(?=[-*] \*\*|\d+\. \*\*)")
SENTENCE = "The harbour museum keeps a small brass telescope that Captain Brogan bought in Lisbon."


def additions(answer: str) -> Iterator[str]:
    """Yield a page with one more point or step, or with one more sentence."""
    lists = re.split(r"\n\n(?![ -*]|\d)", answer)
    for at, text in enumerate(lists):
        places = [found.start() for found in TOP.finditer(text)]
        for place in {*places[:1], *places[1:2], *places[-1:]}:
            mark = text[place : text.index("**", place)]
            one = f"{mark}**Calling Omar**: He picks up his phone and hears about it.\n\n"
            yield "\n\n".join((*lists[:at], text[:place] + one + text[place:], *lists[at + 1 :]))
    yield f"{SENTENCE} {answer}"
    yield f"{answer.rstrip()} {SENTENCE}"


@pytest.mark.parametrize("profile", ["core", "standard"])
def test_what_is_added_to_a_page_retires_no_note_of_the_rest(profile: str) -> None:
    asked = 0
    for page in sample_pages():
        first = Student(profile, None)
        first.build_page(page)
        # These ask for a whole list, and its number of points has changed.
        before = {guid for guid, n in first.live.items() if n.kind is not Kind.QA}
        before -= {guid for guid, n in first.live.items() if n.key.startswith("set/")}
        for answer in additions(page.answer) if before else ():
            student = replace(first)

            student.build_page(replace(page, answer=answer))

            assert set(student.live) >= before, (page.page_id, answer)
            asked += len(before)
    assert asked > 150


@pytest.mark.parametrize("profile", ["standard", "full"])
def test_other_keywords_retire_no_note(profile: str) -> None:
    """Keywords are no text that students see."""
    asked = 0
    for page in sample_pages():
        words = page.keywords
        first = Student(profile, None)
        first.build_page(page)
        for keywords in ((), ("overview", *words), ("a guide",) * 9, words[::2], words[1::2]):
            now = replace(page, keywords=keywords)
            student = replace(first, retired={})

            student.build_page(now)

            lost = {first.live[guid].key for guid in first.live.keys() - student.live.keys()}
            assert not lost, (page.page_id, keywords)
            assert student.build_page(now).changes == (), page.page_id
            asked += len(first.live)
    assert asked > 100


def test_a_published_gap_in_another_language_stays_without_its_keyword() -> None:
    answer = "Bäume nehmen durch kleine Öffnungen im Blatt Gase auf.\n\nWinzige Poren unten "
    answer += "am Blatt heißen bei Botanikern seit Langem Stomata und regeln das."
    page = Page("a.md", 7, "Wie atmen Bäume?", answer, ("X",), "", None, ("Stomata",), None)
    page = replace(page, language="de")
    student = Student(threshold=None)
    student.build_page(page)
    before = student.live
    assert any(note.kind is Kind.CLOZE for note in before.values())

    student.build_page(replace(page, keywords=()))

    assert student.live == before


@pytest.mark.parametrize(
    ("profile", "other"), [("standard", "core"), ("full", "core"), ("full", "standard")]
)
def test_the_profile_before_brings_all_notes_back(profile: str, other: str) -> None:
    asked = 0
    for page in sample_pages():
        student = Student(profile, None)
        student.build_page(page)
        before = set(student.live)
        student.profile = other
        student.build_page(page)
        student.profile = profile

        student.build_page(page)

        assert set(student.live) >= before, page.page_id
        asked += len(before)
    assert asked > 100


@pytest.mark.parametrize(("first", "then"), [(3, 2), (12, 13)])
def test_a_published_sequence_may_become_short_or_long(first: int, then: int) -> None:
    steps: tuple[str, ...] = ("Soaking", "Liming", "Deliming", "Pickling", "Tanning", "Wringing")
    steps += ("Shaving", "Dyeing", "Fatliquoring", "Drying", "Staking", "Buffing", "Plating")

    def leather(number: int) -> Page:
        listed = "\n".join(
            f"{at}. **{name}**: Once the vat is ready, hide number {at} goes through it slowly."
            for at, name in enumerate(steps[:number], start=1)
        )
        answer = f"A hide becomes leather in these stages, in order:\n\n{listed}\n"
        return Page("a.md", 7, "How is leather made?", answer, ("Crafts",), "", None, (), None)

    student = Student()
    student.build_page(leather(first))
    before = {note.key for note in student.live.values() if note.kind is Kind.NEXT}

    student.build_page(leather(then))

    after = {note.key for note in student.live.values() if note.kind is Kind.NEXT}
    assert len(before) >= 2
    assert before - {f"step/{name.lower()}/next" for name in steps[then:]} <= after


def test_a_sentence_before_the_published_one_does_not_take_its_history() -> None:
    def hormones(glucagon: str) -> Page:
        answer = (
            "Two hormones balance each other:\n\n- **Insulin**: It lets muscles take up glucose."
        )
        answer += f"\n- **Glucagon**: {glucagon}\n"
        asks = "Which hormones keep blood sugar steady?"
        return Page("a.md", 7, asks, answer, ("Biology",), "", None, (), None)

    told = "It stimulates muscles near the ear to lift the pinna of a bat towards an echo."
    student = Student()
    student.build_page(hormones(told))
    (before,) = (note for note in student.live.values() if note.key == "point/glucagon")

    student.build_page(hormones(f"It contains a thick layer of elastic cartilage. {told}"))

    after = student.live[before.guid]
    assert "what does it stimulate?" in field_of(before, "Question")
    assert field_of(after, "Question") == field_of(before, "Question")
    assert field_of(after, "Answer") == field_of(before, "Answer")
