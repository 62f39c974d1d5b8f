"""Golden files: tables of cases that read as a description of the format.

A case is a title, the input and what is expected of it, each closed by a line with a lone dot.
Text before the first case's title, up to a line of three or more "=", is for the reader.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

DATA = Path(__file__).parent / "data"


def golden(name: str) -> list[ParameterSet]:
    """Read tests/data/*name* as parameters (input, expected), their titles as ids."""
    text = (DATA / name).read_text(encoding="utf-8")
    parts = re.split(r"^===+\n", text, maxsplit=1, flags=re.MULTILINE)[-1].split("\n.\n")
    last = parts.pop().strip()
    if last or len(parts) % 3:
        message = f"{name}: a case is not closed: {last or parts[-1]!r}"
        raise ValueError(message)
    return [
        pytest.param(parts[start + 1], parts[start + 2], id=parts[start].strip())
        for start in range(0, len(parts), 3)
    ]
