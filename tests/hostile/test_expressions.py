"""Every expression of the program against text made to send it back and forth.

From one place on; that searches take linear time as well is what test_bounds.py asks of pages.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator

import pytest

import qt2anki

LENGTH = 2_000
SECONDS = 0.4  # a quadratic one takes seconds; linear ones take milliseconds
_SEEDS = (
    " ", "\n", "a", "A", "0", ".", "?", "*", "_", "`", "$", "\\", "<", "<a ", "[", "](", "(", "|",
    "{", "}", "&", "#", "-", ":", ",", "\"", "a ", "A b", "a, ", "1.", "\\n", "\\a", "A. ", "a-",
    " \n", "**", "<b>", "{{c1::", "&#1;", "://", "e", "is a ", "==",
)  # fmt: skip


def expressions() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield all expressions the modules of the program hold, by name."""
    for module in pkgutil.walk_packages(qt2anki.__path__, "qt2anki."):
        if module.name == "qt2anki.__main__":
            continue
        values = vars(importlib.import_module(module.name))
        for name, value in values.items():
            for at, found in enumerate(_patterns_in(value)):
                yield f"{module.name}.{name}[{at}]", found


def _patterns_in(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, dict):
        for inside in value.values():
            yield from _patterns_in(inside)
    elif isinstance(value, tuple | list | frozenset):
        for inside in value:
            yield from _patterns_in(inside)


EVERY = list(dict(expressions()).items())


def test_they_were_found() -> None:
    assert len(EVERY) > 200


def times(pattern: re.Pattern[str], length: int) -> Iterator[tuple[float, str]]:
    """Yield how long a search through each text takes, and what the text was made of."""
    for seed in _SEEDS:
        for end in ("", "!", "\n"):
            text = seed * (length // len(seed)) + end
            started = time.process_time()
            pattern.match(text)
            pattern.fullmatch(text)
            yield time.process_time() - started, seed + end


@pytest.mark.parametrize(("name", "pattern"), EVERY, ids=[name for name, _ in EVERY])
def test_time(name: str, pattern: re.Pattern[str]) -> None:
    worst = max(times(pattern, LENGTH))

    assert worst[0] < SECONDS, (name, worst)
