"""Notes that are no longer in the source: marked for those who have them, kept from all others.

An import cannot delete. So a note that vanished is published once more, marked, in a package of
its own that newcomers never import; its tag lets a learner find, suspend or delete it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import replace

from qt2anki.anki.note_content import field, with_field, without_reason
from qt2anki.errors import PackageError
from qt2anki.model import Deck, Note, page_order
from qt2anki.release.previous_release import RETIRED_ROOT

_FEWEST_PAGES = 5
_LARGEST_SHARE = 0.2


def tombstone(note: Note, *, retired_tag: str, last_mod: int, stamp: int) -> Note:
    """Mark a published note as retired: a tag, and one sentence that says since when."""
    day = datetime.datetime.fromtimestamp(stamp, tz=datetime.UTC).date().isoformat()
    reason = (
        f'<p class="qt-retired">No longer in the source since {day}:'
        " this card gets no more updates and may be suspended or deleted.</p>"
    )
    return replace(
        note,
        fields=with_field(note, "Extra", reason + without_reason(field(note, "Extra"))),
        tags=tuple(sorted({*note.tags, retired_tag})),
        mod=max(stamp, last_mod + 1),
    )


def retired_deck(subject: str, notes: Iterable[Note], *, deck_root: str, retired_tag: str) -> Deck:
    """Make the deck of a subject's retired notes, outside the tree that learners study."""
    in_order = tuple(sorted(notes, key=lambda note: (page_order(note.page_id), note.key)))
    description = (
        f"**{subject}**: {len(in_order)} notes that are no longer in the source.\n\n"
        "Only for those who have studied them: an import marks them with the tag"
        f" `{retired_tag}`. Search for `tag:{retired_tag}` to suspend or delete them."
    )
    return Deck(subject, f"{deck_root}{RETIRED_ROOT}::{subject}", description, in_order)


def refuse_many(vanished: Mapping[str, tuple[int, int, int]]) -> None:
    """Refuse to retire a large part of a deck: more likely a wrong path than a wish.

    *vanished* has for each subject the notes that would be retired, the pages they are of, and
    all published notes. Raises PackageError, naming the subjects.
    """
    found = [
        f"{subject}: {notes} of {every} notes, on {pages} pages"
        for subject, (notes, pages, every) in sorted(vanished.items())
        if pages >= _FEWEST_PAGES and notes > _LARGEST_SHARE * every
    ]
    if found:
        raise PackageError(
            f"this build would retire a large part of a deck ({'; '.join(found)});"
            " nothing was written",
            hint="name all the folders that were read before; or add --partial to keep what is"
            " published of all others; or, if the pages are really gone, add --allow-retire",
        )
