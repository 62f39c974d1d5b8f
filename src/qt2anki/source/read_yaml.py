"""YAML read strictly: nothing vanishes, nothing is changed without a message.

A YAML loader accepts a key that occurs twice and turns `no` into False and 0123 into 83. So YAML
is only *composed* here, which keeps every value as it is written together with what YAML takes it
for; the reader of a key decides.

Nearly all pages hold a few simple forms, which are read without YAML: it goes through a long answer
character by character. Whatever is not certain there is left to YAML: a second line of a value, a
comment, a space or a quote out of place. A test compares the two on real and on damaged pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from qt2anki.messages import Problem, make_problem
from qt2anki.source.discover import NO_TEXT, find_control, has_controls
from qt2anki.source.entry import KINDS, Entry, ValueKind

MAX_DEPTH: Final = 20
_YAML_LINE_ENDS = "\x85\u2028\u2029"  # in YAML 1.1; in editors, and in YAML 1.2, ordinary text

# One entry with the empty lines behind it: "key: value", "key: 'value'", "key: >-" with one line
# of text below it, or "key:" alone, which opens a mapping.
_ENTRY = re.compile(
    r"(?P<indent> *)(?P<key>[A-Za-z_][A-Za-z0-9_]{0,60}):"
    r"(?: (?P<plain>[\w/(.+~$].*|-[0-9].*)| (?P<quoted>'[^'\n]*'|\"[^\"\\\n]*\")"
    r"| >-\n(?P<margin> +)(?P<folded>[^ \t\n].*)|)(?P<end>\n+)"
)
_MOST_LEVELS = 4
# By its first character, a plain value may be something other than text.
_RESOLVER = yaml.resolver.Resolver()
_NOT_ALWAYS_TEXT: Final = frozenset(filter(None, _RESOLVER.yaml_implicit_resolvers))


REMOVE_ONE: Final = "Remove one of them."


def read_yaml(
    text: str, source: str, first_line: int, line: int
) -> tuple[Mapping[str, Entry] | None, tuple[Problem, ...]]:
    """Read the text between the fences of front matter; None when there are no keys at all."""
    for line_end in _YAML_LINE_ENDS:
        text = text.replace(line_end, " ")
    entries = read_usual_entries(text, first_line)
    if entries is not None:
        return entries, ()
    top, problems = _compose(text, line, _Place(source, first_line))
    return (top.entries if top else None), problems


def read_usual_entries(text: str, first_line: int) -> dict[str, Entry] | None:
    """Return the entries of front matter, None when a YAML reader must look at it."""
    if "\r" in text or has_controls(text):
        return None
    reader = _Reader(first_line)
    return reader.entries if reader.read(text) else None


class _Reader:
    """Goes from entry to entry; the last of *levels* is the mapping that is open."""

    def __init__(self, first_line: int) -> None:
        self.entries: dict[str, Entry] = {}
        self._line = first_line
        self._levels = [(0, self.entries)]  # spaces before its keys, and what it holds
        self._opening = ""  # the key whose mapping must begin with the next entry

    def read(self, text: str) -> bool:
        """Return whether all of *text* could be read."""
        at = len(text) - len(text.lstrip("\n"))
        self._line += at
        while found := _ENTRY.match(text, at):
            indent, key, plain, quoted, margin, folded, end = found.groups()
            entries = self._mapping_at(len(indent))
            if entries is None or key in entries:
                return False
            column = len(indent) + len(key) + 3
            if plain is not None and _is_one_value(plain):
                entries[key] = Entry(_kind(plain), plain, self._line, column=column)
            elif folded is not None and len(margin) > len(indent):
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
        """Return the mapping of an entry with *indent* spaces before it, None where none fits."""
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


def _kind(plain: str) -> ValueKind:
    if plain[0] not in _NOT_ALWAYS_TEXT:
        return "text"
    tag = _RESOLVER.resolve(yaml.ScalarNode, plain, (True, False))  # type: ignore[no-untyped-call]
    return KINDS[tag]


def _is_one_value(plain: str) -> bool:
    """Whether YAML takes the whole line for the value: no key, comment or space is in it."""
    return not (plain[-1] in " :" or ": " in plain or " #" in plain or "\t" in plain)


@dataclass(frozen=True, slots=True)
class _Place:
    """Finds the place in the file of a mark in the YAML text."""

    source: str
    first_line: int  # of the YAML text

    def line(self, mark: yaml.Mark) -> int:
        return mark.line + self.first_line

    def problem(self, code: str, mark: yaml.Mark | None, text: str, hint: str) -> Problem:
        line, column = (self.line(mark), mark.column + 1) if mark else (None, None)
        return make_problem(code, self.source, text, hint=hint, line=line, column=column)


def _compose(text: str, line: int, place: _Place) -> tuple[Entry | None, tuple[Problem, ...]]:
    try:
        node = yaml.compose(text, Loader=_StrictLoader)
    except yaml.reader.ReaderError as error:  # its position counts bytes or characters
        control = find_control(text, place.source)
        return None, (control or make_problem("QT107", place.source, str(error.reason)),)
    except yaml.MarkedYAMLError as error:
        return None, (_yaml_problem(error, place),)
    if not isinstance(node, yaml.MappingNode):
        hint = "Write lines of the form 'key: value'."
        problem = "the front matter has no keys"
        return None, (make_problem("QT112", place.source, problem, hint=hint, line=line),)
    reader = _NodeReader(place)
    return reader.read(node), tuple(reader.problems)


if TYPE_CHECKING:
    _Loader = yaml.SafeLoader
else:  # the C reader is eight times faster; PyYAML may be built without it
    _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_TOO_DEEP = f"lists and mappings are nested more than {MAX_DEPTH} deep"


class _StrictLoader(_Loader):
    """Stops at deep nesting: PyYAML composes recursively, and its C reader would crash Python."""

    _depth = 0

    def descend_resolver(self, parent: Any, index: Any) -> None:  # noqa: ANN401  # as in PyYAML
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise yaml.composer.ComposerError(None, None, _TOO_DEEP, parent.start_mark)
        super().descend_resolver(parent, index)

    def ascend_resolver(self) -> None:
        self._depth -= 1
        super().ascend_resolver()


class _NodeReader:
    """Turns YAML nodes into entries and notes what must not be there."""

    def __init__(self, place: _Place) -> None:
        self.problems: list[Problem] = []
        self._place = place
        self._seen: set[int] = set()  # lists and mappings; an alias leads to one a second time

    def read(self, node: yaml.Node) -> Entry:
        """Read *node* and all below it; the loader has bounded how deep that is."""
        line, column = self._place.line(node.start_mark), node.start_mark.column + 1
        kind = KINDS.get(node.tag)
        if kind is None:
            self._refuse(node, f"the tag {node.tag.replace('tag:yaml.org,2002:', '!!')}")
            kind = "nothing"
        if isinstance(node, yaml.ScalarNode):
            text, style = self._scalar_text(node), node.style or ""
            return Entry(kind, text, line, column=column, style=style)
        if id(node) in self._seen:
            self._refuse(node, "a reference to a whole list or mapping")
            return Entry("nothing", "", line, column=column)
        self._seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            items = tuple(self.read(item) for item in node.value)
            return Entry("list", "", line, items=items, column=column)
        return Entry("mapping", "", line, entries=self._read_mapping(node), column=column)

    def _read_mapping(self, node: yaml.Node) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(key, "a list or mapping as a key")
            elif key.tag == "tag:yaml.org,2002:merge":
                self._refuse(key, "the merge key <<")
            elif key.value in entries:
                text = f"{key.value!r} occurs twice, first in line {lines[key.value]}"
                self.problems.append(self._place.problem("QT114", key.start_mark, text, REMOVE_ONE))
            else:
                entries[key.value] = self.read(value)
                lines[key.value] = self._place.line(key.start_mark)
        return entries

    def _scalar_text(self, node: yaml.ScalarNode) -> str:
        text = str(node.value)
        if node.style != '"':
            return text
        # Only an escape, as in "\\0" and "\\r", brings in what the file itself cannot hold.
        found = NO_TEXT.search(text)
        if found:
            problem = f"an escape stands for U+{ord(found[0]):04X}, which is not text"
            hint = "Delete it, or double its backslash."
            self.problems.append(self._place.problem("QT107", node.start_mark, problem, hint))
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _refuse(self, node: yaml.Node, what: str) -> None:
        hint = "Write the value itself, in quotes if it is text."
        text = f"{what} is not read in front matter"
        self.problems.append(self._place.problem("QT115", node.start_mark, text, hint))


def _yaml_problem(error: yaml.MarkedYAMLError, place: _Place) -> Problem:
    said = error.problem or "not YAML"
    mark = error.problem_mark
    # Where a scan fails, the place it began at is the one to fix: the quote never closed.
    if error.context_mark and (error.context or "").startswith("while scanning"):
        mark = error.context_mark
    hint = next((hint for part, hint in _YAML_HINTS if part in said), _YAML_HINT)
    code = "QT115" if said == _TOO_DEEP else "QT113"
    return place.problem(code, mark, f"this is not YAML: {said}", hint)


_YAML_HINT = "Write the text as 'key: >-' and put it on the next line, indented."
_YAML_HINTS = (
    ("mapping values are not allowed", f"The text holds ': '. {_YAML_HINT}"),
    ("unexpected end of stream", f"A quote or bracket is never closed. {_YAML_HINT}"),
    ("unexpected document indicator", f"A quote or bracket is never closed. {_YAML_HINT}"),
    ("unknown escape character", f"In double quotes, \\ starts an escape. {_YAML_HINT}"),
    ("cannot start any token", f"The text starts with a tab or one of @ ` %. {_YAML_HINT}"),
    ("undefined alias", f"The text starts with *. {_YAML_HINT}"),
    ("could not find expected ':'", f"A line without a key must be indented. {_YAML_HINT}"),
    ("did not find expected key", f"Check the indentation and the quotes. {_YAML_HINT}"),
    (_TOO_DEEP, "Take the nested lists out."),
)
