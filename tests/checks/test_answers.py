from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest

from qt2anki.checks.check_pages import check
from qt2anki.config import Settings
from qt2anki.messages import format_problem
from tests.checks.pages import page
from tests.golden import golden


@pytest.mark.parametrize(("answer", "expected"), golden("checks.md"))
def test_answer(answer: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page(answer=f">-\n    {answer}")
    stdin = SimpleNamespace(buffer=io.BytesIO(text.encode()))
    monkeypatch.setattr(sys, "stdin", stdin)

    problems = check(["-"], Settings(), lambda done, total: None).problems

    told = [format_problem(p).partition("\n")[0].removeprefix("<stdin>:") for p in problems]
    assert ("\n".join(sorted(told, key=place)) or "nothing") == expected
    assert all(problem.hint for problem in problems)


def place(line: str) -> tuple[int, ...]:
    return tuple(int(part) for part in line.split(":")[:2])
