"""The one table of codes: what ``qt2anki explain`` and docs/messages.md are made from.

The first digit of a code names the stage: 1 reading, 2 content, 3 cards, 4 packages, 5 courses. A
code keeps its meaning for ever and is never reused.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from qt2anki.codes.cards import CARDS
from qt2anki.codes.code import Code, Severity
from qt2anki.codes.content import CONTENT
from qt2anki.codes.courses import COURSES
from qt2anki.codes.packages import PACKAGES
from qt2anki.codes.reading import READING

__all__ = ["CODES", "Code", "Severity"]

CODES: Final[Mapping[str, Code]] = MappingProxyType(
    {**READING, **CONTENT, **CARDS, **PACKAGES, **COURSES}
)
