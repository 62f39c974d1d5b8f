"""The fixed words on a card, all in one table, so that they can be translated."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def phrase(name: str, **parts: str) -> str:
    """Return the phrase *name* with *parts* (HTML) filled in."""
    return _phrases()[name].format(**parts)


@cache
def _phrases() -> Mapping[str, str]:
    table = files("qt2anki.notes").joinpath("data", "phrases.toml").read_text("utf-8")
    return tomllib.loads(table)
