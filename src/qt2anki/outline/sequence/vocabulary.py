"""The words that tell a process from a plain list (``vocabulary.toml``)."""

from __future__ import annotations

import tomllib
from importlib.resources import files

_TABLE = tomllib.loads(
    files("qt2anki.outline.sequence").joinpath("vocabulary.toml").read_text("utf-8")
)
VERBS = frozenset(_TABLE["commands"].split())
ADVICE_VERBS = frozenset(_TABLE["advice"].split())
FIRST_VERBS = frozenset(_TABLE["first"].split())
LAST_VERBS = frozenset(_TABLE["last"].split())
EVENTS = frozenset(_TABLE["events"].split())
PLAIN_NOUNS = "".join(_TABLE["plain"].split("\n"))
ORDERS: tuple[tuple[str, ...], ...] = tuple(
    tuple(line.split()) for line in _TABLE["orders"].strip().splitlines()
)
_AFTER_EVENT = frozenset("of to into in by with from through across and at on".split())


def names_event(title: str) -> bool:
    """Whether *title* names something that happens: "Fusion of ...", "Ion Channel Opening"."""
    words = title.partition(" (")[0].split()
    if not words:
        return False
    if words[0] in EVENTS:
        return len(words) == 1 or words[1] in _AFTER_EVENT
    return len(words) <= 4 and words[-1] in EVENTS
