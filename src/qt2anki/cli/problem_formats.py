"""Formats of problems for other programs: JSON, GitHub annotations and SARIF."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final, Literal
from urllib.parse import quote

from qt2anki import __version__
from qt2anki.messages import CODES, Problem, Severity, visible

Style = Literal["text", "json", "github", "sarif"]
JSON_VERSION: Final = 1
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")

_GITHUB_NAMES: Final[dict[Severity, str]] = {
    "error": "error",
    "warning": "warning",
    "note": "notice",
}
_SARIF_VERSION = "2.1.0"
_ABSENT_PLACE = "<"  # starts the name of a source that is not a file: "<stdin>"


def json_report(problems: Sequence[Problem], files: int) -> str:
    """Return one JSON object with the number of files and all problems."""
    report = {
        "version": JSON_VERSION,
        "files": files,
        "counts": counts(problems),
        "problems": [asdict(problem) for problem in problems],
    }
    return json.dumps(report, ensure_ascii=False, indent=1)


def counts(problems: Iterable[Problem]) -> dict[Severity, int]:
    """Count problems by severity, the most severe first, including zeros."""
    found = Counter(problem.severity for problem in problems)
    return {severity: found[severity] for severity in SEVERITIES}


def github_report(problems: Iterable[Problem]) -> str:
    """Return one workflow command per line; GitHub shows each next to its line.

    The form is that of GitHub's documentation, "Workflow commands for GitHub Actions"; what to
    escape is told by actions/toolkit, packages/core/src/command.ts.
    """
    return "\n".join(_github_line(problem) for problem in problems)


def _github_line(problem: Problem) -> str:
    place = {"file": problem.source, "line": problem.line, "col": problem.column}
    title = f"{problem.code} {CODES[problem.code].title}"
    properties = ",".join(
        f"{name}={_escaped(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for name, value in (*place.items(), ("title", title))
        if value is not None
    )
    text = "\n".join(filter(None, (visible(problem.text), visible(problem.hint))))
    return f"::{_GITHUB_NAMES[problem.severity]} {properties}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def sarif_report(problems: Sequence[Problem]) -> str:
    """Return a SARIF log: https://docs.oasis-open.org/sarif/sarif/v2.1.0/ ."""
    codes = sorted({problem.code for problem in problems})
    driver = {
        "name": "qt2anki",
        "semanticVersion": __version__,
        "rules": [_sarif_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(problem, codes.index(problem.code)) for problem in problems],
    }
    log = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
        "sarif-schema-2.1.0.json",
        "version": _SARIF_VERSION,
        "runs": [run],
    }
    return json.dumps(log, ensure_ascii=False, indent=1)


def _sarif_rule(code: str) -> dict[str, object]:
    meaning = CODES[code]
    return {
        "id": code,
        "shortDescription": {"text": meaning.title},
        "fullDescription": {"text": meaning.explanation},
        "defaultConfiguration": {"level": meaning.severity},
    }


def _sarif_result(problem: Problem, rule: int) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": " — ".join(filter(None, (problem.text, problem.hint)))},
    }
    if not problem.source.startswith(_ABSENT_PLACE):
        result["locations"] = [{"physicalLocation": _sarif_place(problem)}]
    return result


def _sarif_place(problem: Problem) -> dict[str, object]:
    uri = quote(problem.source)
    is_absolute = uri.startswith("/")
    place: dict[str, object] = {
        "artifactLocation": {"uri": f"file://{uri}" if is_absolute else uri}
    }
    if problem.line is not None:
        region = {"startLine": problem.line}
        if problem.column is not None:
            region["startColumn"] = problem.column
        place["region"] = region
    return place
