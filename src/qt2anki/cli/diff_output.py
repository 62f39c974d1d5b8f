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
                yield from _note_lines(notes[0], len(notes))
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


def _note_lines(note: NoteDiff, number: int) -> Iterator[Text]:
    """Describe a note, or the first of a *number* that are only counted."""
    said = f"{note.key}: {_title(note)}" if number == 1 else f"{number} notes"
    yield Text(f"    {_SIGNS[note.status]} {said}", style=_STYLES[note.status])
    for field in note.fields:
        line = Text(f"        {field.name}: ")
        for place, piece in enumerate(field.pieces or [Piece("same", _MARKUP_ONLY)]):
            line.append(" " if place else "")
            if piece.fate == "removed":
                line.append(f"[-{visible(piece.text)}-]", style="red")
            elif piece.fate == "added":
                line.append(f"{{+{visible(piece.text)}+}}", style="green")
            else:
                line.append(_shortened(visible(piece.text), place, field), style="dim")
        yield line
    if note.tags_added or note.tags_removed:
        tags = [f"+{tag}" for tag in note.tags_added] + [f"-{tag}" for tag in note.tags_removed]
        yield Text(f"        tags: {visible(' '.join(tags))}")


def _title(note: NoteDiff) -> str:
    if note.status is Status.MOVED:
        return visible(f"{note.old_title} -> {note.title}")
    return visible(note.title)


def _shortened(text: str, place: int, field: FieldDiff) -> str:
    """Keep a few words next to the changes; a single piece stays whole."""
    words = text.split()
    start = words[:_WORDS_AROUND] if place else []
    end = words[-_WORDS_AROUND:] if not place or place < len(field.pieces) - 1 else []
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
        texts = []
        for place, piece in enumerate(field.pieces):
            is_same = piece.fate == "same"
            text = _shortened(piece.text, place, field) if is_same else piece.text
            mark = {"same": "", "removed": "~~", "added": "**"}[piece.fate]
            texts.append(f"{mark}{escape_markdown(text)}{mark}")
        yield f"    - {field.name}: {' '.join(texts)}"


def _page_name(page: PageDiff) -> str:
    number = "" if page.page_id is None else f"{page.page_id} "
    return visible(f"{number}{page.question}")


def _counts(subject: SubjectDiff) -> str:
    named = counts_in_words(subject.pages, is_course=subject.is_course)
    return f"{named} ({plural(subject.old, 'note')} before, {subject.new} now)"


def as_json(subjects: Iterable[SubjectDiff]) -> dict[str, object]:
    """Return the comparison as one JSON object; *version* increases if a name changes."""
    found = list(subjects)
    return {
        "version": DIFF_VERSION,
        "is_equal": not found,
        "counts": count_by_status(page for subject in found for page in subject.pages),
        "subjects": [
            {
                "subject": subject.subject,
                "notes_before": subject.old,
                "notes_now": subject.new,
                "counts": count_by_status(subject.pages),
                "pages": [
                    {
                        "page_id": page.page_id,
                        "question": page.question,
                        "notes": [_note_as_json(note) for note in page.notes],
                    }
                    for page in subject.pages
                ],
            }
            for subject in found
        ],
    }


def _note_as_json(note: NoteDiff) -> dict[str, object]:
    changes = {one.name: [[p.fate, p.text] for p in one.pieces] for one in note.fields}
    return {
        "status": note.status,
        "guid": note.guid,
        "key": note.key,
        "title": note.title,
        "old_title": note.old_title,
        "fields": changes,
        "tags_added": note.tags_added,
        "tags_removed": note.tags_removed,
    }
