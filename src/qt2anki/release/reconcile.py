"""Carry identity and time over from the previous release: an unchanged note stays as it is.

Anki updates a note if and only if the package's is newer, and then replaces all edits of the
student (rslib, import_export/package/apkg/import/notes.rs). So the time of a note is the time of
the build that first published its current content, and unchanged notes are left as they were.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, count
from typing import NamedTuple

from qt2anki.anki.cards import field_is_empty
from qt2anki.anki.media import shown_in, without_pictures
from qt2anki.anki.note_content import (
    as_generated,
    content_of,
    content_tags,
    field,
    field_names,
    is_same,
    note_kind,
    tiers_of,
    topic_tags,
    with_field,
)
from qt2anki.anki.package_reader import PublishedNote
from qt2anki.anki.visible_text import Words, visible_blocks, visible_text
from qt2anki.html.anki_escape import without_controls
from qt2anki.model import Kind, Note, Page
from qt2anki.notes.frame import without_full_answer
from qt2anki.notes.identity import join_key, natural_key_of, title_of
from qt2anki.notes.make_notes import Recognized
from qt2anki.notes.ranker import LEAST_SCORES
from qt2anki.outline.sentences import sentences
from qt2anki.release.changes import Change, ChangeKind
from qt2anki.release.corrected import corrected, page_words
from qt2anki.release.match import (
    Fingerprint,
    fact_likeness,
    fingerprints_of,
    long_words,
    match_facts,
)
from qt2anki.release.previous_release import PreviousRelease, is_retired


class Carried(NamedTuple):
    """The notes of one page as they are to be published, and their changes."""

    notes: tuple[Note, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class PublishedFacts:
    """The published facts of one page, with which its new notes are recognized."""

    keys: frozenset[str] = frozenset()  # natural keys of the live, or else retired notes
    facts: tuple[Fingerprint, ...] = ()
    live: tuple[PublishedNote, ...] = ()
    retired_own: tuple[PublishedNote, ...] = ()  # retired cards that people had written
    all_keys: frozenset[str] = frozenset()  # natural keys of all these notes
    is_part: bool = False  # whether only a course is published, which may leave out notes

    @property
    def questions(self) -> frozenset[str]:
        """The questions (HTML) of the live notes."""
        notes = map(as_generated, self.live)
        return frozenset(field(note, "Question") for note in notes if note.note_type == "qa")

    @property
    def terms(self) -> frozenset[str]:
        """The terms that the live notes ask for or explain."""
        return frozenset(chain.from_iterable(map(_terms, self.live)))

    def recognize(self, notes: Sequence[Note]) -> Recognized:
        """Find the published fact of each possible note, and a free key for the others.

        No fact ever gets a name that a different fact of the page has had.
        """
        if not self.facts:
            return Recognized({}, {})
        new = fingerprints_of(notes)
        found = match_facts(new, self.facts, cache(self._said))
        used = {fact.name for fact in self.facts}
        keys: dict[str, str] = {}
        scores = {note.key: _least_score(note) for note in self.live}
        live: dict[str, int] = {}
        for at, fact in enumerate(new):
            old = self.facts[found[at]] if at in found else None
            free = chain([fact.name], (f"{fact.name}~{number}" for number in count(2)))
            name = old.name if old else next(each for each in free if each not in used)
            used.add(name)
            for part in fact.note_types:
                keys[join_key(fact.name, part)] = join_key(name, part)
                if old and not old.is_retired and part in old.note_types:
                    is_same = fact_likeness(fact, old) == 1
                    least = scores.get(join_key(name, part), 0) if is_same else 0
                    live[join_key(fact.name, part)] = least
        return Recognized(keys, live)

    def _said(self) -> tuple[Words, ...]:
        """Return the sentences of the published answer, which one of the notes contains."""
        blocks = chain.from_iterable(visible_blocks(field(n, "Details")) for n in self.live)
        return tuple(long_words(one) for block in blocks for one in sentences(block))

    def kept(self, page: Page, made: Collection[str]) -> tuple[Note, ...]:
        """Return the live notes that a correction must not retire, except those *made* (GUIDs)."""
        left = [n for n in self.live if n.guid not in made and note_kind(n) is not Kind.OWN]
        words = page_words(f"{page.question}\n{page.answer}") if left else ()
        return tuple(note_again(one) for note in left if (one := corrected(note, words)))

    def answer_at(self, notes: Sequence[Note]) -> int:
        """Return the one of *notes* that has the whole answer, so no published note changes.

        If a dropped note had it, the result is never a published note.
        """
        places = {note.guid: at for at, note in enumerate(notes)}
        live = [note for note in self.live if note.guid in places]
        extras = ((note, field(note, "Extra")) for note in live)
        having = [
            places[note.guid]
            for note, extra in extras
            if field(note, "Details") or without_full_answer(extra) != extra
        ]
        if having or not live:
            return min(having, default=0)
        new = places.keys() - {note.guid for note in live}
        return min((places[guid] for guid in new), default=len(notes))

    @property
    def published_keys(self) -> frozenset[str]:
        """The keys of all published notes of the page, including retired ones."""
        return frozenset(
            join_key(fact.name, part) for fact in self.facts for part in fact.note_types
        )


def _terms(published: PublishedNote) -> Iterator[str]:
    note = as_generated(published)
    yield natural_key_of(note).rpartition("/")[2].replace("-", " ")
    if note.note_type == "cloze":
        yield title_of(note)
        yield title_of(note).partition(" (")[0]  # without its acronym
    elif note_kind(note) is Kind.TERM:
        yield visible_text(field(note, "Answer"))


def _least_score(note: PublishedNote) -> int:
    """Return the minimum score that a note must have had when it was published.

    Changes to the rest of its page may change its score, but a note with unchanged text stays.
    """
    return max((LEAST_SCORES.get(tier, 0) for tier in tiers_of(note)), default=0)


def published_facts(
    live: Iterable[PublishedNote],
    retired: Iterable[PublishedNote] = (),
    dropped: Collection[str] = (),
    written: Collection[str] = (),
    *,
    is_part: bool = False,
) -> PublishedFacts:
    """Describe the published notes of one page.

    Those whose keys are *dropped* by people count as live facts of the page, so a correction stays
    with its fact and no other note takes its place. No made note takes the key of a card that
    people have *written*, even if it says the same.
    """
    live, retired = tuple(live), tuple(retired)
    known = (*live, *(note for note in retired if note.key in dropped))
    gone = tuple(note for note in retired if note.key not in dropped)
    own, others = (frozenset(map(natural_key_of, notes)) for notes in (known, gone))
    facts = (
        fingerprints_of((n for n in notes if natural_key_of(n) not in written), is_retired=is_gone)
        for notes, is_gone in ((known, False), (gone, True))
    )
    return PublishedFacts(
        own or others,
        tuple(chain.from_iterable(facts)),
        live,
        tuple(note for note in gone if note.key.startswith("own/")),
        own | others,
        is_part,
    )


def carry(
    notes: Iterable[Note],
    earlier: Mapping[str, PublishedNote],
    previous: PreviousRelease,
    *,
    stamp: int,
) -> Carried:
    """Give *notes* the times they were published with.

    *earlier* are their published states by GUID. A note with the same content stays exactly as it
    was. A changed note gets *stamp*, or its old time plus one second if the clock went back.
    """
    timed = tuple(_timed(note, earlier.get(note.guid), previous, stamp) for note in notes)
    changes = (_change(note, earlier.get(note.guid)) for note in timed)
    return Carried(timed, tuple(filter(None, changes)))


def _timed(note: Note, old: PublishedNote | None, previous: PreviousRelease, stamp: int) -> Note:
    if old is None:
        return replace(note, mod=stamp)
    note = _with_old_pictures(_with_old_reverse(note, old), old)
    last = previous.last_mod[old.guid]
    if is_same(note, old) and old.mod == last:
        return replace(note, fields=old.fields, tags=old.tags, mod=old.mod)
    tags = tuple(sorted({*note.tags, *topic_tags(old)}))
    return replace(note, tags=tags, mod=max(stamp, last + 1))


def _with_old_pictures(note: Note, old: PublishedNote) -> Note:
    """Keep pictures whose files are missing today, on a note that is otherwise as published."""
    shown = {name for html in note.fields for name in shown_in(html)}
    fields = tuple(without_pictures(html, shown) for html in old.fields)
    is_kept = fields != old.fields and is_same(note, replace(old, fields=fields))
    return replace(note, fields=old.fields) if is_kept else note


def _with_old_reverse(note: Note, old: PublishedNote) -> Note:
    """Keep the reverse card of a note that would not get one now: Anki would show it empty."""
    if note.note_type != "qa" or old.note_type != "qa" or 1 not in old.ords:
        return note
    if not field_is_empty(field(note, "Reverse")):
        return note
    for name in ("Reverse", "ReverseAnswer"):
        note = replace(note, fields=with_field(note, name, field(old, name)))
    return note


def _change(note: Note, old: PublishedNote | None) -> Change | None:
    title = title_of(note)
    if old is None:
        return Change(ChangeKind.NEW, note.guid, note.page_id, note.key, title)
    if note.mod == old.mod:
        return None
    kind = ChangeKind.RETURNED if is_retired(old) else ChangeKind.CHANGED
    states = zip(field_names(note), content_of(old), content_of(note), strict=True)
    parts = tuple(name for name, before, after in states if before != after)
    if content_tags(old) != content_tags(note):
        parts = (*parts, "tags")
    return Change(kind, note.guid, note.page_id, note.key, title, title_of(old), parts)


def keep_as_published(notes: Iterable[PublishedNote]) -> Carried:
    """Publish the notes of a page again, because the page cannot be read now."""
    kept = tuple(note_again(note) for note in notes)
    changes = [Change(ChangeKind.KEPT, n.guid, n.page_id, n.key, title_of(n)) for n in kept]
    return Carried(kept, tuple(changes))


def note_again(published: PublishedNote) -> Note:
    """Make a note from a published one, without characters that packages may not contain."""
    return Note(
        guid=published.guid,
        page_id=published.page_id or 0,
        key=published.key,
        kind=note_kind(published),
        note_type=published.note_type,
        fields=tuple(map(without_controls, published.fields)),
        tags=published.tags,
        mod=published.mod,
        natural_key=published.natural_key,
        text=published.text,
        is_kept=published.is_kept,
        generated=published.generated,
    )
