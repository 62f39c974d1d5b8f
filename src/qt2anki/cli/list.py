"""``qt2anki list`` and ``topics``: list pages with their cards, topics and similar pages."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from qt2anki.cli.options import (
    Inputs,
    config_option,
    exit_with_problems,
    inputs_options,
    json_option,
    out_option,
    page_id,
    plain_table,
    print_json,
    refuse_unknown_subjects,
)
from qt2anki.messages import plural, visible
from qt2anki.model import OTHER_TOPICS, PageId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qt2anki.build.reports import Row, SubjectTopicReport
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


_TOPICS_VERSION = 1


@click.command("topics")
@click.argument("subject", required=False)
@click.option("--similar", is_flag=True, help="List pages that ask nearly the same instead.")
@click.option(
    "--pages",
    "paths",
    multiple=True,
    metavar="PATH",
    help="Pages to read, as for build; repeatable.  [default: input]",
)
@out_option
@config_option
@json_option
def topics_command(
    subject: str | None,
    similar: bool,
    paths: tuple[str, ...],
    out: Path,
    config: Path | None,
    as_json: bool,
) -> None:
    """List the topics of SUBJECT, or of all subjects.

    Each topic is listed with its pages, its cards by tier, and the pages that the next build would
    add. Published pages keep their topics. docs/settings.md says how to choose topics yourself.

    \b
    Examples:
      qt2anki topics
      qt2anki topics Nursing --similar
    """
    from qt2anki.build.reports import report_topics
    from qt2anki.cli.output import progress_shown

    with progress_shown(is_wanted=not as_json) as progress:
        reports, problems = report_topics(Inputs(paths, out, config).listing_job(), progress)
    if subject is not None:
        refuse_unknown_subjects([subject], (one.subject for one in reports), "No page")
        reports = tuple(one for one in reports if one.subject.casefold() == subject.casefold())
    if as_json:
        print_json(
            {"version": _TOPICS_VERSION, "subjects": [_report_as_json(one) for one in reports]}
        )
    elif similar:
        for report in reports:
            for pair in report.similar:
                one, other = (visible(f"{p.page_id} {p.question} ({p.source})") for p in pair)
                click.echo(f"{visible(report.subject)}: {one}\n    {other}")
        count = sum(len(report.similar) for report in reports)
        click.echo(f"{plural(count, 'pair')} of pages that ask nearly the same", err=True)
    else:
        _print_topics(reports)
    exit_by_errors(problems)


def _report_as_json(report: SubjectTopicReport) -> dict[str, object]:
    return {
        "subject": report.subject,
        "topics": [
            {
                "name": topic.name or None,
                "pages": [page.page_id for page in topic.pages],
                "new_pages": topic.new_pages,
                "cards": dict(zip(("core", "standard", "extra"), topic.cards, strict=True)),
            }
            for topic in report.topics
        ],
        "similar": [[page.page_id for page in pair] for pair in report.similar],
    }


def _print_topics(reports: Sequence[SubjectTopicReport]) -> None:
    click.echo(f"{'pages':>6}{'new':>6}{'core':>6}{'standard':>10}{'extra':>7}  topic")
    for report in reports:
        click.echo(visible(report.subject))
        has_topics = any(topic.name for topic in report.topics)
        for topic in report.topics:
            core, standard, extra = topic.cards
            name = topic.name or (OTHER_TOPICS if has_topics else "no topics")
            counts = f"{len(topic.pages):6}{topic.new_pages:6}{core:6}{standard:10}{extra:7}"
            click.echo(f"{counts}  {visible(name)}")
