"""Regular expressions in data files, where they are easier to read and change."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any


class PatternFile:
    """A TOML file: ``[patterns]`` by name, and other tables for its owner.

    The lines of a pattern are joined. ``<name>`` in it is the text of that name in ``[parts]``.
    """

    def __init__(self, path: Path) -> None:
        self.table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        self._parts: dict[str, str] = self.table.get("parts", {})

    def patterns(self, table: str = "patterns") -> dict[str, re.Pattern[str]]:
        """Compile the patterns of a table, in their order."""
        return {name: re.compile(self._joined(text)) for name, text in self.table[table].items()}

    def words(self, name: str) -> frozenset[str]:
        """Return the words of a list."""
        return frozenset(self.table["words"][name].split())

    def _joined(self, text: str) -> str:
        for name, part in self._parts.items():
            text = text.replace(f"<{name}>", part)
        return text.replace("\n", "")
