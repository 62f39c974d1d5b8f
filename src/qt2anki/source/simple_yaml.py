"""Front matter in the few forms the site writes, read without a YAML reader.

Nearly every page has nothing else, and a YAML reader goes through a long answer character by
character. Whatever is not certain here is left to YAML: a second line of a value, a comment, a
blank or a quote out of place. A test compares the two readers on real and on damaged pages.
"""

from __future__ import annotations

import re
from typing import Final

import yaml

from qt2anki.source.discover import has_controls
from qt2anki.source.yaml_entry import KINDS, Entry, Kind

# One entry with the empty lines behind it: "key: value", "key: 'value'", "key: >-" with one line
# of text below it, or "key:" alone, which opens a mapping.
_ENTRY = re.compile(
    r"(?P<indent> *)(?P<key>[A-Za-z_][A-Za-z0-9_]{0,60}):"
    r"(?: (?P<plain>[\w/(.+~$].*|-[0-9].*)| (?P<quoted>'[^'\n]*'|\"[^\"\\\n]*\")"
    r"| >-\n(?P<margin> +)(?P<folded>[^ \t\n].*)|)(?P<end>\n+)"
)
_MOST_LEVELS = 4
# YAML looks at the first character to tell what else than text a plain value may be.
_RESOLVER = yaml.resolver.Resolver()
_NOT_ALWAYS_TEXT: Final = frozenset(filter(None, _RESOLVER.yaml_implicit_resolvers))


def read_usual_entries(text: str, first_line: int) -> dict[str, Entry] | None:
    """Return the entries of front matter, None when a YAML reader must look at it.

    *text* is what stands between the fences, *first_line* the line in the file it begins in.
    """
    if "\r" in text or has_controls(text):
        return None
    reader = _Reader(first_line)
    return reader.entries if reader.read(text) else None


class _Reader:
    """Goes from entry to entry; the last of *levels* is the mapping that is open."""

    def __init__(self, first_line: int) -> None:
        self.entries: dict[str, Entry] = {}
        self._line = first_line
        self._levels = [(0, self.entries)]  # blanks before its keys, and what it holds
        self._opening = ""  # the key whose mapping must begin with the next entry

    def read(self, text: str) -> bool:
        """Return whether all of *text* could be read."""
        at = len(text) - len(text.lstrip("\n"))
        self._line += at
        while found := _ENTRY.match(text, at):
            blanks, key, plain, quoted, margin, folded, end = found.groups()
            entries = self._mapping_at(len(blanks))
            if entries is None or key in entries:
                return False
            column = len(blanks) + len(key) + 3
            if plain is not None and _is_one_value(plain):
                entries[key] = Entry(_kind(plain), plain, self._line, column=column)
            elif folded is not None and len(margin) > len(blanks):
                entries[key] = Entry("text", folded, self._line, column=column, style=">")
                self._line += 1
            elif quoted is not None:
                inner, style = quoted[1:-1], quoted[0]
                entries[key] = Entry("text", inner, self._line, column=column, style=style)
            elif plain is folded is None:
                self._opening = key
            else:
                return False
            self._line += len(end)
            at = found.end()
        return at == len(text) and not self._opening and bool(self.entries)

    def _mapping_at(self, indent: int) -> dict[str, Entry] | None:
        """Return the mapping of an entry with *indent* blanks before it, None where none fits."""
        if self._opening:
            return self._opened(indent)
        while indent < self._levels[-1][0]:
            self._levels.pop()
        open_at, entries = self._levels[-1]
        return entries if indent == open_at else None

    def _opened(self, indent: int) -> dict[str, Entry] | None:
        above, entries = self._levels[-1]
        if indent <= above or len(self._levels) == _MOST_LEVELS:
            return None
        inside: dict[str, Entry] = {}
        column = indent + 1
        entries[self._opening] = Entry("mapping", "", self._line, entries=inside, column=column)
        self._levels.append((indent, inside))
        self._opening = ""
        return inside


def _kind(plain: str) -> Kind:
    if plain[0] not in _NOT_ALWAYS_TEXT:
        return "text"
    tag = _RESOLVER.resolve(yaml.ScalarNode, plain, (True, False))  # type: ignore[no-untyped-call]
    return KINDS[tag]


def _is_one_value(plain: str) -> bool:
    """Whether YAML takes the whole line for the value: no key, comment or blank is in it."""
    return not (plain[-1] in " :" or ": " in plain or " #" in plain or "\t" in plain)
