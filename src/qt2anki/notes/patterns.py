"""The patterns that single sentences are read with, from the data file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return the pattern *name*: its alternatives, joined."""
    return re.compile("|".join(_table()[name]))


@cache
def _table() -> Mapping[str, list[str]]:
    text = files("qt2anki.notes").joinpath("data", "facts.toml").read_text("utf-8")
    return tomllib.loads(text)
