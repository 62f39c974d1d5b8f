"""``qt2anki list``, ``topics`` and ``outline``: pages, their topics, outlines and cards."""

from __future__ import annotations

import csv
import io
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

import click

from qt2anki.cli import options, output
from qt2anki.cli.options import Inputs
from qt2anki.config.values import Condition
from qt2anki.messages import Problem, plural, visible
from qt2anki.model import OTHER_TOPICS, PageId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qt2anki.build.reports import Row, SubjectTopicReport
    from qt2anki.notes.make_notes import PageNotes

_COLUMNS = ("id", "subject", "question", "date", "cards", "kinds", "slug", "file")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("list")
@options.shared("paths out config corrections")
@click.option("--id", "ids", type=options.page_id, multiple=True, help="Pages with this id.")
@click.option("--slug", "slugs", multiple=True, help="Pages whose url ends in this name.")
@click.option("--path", "paths", multiple=True, help='Pages in matching files: "biology/*.md".')
@click.option("--subject", "subjects", multiple=True, help="Pages in this subject.")
@click.option(
    "--keyword", "keyword_words", multiple=True, help="Pages with these words in a keyword."
)
@click.option(
    "--question", "questions", multiple=True, help="Pages with these words in the question."
)
@click.option("--topic", "topics", multiple=True, help="Pages on this topic.")
@click.option("--text", "texts", multiple=True, help="Pages that contain this text.")
@click.option("--from", "since", type=_DAY, help="Pages dated on or after this day.")
@click.option("--until", type=_DAY, help="Pages dated on or before this day.")
@click.option(
    "--related-to", type=options.page_id, multiple=True, help="Pages that this page recommends."
)
@click.option("--json", "style", flag_value="json", help="Print JSON on stdout.")
@click.option("--csv", "style", flag_value="csv", help="Print CSV with a header line.")
def list_command(
    inputs: Inputs,
    topics: tuple[str, ...],
    style: str | None,
    **condition: Any,  # noqa: ANN401  # the fields of a Condition
) -> None:
    """List the pages in PATHS and their cards.

    PATHS are the same as for build. A page must match every option given; an option given several
    times matches any of its values. --keyword and --question match the beginnings of words. Course
    files use the same conditions, but match whole keywords (docs/courses.md).

    \b
    Examples:
      qt2anki list --subject Nursing --keyword heart
      qt2anki list --text "blood pressure" --from 2025-01-01 --csv
    """
    from qt2anki.build.reports import list_pages

    days = {name: day.date() for name in ("since", "until") if (day := condition[name])}
    with output.progress_shown(is_wanted=style is None) as progress:
        rows, problems = list_pages(
            inputs.job(may_retire=True),  # nothing is retired, and PATHS may be part of the pages
            Condition(**(condition | days)),
            progress,
            topics={name.casefold() for name in topics},
            with_topics=bool(style or topics),  # the table has no column for them
        )
    if style == "json":
        output.print_object(pages=[_row_json(row) for row in rows])
    elif style == "csv":
        click.echo(_as_csv(rows), nl=False)
    else:
        _print_table(rows)
    _exit_by_errors(problems)


def _exit_by_errors(problems: Iterable[Problem]) -> NoReturn:
    """Count the errors in pages, and exit with 1 if there are any, else with 0."""
    errors = sum(problem.severity == "error" for problem in problems)
    if errors:
        click.echo(f"{plural(errors, 'error')} in the pages; see: qt2anki check", err=True)
    output.exit_with(errors)


def _row_json(row: Row) -> dict[str, object]:
    page = row.page
    return output.to_json(
        page,
        "subjects question date keywords related",
        id=page.page_id,
        topics=row.topics,
        cards={kind.value: count for kind, count in row.cards},
        slug=page.url.rstrip("/").rpartition("/")[2],
        file=page.source,
    )


