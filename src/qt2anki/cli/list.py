"""``qt2anki list``: list pages and their cards."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from qt2anki.build import CACHE_FOLDER
from qt2anki.cli.options import (
    build_time,
    config_option,
    corrections_from,
    default_paths,
    out_option,
    page_id,
    paths_argument,
    print_json,
    resolved_settings,
)
from qt2anki.messages import plural, visible
from qt2anki.model import PageId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.text import Text

    from qt2anki.build.job import Job
    from qt2anki.config.values import Condition
    from qt2anki.courses.select import PageList, Row
    from qt2anki.messages import Problem

_VERSION = 1
_COLUMNS = ("id", "subject", "question", "date", "cards", "kinds", "slug", "file")


@click.command("list")
@paths_argument
@click.option("--id", "ids", type=page_id, multiple=True, help="Pages with this id.")
@click.option("--slug", "slugs", multiple=True, help="Pages whose url ends in this name.")
@click.option("--path", "patterns", multiple=True, help='Pages in matching files: "biology/*.md".')
@click.option("--subject", "subjects", multiple=True, help="Pages of this subject.")
@click.option("--keyword", "keywords", multiple=True, help="Pages with these words in a keyword.")
@click.option(
    "--question", "questions", multiple=True, help="Pages with these words in the question."
)
@click.option("--topic", "topics", multiple=True, help="Pages of this topic.")
@click.option("--text", "texts", multiple=True, help="Pages that contain this text.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="Pages from this day on.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Pages up to this day.")
@click.option("--related-to", type=page_id, multiple=True, help="Pages that this page recommends.")
@out_option
@config_option
@click.option("--json", "style", flag_value="json", help="Print JSON on stdout.")
@click.option("--csv", "style", flag_value="csv", help="Print CSV with a header line.")
@click.pass_context
def list_command(
    ctx: click.Context,
    paths: tuple[str, ...],
    ids: tuple[PageId, ...],
    slugs: tuple[str, ...],
    patterns: tuple[str, ...],
    subjects: tuple[str, ...],
    keywords: tuple[str, ...],
    questions: tuple[str, ...],
    topics: tuple[str, ...],
    texts: tuple[str, ...],
    since: datetime.datetime | None,
    until: datetime.datetime | None,
    related_to: tuple[PageId, ...],
    out: Path,
    config: Path | None,
    style: str | None,
) -> None:
    """List the pages in PATHS and their cards.

    PATHS are the same as for build. A page must match every option given; an option given several
    times matches any of its values. Words of --keyword and --question may be shortened. Course
    files use the same conditions, but whole keywords (docs/courses.md).

    \b
    Examples:
      qt2anki list --subject Nursing --keyword heart
      qt2anki list --text "blood pressure" --from 2025-01-01 --csv
    """
    from qt2anki.cli.output import progress_shown
    from qt2anki.config.values import Condition
    from qt2anki.courses.select import list_pages

    condition = Condition(
        ids=ids,
        slugs=slugs,
        paths=patterns,
        subjects=subjects,
        keyword_words=keywords,
        questions=questions,
        texts=texts,
        related_to=related_to,
        since=_day(since),
        until=_day(until),
    )
    job = listing_job(paths or default_paths("list"), out, config)
    with progress_shown(is_wanted=style is None) as progress:
        found = list_pages(
            job,
            _filters(condition),
            progress,
            topics=frozenset(name.casefold() for name in topics),
        )
    _print(found, style)
    exit_by_errors(ctx, found.problems)


def listing_job(paths: tuple[str, ...], out: Path, config: Path | None) -> Job:
    """Return a job that shows what a build would make, without writing anything."""
    from qt2anki.anki.note_types import load_note_types
    from qt2anki.build.job import Job

    resolved = resolved_settings(config)
    return Job(
        paths=paths,
        out=out,
        settings=resolved.settings,
        corrections=corrections_from(resolved),
        note_types=load_note_types(),
        stamp=build_time(),
        may_retire=True,  # nothing is retired, and it is fine to list only some of the pages
        rewritten=None,
        cache=out / CACHE_FOLDER,
    )


def exit_by_errors(ctx: click.Context, problems: Iterable[Problem]) -> NoReturn:
    """Count the errors in pages, and exit with 1 if there are any, else with 0."""
    errors = sum(problem.severity == "error" for problem in problems)
    if errors:
        click.echo(f"{plural(errors, 'error')} in the pages; see: qt2anki check", err=True)
    ctx.exit(1 if errors else 0)


def _filters(condition: Condition) -> tuple[Condition, ...]:
    from qt2anki.config.values import Condition

    return () if condition == Condition() else (condition,)


def _day(moment: datetime.datetime | None) -> datetime.date | None:
    return moment.date() if moment else None


def _print(found: PageList, style: str | None) -> None:
    if style == "json":
        print_json({"version": _VERSION, "pages": [_as_json(row) for row in found.rows]})
    elif style == "csv":
        click.echo(_as_csv(found), nl=False)
    else:
        _print_table(found)


def _as_json(row: Row) -> dict[str, object]:
    page = row.page
    return {
        "id": page.page_id,
        "subjects": list(page.subjects),
        "topics": list(row.topics),
        "question": page.question,
        "date": page.date.isoformat() if page.date else None,
        "keywords": list(page.keywords),
        "related": list(page.related),
        "cards": {kind.value: count for kind, count in row.cards},
        "slug": page.url.rstrip("/").rpartition("/")[2],
        "file": page.source,
    }


def _as_csv(found: PageList) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in found.rows:
        page = _as_json(row)
        kinds = " ".join(f"{kind.value}={count}" for kind, count in row.cards)
        values = {**page, "subject": "; ".join(row.page.subjects), "kinds": kinds}
        values["cards"] = row.total
        writer.writerow([_harmless(values[name]) for name in _COLUMNS])
    return text.getvalue()


def _harmless(value: object) -> object:
    """Keep a spreadsheet from reading page text as a formula (OWASP, CSV Injection)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(tuple("=+-@\t\r")) else value


def _cut_to_fit(text: str) -> Text:
    """Return a cell that is shortened with an ellipsis rather than wrapped."""
    from rich.text import Text

    return Text(visible(text), no_wrap=True, overflow="ellipsis")


def _print_table(found: PageList) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("id", justify="right", no_wrap=True, max_width=16)
    table.add_column("subject", max_width=16)
    table.add_column("question")
    table.add_column("cards", justify="right", no_wrap=True)
    table.add_column("kinds", max_width=20)
    for row in found.rows:
        kinds = " ".join(f"{kind.value} {count}" for kind, count in row.cards)
        page_id, subjects = str(row.page.page_id), ", ".join(row.page.subjects)
        texts = (page_id, subjects, row.page.question, str(row.total), kinds)
        table.add_row(*(_cut_to_fit(text) for text in texts))
    console.print(table)
    cards = sum(row.total for row in found.rows)
    click.echo(f"{plural(len(found.rows), 'page')}, {plural(cards, 'card')}", err=True)
