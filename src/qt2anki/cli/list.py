"""``qt2anki list``: list pages and their cards."""

from __future__ import annotations

import csv
import datetime
import io
from typing import TYPE_CHECKING, NoReturn

import click

from qt2anki.cli.options import (
    Inputs,
    exit_with_problems,
    inputs_options,
    page_id,
    plain_table,
    print_json,
)
from qt2anki.messages import plural, visible
from qt2anki.model import PageId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qt2anki.build.reports import Row
    from qt2anki.messages import Problem

_VERSION = 1
_COLUMNS = ("id", "subject", "question", "date", "cards", "kinds", "slug", "file")


@click.command("list")
@inputs_options
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
@click.option("--json", "style", flag_value="json", help="Print JSON on stdout.")
@click.option("--csv", "style", flag_value="csv", help="Print CSV with a header line.")
def list_command(
    inputs: Inputs,
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
    from qt2anki.build.reports import list_pages
    from qt2anki.cli.output import progress_shown
    from qt2anki.config.values import Condition

    condition = Condition(
        ids=ids,
        slugs=slugs,
        paths=patterns,
        subjects=subjects,
        keyword_words=keywords,
        questions=questions,
        texts=texts,
        related_to=related_to,
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    with progress_shown(is_wanted=style is None) as progress:
        found = list_pages(
            inputs.listing_job(), condition, progress, topics={name.casefold() for name in topics}
        )
    if style == "json":
        print_json({"version": _VERSION, "pages": [_as_json(row) for row in found.rows]})
    elif style == "csv":
        click.echo(_as_csv(found.rows), nl=False)
    else:
        _print_table(found.rows)
    exit_by_errors(found.problems)


def exit_by_errors(problems: Iterable[Problem]) -> NoReturn:
    """Count the errors in pages, and exit with 1 if there are any, else with 0."""
    errors = sum(problem.severity == "error" for problem in problems)
    if errors:
        click.echo(f"{plural(errors, 'error')} in the pages; see: qt2anki check", err=True)
    exit_with_problems(errors)


def _as_json(row: Row) -> dict[str, object]:
    page = row.page
    return {
        "id": page.page_id,
        "subjects": page.subjects,
        "topics": row.topics,
        "question": page.question,
        "date": page.date,
        "keywords": page.keywords,
        "related": page.related,
        "cards": {kind.value: count for kind, count in row.cards},
        "slug": page.url.rstrip("/").rpartition("/")[2],
        "file": page.source,
    }


def _as_csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        values = _as_json(row) | {
            "subject": "; ".join(row.page.subjects),
            "kinds": " ".join(f"{kind.value}={count}" for kind, count in row.cards),
            "cards": row.total,
        }
        writer.writerow([_harmless(values[name]) for name in _COLUMNS])
    return text.getvalue()


def _harmless(value: object) -> object:
    """Keep a spreadsheet from reading page text as a formula (OWASP, CSV Injection)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(tuple("=+-@\t\r")) else value


def _print_table(rows: Sequence[Row]) -> None:
    from rich.console import Console
    from rich.text import Text

    table = plain_table()
    table.add_column("id", justify="right", no_wrap=True, max_width=16)
    table.add_column("subject", max_width=16)
    table.add_column("question")
    table.add_column("cards", justify="right", no_wrap=True)
    table.add_column("kinds", max_width=20)
    for row in rows:
        kinds = " ".join(f"{kind.value} {count}" for kind, count in row.cards)
        page_id, subjects = str(row.page.page_id), ", ".join(row.page.subjects)
        texts = (page_id, subjects, row.page.question, str(row.total), kinds)
        table.add_row(*(Text(visible(t), no_wrap=True, overflow="ellipsis") for t in texts))
    Console(highlight=False).print(table)
    cards = sum(row.total for row in rows)
    click.echo(f"{plural(len(rows), 'page')}, {plural(cards, 'card')}", err=True)
