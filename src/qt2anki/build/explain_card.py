"""Why a card was made or left out: the score of each candidate and what it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qt2anki.build.card_candidates import read_pages
from qt2anki.build.note_cache import request_for
from qt2anki.build.subject_decks import known_abbreviations
from qt2anki.config import Settings
from qt2anki.corrections.corrections_file import Corrections
from qt2anki.messages import Problem
from qt2anki.model import Page, PageId
from qt2anki.notes.choose import Choice
from qt2anki.notes.features import card_texts
from qt2anki.notes.make_notes import choices_of, make_notes
from qt2anki.notes.ranker import score_parts
from qt2anki.release.previous_release import PreviousRelease, read_previous_release
from qt2anki.source.discover import discover, is_page_name
from qt2anki.source.read_file import read_file

_ABBREVIATION = "abbr"


@dataclass(frozen=True, slots=True)
class ExplainedCard:
    """A candidate with what became of it and why."""

    key: str
    front: str
    answer: str
    score: int
    left_out: str  # "" for a card that is made
    reasons: tuple[tuple[str, int], ...]  # features, and their weights in hundredths of log-odds


def explain_cards(
    key: str, paths: Sequence[str], out: Path, settings: Settings, corrections: Corrections
) -> tuple[ExplainedCard, ...]:
    """Explain the candidates whose keys are *key* or begin with its parts.

    The id of a page selects all of its candidates, and a file those of all pages in it.
    *out* is the folder of the packages published last: a published card needs a lower score.
    """
    previous = read_previous_release((out,))
    choices: list[Choice] = []
    if key.partition("/")[0] == _ABBREVIATION:
        choices += _abbreviations(read_pages(paths, settings, previous.pages), previous, settings)
    else:
        for page in _pages_of(key, paths, settings, previous.pages):
            published = request_for(page, previous, corrections).published
            choices += choices_of(page, settings, published)
    is_file = _is_file(key)
    return tuple(
        ExplainedCard(
            key=choice.candidate.note.fields[0],
            front=question,
            answer=answer,
            score=choice.score,
            left_out=_fate(choice, corrections),
            reasons=score_parts(choice.candidate),
        )
        for choice in choices
        if is_file or f"{choice.candidate.note.fields[0]}/".startswith(f"{key}/")
        for _, question, answer in (card_texts(choice.candidate.note),)
    )


def _fate(choice: Choice, corrections: Corrections) -> str:
    """Return why a candidate is left out, "" for a card that is made."""
    by = corrections.by_key.get(choice.candidate.note.fields[0])
    if by is None or by.proposed:
        return choice.left_out
    return f"dropped in {by.source}:{by.line}" if by.drop else ""


def why_no_cards(key: str, paths: Sequence[str], settings: Settings) -> tuple[Problem, ...]:
    """Return what is said of the pages that *key* names when they have no cards."""
    pages = _pages_of(key, paths, settings)
    if not pages and _is_file(key):
        (source,) = discover((key,)).sources
        return tuple(p for one in read_file(source, settings.page_format) for p in one.problems)
    return tuple(problem for page in pages for problem in make_notes(page, settings).problems)


def _is_file(key: str) -> bool:
    return is_page_name(Path(key).name) and Path(key).is_file()


def _pages_of(
    key: str, paths: Sequence[str], settings: Settings, published: Iterable[PageId] = ()
) -> Sequence[Page]:
    """Return the page whose id *key* begins with, or those in the file that it names."""
    pages = read_pages(paths, settings, published)
    if not _is_file(key):
        return [page for page in pages if str(page.page_id) == key.partition("/")[0]]
    file = Path(key).resolve()
    own = [page for page in pages if Path(page.source).resolve() == file]
    return own or read_pages((key,), settings, published)


def _abbreviations(
    pages: Sequence[Page], previous: PreviousRelease, settings: Settings
) -> Iterator[Choice]:
    ids = {page.page_id for page in pages}
    known = known_abbreviations(previous, settings, ids.__contains__)
    return known.choices(one for page in pages for one in make_notes(page, settings).meanings)
