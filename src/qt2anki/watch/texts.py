"""The messages about each build, for the terminal and the browser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from qt2anki.build.job import ChangedFile, Report, changes_by_kind
from qt2anki.errors import Qt2AnkiError
from qt2anki.messages import format_problem, plural, visible, visible_lines
from qt2anki.release.previous_release import RETIRED_FOLDER

_FEW: Final = 2
_MOST_PROBLEMS: Final = 50  # in the browser; the others appear when these are fixed


@dataclass(frozen=True, slots=True)
class Outcome:
    """One build: its cause, its result, and how long it took."""

    at: str  # time of day, "17:03:12"
    changed: Sequence[ChangedFile]  # empty: the first build, or a retry
    seconds: float
    report: Report | None = None
    error: Qt2AnkiError | None = None
    published: str = ""  # of a draft: where the packages published last are looked for
    is_after_draft: bool = False  # whether it was compared with an earlier draft
    subjects: tuple[str, ...] = ()  # case-folded; those given by the user


def line_of(outcome: Outcome) -> str:
    """Return one line with time, cause, result and duration.

    ``17:03:12 1 page changed (a.md): wrote tea.apkg; 1 changed; 0.2 s``
    """
    what = _built(outcome, outcome.report) if outcome.report else ["not built"]
    reason = _reason(outcome.changed)
    return visible(f"{outcome.at} {reason}{'; '.join((*what, f'{outcome.seconds:.1f} s'))}")


def news_of(outcome: Outcome, *, kept_from: str) -> dict[str, object]:
    """Return the same for the browser; *kept_from* is when its cards were built, if earlier."""
    is_bad = outcome.report is None or has_errors(outcome.report)
    text = line_of(outcome) + (f"; the cards are those of {kept_from}" if kept_from else "")
    if outcome.error is not None:
        shown = [visible_lines(str(outcome.error))]
    else:
        problems = [p for p in outcome.report.problems if p.severity != "note"]  # type: ignore[union-attr]
        problems.sort(key=lambda problem: problem.severity != "error")  # stable: errors first
        shown = [format_problem(problem) for problem in problems[:_MOST_PROBLEMS]]
        shown += (
            [f"and {len(problems) - _MOST_PROBLEMS:,} more"] if problems[_MOST_PROBLEMS:] else []
        )
    return {"level": "bad" if is_bad else "good", "text": text, "problems": shown}


def has_errors(report: Report) -> bool:
    """Whether a page could not be used."""
    return any(problem.severity == "error" for problem in report.problems)


def _reason(changed: Sequence[ChangedFile]) -> str:
    if not changed:
        return ""
    counts = Counter((change.kind, change.fate) for change in changed)
    kinds = ", ".join(f"{plural(number, kind)} {fate}" for (kind, fate), number in counts.items())
    names = [change.path.name for change in changed[:_FEW]]
    more = f" and {len(changed) - _FEW:,} more" if len(changed) > _FEW else ""
    return f"{kinds} ({', '.join(names)}{more}): "


def _built(outcome: Outcome, report: Report) -> list[str]:
    parts = [] if outcome.changed else [plural(report.pages, "page")]
    if report.is_first:
        parts.append(f"nothing is published in {outcome.published or 'that folder'} yet")
    if not outcome.published:
        parts.append(_wrote(report))
    if not report.is_first:
        said = ", ".join(f"{count:,} {kind}" for kind, count in changes_by_kind(report))
        parts.append(_since(outcome) + (said or "no note has changed"))
    known = {*report.found, *(built.subject for built in report.packages)}
    missing = set(outcome.subjects) - set(map(str.casefold, known))
    parts += [f"no page has the subject {name!r}" for name in outcome.subjects if name in missing]
    counts = Counter(problem.severity for problem in report.problems)
    severities = [plural(counts[name], name) for name in ("error", "warning") if counts[name]]
    return [*parts, ", ".join(severities)] if severities else parts


def _wrote(report: Report) -> str:
    written = [built.path.name for built in report.packages if built.is_written]
    written += [f"{RETIRED_FOLDER}/{one.path.name}" for one in report.retired if one.is_written]
    if len(written) > _FEW:
        return f"wrote {len(written)} packages"
    return f"wrote {', '.join(written) or 'no package'}"


def _since(outcome: Outcome) -> str:
    """Return what a draft is compared with, if that is not clear from the previous line."""
    if outcome.published and not outcome.is_after_draft:
        return f"since {outcome.published}: "
    is_of_packages = any(change.kind == "package" for change in outcome.changed)
    return "since the draft before: " if outcome.published and is_of_packages else ""
