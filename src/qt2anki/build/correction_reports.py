"""Report on corrections: their problems, which proposals are kept, and verdicts by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qt2anki.build.card_candidates import (
    REFUSED,
    candidates_of,
    made_from_of,
    page_candidates,
    read_pages,
)
from qt2anki.build.job import Job
from qt2anki.corrections.correction import PAGELESS, WORDING, Correction
from qt2anki.corrections.corrections_file import Corrections, unread_corrections
from qt2anki.corrections.edit import file_for, read_text, set_corrections
from qt2anki.corrections.proposals import Proposal
from qt2anki.corrections.wording import made_from, question_and_answer, without_marks
from qt2anki.messages import Problem
from qt2anki.model import Kind
from qt2anki.notes.features import card_digest
from qt2anki.notes.make_notes import PageNotes
from qt2anki.notes.words import content_words, roots
from qt2anki.release.previous_release import read_previous_release

_STAGE = "QT6"
NO_PAGE = "there is no such page"
"""Why a proposal for a page that was not read is refused."""


def correction_problems(job: Job) -> tuple[Problem, ...]:
    """Return what a build would report of corrections; see page_candidates()."""
    if not job.corrections.by_key:
        return ()
    previous = read_previous_release((job.out,))
    pages = read_pages(job.paths, job.settings, previous.pages)
    found = list(unread_corrections(job.corrections, [page.page_id for page in pages]))
    for page in pages:
        if job.corrections.of_page(page.page_id):
            problems = candidates_of(page, previous, job.settings, job.corrections).problems
            found += (problem for problem in problems if problem.code.startswith(_STAGE))
    return tuple(found)


def refused_corrections(
    tried: Sequence[Correction], job: Job
) -> tuple[dict[str, Problem], dict[str, PageNotes]]:
    """Check corrections with all gates, as if they were applied in addition to the current ones.

    Return the reasons why some cannot be applied, by key, and their pages by id. The key of an
    abbreviation must be in the latest published packages.
    """
    applied = tuple(replace(one, proposed=False) for one in tried)
    trial = replace(job, corrections=replace(job.corrections, more=applied))
    ids = {one.page for one in tried}
    found_pages = page_candidates(trial, lambda page: str(page.page_id) in ids)
    pages = {str(one.page.page_id): one for one in found_pages}
    known = read_previous_release((job.out,)).pageless
    refused: dict[str, Problem] = {}
    for one in tried:
        found = pages[one.page].problems if one.page in pages else ()
        own = [p for p in found if p.text.startswith(f"{one.key}:") and p.code in REFUSED]
        if one.page == PAGELESS and one.guid not in known:
            own = [one.problem("QT601", "there is no such card")]
        elif one.page != PAGELESS and one.page not in pages:
            own = [one.problem("QT605", f"there is no page {one.page}")]
        if own:
            refused[one.key] = own[0]
    return refused, pages


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
    judged: JudgedProposal, one: Correction | None, pages: Mapping[str, PageNotes]
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
    pages: Mapping[str, PageNotes],
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


@dataclass(frozen=True, slots=True)
class KindReview:
    """The verdicts on one kind of cards: those that are made, and those that were dropped."""

    kind: Kind
    cards: int
    good: int
    reworded: int
    dropped: int
    proposed: int  # corrections that nobody has confirmed, which count nowhere else

    @property
    def read(self) -> int:
        """How many of them someone has read."""
        return self.good + self.reworded + self.dropped


def reviewed_kinds(
    pages: Iterable[PageNotes], corrections: Mapping[str, Correction]
) -> tuple[KindReview, ...]:
    """Count by kind; cards that people have written themselves count as good."""
    cards: Counter[Kind] = Counter()
    names = ("good", "reworded", "dropped", "proposed")
    found: dict[str, Counter[Kind]] = {name: Counter() for name in names}
    found["proposed"][Kind.OWN] = sum(by.is_own and by.proposed for by in corrections.values())
    judged = {key: one for key, one in corrections.items() if not one.proposed}
    for page in pages:
        notes = {note.fields[0]: note for note in page.notes}
        dropped = {k: n for k, n in page.generated.items() if k in judged and judged[k].drop}
        for key, note in (notes | dropped).items():
            cards[note.kind] += 1
            by = corrections.get(key)
            if by is not None:
                name = "dropped" if by.drop else "reworded" if note.generated else "good"
                found["proposed" if by.proposed else name][note.kind] += 1
    return tuple(
        KindReview(kind, cards[kind], *(found[name][kind] for name in found))
        for kind in Kind
        if cards[kind] or found["proposed"][kind]
    )


def labels_of(
    pages: Iterable[PageNotes], corrections: Mapping[str, Correction]
) -> tuple[dict[str, str], ...]:
    """Return the verdicts on generated cards as training data for the ranker.

    A reworded card counts as weak. A verdict does not count if the card has changed since.
    """
    labels = []
    for page in pages:
        for key, note in page.generated.items():
            by = corrections.get(key)
            if by is not None and not by.proposed and by.made_from == made_from(note):
                grade = "bad" if by.drop else "weak" if by.has_wording else "good"
                labels.append({"key": key, "digest": card_digest(note), "grade": grade})
    return tuple(sorted(labels, key=lambda label: label["key"]))
