"""What a review shows of cards, and what it writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.anki.note_content import field
from qt2anki.build import card_candidates
from qt2anki.config.load import TomlFile
from qt2anki.corrections import corrections_file, edit
from qt2anki.corrections.edit import CorrectionsChangedError
from qt2anki.errors import PackageError
from qt2anki.review.session import RefusedVerdictError, ReviewSession, ReviewVerdict
from tests.corrections.stages import EXPLAIN, NEXT, QA, STAGES, write_stages
from tests.review.made import card_of, reviewed_site, session_of, verdict_on, written
from tests.site import Site, edited

PNG = b"\x89PNG"
OWN = "1/own/why-a-spindle"
SPINDLE = {"question": "Why a spindle?", "answer": "It pulls."}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return reviewed_site(tmp_path)


@pytest.fixture
def session(site: Site) -> ReviewSession:
    return session_of(site)


def states(session: ReviewSession) -> dict[str, str]:
    return {one.card.key: one.state for one in session.cards() if one.state}


def test_all_cards_that_a_build_makes_are_there(site: Site, session: ReviewSession) -> None:
    site.build()
    built = {*site.notes("Biology"), *site.notes("Botany")}

    assert {one.card.key for one in session.cards()} == built
    assert {one.page.page_id for one in session_of(site, "botany").cards()} == {2}
    assert all(one.state == "" and 0 <= one.score <= 1000 for one in session.cards())


def test_verdicts_are_written_at_once_and_shown(site: Site, session: ReviewSession) -> None:
    session.decide(verdict_on(card_of(session, QA), "keep"))
    session.decide(verdict_on(card_of(session, NEXT), "drop", reason="guess"))
    session.decide(verdict_on(card_of(session, EXPLAIN), answer="**Chromatids** part."))
    reworded = card_of(session, EXPLAIN)

    assert "<strong>Chromatids</strong> part." in "".join(
        part.html for part in reworded.card.sides.back
    )
    assert states(session) == {QA: "good", NEXT: "dropped", EXPLAIN: "reworded"}
    found = written(site)
    assert (found[QA].keep, found[NEXT].drop, found[NEXT].reason) == (True, True, "guess")
    assert all(one.made_from for one in found.values())


def test_a_build_makes_what_was_decided(site: Site, session: ReviewSession) -> None:
    site.build()
    before = site.notes("Biology")
    session.decide(verdict_on(card_of(session, NEXT), "drop"))
    session.decide(ReviewVerdict(OWN, "", None, SPINDLE))

    site.build()

    assert before.keys() ^ site.notes("Biology").keys() == {NEXT, OWN}


def test_a_wording_can_be_tried_before_it_is_written(site: Site, session: ReviewSession) -> None:
    card = card_of(session, EXPLAIN)

    tried = session.rendered(verdict_on(card, answer="It is *only* tried."))

    assert "<em>only</em>" in "".join(part.html for part in tried.sides.back)
    assert not site.corrections.exists()


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        ({"question": "What is Prophase?", "answer": "Prophase"}, "gives the answer away"),
        ({"answer": " ".join(f"word{n}" for n in range(70))}, "70 words"),
        ({"text": "A {{c1::gap}}"}, "has a question"),
    ],
)
def test_a_wording_that_cannot_be_a_card_is_refused(
    site: Site, session: ReviewSession, texts: dict[str, str], fault: str
) -> None:
    card = card_of(session, EXPLAIN)

    with pytest.raises(RefusedVerdictError, match=fault):
        session.decide(verdict_on(card, **texts))
    assert not site.corrections.exists()


def test_undo_restores_what_was_there(site: Site, session: ReviewSession) -> None:
    session.decide(verdict_on(card_of(session, QA), "keep"))
    text = site.corrections.read_text("utf-8")
    session.decide(verdict_on(card_of(session, QA), answer="Five phases."))
    session.decide(verdict_on(card_of(session, NEXT), "drop"))

    assert [session.undo(), session.undo()] == [NEXT, QA]
    assert site.corrections.read_text("utf-8").strip() == text.strip()
    session.undo()
    assert states(session) == {}
    assert session.undo() is None


def test_undo_of_a_new_card_removes_it(session: ReviewSession) -> None:
    session.decide(ReviewVerdict(OWN, "", None, SPINDLE))

    assert session.undo() == OWN
    assert not session.cards_of(OWN)


def test_an_own_card_that_is_dropped_is_gone(site: Site, session: ReviewSession) -> None:
    session.decide(ReviewVerdict(OWN, "", None, SPINDLE))

    session.decide(verdict_on(card_of(session, OWN), "drop"))
    assert not session.cards_of(OWN)
    assert written(site)[OWN].drop
    assert OWN not in [one.card.key for one in session.cards()]
    assert session.undo() == OWN
    assert session.cards_of(OWN)


def test_the_name_of_a_retired_card_is_refused_for_a_different_one(
    site: Site, session: ReviewSession
) -> None:
    session.decide(ReviewVerdict(OWN, "", None, SPINDLE))
    site.build()
    site.corrections.write_text("# None.\n", "utf-8")
    site.build()
    later = session_of(site)

    with pytest.raises(RefusedVerdictError, match="the name is tied to a retired card: Why a sp"):
        later.decide(ReviewVerdict(OWN, "", None, SPINDLE | {"answer": "It is a scaffold."}))
    assert site.corrections.read_text("utf-8") == "# None.\n"
    later.decide(ReviewVerdict(OWN, "", None, SPINDLE))
    assert later.cards_of(OWN)


def test_verdicts_of_two_tabs_on_different_cards_are_both_kept(site: Site) -> None:
    one, other = session_of(site), session_of(site)
    first, second = card_of(one, QA), card_of(other, NEXT)

    one.decide(verdict_on(first, "keep"))
    other.decide(verdict_on(second, "drop"))

    assert states(one) == states(other) == {QA: "good", NEXT: "dropped"}


def test_a_verdict_on_what_somebody_else_has_decided_is_refused(site: Site) -> None:
    one, other = session_of(site), session_of(site)
    seen = card_of(other, QA)
    one.decide(verdict_on(card_of(one, QA), "keep"))

    with pytest.raises(CorrectionsChangedError, match="someone else"):
        other.decide(verdict_on(seen, "drop"))
    assert states(other) == {QA: "good"}

    other.decide(verdict_on(card_of(other, QA), "drop"))
    with pytest.raises(CorrectionsChangedError, match="in the meantime"):
        one.undo()
    assert states(one) == {QA: "dropped"}


def test_what_an_editor_writes_beside_it_stays(site: Site, session: ReviewSession) -> None:
    session.decide(verdict_on(card_of(session, QA), "keep"))
    with site.corrections.open("a", encoding="utf-8") as file:
        file.write('\n# by hand\n[card."2/qa"]\nkeep = true\n')

    session.decide(verdict_on(card_of(session, NEXT), "drop"))

    assert "# by hand" in site.corrections.read_text("utf-8")
    assert written(site).keys() == {QA, NEXT, "2/qa"}


def test_a_file_that_changes_while_it_is_written_is_read_again(
    site: Site, session: ReviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = edit.set_correction
    late = iter(('[card."2/qa"]\nkeep = true\n',))

    def beside(*arguments: object) -> object:
        for text in late:
            site.corrections.write_text(text, "utf-8")
        return write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(edit, "set_correction", beside)

    session.decide(verdict_on(card_of(session, NEXT), "drop"))

    assert written(site).keys() == {NEXT, "2/qa"}


def test_a_decision_made_meanwhile_is_not_overwritten(
    site: Site, session: ReviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = card_of(session, QA)
    digest_of = card_candidates.made_from_of

    def meanwhile(*arguments: object) -> str:
        site.corrections.write_text(f'[card."{QA}"]\ndrop = true\nreason = "theirs"\n', "utf-8")
        return digest_of(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("qt2anki.review.session.made_from_of", meanwhile)

    with pytest.raises(CorrectionsChangedError, match="someone else"):
        session.decide(verdict_on(card, "keep"))
    assert written(site)[QA].reason == "theirs"


def test_a_full_disk_loses_nothing(
    site: Site, session: ReviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.decide(verdict_on(card_of(session, QA), "keep"))
    before = site.corrections.read_bytes()

    def full(*_: object) -> None:
        raise PackageError("cannot be written: no space left on device")

    monkeypatch.setattr("qt2anki.corrections.edit.write_atomically", full)
    with pytest.raises(PackageError, match="no space left"):
        session.decide(verdict_on(card_of(session, NEXT), "drop"))

    assert site.corrections.read_bytes() == before


def test_a_card_whose_page_has_changed_is_shown_as_changed(site: Site) -> None:
    session = session_of(site)
    session.decide(verdict_on(card_of(session, EXPLAIN), "keep"))
    text = "After that, separase cuts rings of cohesin, and chromatids travel to both poles."
    write_stages(site, edited(STAGES, 3, text=text))

    again = session_of(site)
    card = card_of(again, EXPLAIN)

    assert card.state == "changed"
    assert "has changed since" in card.problem
    again.decide(verdict_on(card, "keep"))
    assert card_of(again, card.card.key).state == "good"


def test_a_proposal_is_shown_as_it_would_be_and_can_be_confirmed(site: Site) -> None:
    site.corrections.write_text(
        f'[card."{OWN}"]\nquestion = "Why a spindle?"\nanswer = "It pulls."\nproposed = true\n'
    )
    session = session_of(site)
    card = card_of(session, OWN)
    assert card.state == "proposed"
    assert "It pulls." in "".join(part.html for part in card.card.sides.back)

    session.decide(verdict_on(card, "keep"))

    assert states(session) == {OWN: "own"}
    assert not written(site)[OWN].proposed


@pytest.mark.parametrize("key", ["99/qa", "1/no/such/card"])
def test_an_unknown_card_is_refused(session: ReviewSession, key: str) -> None:
    with pytest.raises(RefusedVerdictError):
        session.decide(ReviewVerdict(key, "", "keep"))


def test_the_answer_of_a_page_is_sanitized(site: Site) -> None:
    site.plain(
        3, subject="Botany", answer="A <script>alert(1)</script> <b onclick=x>plain</b> one."
    )

    page = session_of(site).page("3")

    assert page is not None
    assert page.question
    assert "<script" not in page.answer
    assert "<b" not in page.answer
    assert session_of(site).page("99") is None


def test_a_list_is_settled_and_the_verdict_taken_back(site: Site, session: ReviewSession) -> None:
    def now() -> tuple[bool | None, bool | None, bool]:
        page = session.page("1")
        assert page is not None
        has_steps = any("/step/" in one.card.key for one in session.cards_of("1"))
        return page.is_sequence, page.settled, has_steps

    other = session_of(site)
    assert now() == (True, None, True)

    session.settle("1", "", is_sequence=False)
    assert now() == (False, False, False)
    assert written(site)["1"].values == {"is_sequence": False}
    with pytest.raises(CorrectionsChangedError, match="someone else"):
        other.settle("1", "", is_sequence=True)

    page = other.page("1")
    assert page is not None
    other.settle("1", page.seen, is_sequence=None)
    assert now() == (True, None, True)
    other.undo()
    assert now() == (False, False, False)

    page = session.page("2")
    assert page is not None
    assert page.is_sequence is None


def test_abbreviations_are_dropped_reworded_and_kept(site: Site) -> None:
    text = "Polymerase chain reaction (PCR) copies DNA. Heat opens strands in each cycle of PCR."
    site.page(7, "How is DNA copied in a laboratory?", text, subject="Biology")
    site.page(8, "How are germs found in a swab?", text.replace("copies", "finds"))
    session = session_of(site)
    (card,) = (one for one in session.cards() if one.card.kind == "abbr")
    key = card.card.key
    assert card.page.page_id == 7
    assert "PCR" in "".join(part.html for part in card.card.sides.front)

    session.decide(verdict_on(card, "drop", reason="trivia"))
    assert card_of(session, key).state == "dropped"
    session.undo()
    session.decide(verdict_on(card_of(session, key), "keep"))
    assert card_of(session, key).state == "good"
    reworded = verdict_on(card_of(session, key), question="What is PCR short for?")
    assert "short for" in "".join(part.html for part in session.rendered(reworded).sides.front)
    session.decide(reworded)
    with pytest.raises(RefusedVerdictError):
        session.decide(verdict_on(card_of(session, key), answer="PCR"))

    report = site.build()
    notes = [n for n in site.memory().live["biology"].notes if n.fields[0] == key]
    assert [field(note, "Question") for note in notes] == ["What is PCR short for?"]
    assert [p.code for p in report.problems if p.code.startswith("QT6")] == []
    assert card_of(session_of(site), key).state == "reworded"


def test_a_page_has_its_pictures(site: Site) -> None:
    path = site.page(9, "What has a leaf?", "A leaf has a rib. ![A leaf](leaf.png)\n\nIt is green.")
    (path.parent / "leaf.png").write_bytes(PNG)
    session = session_of(site)

    page = session.page("9")
    assert page is not None
    ((name, file),) = page.pictures.items()
    assert file.read_bytes() == PNG
    assert f'<img src="{name}"' in page.answer

    session.decide(ReviewVerdict("9/own/rib", "", None, SPINDLE))
    (made, *_) = session.cards_of("9")
    session.decide(verdict_on(made, "keep"))
    report = site.build()
    assert [p.code for p in report.problems if p.code.startswith("QT6")] == []


def test_a_file_of_corrections_is_parsed_once_for_all_pages(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.corrections.write_text(f'[card."{QA}"]\nkeep = true\n', "utf-8")
    parse, parsed = corrections_file.parse_corrections, []

    def counted(path: Path, text: str) -> TomlFile:
        parsed.append(path)
        return parse(path, text)

    monkeypatch.setattr(corrections_file, "parse_corrections", counted)
    session = session_of(site)

    assert len({one.page.page_id for one in session.cards()}) == 2
    session.cards()
    assert len(parsed) == 1


def test_cards_have_the_topics_of_the_decks(site: Site) -> None:
    path = site.plain(3, subject="Botany")
    path.write_text(path.read_text("utf-8").replace("date:", "topic: Herbs\ndate:", 1), "utf-8")
    site.build()

    topics = {one.page.page_id: one.topic for one in session_of(site).cards()}

    assert topics == {1: "", 2: "", 3: "Herbs"}
