from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import jsonschema
import pytest

from qt2anki.cli.check import github_report, json_report, sarif_report
from qt2anki.cli.explain import code_as_markdown, code_as_text, messages_page
from qt2anki.messages import Problem, make_problem, message_codes

# The schema of the OASIS standard, as github.com/microsoft/sarif-js-sdk (MIT) carries it.
SCHEMA = Path(__file__).parents[1] / "data" / "sarif-2.1.0.json.gz"
DOCS = Path(__file__).parents[2] / "docs"

PROBLEMS = (
    make_problem("QT101", "gone, or not.md", "no such file", hint="Look again."),
    make_problem("QT106", "a b/é.md", "a mark", line=1),
    make_problem("QT212", "/home/a.md", "the ** has\x1b no\npartner: 50%", line=6, column=9),
    make_problem("QT301", "<stdin>", "no answer", line=5, column=9),
)


def test_json_holds_every_fact() -> None:
    report = json.loads(json.dumps(json_report(PROBLEMS, 3)))

    assert report["files"] == 3
    assert report["counts"] == {"error": 1, "warning": 2, "note": 1}
    assert tuple(Problem(**problem) for problem in report["problems"]) == PROBLEMS


def test_github_annotations_keep_to_their_line() -> None:
    assert github_report(PROBLEMS).split("\n") == [
        (
            "::error file=gone%2C or not.md,title=QT101 no such file or folder"
            "::no such file%0ALook again."
        ),
        "::warning file=a b/é.md,line=1,title=QT106 byte order mark::a mark",
        (
            "::warning file=/home/a.md,line=6,col=9,title=QT212 unclosed bold text"
            "::the ** has\\x1b no\\x0apartner: 50%25"
        ),
        "::notice file=<stdin>,line=5,col=9,title=QT301 answer is a refusal::no answer",
    ]


@pytest.mark.parametrize("problems", [PROBLEMS, ()], ids=["some", "none"])
def test_sarif_keeps_to_its_schema(problems: tuple[Problem, ...]) -> None:
    schema = json.loads(gzip.decompress(SCHEMA.read_bytes()))
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())

    log = json.loads(json.dumps(sarif_report(problems)))

    assert [error.message for error in validator.iter_errors(log)] == []


def test_sarif_tells_rule_level_and_place() -> None:
    run = json.loads(json.dumps(sarif_report(PROBLEMS)))["runs"][0]

    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == [p.code for p in PROBLEMS]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "warning", "note"]
    places = [
        result["locations"][0]["physicalLocation"]
        for result in run["results"]
        if "locations" in result
    ]
    assert [place["artifactLocation"]["uri"] for place in places] == [
        "gone%2C%20or%20not.md",
        "a%20b/%C3%A9.md",
        "file:///home/a.md",
    ]
    assert [place.get("region") for place in places] == [
        None,
        {"startLine": 1},
        {"startLine": 6, "startColumn": 9},
    ]


@pytest.mark.parametrize("code", message_codes())
def test_an_explanation_fits_a_terminal(code: str) -> None:
    text = code_as_text(code)

    assert text.startswith(f"{code} (")
    assert all(len(line) <= 80 for line in text.split("\n"))


def test_markdown_shows_signs_as_they_are() -> None:
    assert "List\\<int\\>" in code_as_markdown("QT213")
    assert "\\*\\*" in code_as_markdown("QT212")


def test_the_page_has_a_section_for_every_code() -> None:
    headings = re.findall(r"^### (QT\d{3}): ", messages_page(), re.MULTILINE)

    assert headings == sorted(message_codes())


def test_the_page_about_messages_is_up_to_date() -> None:
    """Renew it with: qt2anki explain --all --markdown > docs/messages.md ."""
    assert (DOCS / "messages.md").read_text(encoding="utf-8") == messages_page() + "\n"
