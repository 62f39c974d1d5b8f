from __future__ import annotations

import re
from pathlib import Path

import pytest

import qt2anki
from qt2anki.messages import Problem, format_problem, make_problem, message_codes, sort_problems

SOURCES = Path(qt2anki.__file__).parent


def test_every_code_is_explained_and_every_explained_code_is_used() -> None:
    texts = [path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py")]
    used = set(re.findall(r'"(QT\d{3})"', "\n".join(texts)))

    assert used == set(message_codes())


@pytest.mark.parametrize("code", message_codes())
def test_an_explanation_is_more_than_its_title(code: str) -> None:
    assert re.fullmatch(r"QT[1-6]\d\d", code)
    assert not message_codes()[code].title.endswith(".")
    assert message_codes()[code].explanation.endswith(".")
    assert len(message_codes()[code].explanation) > len(message_codes()[code].title)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        pytest.param(
            make_problem("QT101", "a.md", "no such file", hint="Look."),
            "a.md: error QT101: no such file\n  hint: Look.",
            id="without-place",
        ),
        pytest.param(
            make_problem("QT106", "a.md", "a mark", line=1),
            "a.md:1: warning QT106: a mark",
            id="line",
        ),
        pytest.param(
            make_problem("QT107", "a.md", "a mark", line=3, column=7),
            "a.md:3:7: error QT107: a mark",
            id="column",
        ),
        pytest.param(
            make_problem("QT104", "a\x1b[2J\n.md", "\x9bm", hint="\x00"),
            "a\\x1b[2J\\x0a.md: note QT104: \\x9bm\n  hint: \\x00",
            id="control-characters",
        ),
    ],
)
def test_format(problem: Problem, expected: str) -> None:
    assert format_problem(problem) == expected


def test_problems_are_sorted_by_file_line_and_code() -> None:
    ordered = [
        make_problem("QT120", "a.md", "x"),
        make_problem("QT114", "a.md", "x", line=2),
        make_problem("QT120", "a.md", "a", line=2),
        make_problem("QT120", "a.md", "b", line=2),
        make_problem("QT110", "a.md", "x", line=10),
        make_problem("QT110", "b.md", "x", line=1),
    ]

    assert list(sort_problems(reversed(ordered))) == ordered
