from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pytest

from qt2anki.config import Settings
from qt2anki.model import Note
from qt2anki.notes.identity import guid_for
from qt2anki.notes.kinds.abbreviations import Abbreviations, Meaning, find_meanings
from qt2anki.notes.text_units import read_units
from qt2anki.outline.read_outline import read_outline
from tests.notes.keyword_pages import page_of, plain, values

QRT = "Ponds are kept by a quick reed trimmer (QRT) in May. The QRT floats."
OTHER_QRT = "## Herons\n\nA quiet roosting tree (QRT) stands by the water. The QRT is an alder."


def meanings(
    answer: str, *, page_id: int = 7, question: str = "What is a pond?"
) -> Iterable[Meaning]:
    page = page_of(f"{question}\n\n{answer}", page_id=page_id)
    return find_meanings(page, read_units(read_outline(page.answer), ()))


def chosen(
    *found: Iterable[Meaning], published: Mapping[str, str] = MappingProxyType({})
) -> tuple[Note, ...]:
    every = [meaning for each in found for meaning in each]
    return Abbreviations(published, Settings(card_threshold=0)).choose(every)


def test_a_note_of_a_meaning() -> None:
    (note,) = chosen(meanings(QRT))
    fields = values(note)

    assert note.key == "abbr/QRT/quick-reed-trimmer"
    assert note.guid == guid_for("", note.key)
    assert fields["Key"] == note.key
    assert plain(fields["Question"]) == "What does QRT stand for?"
    assert fields["Answer"] == "quick reed trimmer"
    assert fields["Context"] == "Biology · What is a pond?"
    assert plain(fields["Extra"]) == "Ponds are kept by a quick reed trimmer (QRT) in May."
    assert fields["Order"] == "7.99"
    assert "QuickTakes::subject::Biology" in note.tags
    assert "QuickTakes::kind::abbr" in note.tags


def test_many_pages_one_note_of_the_page_with_the_lowest_id() -> None:
    pages = [meanings(QRT, page_id=page_id) for page_id in (31, 8, 12, 90, 70, 50)]

    (note,) = chosen(*pages)

    assert note == chosen(*reversed(pages))[0]
    assert note.page_id == 8


def test_every_subject_gets_the_same_note() -> None:
    abbreviations = Abbreviations({}, Settings(card_threshold=0))

    first = abbreviations.choose(meanings(QRT, page_id=9))
    second = abbreviations.choose(meanings(QRT, page_id=8))

    assert len(first) == 1
    assert second == first


@pytest.mark.parametrize(
    "published",
    [
        pytest.param("abbr/QRT/quick-reed-trimmer", id="the same"),
        pytest.param("abbr/pond-care/QRT/quick-reed-trimmer", id="of a subject, before 2.0.0"),
        pytest.param("abbr/ditches/QRT/quick-reed-trimmer", id="of a subject since renamed"),
        pytest.param("abbr/QRT/quick-reed-trimer", id="a typo put right"),
    ],
)
def test_a_published_meaning_keeps_key_and_guid(published: str) -> None:
    (note,) = chosen(meanings(QRT), published={published: "a guid"})

    assert (note.key, note.guid) == (published, "a guid")
    assert values(note)["Key"] == published


def test_of_two_published_notes_of_one_meaning_the_first_stays() -> None:
    two = {"abbr/a/QRT/quick-reed-trimmer": "one", "abbr/b/QRT/quick-reed-trimmer": "two"}

    (note,) = chosen(meanings(QRT), published=two)

    assert note.guid == "one"


def test_another_meaning_of_published_letters_is_a_note_of_its_own() -> None:
    (note,) = chosen(meanings(OTHER_QRT), published={"abbr/QRT/quick-reed-trimmer": "a guid"})

    assert note.key == "abbr/QRT/quiet-roost-tre"
    assert note.guid == guid_for("", note.key)


def test_what_is_shown_above_does_not_give_the_meaning_away() -> None:
    told = meanings(OTHER_QRT, question="Why do herons roost in a tree?")
    untold = meanings(OTHER_QRT.replace("Herons", "Trees"), question="Why do herons roost?")

    assert [values(note)["Context"] for note in chosen(told)] == ["Biology · Herons"]
    assert [values(note)["Context"] for note in chosen(untold)] == ["Biology · Abbreviation"]


