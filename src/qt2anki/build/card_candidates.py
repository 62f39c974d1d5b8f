"""Find all possible cards of pages, and explain why each is made or left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qt2anki.build.job import Job
from qt2anki.build.note_cache import corrected_notes, request_for
from qt2anki.build.subject_decks import abbreviation_notes, known_abbreviations
from qt2anki.config import Settings
from qt2anki.corrections.apply import page_digest
from qt2anki.corrections.correction import PAGELESS, Correction
from qt2anki.corrections.corrections_file import Corrections
from qt2anki.corrections.wording import have_same_front, made_from
from qt2anki.messages import Problem
from qt2anki.model import Kind, Note, Page, PageId
from qt2anki.notes.choose import Choice
from qt2anki.notes.features import card_texts
from qt2anki.notes.kinds.abbreviations import Meaning
from qt2anki.notes.make_notes import PageNotes, make_notes
from qt2anki.notes.ranker import score_parts
from qt2anki.notes.repeats import same_note
from qt2anki.release.previous_release import PreviousRelease, read_previous_release, subject_key
from qt2anki.release.reconcile import note_again
from qt2anki.release.retirement import in_order
from qt2anki.source.discover import Source, discover, is_page_name
from qt2anki.source.entry import with_published_roots
from qt2anki.source.pictures import Pictures, with_pictures
from qt2anki.source.read_file import catalog, read_file

REFUSED = frozenset(("QT601", "QT602", "QT606"))
"""Codes of corrections that cannot be applied."""


def page_candidates(
    job: Job, wanted: Callable[[Page], bool] = lambda _: True
) -> Iterator[PageNotes]:
    """Yield the candidates of the *wanted* pages of a job, by id."""
    previous = read_previous_release((job.out,))
    for page in filter(wanted, read_pages(job.paths, job.settings, previous.pages)):
        yield candidates_of(page, previous, job.settings, job.corrections)


def candidates_of(
    page: Page, previous: PreviousRelease, settings: Settings, corrections: Corrections
) -> PageNotes:
    """Return the candidates of one page; see page_candidates()."""
    return corrected_notes(request_for(page, previous, corrections), settings)


def abbreviation_candidates(
    meanings: Iterable[Meaning],
    ids: Container[PageId | None],
    previous: PreviousRelease,
    settings: Settings,
    corrections: Corrections,
) -> PageNotes:
    """Return the abbreviations of all subjects as if of one page; *ids* are those of all pages."""
    by_subject: defaultdict[str, list[Meaning]] = defaultdict(list)
    for meaning in meanings:
        for subject in meaning.page.subjects:
            by_subject[subject].append(meaning)
    shared = known_abbreviations(previous, settings, lambda note: note.page_id in ids)
    found = [
        abbreviation_notes(
            by_subject[subject],
            shared,
            previous.live.get(subject_key(subject)),
            corrections,
            settings,
        )
        for subject in in_order(by_subject, settings.subject_order) or ("",)
    ]
    notes = {note.guid: note for one in found for note in one.notes if note.page_id in ids}
    return PageNotes(
        found[0].page,
        tuple(notes.values()),
        tuple(problem for one in found for problem in one.problems),
        choices=tuple(choice for one in found for choice in one.choices),
    )


def read_pages(
    paths: Sequence[str], settings: Settings, published: Iterable[PageId] = ()
) -> tuple[Page, ...]:
    """Return the pages in *paths* that can be read, by id; see with_published_roots()."""
    return tuple(one.page for one in read_pages_with_pictures(paths, settings, published))


def read_pages_with_pictures(
    paths: Sequence[str], settings: Settings, published: Iterable[PageId] = ()
) -> tuple[Pictures, ...]:
    """Return the pages of read_pages() with the files of their pictures."""
    files: defaultdict[PageId, list[Source]] = defaultdict(list)
    pages: list[Page] = []
    for source in with_published_roots(discover(paths).sources, published):
        for one in read_file(source, settings.page_format):
            if one.page is not None:
                pages.append(one.page)
                files[one.page.page_id].append(source)
    joined = catalog(pages, dict(settings.subject_aliases)).pages
    return tuple(with_pictures(page, files[page.page_id]) for page in joined)


def made_from_of(one: Correction, page: PageNotes | None) -> str:
    """Return the digest of the card or page that a correction is for, "" for an abbreviation."""
    if page is None or one.page == PAGELESS:  # the page of an abbreviation may change
        return ""
    note = page.generated.get(one.key)
    return page_digest(page.page) if one.is_own else made_from(note) if note else ""


@dataclass(frozen=True, slots=True)
class ExplainedCard:
    """A candidate, whether it became a card, and why."""

    key: str
    front: str
    answer: str
    score: int
    left_out: str  # "" for a card that is made
    reasons: tuple[tuple[str, int], ...]  # features, and their weights in hundredths of log-odds


def explain_cards(key: str, job: Job) -> tuple[ExplainedCard, ...]:
    """Explain the candidates whose keys are *key* or begin with its parts.

    The id of a page selects all of its candidates, and a file selects those of all pages in it. A
    card that is published in the output folder of the job needs a lower score.
    """
    settings, corrections = job.settings, job.corrections
    previous = read_previous_release((job.out,))
    choices: list[Choice] = []
    pages_of: dict[PageId, PageNotes] = {}
    if key.partition("/")[0] == PAGELESS:
        pages = read_pages(job.paths, settings, previous.pages)
        nothing = Corrections()
        made = (candidates_of(page, previous, settings, nothing) for page in pages)
        meanings = (meaning for one in made for meaning in one.meanings)
        ids = {page.page_id for page in pages}
        found = abbreviation_candidates(meanings, ids, previous, settings, corrections)
        choices += found.choices
    else:
        for page in _pages_of(key, job, previous.pages):
            found = candidates_of(page, previous, settings, corrections)
            choices += found.choices
            pages_of[page.page_id] = found
    is_file = _is_file(key)
    return tuple(
        ExplainedCard(
            key=choice.candidate.note.fields[0],
            front=question,
            answer=answer,
            score=choice.score,
            left_out=_fate(choice, corrections)
            or _says_the_same(choice.candidate.note, pages_of, previous),
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


def _says_the_same(note: Note, pages: Mapping[PageId, PageNotes], previous: PreviousRelease) -> str:
    """Return why a new card is not in the decks of its page (one of *pages*) although chosen."""
    made = pages.get(note.page_id)
    if made is None or note.guid in previous.last_mod:
        return ""
    of_people = (one for one in made.notes if one.kind is Kind.OWN)
    same = next((one for one in of_people if have_same_front(note, one)), None)
    for subject in map(subject_key, made.page.subjects):
        if same is None and (package := previous.live.get(subject)):
            same = same_note(note, map(note_again, package.notes))
    return f"{same.fields[0]} asks the same question" if same else ""


def why_no_cards(key: str, job: Job) -> tuple[Problem, ...]:
    """Return the message for the pages that *key* names if they have no cards."""
    pages = _pages_of(key, job)
    if not pages and _is_file(key):
        (source,) = discover((key,)).sources
        found = read_file(source, job.settings.page_format)
        return tuple(problem for one in found for problem in one.problems)
    return tuple(problem for page in pages for problem in make_notes(page, job.settings).problems)


def _is_file(key: str) -> bool:
    return is_page_name(Path(key).name) and Path(key).is_file()


def _pages_of(key: str, job: Job, published: Iterable[PageId] = ()) -> Sequence[Page]:
    """Return the page whose id *key* begins with, or those in the file that it names."""
    pages = read_pages(job.paths, job.settings, published)
    if not _is_file(key):
        return [page for page in pages if str(page.page_id) == key.partition("/")[0]]
    file = Path(key).resolve()
    own = [page for page in pages if Path(page.source).resolve() == file]
    return own or read_pages((key,), job.settings, published)
