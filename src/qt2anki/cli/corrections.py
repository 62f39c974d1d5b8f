"""``qt2anki corrections``: write corrections of cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qt2anki.cli import options, output
from qt2anki.cli.options import Inputs
from qt2anki.config.values import InvalidValue
from qt2anki.corrections import edit
from qt2anki.corrections.correction import correction_of
from qt2anki.corrections.corrections_file import read_corrections
from qt2anki.corrections.proposals import read_proposals
from qt2anki.messages import plural, visible

if TYPE_CHECKING:
    from qt2anki.build.correction_reports import JudgedProposal

_SHARED = "paths out config corrections"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("corrections")
def corrections_command() -> None:
    """Write corrections to cards; later builds apply them (docs/corrections.md)."""


@corrections_command.command("add")
@click.argument("key")
@options.shared(_SHARED)
@click.option("--drop", "verdict", flag_value="drop", help="Stop making the card.")
@click.option("--keep", "verdict", flag_value="keep", help="Mark the card as good and keep it.")
@click.option("--remove", is_flag=True, help="Remove the correction.")
@click.option("--question", help="New question, in Markdown.")
@click.option("--answer", help="New answer, in Markdown.")
@click.option("--text", help="New text of a cloze card, with one {{c1::...}}.")
@click.option("--extra", help="New text below the answer, in Markdown.")
@click.option(
    "--sequence/--no-sequence",
    "is_sequence",
    default=None,
    help="Whether a page's list is a sequence; KEY is then the page's id.",
)
@click.option("--reason", help="Why, as a note for other people.")
@click.option("--proposed", is_flag=True, help="Only propose the correction; do not apply it yet.")
def add_command(
    inputs: Inputs,
    key: str,
    verdict: edit.Decision | None,
    remove: bool,
    proposed: bool,
    **every: str | bool | None,
) -> None:
    """Correct the card KEY, or confirm its correction.

    KEY is the note's "Key" field, such as 900001/qa; PAGE/own/NAME adds a card of your own.
    PATHS are the same as for build. If neither a verdict nor new text is given, the existing
    correction is confirmed: it is no longer a proposal, and is recorded as checked against the
    current page.

    \b
    Examples:
      qt2anki corrections add 900001/qa --answer "Calcium enters, and vesicles fuse."
      qt2anki corrections add 900001/step/prophase/explain --drop --reason "asks what the name says"
      qt2anki corrections add 900010 --no-sequence
      qt2anki corrections add 900001/own/why --question "Why?" --answer "It blocks the channels."
    """
    from qt2anki.build.card_candidates import made_from_of
    from qt2anki.build.correction_reports import refused_corrections

    known = read_corrections(inputs.places)
    old = known.by_key.get(key)
    given = {name: value for name, value in every.items() if value is not None}
    state = {"proposed": True} if proposed else {}
    if remove and old is not None:
        edit.set_correction(edit.read_text(Path(old.source)), key, None)
        click.echo(visible(f"{old.source}: removed the correction to {key}"), err=True)
        return
    if old is None and (remove or not (verdict or given)):
        raise click.UsageError(f"There is no correction to '{key}'. Say what to correct.")
    try:
        tried = correction_of(key, edit.decided(old, verdict, given, "") | state, "", None)
    except InvalidValue as bad:
        raise click.UsageError(". ".join(filter(None, (bad.named, bad.hint)))) from bad
    refused, pages = refused_corrections((tried,), inputs.job(corrections=known, stamp=0))
    if problem := refused.get(key):
        said = "\n  hint: ".join(filter(None, (problem.text, problem.hint)))
        raise click.ClickException(said)
    page = pages.get(tried.page)
    values = edit.decided(old, verdict, given, made_from_of(tried, page)) | state
    file = edit.file_for(key, known, inputs.places, page.page.subjects[0] if page else tried.page)
    edit.set_correction(edit.read_text(file), key, values)
    what = "proposed" if proposed else "corrected" if verdict or given else "confirmed"
    click.echo(visible(f"{file.as_posix()}: {what} {key}"), err=True)


@corrections_command.command("import")
@click.argument("file", type=_FILE)
@options.shared(_SHARED)
@options.as_json
@options.quiet
def import_command(inputs: Inputs, file: Path, as_json: bool, quiet: bool) -> None:
    """Import proposed cards and reports from a JSON or CSV FILE.

    PATHS are the same as for build. Each proposal must pass the checks of a build. Those that pass
    are written as proposals, which are not applied until someone confirms them. Until then, the
    same card can be imported again with new wording. Proposals that need attention are listed last.

    Exit status: 0 all proposals were kept, 1 some were rejected, 2 wrong usage.

    \b
    Examples:
      qt2anki corrections import cards.json
      qt2anki corrections import reports.csv input
    """
    from qt2anki.build.correction_reports import import_proposals

    known = read_corrections(inputs.places)
    proposals = read_proposals(file, known)
    job = inputs.job(corrections=known, stamp=0)
    found = import_proposals(proposals, job, inputs.places)
    if as_json:
        output.print_object(proposals=[asdict(one) for one in found])
    else:
        for line in _fates(found, is_quiet=quiet):
            click.echo(visible(line))
    refused = sum(bool(one.refused) for one in found)
    old = sum(one.is_known for one in found)
    if not quiet:
        kept = f"{plural(len(found) - refused - old, 'proposal')} kept"
        also = f", {old} already known" if old else ""
        click.echo(f"{kept}{also}, {refused} rejected", err=True)
    output.exit_with(refused)


def _fates(found: Sequence[JudgedProposal], *, is_quiet: bool) -> Iterator[str]:
    """Yield the results of new proposals, those that need attention last."""
    from qt2anki.build.correction_reports import NO_PAGE

    kept = (one for one in found if not (one.refused or one.is_known))
    for one in sorted(kept, key=lambda one: bool(one.remarks)):
        if one.remarks or not is_quiet:
            said = ["kept, replacing the earlier proposal" if one.replaces else "kept"]
            if one.on_page:
                said.append(f"words of the answer on the page: {one.on_page} of {one.words}")
            yield f"{one.key}: {'; '.join((*said, *one.remarks))}"
    for one in found:
        if one.refused and one.refused != NO_PAGE:
            yield ": ".join(filter(None, (one.place, one.key, "rejected", one.refused)))
    if absent := [one for one in found if one.refused == NO_PAGE]:
        more = f", and {len(absent) - 1} more" if absent[1:] else ""
        pages = list(dict.fromkeys(one.key.partition("/")[0] for one in absent))
        named = ", ".join(pages[:5]) + (", ..." if pages[5:] else "")
        yield f"{absent[0].place}{more}: rejected: {NO_PAGE}: {named}"


@corrections_command.command("proposals")
@click.argument("keys", nargs=-1)
@options.shared("config corrections")
@click.option("--remove", is_flag=True, help="Remove them; without KEYS, ask first.")
@options.as_json
def proposals_command(inputs: Inputs, keys: tuple[str, ...], remove: bool, as_json: bool) -> None:
    """List the proposals that nobody has confirmed or rejected yet.

    KEYS limit the list: 900001/own/why to one card, and 900001 to the cards of a page. To confirm
    one, use "qt2anki review" or "qt2anki corrections add KEY".

    \b
    Examples:
      qt2anki corrections proposals
      qt2anki corrections proposals 900001 --remove
    """
    found = [
        one
        for one in inputs.corrections.by_key.values()
        if one.proposed and (not keys or any(f"{one.key}/".startswith(f"{key}/") for key in keys))
    ]
    if as_json:
        output.print_object(proposals=[{"key": one.key, **one.values} for one in found])
    else:
        for one in found:
            click.echo(visible(f"{one.source}:{one.line}: {one.key}: {one.summary}"))
    if remove and found:
        if not keys:
            question = f"Remove all of them ({plural(len(found), 'proposal')})?"
            click.confirm(question, abort=True, err=True)
        by_file: dict[str, dict[str, None]] = {}
        for one in found:
            by_file.setdefault(one.source, {})[one.key] = None
        edit.set_corrections([(edit.read_text(Path(file)), gone) for file, gone in by_file.items()])
    click.echo(f"{plural(len(found), 'proposal')}{' removed' if remove else ''}", err=True)


@corrections_command.command("stats")
@options.shared(_SHARED)
@click.option("--labels", is_flag=True, help="Print verdicts as training data for the ranker.")
@options.as_json
def stats_command(inputs: Inputs, labels: bool, as_json: bool) -> None:
    """Print how many cards people have read, and how many were good, by kind.

    Cards that people have written have the kind "own". Proposals count once they are confirmed.
    PATHS are the same as for build.

    \b
    Examples:
      qt2anki corrections stats
      qt2anki corrections stats --labels > labels.json
    """
    from qt2anki.build.card_candidates import page_candidates
    from qt2anki.build.correction_reports import labels_of, reviewed_kinds

    known = inputs.corrections
    pages = page_candidates(inputs.job(corrections=known, stamp=0))
    if labels:
        output.print_json(labels_of(pages, known.by_key))
        return
    found = reviewed_kinds(pages, known.by_key)
    if as_json:
        output.print_object(kinds=[asdict(one) for one in found])
        return
    names = ("cards", "read", "good", "reworded", "dropped", "proposed")
    click.echo(f"{'kind':9}" + "".join(f"{name:>10}" for name in names))
    for one in found:
        numbers = (getattr(one, name) for name in names)
        click.echo(f"{one.kind:9}" + "".join(f"{number:10,}" for number in numbers))
    cards, read = sum(one.cards for one in found), sum(one.read for one in found)
    share = f" ({100 * read // cards}%)" if cards else ""
    click.echo(f"People have read {read} of {plural(cards, 'card')}{share}.", err=True)


@corrections_command.command("merge")
@click.argument("base", type=_FILE)
@click.argument("ours", type=_FILE)
@click.argument("theirs", type=_FILE)
def merge_command(base: Path, ours: Path, theirs: Path) -> None:
    """Merge the files OURS and THEIRS, both derived from BASE, into OURS.

    This is a merge driver for git: two people's corrections to different cards never conflict. If
    both have corrected the same card, OURS gets both tables and the exit status is 1. If a file
    does not have a header for each card, the exit status is 2 and OURS stays as it is.

    \b
    Example:
      git config merge.corrections.driver "qt2anki corrections merge %O %A %B"
      echo "corrections.toml merge=corrections" >> .gitattributes
    """
    sides = {"base": base, "ours": ours, "theirs": theirs}  # git gives temporary names
    named = (replace(edit.read_text(p), path=Path(f"{p} ({side})")) for side, p in sides.items())
    file, conflicts = edit.merged(*named)
    edit.write_text(replace(file, path=ours))
    for key in conflicts:
        said = f"Both sides have corrected {key}; keep one of the two tables."
        click.echo(visible(said), err=True)
    output.exit_with(conflicts)
