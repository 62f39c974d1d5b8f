"""``qt2anki topics``: list the topics of subjects and similar pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli.list import exit_by_errors
from qt2anki.cli.options import (
    Inputs,
    config_option,
    json_option,
    out_option,
    print_json,
    refuse_unknown_subjects,
)
from qt2anki.messages import plural, visible
from qt2anki.model import OTHER_TOPICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qt2anki.build.reports import SubjectTopicReport

_VERSION = 1


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
        print_json({"version": _VERSION, "subjects": [_as_json(one) for one in reports]})
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


def _as_json(report: SubjectTopicReport) -> dict[str, object]:
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
