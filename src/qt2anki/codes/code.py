"""What a code is: the name of one kind of problem, and all there is to say about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
"""error: the page (or what is named) is left out. warning: it is read, but something in it is
lost. note: nothing is lost; worth knowing."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means, whatever the page."""

    severity: Severity
    title: str
    explanation: str
