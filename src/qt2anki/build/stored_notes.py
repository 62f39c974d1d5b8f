"""Notes whose texts are in the database of the cache, so that memory does not grow with a deck."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence

from qt2anki.model import Note, PageId

_MOST_PAGES = 1_000  # with texts in memory; few subjects have more

Texts = tuple[tuple[str, ...], str]


class PageTexts:
    """The texts of the pages used last; *load* returns the notes of a page as they were stored."""

    def __init__(self, load: Callable[[PageId], Sequence[Note]]) -> None:
        self._load = load
        self._pages: OrderedDict[PageId, Sequence[Texts]] = OrderedDict()

    def stored(self, page_id: PageId, notes: Sequence[Note]) -> tuple[Note, ...]:
        """Return the notes of a page, all of which are stored, without their texts."""
        self._add(page_id, notes)
        tags = {note.tags: tuple(map(sys.intern, note.tags)) for note in notes}
        return tuple(
            StoredNote(note, tags[note.tags], self, page_id, at) for at, note in enumerate(notes)
        )

    def of_note(self, page_id: PageId, at: int) -> Texts:
        """Return the fields of the note at this place of a page, and its plain text."""
        if page_id not in self._pages:
            self._add(page_id, self._load(page_id))
        self._pages.move_to_end(page_id)
        return self._pages[page_id][at]

    def _add(self, page_id: PageId, notes: Sequence[Note]) -> None:
        self._pages[page_id] = [(note.fields, note.text) for note in notes]
        if len(self._pages) > _MOST_PAGES:
            self._pages.popitem(last=False)


class StoredNote(Note):
    """A note that reads its texts when they are asked for."""

    __slots__ = ("_at", "_page", "_texts")
    _texts: PageTexts
    _page: PageId
    _at: int

    def __init__(
        self, note: Note, tags: tuple[str, ...], texts: PageTexts, page_id: PageId, at: int
    ) -> None:
        for name in _IN_MEMORY:
            object.__setattr__(self, name, getattr(note, name))
        object.__setattr__(self, "tags", tags)
        object.__setattr__(self, "_texts", texts)
        object.__setattr__(self, "_page", page_id)
        object.__setattr__(self, "_at", at)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields, as in any note."""
        return self._texts.of_note(self._page, self._at)[0]

    @property
    def text(self) -> str:
        """The plain text, as in any note."""
        return self._texts.of_note(self._page, self._at)[1]


_IN_MEMORY = tuple(name for name in Note.__slots__ if name not in ("fields", "tags", "text"))
