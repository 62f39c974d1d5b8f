"""Packages made of decks: packed, staged beside their places, and described."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qt2anki.anki.cards import card_ords
from qt2anki.anki.files import package_file_name
from qt2anki.anki.media import MediaSource
from qt2anki.anki.note_types import NoteTypes
from qt2anki.anki.package_reader import PublishedPackage
from qt2anki.anki.package_writer import pack_decks
from qt2anki.build.changelog import summary, with_version
from qt2anki.build.job import Job
from qt2anki.build.report import Built, by_kind
from qt2anki.build.subject_decks import SubjectDeck
from qt2anki.messages import Problem
from qt2anki.model import Deck, Note
from qt2anki.release.changes import Change, PageDiff
from qt2anki.release.diff import diff_pages
from qt2anki.release.previous_release import PreviousRelease
from qt2anki.release.write_release import Planned, Written, plan_package


@dataclass(frozen=True, slots=True)
class SubjectPackage:
    """The staged package of one subject, and what is reported of it."""

    planned: Planned
    built: Built  # as if it had been written
    problems: tuple[Problem, ...]

    def published(self, written: Written) -> Built:
        """Return what is reported of the package once its file is *written*."""
        return replace(self.built, path=written.path, is_written=written.is_written)


def subject_package(
    made: SubjectDeck, job: Job, previous: PreviousRelease, media: MediaSource, sources: str
) -> SubjectPackage:
    """Pack and stage the deck of a subject; *sources* is the fingerprint of its pages."""
    deck, before = made.deck, made.before
    differences = diff_pages(before.notes, deck.notes, with_words=False) if before else ()
    is_same = before is not None and before.deck_names == (deck.name,) and not differences
    if before is not None and is_same:
        deck = replace(deck, description=before.description)
    else:
        said = summary(differences, is_first=before is None)
        deck = replace(deck, description=versioned(deck.description, said, deck.notes, job.stamp))
    packed = package_of((deck,), before, differences, job.note_types, media)
    built = built_of(
        packed,
        subject=deck.subject,
        path=job.out / package_file_name(deck.subject),
        pages=len(made.pages),
        # Of a first release everything is new, which is not reported note by note.
        changes=() if previous.is_empty else made.changes,
        sources=sources,
    )
    return SubjectPackage(plan_package(deck, packed.data, previous, job.out), built, made.problems)


@dataclass(frozen=True, slots=True)
class PackedDecks:
    """A package with *decks*, of which the first names it; without notes it has no *data*."""

    decks: tuple[Deck, ...]
    before: PublishedPackage | None
    differences: tuple[PageDiff, ...]
    data: bytes

    @property
    def notes(self) -> tuple[Note, ...]:
        """All notes, deck by deck."""
        return tuple(note for deck in self.decks for note in deck.notes)


def package_of(
    decks: tuple[Deck, ...],
    before: PublishedPackage | None,
    differences: tuple[PageDiff, ...],
    note_types: NoteTypes,
    media: MediaSource,
) -> PackedDecks:
    """Pack decks; the bytes depend on the notes alone, and published notes keep their ids.

    The package takes the time of its newest note.
    """
    notes = [note for deck in decks for note in deck.notes]
    data = b""
    if notes:
        ids = {note.guid: note.note_id for note in before.notes} if before else {}
        stamp = max(note.mod for note in notes)
        data = pack_decks(decks, note_types, stamp=stamp, note_ids=ids, media=media.of(notes))
    return PackedDecks(decks, before, differences, data)


def versioned(description: str, said: str, notes: Sequence[Note], stamp: int) -> str:
    """Add the version to a description: the time of the build, or of the newest note if later."""
    newest = max((note.mod for note in notes), default=0)
    return with_version(description, said, max(stamp, newest))


def built_of(
    packed: PackedDecks,
    *,
    subject: str,
    path: Path,
    pages: int,
    changes: tuple[Change, ...],
    sources: str,
) -> Built:
    """Return what is reported of a package, as if it had been written."""
    with_cards = {note.page_id for note in packed.notes}
    return Built(
        subject=subject,
        deck=packed.decks[0].name,
        path=path,
        size=len(packed.data),
        pages=pages,
        pages_without_cards=max(0, pages - len(with_cards)),
        notes=by_kind((note.kind, 1) for note in packed.notes),
        cards=by_kind((note.kind, len(card_ords(note))) for note in packed.notes),
        is_written=True,
        changes=changes,
        is_first=packed.before is None,
        differences=packed.differences,
        sources=sources,
    )
