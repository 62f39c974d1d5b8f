"""Front matter read strictly: nothing vanishes, nothing is changed in silence.

python-frontmatter separates it from the rest, but is silent on bad input (no end, a list, a byte
order mark: all give no metadata), and a YAML loader is silent on a key that stands twice and turns
`no` into False and 0123 into 83. So YAML is only *composed* here, which keeps every value as
it is written together with what YAML takes it for; the reader of a key decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml
from frontmatter.default_handlers import YAMLHandler

from qt2anki.messages import Problem, make_problem
from qt2anki.source.discover import NO_TEXT, find_control
from qt2anki.source.simple_yaml import read_usual_entries
from qt2anki.source.yaml_entry import KINDS, Entry, Kind

__all__ = ["Entry", "FrontMatter", "Kind", "read_front_matter"]

MAX_DEPTH: Final = 20


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The top-level keys as written; *line* (from 1) is where the first ``---`` stands.

    *names* are those of keys that are written otherwise than they are called here.
    """

    entries: Mapping[str, Entry]
    line: int
    names: Mapping[str, str] = field(default_factory=dict)


def read_front_matter(text: str, source: str) -> tuple[FrontMatter | None, tuple[Problem, ...]]:
    """Read the front matter at the start of a page whose file is called *source*.

    *text* has LF line ends (qt2anki.source.discover). Problems have their true line and column in
    the file. Keys are returned beside the problems found in them, so that the rest of the page can
    be looked at too; without any keys there is no front matter.
    """
    start = text.rfind("\n", 0, len(text) - len(text.lstrip())) + 1
    line = text.count("\n", 0, start) + 1
    fence = _HANDLER.FM_BOUNDARY.match(text, start)
    if not fence:
        return None, (_no_front_matter(text[start:], line, source),)
    try:
        yaml_text, body = _HANDLER.split(text[start:])
    except ValueError:
        hint = "End it with a line '---' that starts at the left edge."
        endless = make_problem("QT111", source, "the front matter has no end", hint=hint, line=line)
        return None, (endless,)
    below = _body_problems(text, body, source)
    for line_end in "\x85\u2028\u2029":  # to YAML 1.1; to editors, and to YAML 1.2, ordinary text
        yaml_text = yaml_text.replace(line_end, " ")
    first_line = text.count("\n", 0, fence.end()) + 1
    entries = read_usual_entries(yaml_text, first_line)
    if entries is not None:
        return FrontMatter(entries, line), below
    top, problems = _read_yaml(yaml_text, line, _Place(source, first_line))
    return (FrontMatter(top.entries, line) if top else None), (*problems, *below)


def _read_yaml(text: str, line: int, place: _Place) -> tuple[Entry | None, tuple[Problem, ...]]:
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


class _Handler(YAMLHandler):
    """Splits at the same fences; what begins with plain text is found many times as fast."""

    FM_BOUNDARY = re.compile(r"---(?<=^---)-*\s*$", re.MULTILINE)


_HANDLER = _Handler()


@dataclass(frozen=True, slots=True)
class _Place:
    """Tells where in its file a mark in the YAML text is."""

    source: str
    first_line: int  # of the YAML text

    def line(self, mark: yaml.Mark) -> int:
        return mark.line + self.first_line

    def problem(self, code: str, mark: yaml.Mark | None, text: str, hint: str) -> Problem:
        line, column = (self.line(mark), mark.column + 1) if mark else (None, None)
        return make_problem(code, self.source, text, hint=hint, line=line, column=column)


def _no_front_matter(text: str, line: int, source: str) -> Problem:
    if not text:
        return make_problem("QT110", source, "the file is empty", line=line)
    if text.lstrip().startswith("---"):
        hint = "Put '---' alone on a line, at the left edge."
    else:
        hint = "Put '---' on the first line, then 'key: value' lines, then '---' again."
    return make_problem("QT110", source, "the page has no front matter", hint=hint, line=line)


def _body_problems(text: str, body: str, source: str) -> tuple[Problem, ...]:
    if body.strip() in ("", "&nbsp;"):
        return ()
    line = text.count("\n", 0, len(text) - len(body.lstrip())) + 1
    problem = "the text below the front matter is not read"
    hint = "Question and answer belong into the front matter, a second page into its own file."
    return (make_problem("QT116", source, problem, hint=hint, line=line),)


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
                text = f"{key.value!r} stands twice, first in line {lines[key.value]}"
                self.problems.append(
                    self._place.problem("QT114", key.start_mark, text, "Remove one of them.")
                )
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
            problem = f"an escape stands for U+{ord(found[0]):04X}, which is no text"
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
    # Where a scan fails, the place it began at is the one to mend: the quote never closed.
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
