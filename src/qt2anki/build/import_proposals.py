"""Hold proposals to the gates, and write those that pass as proposed corrections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qt2anki.build.card_candidates import PageCandidates, made_from_of, refused_corrections
from qt2anki.config import Settings
from qt2anki.corrections.correction import WORDING, Correction
from qt2anki.corrections.corrections_file import Corrections
from qt2anki.corrections.edit import file_for, read_text, set_corrections
from qt2anki.corrections.proposals import Proposal
from qt2anki.corrections.wording import without_marks
from qt2anki.notes.words import roots


@dataclass(frozen=True, slots=True)
class JudgedProposal:
    """A proposal and whether it was kept."""

    place: str
    key: str
    refused: str  # why; "" for one that is kept
    is_known: bool = False  # the same correction is in the file already
    words: int = 0
    on_page: int = 0


def import_proposals(
    proposals: Sequence[Proposal],
    paths: Sequence[str],
    out: Path,
    settings: Settings,
    places: Sequence[Path],
    corrections: Corrections,
) -> tuple[JudgedProposal, ...]:
    """Judge proposals in their order, and write all that are kept; see file_for()."""
    judged: dict[int, JudgedProposal] = {}
    tried: dict[str, tuple[int, Correction]] = {}
    for at, one in enumerate(proposals):
        fault = one.fault or _conflict(one, corrections, tried)
        if fault or one.correction is None:
            judged[at] = JudgedProposal(one.place, one.key, fault)
            continue
        known = corrections.by_key.get(one.key)
        if known is None:
            tried[one.key] = (at, one.correction)
        elif one.correction.reason in known.reason:
            judged[at] = JudgedProposal(one.place, one.key, "", is_known=True)
        else:
            both = filter(None, (known.reason, one.correction.reason))
            tried[one.key] = (at, replace(known, reason="; ".join(both)))
    new = [correction for _, correction in tried.values()]
    refused, pages = refused_corrections(new, paths, out, settings, corrections)
    for key, (at, correction) in tried.items():
        problem = refused.get(key)
        said = ". ".join(filter(None, (problem.text, problem.hint))) if problem else ""
        words, on_page = _on_page(correction, pages.get(correction.page))
        judged[at] = JudgedProposal(
            proposals[at].place, key, said.removeprefix(f"{key}: "), words=words, on_page=on_page
        )
    kept = [one for one in new if one.key not in refused]
    _write(kept, pages, places, corrections)
    return tuple(judged[at] for at in range(len(proposals)))


def _conflict(
    one: Proposal, corrections: Corrections, tried: dict[str, tuple[int, Correction]]
) -> str:
    """Return what else there is of the same card, "" if the two go together."""
    if one.key in tried:
        return "a second proposal of the same card; give it a name of its own"
    known = corrections.by_key.get(one.key)
    if known is None or one.correction is None:
        return ""
    old, new = known.values, one.correction.values
    if new.keys() <= {"proposed", "reason"}:  # a report adds a reason to any correction
        return ""
    if all(old.get(name) == new.get(name) for name in (*WORDING, "drop", "keep")):
        return ""
    return f"the card is corrected already, in {known.source}:{known.line}"


def _on_page(one: Correction, page: PageCandidates | None) -> tuple[int, int]:
    said = roots(" ".join(filter(None, (one.answer, one.text and without_marks(one.text)))))
    if page is None or not said:
        return 0, 0
    return len(said), len(said & roots(f"{page.page.question} {page.page.answer}"))


def _write(
    kept: Iterable[Correction],
    pages: dict[str, PageCandidates],
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
