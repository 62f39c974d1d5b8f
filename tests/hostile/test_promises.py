"""What holds for every page, asked of random ones and of those that once broke it."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.promises import check_page
from tests.hostile.vectors import VECTORS
from tests.outline.strategies import answers

# Each once stopped a build, ran for minutes or made a card do something.
FOUND = [
    {"subject": "{{c2::wood}}"},
    {"subject": r"\(\href{javascript:hit()}{wood}\)"},
    {"url": "/learn/{{c2::wood}}"},
    {"url": "/learn/javascript://wood"},
    {"answer": r"The mass is $\def\pi{3}\pi$ and it counts."},
    {"answer": "Bowls" + "?" * 5000 + "x."},
    {"answer": "Bowls " + " " * 5000 + "x."},
]
pieces = answers | st.lists(st.sampled_from(VECTORS), max_size=3).map("\n\n".join)


def page(**values: str) -> bytes:
    defaults = {"question": "How is a bowl turned?", "answer": "Wood.", "subject": "Crafts"}
    lines = [f"{k}: {json.dumps(v, ensure_ascii=False)}" for k, v in (defaults | values).items()]
    return "\n".join(("---", "id: 7", *lines, "---", "")).encode("utf-8", "replace")


@pytest.mark.parametrize("values", FOUND)
def test_what_was_found(values: dict[str, str]) -> None:
    check_page(page(**values))


@settings(suppress_health_check=list(HealthCheck))
@given(pieces, st.sampled_from(VECTORS) | st.text(max_size=20))
def test_any_page(answer: str, other: str) -> None:
    check_page(page(answer=answer))
    check_page(page(question=f"Why {other}?", subject=other, url=f"/{other}", answer=answer))


@given(st.binary(max_size=300))
def test_any_file(data: bytes) -> None:
    check_page(data)
    check_page(page() + data)
