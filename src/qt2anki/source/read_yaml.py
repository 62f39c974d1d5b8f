"""Read YAML strictly: nothing is lost or changed without a message.

A YAML loader accepts a key that occurs twice and turns `no` into False and 0123 into 83. So YAML is
only *composed* here, which keeps every value as written, together with its type in YAML; the reader
of a key decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import yaml

from qt2anki.messages import Problem, make_problem
from qt2anki.source.discover import NO_TEXT, find_control
from qt2anki.source.entry import Entry, ValueKind

MAX_DEPTH: Final = 20
REMOVE_ONE: Final = "Remove one of them."
_TAG = "tag:yaml.org,2002:"
# The types of YAML 1.1 that front matter may have (https://yaml.org/type/).
_KINDS: dict[str, ValueKind] = {
    f"{_TAG}str": "text",
    f"{_TAG}value": "text",  # a lone "="
    f"{_TAG}int": "integer",
    f"{_TAG}float": "number",
    f"{_TAG}bool": "true or false",
    f"{_TAG}timestamp": "date",
    f"{_TAG}null": "nothing",
    f"{_TAG}seq": "list",
    f"{_TAG}map": "mapping",
}
_YAML_LINE_ENDS = "\x85\u2028\u2029"  # in YAML 1.1; in editors, and in YAML 1.2, ordinary text
_TOO_DEEP = f"lists and mappings are nested more than {MAX_DEPTH} deep"
_HINT = "Write the text as 'key: >-' and put it on the next line, indented."
_HINTS = {
    "mapping values are not allowed": f"The text contains ': '. {_HINT}",
    "unexpected end of stream": f"A quote or bracket is never closed. {_HINT}",
    "unexpected document indicator": f"A quote or bracket is never closed. {_HINT}",
    "unknown escape character": f"In double quotes, \\ starts an escape. {_HINT}",
    "cannot start any token": f"The text starts with a tab or one of @ ` %. {_HINT}",
    "undefined alias": f"The text starts with *. {_HINT}",
    "could not find expected ':'": f"A line without a key must be indented. {_HINT}",
    "did not find expected key": f"Check the indentation and the quotes. {_HINT}",
    _TOO_DEEP: "Flatten the nested lists.",
}

if TYPE_CHECKING:
    _Loader = yaml.SafeLoader
else:  # the C reader is eight times faster; PyYAML may be built without it
    _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(
    text: str, source: str, first_line: int, line: int
) -> tuple[Mapping[str, Entry] | None, tuple[Problem, ...]]:
    """Read the text between the fences of front matter; None if there are no keys."""
    for line_end in _YAML_LINE_ENDS:
        text = text.replace(line_end, " ")
    reader = _NodeReader(source, first_line)
    try:
        node = yaml.compose(text, Loader=_StrictLoader)
    except yaml.reader.ReaderError as error:  # its position counts bytes or characters
        control = find_control(text, source)
        return None, (control or make_problem("QT107", source, str(error.reason)),)
    except yaml.MarkedYAMLError as error:
        reader.report_error(error)
        return None, tuple(reader.problems)
    if isinstance(node, yaml.MappingNode):
        return reader.read(node).entries or None, tuple(reader.problems)
    hint = "Write lines of the form 'key: value'."
    problem = make_problem("QT112", source, "the front matter has no keys", hint=hint, line=line)
    return None, (problem,)


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
    """Converts YAML nodes into entries and reports forbidden ones."""

    def __init__(self, source: str, first_line: int) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._first_line = first_line  # of the YAML text in its file
        self._seen: set[int] = set()  # lists and mappings; an alias leads to one a second time

    def read(self, node: yaml.Node) -> Entry:
        """Read *node* and all nodes below it; the loader limits their depth."""
        line, column = self._place(node.start_mark)
        kind = _KINDS.get(node.tag)
        if kind is None:
            self._refuse(node, f"the tag {node.tag.replace(_TAG, '!!')}")
            kind = "nothing"
        if isinstance(node, yaml.ScalarNode):
            return Entry(kind, self._text(node), line, column=column, style=node.style or "")
        if id(node) in self._seen:
            self._refuse(node, "a reference to a whole list or mapping")
            return Entry("nothing", "", line, column=column)
        self._seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            items = tuple(self.read(item) for item in node.value)
            return Entry("list", "", line, items=items, column=column)
        return Entry("mapping", "", line, entries=self._entries(node), column=column)

    def _entries(self, node: yaml.Node) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(key, "a list or mapping as a key")
            elif key.tag == f"{_TAG}merge":
                self._refuse(key, "the merge key <<")
            elif key.value in entries:
                text = f"{key.value!r} is used twice; it first appears on line {lines[key.value]}"
                self._report("QT114", key.start_mark, text, REMOVE_ONE)
            else:
                entries[key.value] = self.read(value)
                lines[key.value], _ = self._place(key.start_mark)
        return entries

    def _text(self, node: yaml.ScalarNode) -> str:
        text = str(node.value)
        if node.style != '"':
            return text
        # Only an escape, as in "\\0" and "\\r", can produce characters that the file itself cannot
        # have.
        if found := NO_TEXT.search(text):
            problem = f"an escape stands for U+{ord(found[0]):04X}, which is not text"
            hint = "Delete it, or double its backslash."
            self._report("QT107", node.start_mark, problem, hint)
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def report_error(self, error: yaml.MarkedYAMLError) -> None:
        """Report why the text could not be composed."""
        reason = error.problem or "not YAML"
        mark = error.problem_mark
        # If a scan fails, the place where it started is the one to fix: the unclosed quote.
        if error.context_mark and (error.context or "").startswith("while scanning"):
            mark = error.context_mark
        hint = next((hint for part, hint in _HINTS.items() if part in reason), _HINT)
        code = "QT115" if reason == _TOO_DEEP else "QT113"
        self._report(code, mark, f"this is not YAML: {reason}", hint)

    def _refuse(self, node: yaml.Node, what: str) -> None:
        hint = "Write the value itself, in quotes if it is text."
        self._report("QT115", node.start_mark, f"{what} is not allowed in front matter", hint)

    def _report(self, code: str, mark: yaml.Mark | None, text: str, hint: str) -> None:
        line, column = self._place(mark) if mark else (None, None)
        self.problems.append(
            make_problem(code, self._source, text, hint=hint, line=line, column=column)
        )

    def _place(self, mark: yaml.Mark) -> tuple[int, int]:
        return mark.line + self._first_line, mark.column + 1
