"""What the question of a page asks for."""

from __future__ import annotations

import pytest

from qt2anki.notes.kinds.questions import read_question
from tests.golden import golden


@pytest.mark.parametrize(("question", "expected"), golden("questions.md"))
def test_question(question: str, expected: str) -> None:
    asked = read_question(question.strip())
    detail = " | ".join(asked.sides) or asked.noun or asked.term
    lines = [f"{asked.wants.value}: {detail}" if detail else asked.wants.value]
    if asked.is_part:
        lines.append(f"part: {asked.text}")

    assert "\n".join(lines) == expected
