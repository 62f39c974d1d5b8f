"""Read the patterns and word lists for sentences from the data file."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return the pattern *name*: its alternatives, joined."""
    return re.compile("|".join(_table()[name]))


def word_set(name: str) -> frozenset[str]:
    """Return the words of the list *name*."""
    return frozenset(_table()["words"][name].split())


@cache
def _table() -> dict[str, Any]:
    text = files("qt2anki.notes").joinpath("data", "facts.toml").read_text("utf-8")
    return tomllib.loads(text)
