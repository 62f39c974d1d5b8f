"""A comparison of releases as text, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from qt2anki.html.anki_escape import escape_markdown
from qt2anki.messages import plural, visible
from qt2anki.release.changes import (
    FieldDiff,
    NoteDiff,
    PageDiff,
    Piece,
    Status,
    SubjectDiff,
    count_by_status,
    counts_in_words,
)

DIFF_VERSION = 1
_SIGNS = {Status.NEW: "+", Status.CHANGED: "~", Status.MOVED: ">", Status.RETIRED: "-"}
_STYLES = {
    Status.NEW: "green",
    Status.CHANGED: "yellow",
    Status.MOVED: "cyan",
    Status.RETIRED: "red",
}
_WORDS_AROUND = 4  # of unchanged text shown beside a change
_FEW = 3  # above this number, notes without further details are only counted
_MARKUP_ONLY = "only the markup differs"


def as_text(subjects: Sequence[SubjectDiff]) -> Iterator[Text]:
    """Return lines of text, with colours for a terminal."""
    for subject in subjects:
        yield Text(f"{subject.subject}: {_counts(subject)}", style="bold")
        for page in subject.pages:
            yield Text(f"  {_page_name(page)}")
            for notes in _alike(page.notes):
                yield from _group_lines(notes) if len(notes) > 1 else _note_lines(notes[0])
    if not subjects:
        yield Text("No difference.")


def _alike(notes: Sequence[NoteDiff]) -> Iterator[tuple[NoteDiff, ...]]:
    """Group notes without details, which are only counted."""
    groups: dict[object, list[NoteDiff]] = {}
    for note in notes:
        is_plain = note.status is not Status.MOVED and not note.fields
        same = (note.status, note.tags_added, note.tags_removed) if is_plain else note.guid
        groups.setdefault(same, []).append(note)
    for group in groups.values():
        yield from [tuple(group)] if len(group) > _FEW else [(note,) for note in group]


def _group_lines(notes: Sequence[NoteDiff]) -> Iterator[Text]:
    first = notes[0]
    yield Text(f"    {_SIGNS[first.status]} {len(notes)} notes", style=_STYLES[first.status])
    yield from _tag_lines(first)


def _note_lines(note: NoteDiff) -> Iterator[Text]:
    title = _title(note)
    yield Text(f"    {_SIGNS[note.status]} {note.key}: {title}", style=_STYLES[note.status])
    for field in note.fields:
        line = Text(f"        {field.name}: ")
        for number, piece in enumerate(field.pieces or [Piece("same", _MARKUP_ONLY)]):
            line.append(" " if number else "")
            line.append(_marked(piece, _place(number, field)))
        yield line
    yield from _tag_lines(note)


def _tag_lines(note: NoteDiff) -> Iterator[Text]:
    if note.tags_added or note.tags_removed:
        tags = [f"+{tag}" for tag in note.tags_added] + [f"-{tag}" for tag in note.tags_removed]
        yield Text(f"        tags: {visible(' '.join(tags))}")


def _marked(piece: Piece, place: str) -> Text:
    if piece.fate == "removed":
        return Text(f"[-{visible(piece.text)}-]", style="red")
    if piece.fate == "added":
        return Text(f"{{+{visible(piece.text)}+}}", style="green")
    return Text(_shortened(visible(piece.text), place), style="dim")


def _title(note: NoteDiff) -> str:
    if note.status is Status.MOVED:
        return visible(f"{note.old_title} -> {note.title}")
    return visible(note.title)


def _place(number: int, field: FieldDiff) -> str:
    if number == 0:
        return "first"
    return "last" if number == len(field.pieces) - 1 else "middle"


def _shortened(text: str, place: str) -> str:
    """Keep a few words next to the changes; a single piece stays whole."""
    words = text.split()
    start = [] if place == "first" else words[:_WORDS_AROUND]
    end = [] if place == "last" else words[-_WORDS_AROUND:]
    if len(start) + len(end) >= len(words):
        return text
    return " ".join([*start, "…", *end])


def as_markdown(subjects: Sequence[SubjectDiff]) -> Iterator[str]:
    """Return the lines of release notes."""
    for subject in subjects:
        yield f"## {escape_markdown(subject.subject)}"
        yield ""
        yield f"{_counts(subject)}."
        yield ""
        for page in subject.pages:
            yield f"- {escape_markdown(_page_name(page))}"
            for notes in _alike(page.notes):
                if len(notes) > 1:
                    yield f"  - {notes[0].status}: {len(notes)} notes"
                else:
                    yield from _markdown_note(notes[0])
        yield ""
    if not subjects:
        yield "No difference."


def _markdown_note(note: NoteDiff) -> Iterator[str]:
    yield f"  - {note.status}: {escape_markdown(_title(note))}"
    for field in note.fields:
        if not field.pieces:
            yield f"    - {field.name}: {_MARKUP_ONLY}"
            continue
        pieces = [_markdown_piece(p, _place(n, field)) for n, p in enumerate(field.pieces)]
        yield f"    - {field.name}: {' '.join(pieces)}"


def _markdown_piece(piece: Piece, place: str) -> str:
    if piece.fate == "same":
        return escape_markdown(_shortened(piece.text, place))
    text = escape_markdown(piece.text)
    return f"~~{text}~~" if piece.fate == "removed" else f"**{text}**"


def _page_name(page: PageDiff) -> str:
    number = "" if page.page_id is None else f"{page.page_id} "
    return visible(f"{number}{page.question}")


def _counts(subject: SubjectDiff) -> str:
    named = counts_in_words(subject.pages, is_course=subject.is_course)
    return f"{named} ({plural(subject.old, 'note')} before, {subject.new} now)"


def as_json(subjects: Iterable[SubjectDiff]) -> dict[str, object]:
    """Return the comparison as one JSON object; *version* increases if a name changes."""
    found = list(subjects)
    total = count_by_status(page for subject in found for page in subject.pages)
    return {
        "version": DIFF_VERSION,
        "is_equal": not found,
        **_counts_as_json(total),
        "subjects": [_subject_as_json(subject) for subject in found],
    }


def _subject_as_json(subject: SubjectDiff) -> dict[str, object]:
    return {
        "subject": subject.subject,
        "notes_before": subject.old,
        "notes_now": subject.new,
        **_counts_as_json(count_by_status(subject.pages)),
        "pages": [
            {
                "page_id": page.page_id,
                "question": page.question,
                "notes": [_note_as_json(note) for note in page.notes],
            }
            for page in subject.pages
        ],
    }


def _counts_as_json(counts: dict[Status, int]) -> dict[str, object]:
    return {"counts": {status.value: count for status, count in counts.items()}}


def _note_as_json(note: NoteDiff) -> dict[str, object]:
    return {
        "status": note.status.value,
        "guid": note.guid,
        "key": note.key,
        "title": note.title,
        "old_title": note.old_title,
        "fields": {
            field.name: [[piece.fate, piece.text] for piece in field.pieces]
            for field in note.fields
        },
        "tags_added": list(note.tags_added),
        "tags_removed": list(note.tags_removed),
    }
