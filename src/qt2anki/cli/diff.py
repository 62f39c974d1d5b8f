"""``qt2anki diff``: compare two releases, as text, Markdown or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli import options, output
from qt2anki.cli.options import OUTPUT, Inputs
from qt2anki.html.anki_escape import escape_markdown
from qt2anki.messages import plural, visible
from qt2anki.release.changes import (
    FieldDiff,
    NoteDiff,
    PageDiff,
    Status,
    SubjectDiff,
    count_by_status,
    counts_in_words,
)
from qt2anki.release.previous_release import read_previous_release

if TYPE_CHECKING:
    from qt2anki.release.diff import Release

_SIGNS = {
    Status.NEW: ("+", "green"),
    Status.CHANGED: ("~", "yellow"),
    Status.MOVED: (">", "cyan"),
    Status.RETIRED: ("-", "red"),
}
_WORDS_AROUND = 4  # of unchanged text shown next to a change
_FEW = 3  # above this number, notes without further details are only counted
_MARKS = {"same": ("", "", "dim"), "removed": ("[-", "-]", "red"), "added": ("{+", "+}", "green")}
StyledLine = Sequence[tuple[str, str]]
"""Parts of a line with their styles."""
_MARKDOWN_MARKS = {"same": "", "removed": "~~", "added": "**"}


@click.command("diff")
@click.argument("old", required=False, type=options.EXISTING)
@click.argument("new", required=False, type=options.EXISTING)
@options.shared("config")
@options.as_json
@click.option("--markdown", is_flag=True, help="Print Markdown for release notes.")
def diff_command(
    inputs: Inputs, old: Path | None, new: Path | None, as_json: bool, markdown: bool
) -> None:
    """Compare the notes of two releases, OLD and NEW.

    Shows which notes are new, changed, moved or retired. OLD and NEW are packages or folders of
    packages. If NEW is omitted, OLD is compared with a build of the folder "input". OLD is "dist"
    by default. Nothing is written. For other pages, use: qt2anki build PATHS --dry-run.

    Exit status: 0 no differences, 1 differences.

    \b
    Examples:
      qt2anki diff
      qt2anki diff last-year/nursing.apkg dist/nursing.apkg
      qt2anki diff last-year dist --markdown > release-notes.md
    """
    options.refuse_both("--json and --markdown", as_json, markdown)
    if new is None:
        differences = _against_build(old or Path(OUTPUT), inputs)
    else:
        from qt2anki.release.diff import diff_releases

        differences = diff_releases(_release(old or Path(OUTPUT)), _release(new))
    print_differences(differences, as_json=as_json, markdown=markdown)
    output.exit_with(differences)


def print_differences(
    differences: Sequence[SubjectDiff], *, as_json: bool, markdown: bool = False
) -> None:
    """Print a comparison on stdout, in color on a terminal."""
    if as_json:
        output.print_object(**differences_json(differences))
    elif markdown:
        click.echo("\n".join(as_markdown(differences)))
    else:
        from rich.text import Text

        console = output.stdout_console()
        for line in as_text(differences):
            console.print(Text.assemble(*line))


def _release(path: Path) -> Release:
    from qt2anki.release.diff import release_of

    return release_of(read_previous_release(options.package_files([path])))


def _against_build(old: Path, inputs: Inputs) -> tuple[SubjectDiff, ...]:
    from qt2anki.build.pipeline import would_change

    subjects = tuple(subject.casefold() for subject in _release(old)) if old.is_file() else ()
    job = inputs.job(
        out=old,
        previous=(old,),
        subjects=subjects,
        cache=None,
        may_retire=True,  # nothing is written
    )
    with output.progress_shown(is_wanted=True) as progress:
        found = would_change(job, progress)
    if found.report.is_first:
        click.echo(f"There is no package in {old.as_posix()}, so every note is new.", err=True)
    output.print_report(found.report, job, 0.0, quiet=True, verbose=False)
    return found.differences


def as_text(subjects: Sequence[SubjectDiff]) -> Iterator[StyledLine]:
    """Yield lines of text, with colors for a terminal."""
    for subject in subjects:
        yield [(f"{subject.subject}: {_counts(subject)}", "bold")]
        for page in subject.pages:
            yield [(f"  {_page_name(page)}", "")]
            for notes in _alike(page.notes):
                yield from _note_lines(notes[0], len(notes))
    if not subjects:
        yield [("No difference.", "")]


def _alike(notes: Sequence[NoteDiff]) -> Iterator[tuple[NoteDiff, ...]]:
    """Group notes without details, which are only counted."""
    groups: dict[object, list[NoteDiff]] = {}
    for note in notes:
        is_plain = note.status is not Status.MOVED and not note.fields
        same = (note.status, note.tags_added, note.tags_removed) if is_plain else note.guid
        groups.setdefault(same, []).append(note)
    for group in groups.values():
        yield from [tuple(group)] if len(group) > _FEW else [(note,) for note in group]


def _note_lines(note: NoteDiff, number: int) -> Iterator[StyledLine]:
    """Describe a note, or the first of a *number* that are only counted."""
    said = f"{note.key}: {_title(note)}" if number == 1 else f"{number} notes"
    sign, style = _SIGNS[note.status]
    yield [(f"    {sign} {said}", style)]
    for field in note.fields:
        line = [(f"        {field.name}:", "")]
        for fate, text in _pieces(field):
            before, after, style = _MARKS[fate]
            line += [(" ", ""), (f"{before}{visible(text)}{after}", style)]
        yield line
    if note.tags_added or note.tags_removed:
        tags = [f"+{tag}" for tag in note.tags_added] + [f"-{tag}" for tag in note.tags_removed]
        yield [(f"        tags: {visible(' '.join(tags))}", "")]


def _title(note: NoteDiff) -> str:
    if note.status is Status.MOVED:
        return visible(f"{note.old_title} -> {note.title}")
    return visible(note.title)


def _pieces(field: FieldDiff) -> Iterator[tuple[str, str]]:
    """Yield the fates and texts of a field's pieces, with a few words next to the changes."""
    if not field.pieces:
        yield "same", "only the markup differs"
    for place, piece in enumerate(field.pieces):
        words = piece.text.split()
        start = words[:_WORDS_AROUND] if place else []
        end = words[-_WORDS_AROUND:] if not place or place < len(field.pieces) - 1 else []
        is_whole = piece.fate != "same" or len(start) + len(end) >= len(words)
        yield piece.fate, piece.text if is_whole else " ".join([*start, "…", *end])


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
        marked = ((_MARKDOWN_MARKS[fate], text) for fate, text in _pieces(field))
        texts = (f"{mark}{escape_markdown(text)}{mark}" for mark, text in marked)
        yield f"    - {field.name}: {' '.join(texts)}"


def _page_name(page: PageDiff) -> str:
    number = "" if page.page_id is None else f"{page.page_id} "
    return visible(f"{number}{page.question}")


def _counts(subject: SubjectDiff) -> str:
    named = counts_in_words(subject.pages, is_course=subject.is_course)
    return f"{named} ({plural(subject.old, 'note')} before, {subject.new} now)"


def differences_json(subjects: Iterable[SubjectDiff]) -> dict[str, object]:
    """Return the comparison as an object of JSON."""
    found = list(subjects)
    return {
        "is_equal": not found,
        "counts": count_by_status(page for subject in found for page in subject.pages),
        "subjects": [
            {
                "subject": subject.subject,
                "notes_before": subject.old,
                "notes_now": subject.new,
                "counts": count_by_status(subject.pages),
                "pages": [
                    asdict(page) | {"notes": [_note_as_json(note) for note in page.notes]}
                    for page in subject.pages
                ],
            }
            for subject in found
        ],
    }


def _note_as_json(note: NoteDiff) -> dict[str, object]:
    changes = {one.name: [[p.fate, p.text] for p in one.pieces] for one in note.fields}
    return asdict(note) | {"fields": changes}