def test_one_of_two_meanings_that_nothing_tells_apart_is_not_asked() -> None:
    untold = meanings(OTHER_QRT.replace("Herons", "Trees"), page_id=9, question="What is a tree?")

    notes = chosen(meanings(QRT), untold)

    assert [values(note)["Answer"] for note in notes] == ["quick reed trimmer"]


def test_of_two_wordings_the_published_one_is_asked() -> None:
    first, second = meanings(QRT), meanings(QRT.replace("quick reed", "quicker reed"), page_id=9)

    (fresh,) = chosen(first, second)
    (kept,) = chosen(first, second, published={"abbr/QRT/quicker-reed-trimmer": "a guid"})

    assert values(fresh)["Answer"] == "quick reed trimmer"
    assert values(kept)["Answer"] == "quicker reed trimmer"


def test_one_different_word_is_a_different_meaning() -> None:
    rush = meanings(QRT.replace("quick reed", "quick rush"), page_id=9)

    assert len(chosen(meanings(QRT), rush)) == 2
    (note,) = chosen(rush, published={"abbr/QRT/quick-reed-trimmer": "a guid"})

    assert (note.guid != "a guid", values(note)["Answer"]) == (True, "quick rush trimmer")


def test_an_opposite_is_a_different_meaning() -> None:
    macro, micro = (QRT.replace("quick", f"{start}scopic") for start in ("macro", "micro"))
    macro, micro = macro.replace("QRT", "MRT"), micro.replace("QRT", "MRT")

    assert len(chosen(meanings(macro), meanings(micro, page_id=9))) == 2


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("They use artificial intelligence (AI). The AI errs.", id="known to all"),
        pytest.param("It uses a global positioning system (GPS). The GPS errs.", id="everyday"),
        pytest.param("The Quick Reed Group (QRG) met. The QRG has rules.", id="an institution"),
        pytest.param("It is a quick reed trimmer (QRT).", id="used once, and nowhere else"),
        pytest.param("The Pond Care (PC) rules. PC is law.", id="the subject itself"),
        pytest.param("The Frog Reform Party (FRP) met. The FRP lost.", id="a party"),
        pytest.param("A DNA reed trimmer (DNART) hums. The DNART floats.", id="half is short"),
        pytest.param("No acronym (see above) here.", id="none"),
    ],
)
def test_not_asked(answer: str) -> None:
    assert chosen(meanings(answer)) == ()


def test_titles_count_and_text_is_escaped() -> None:
    answer = "- **Rinse & Dredge (R&D)**: R&D comes first, and {{after}} it mud."

    (note,) = chosen(meanings(answer))

    assert html.unescape(values(note)["Answer"]) == "Rinse & Dredge"
    assert "<b>R&amp;D</b>" in values(note)["Question"]
    assert values(note)["Extra"] == ""


def test_a_question_that_tells_the_meaning_is_shown_with_boxes() -> None:
    answer = "A floating reed trimmer (FRT) cuts every stalk. The FRT is loud."
    asked = "How does a floating reed trimmer keep ponds open?"

    (note,) = chosen(meanings(answer, question=asked))

    assert values(note)["Context"] == "Biology · How does a ▢ keep ponds open?"


def test_no_question_with_hardly_anything_left() -> None:
    answer = "A floating reed trimmer (FRT) cuts every stalk. The FRT is loud."

    (note,) = chosen(meanings(answer, question="What is a floating reed trimmer?"))

    assert values(note)["Context"] == "Biology · Abbreviation"


def test_no_question_with_half_a_word_left() -> None:
    answer = "A reed-nor gate (RNG) has two inputs. The RNG is slow."

    (note,) = chosen(meanings(answer, question="How do engineers draw the reed-xor gate today?"))

    assert values(note)["Context"] == "Biology · Abbreviation"


@pytest.mark.parametrize(
    ("meaning", "is_asked"),
    [
        ("electric vehicle (EV)", False),
        ("expected value (EV)", True),
        ("Pond Keepers Society of Toronto (PKST)", False),
        ("Pond Keepers Hospital (PKH)", False),
        ("pond keeping society of frogs (PKSF)", True),
    ],
)
def test_neither_what_everybody_knows_nor_a_body_of_one_town(meaning: str, is_asked: bool) -> None:
    short = meaning.partition("(")[2].strip(")")
    answer = f"Frogs meet at the {meaning} in May. The {short} floats, and the {short} sings."

    assert bool(chosen(meanings(answer))) is is_asked
