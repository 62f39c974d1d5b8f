"""Check proposals with the gates, and write those that pass as proposed corrections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qt2anki.build.card_candidates import PageCandidates, made_from_of, refused_corrections
from qt2anki.build.job import Job
from qt2anki.corrections.correction import PAGELESS, WORDING, Correction
from qt2anki.corrections.corrections_file import Corrections
from qt2anki.corrections.edit import file_for, read_text, set_corrections
from qt2anki.corrections.proposals import Proposal
from qt2anki.corrections.wording import question_and_answer, without_marks
from qt2anki.model import Kind
from qt2anki.notes.words import content_words, roots

NO_PAGE = "there is no such page"
"""Why a proposal for a page that was not read is refused."""


@dataclass(frozen=True, slots=True)
class JudgedProposal:
    """A proposal and whether it was kept."""

    place: str
    key: str
    refused: str  # the reason; "" if it is kept
    is_known: bool = False  # the same correction is in the file already
    replaces: bool = False  # an earlier proposal that nobody has confirmed
    words: int = 0
    on_page: int = 0
    remarks: tuple[str, ...] = ()  # hints for its author


def import_proposals(
    proposals: Sequence[Proposal], job: Job, places: Sequence[Path]
) -> tuple[JudgedProposal, ...]:
    """Check proposals in order, and write those that are kept; see file_for()."""
    known, tried = job.corrections.by_key, dict[str, Correction]()
    judged: list[JudgedProposal] = []
    for one in proposals:
        fault, is_known, replaces = one.fault, False, False
        if one.correction is not None:
            old = tried.get(one.key) or known.get(one.key)
            joined = _joined(old, one.correction, is_second=one.key in tried)
            if isinstance(joined, Correction):
                is_known, replaces = joined is old, bool(old and joined is one.correction)
                tried[one.key] = joined
            else:
                fault = joined
        judged.append(JudgedProposal(one.place, one.key, fault, is_known, replaces))
    refused, pages = refused_corrections(tuple(tried.values()), job)
    why = {
        key: ". ".join(filter(None, (problem.text, problem.hint))).removeprefix(f"{key}: ")
        for key, problem in refused.items()
        if tried[key] is not known.get(key)
    }
    why |= {
        key: NO_PAGE for key in why if tried[key].page != PAGELESS and tried[key].page not in pages
    }
    new = (one for key, one in tried.items() if key not in why and one is not known.get(key))
    _write(new, pages, places, job.corrections)
    return tuple(
        replace(one, refused=why[one.key])
        if one.key in why and not one.refused
        else _remarked(one, proposal.correction, pages)
        for one, proposal in zip(judged, proposals, strict=True)
    )


def _joined(old: Correction | None, new: Correction, *, is_second: bool) -> Correction | str:
    """Return the correction to write for a card that already has *old*, or why *new* is refused."""
    if old is None:
        return new
    reasons = old.reason if new.reason in old.reason else f"{old.reason}; {new.reason}".strip("; ")
    if _is_report(new) or all(
        getattr(old, name) == getattr(new, name) for name in (*WORDING, "drop", "keep")
    ):
        return old if reasons == old.reason else replace(old, reason=reasons)
    if _is_report(old):
        return replace(new, reason=reasons)
    if is_second:
        return "a second proposal for the same card; give it a different name"
    if old.proposed:
        return new
    return f"the card is already corrected in {old.source}:{old.line}"


def _is_report(one: Correction) -> bool:
    return one.values.keys() <= {"proposed", "reason", "made_from"}


def _remarked(
    judged: JudgedProposal, one: Correction | None, pages: Mapping[str, PageCandidates]
) -> JudgedProposal:
    """Compare the answer of a proposal with its page, and with the other cards of that page."""
    if judged.refused or one is None or one.page not in pages:
        return judged
    said = roots(" ".join(filter(None, (one.answer, one.text and without_marks(one.text)))))
    page = pages[one.page]
    shared = said & roots(f"{page.page.question} {page.page.answer}")
    remarks = ["no word of the answer is on the page"] if said and not shared else []
    notes = {note.fields[0]: note for note in page.notes}
    if one.is_own and one.key in notes:
        _, answer = question_and_answer(notes[one.key])
        remarks += [
            f"a card made from the page has the same answer: {key}"
            for key, note in notes.items()
            if note.kind is not Kind.OWN and _is_same(answer, question_and_answer(note)[1])
        ]
    return replace(judged, words=len(said), on_page=len(shared), remarks=tuple(remarks))


def _is_same(answer: str, other: str) -> bool:
    if "\\(" in f"{answer}{other}":
        return answer == other
    return (content_words(answer) or answer) == (content_words(other) or other)


def _write(
    kept: Iterable[Correction],
    pages: Mapping[str, PageCandidates],
    places: Sequence[Path],
    corrections: Corrections,
) -> None:
    by_file: dict[Path, dict[str, dict[str, object]]] = {}
    for one in kept:
        page = pages.get(one.page)
        subject = page.page.subjects[0] if page else one.page
        digest = one.made_from or made_from_of(one, page)
        table = replace(one, made_from=digest).values
        by_file.setdefault(file_for(one.key, corrections, places, subject), {})[one.key] = table
    set_corrections([(read_text(path), tables) for path, tables in by_file.items()])