def _as_csv(rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        values = _row_json(row) | {
            "subject": "; ".join(row.page.subjects),
            "kinds": " ".join(f"{kind.value}={count}" for kind, count in row.cards),
            "cards": row.total,
        }
        writer.writerow([_harmless(values[name]) for name in _COLUMNS])
    return text.getvalue()


def _harmless(value: object) -> object:
    """Keep a spreadsheet from reading page text as a formula (OWASP, CSV Injection)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(tuple("=+-@\t\r")) else value


def _table_row(row: Row) -> tuple[str, ...]:
    kinds = " ".join(f"{kind.value} {count}" for kind, count in row.cards)
    subjects = ", ".join(row.page.subjects)
    return str(row.page.page_id), subjects, row.page.question, str(row.total), kinds


def _print_table(rows: Sequence[Row]) -> None:
    from rich.console import Console
    from rich.text import Text

    table = output.plain_table()
    table.add_column("id", justify="right", no_wrap=True, max_width=16)
    table.add_column("subject", max_width=16)
    table.add_column("question")
    table.add_column("cards", justify="right", no_wrap=True)
    table.add_column("kinds", max_width=20)
    if rows:
        texts = (map(visible, _table_row(row)) for row in rows)
        # One cell per column: rich takes four times as long for one per row.
        columns = map("\n".join, zip(*texts, strict=True))
        table.add_row(*(Text(one, no_wrap=True, overflow="ellipsis") for one in columns))
    Console(highlight=False).print(table)
    cards = sum(row.total for row in rows)
    click.echo(f"{plural(len(rows), 'page')}, {plural(cards, 'card')}", err=True)


@click.command("topics")
@options.shared("out config")
@click.argument("subject", required=False)
@click.option(
    "--similar", is_flag=True, help="Instead, list pages that ask nearly the same question."
)
@click.option(
    "--pages",
    "paths",
    multiple=True,
    metavar="PATH",
    help="Pages to read, as for build; repeatable.  [default: input]",
)
@options.as_json
def topics_command(
    inputs: Inputs, subject: str | None, similar: bool, paths: tuple[str, ...], as_json: bool
) -> None:
    """List the topics of SUBJECT, or of all subjects.

    Each topic is listed with its pages, its cards by tier, and the pages that the next build would
    add. Published pages keep their topics. docs/settings.md describes how to choose topics
    yourself. Merge similar pages only before they are published: facts that move to a different
    page become new cards, without their review histories.

    \b
    Examples:
      qt2anki topics
      qt2anki topics Nursing --similar
    """
    from qt2anki.build.reports import report_topics

    job = replace(inputs, given_paths=paths).job(may_retire=True)  # as in list
    with output.progress_shown(is_wanted=not as_json) as progress:
        reports, problems = report_topics(job, progress)
    if subject is not None:
        options.refuse_unknown_subjects([subject], (one.subject for one in reports), "No page")
        reports = tuple(one for one in reports if one.subject.casefold() == subject.casefold())
    if as_json:
        output.print_object(subjects=[_topics_json(one) for one in reports])
    elif similar:
        for report in reports:
            for pair in report.similar:
                one, other = (visible(f"{p.page_id} {p.question} ({p.source})") for p in pair)
                click.echo(f"{visible(report.subject)}: {one}\n    {other}")
        count = sum(len(report.similar) for report in reports)
        click.echo(f"{plural(count, 'pair')} of pages that ask nearly the same question", err=True)
    else:
        _print_topics(reports)
    _exit_by_errors(problems)


def _topics_json(report: SubjectTopicReport) -> dict[str, object]:
    topics = [
        {
            "name": topic.name or None,
            "pages": [page.page_id for page in topic.pages],
            "new_pages": topic.new_pages,
            "cards": dict(zip(("core", "standard", "extra"), topic.cards, strict=True)),
        }
        for topic in report.topics
    ]
    similar = [[page.page_id for page in pair] for pair in report.similar]
    return {"subject": report.subject, "topics": topics, "similar": similar}


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


@click.command("outline")
@options.shared("paths out config corrections")
@click.option(
    "--id", "ids", type=options.page_id, multiple=True, help="Only this page; repeatable."
)
@options.as_json
def outline_command(inputs: Inputs, ids: tuple[PageId, ...], as_json: bool) -> None:
    """Print the outlines of the pages in PATHS, their cards, and the keys in use.

    Use them to write cards for "qt2anki corrections import". PATHS are the same as for build.

    \b
    Examples:
      qt2anki outline --id 900001
      qt2anki outline input/biology --json
    """
    from qt2anki.anki.visible_text import visible_text
    from qt2anki.build.card_candidates import page_candidates
    from qt2anki.corrections.wording import said_by
    from qt2anki.notes.frame import frame_for

    pages = page_candidates(inputs.job(stamp=0), lambda page: not ids or page.page_id in ids)
    found = [(one, visible_text(frame_for(one.page, inputs.settings).context())) for one in pages]
    if as_json:
        output.print_object(pages=[_outline_json(*one) for one in found])
    elif found:
        click.echo(
            "\n\n".join(
                f"{one.page.page_id} {one.page.question}\n{one.page.answer}\n\n"
                f"Line above cards of your own: {line}"
                + "".join(f"\n{note.fields[0]}: {said_by(note)}" for note in one.notes)
                for one, line in found
            )
        )
    absent = [str(one) for one in ids if one not in {each.page.page_id for each, _ in found}]
    if absent:
        raise click.ClickException(f"There is no page {', '.join(absent)} in PATHS.")


def _outline_json(one: PageNotes, line: str) -> dict[str, object]:
    from qt2anki.corrections.apply import page_digest
    from qt2anki.corrections.wording import question_and_answer
    from qt2anki.outline.read_outline import read_outline

    cards = []
    for note in one.notes:
        question, answer = question_and_answer(note)
        cards.append({"key": note.fields[0], "kind": note.kind, "front": question, "back": answer})
    return output.to_json(
        one.page,
        "question subjects keywords",
        id=one.page.page_id,
        file=one.page.source,
        line=line,
        made_from=page_digest(one.page),
        outline=[_block_json(block) for block in read_outline(one.page.answer).blocks],
        cards=cards,
        keys=sorted({*one.generated, *(card["key"] for card in cards)}),
    )


def _block_json(value: object) -> object:
    """Write a block of an outline as JSON, without empty values."""
    if isinstance(value, tuple):
        return [_block_json(one) for one in value]
    if not is_dataclass(value):
        return value
    found = {each.name: _block_json(getattr(value, each.name)) for each in fields(value)}
    kept = {name: inner for name, inner in found.items() if inner not in ("", [])}
    return {"type": type(value).__name__.lower(), **kept}
