"""Packages of subjects, made of their decks one after the other and written beside their places."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qt2anki.anki.card_generation import card_ords
from qt2anki.anki.files import package_file_name
from qt2anki.anki.media import MediaSource
from qt2anki.anki.package_reader import PublishedPackage
from qt2anki.build.changelog import summary, with_version
from qt2anki.build.job import Job
from qt2anki.build.report import Built, by_kind
from qt2anki.build.subject_decks import SubjectDeck
from qt2anki.messages import Problem
from qt2anki.model import Deck
from qt2anki.release.diff import PageDiff, diff_pages
from qt2anki.release.previous_release import Memory
from qt2anki.release.write_release import Planned, Written, pack_deck, plan_package


@dataclass(frozen=True, slots=True)
class SubjectPackage:
    """One subject's package with what there is to say about it; its notes are packed already."""

    planned: Planned
    built: Built  # as if it had been written
    problems: tuple[Problem, ...]

    def published(self, written: Written) -> Built:
        """Say what became of its file."""
        return replace(self.built, path=written.path, is_written=written.is_written)


def make_package(
    made: SubjectDeck, job: Job, memory: Memory, media: MediaSource, sources: str
) -> SubjectPackage:
    """Pack a subject's deck; *sources* is the fingerprint of its pages.

    Of a first release everything is new, which is not said note by note.
    """
    deck, differences = _described(made.deck, made.before, job.stamp)
    ids = {note.guid: note.note_id for note in made.before.notes} if made.before else {}
    data = pack_deck(deck, job.note_types, ids, media)
    planned = plan_package(deck, data, memory, job.out)
    with_cards = {note.page_id for note in deck.notes}
    built = Built(
        subject=deck.subject,
        deck=deck.name,
        path=job.out / package_file_name(deck.subject),
        size=len(data),
        pages=len(made.pages),
        pages_without_cards=sum(page.page_id not in with_cards for page in made.pages),
        notes=by_kind((note.kind, 1) for note in deck.notes),
        cards=by_kind((note.kind, len(card_ords(note))) for note in deck.notes),
        is_written=True,
        changes=() if memory.is_empty else made.changes,
        is_first=made.before is None,
        differences=differences,
        sources=sources,
    )
    return SubjectPackage(planned, built, made.problems)


def _described(
    deck: Deck, before: PublishedPackage | None, stamp: int
) -> tuple[Deck, tuple[PageDiff, ...]]:
    """Say in a deck's description what changed; the description of one that did not stays."""
    differences = diff_pages(before.notes, deck.notes, with_words=False) if before else ()
    if before is not None and before.deck_names == (deck.name,) and not differences:
        return replace(deck, description=before.description), differences
    newest = max((note.mod for note in deck.notes), default=0)
    said = summary(differences, is_first=before is None)
    text = with_version(deck.description, said, max(stamp, newest))
    return replace(deck, description=text), differences
