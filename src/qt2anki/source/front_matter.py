"""Read front matter and the text below it: YAML (`---`), TOML (`+++`) or JSON (braces).

python-frontmatter finds the fences, but is silent on bad input: no end, a list and a byte order
mark all give it no metadata. Here, each has its own message.
"""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from frontmatter.default_handlers import BaseHandler, YAMLHandler

from qt2anki.messages import Problem, make_problem
from qt2anki.source.discover import NO_TEXT
from qt2anki.source.entry import BODY, Entry, FrontMatter, ValueKind
from qt2anki.source.read_yaml import REMOVE_ONE, read_yaml

_Found = tuple[FrontMatter | None, tuple[Problem, ...]]
_Keys = tuple[Mapping[str, Entry] | None, tuple[Problem, ...]]


def read_front_matter(text: str, source: str) -> _Found:
    """Read the front matter at the start of a page whose file is called *source*.

    *text* has LF line ends (qt2anki.source.discover). Problems have their true line and column in
    the file. Keys are returned beside the problems found in them, so that the rest of the page can
    be looked at too; without any keys there is no front matter.
    """
    start = text.rfind("\n", 0, len(text) - len(text.lstrip())) + 1
    line = text.count("\n", 0, start) + 1
    for handler, read in ((_YAML, read_yaml), (_TOML, _read_toml)):
        fence = handler.FM_BOUNDARY.match(text, start)
        if fence:
            parts = _split(handler, text, start, fence.end())
            if parts is None:
                said = "the front matter is not closed"
                hint = f"End it with a line '{fence[0].strip()}' that starts at the left edge."
                return None, (make_problem("QT111", source, said, hint=hint, line=line),)
            inner, below = parts
            entries, problems = read(inner, source, text.count("\n", 0, fence.end()) + 1, line)
            return _front_matter(entries, line, text, below), problems
    if text.startswith("{", start) and _JSON_START.match(text, start):
        return _read_json(text, start, line, source)
    header = _HEADER.match(text, start)
    if header:
        return _front_matter(_read_header(header[0], line), line, text, text[header.end() :]), ()
    said, hint = "the page has no front matter", _HOW_TO_BEGIN
    is_indented = text.lstrip().startswith("---")
    if is_indented:
        hint = "Put '---' alone on a line, at the left edge."
    elif not text[start:]:
        said, hint = "the file is empty", ""
    problem = make_problem("QT110", source, said, hint=hint, line=line)
    body = None if is_indented else body_entry(text, text)
    return FrontMatter({}, line, body=body, has_fences=False) if body else None, (problem,)


def _split(handler: BaseHandler, text: str, start: int, inside: int) -> tuple[str, str] | None:
    """Return the front matter from *inside* on, and the text below; "..." may end YAML."""
    dots = _DOTS.search(text, inside) if handler is _YAML else None
    try:
        inner, below = handler.split(text[start:])
    except ValueError:
        return (text[inside : dots.start()], text[dots.end() :]) if dots else None
    if dots and dots.end() <= inside + len(inner):
        return text[inside : dots.start()], text[dots.end() :]
    return inner, below


class _YamlFences(YAMLHandler):
    """Splits at the same fences; what begins with plain text is found many times as fast."""

    FM_BOUNDARY = re.compile(r"---(?<=^---)-*\s*$", re.MULTILINE)


class _TomlFences(BaseHandler):
    """Splits as python-frontmatter's own handler does, which needs a library of its own."""

    FM_BOUNDARY = re.compile(r"^\+{3,}\s*$", re.MULTILINE)


_YAML, _TOML = _YamlFences(), _TomlFences()
_JSON_START = re.compile(r"\{\s*(?:\"|\})")
_DOTS = re.compile(r"^\.\.\.[ \t]*(?:\n|\Z)", re.MULTILINE)  # another end of YAML
_HEADER = re.compile(
    r"[Tt]itle::?[ \t]+\S[^\n]*\n(?:[A-Za-z][\w -]{0,40}::?[ \t][^\n]*\n)*(?=\s*\n)"
)
_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_HOW_TO_BEGIN = "Begin with a line '---', 'key: value' lines and '---' again, or with '# Title'."
_TOO_DEEP = "the front matter is nested too deeply"
_KINDS: Final[Mapping[type, ValueKind]] = {
    str: "text",
    bool: "true or false",
    int: "integer",
    float: "number",
    datetime.datetime: "date",
    datetime.date: "date",
    datetime.time: "text",
    type(None): "nothing",
}


def body_entry(text: str, below: str) -> Entry | None:
    """Return the end of a file as a value; None if it is empty."""
    shown = below.strip()
    if shown in ("", "&nbsp;"):
        return None
    line = text.count("\n", 0, len(text) - len(below.lstrip())) + 1
    return Entry("text", below.strip("\n").rstrip(), line, style=BODY)


def _front_matter(
    entries: Mapping[str, Entry] | None, line: int, text: str, below: str
) -> FrontMatter | None:
    return FrontMatter(entries, line, body=body_entry(text, below)) if entries else None


def _read_header(text: str, line: int) -> Mapping[str, Entry]:
    """Read the ``Title: text`` lines at the top of pages of Pelican, MultiMarkdown and Logseq."""
    entries: dict[str, Entry] = {}
    for number, one in enumerate(text.strip("\n").split("\n"), line):
        key, _, value = one.partition(":")
        value = value.strip(": \t").strip('"')
        entries[key.strip().lower()] = Entry("text", value, number)
    return entries


def _read_toml(text: str, source: str, first_line: int, _line: int) -> _Keys:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_PLACE.search(str(error))
        line = first_line + int(found[1]) - 1 if found else first_line
        column = int(found[2]) if found else None
        problem = f"this is not TOML: {_TOML_PLACE.sub('', str(error))}"
        hint = 'Write text in quotes: question = "..."'
        return None, (make_problem("QT113", source, problem, hint=hint, line=line, column=column),)
    except RecursionError:
        return None, (make_problem("QT115", source, _TOO_DEEP, line=first_line),)
    values = _Values(text, source, first_line, r"^[ \t]*\"?{}\"?[ \t]*=[ \t]*")
    return values.read(table), tuple(values.problems)


def _read_json(text: str, start: int, line: int, source: str) -> _Found:
    twice: list[str] = []

    def once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
        count = Counter(key for key, _ in pairs)
        twice.extend(key for key in count if count[key] > 1)
        return dict(pairs)

    try:
        table, end = json.JSONDecoder(object_pairs_hook=once).raw_decode(text, start)
    except json.JSONDecodeError as error:
        problem = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        hint = "Check the quotes, the commas and the closing brace."
        place = {"line": error.lineno, "column": error.colno}
        return None, (make_problem("QT113", source, problem, hint=hint, **place),)
    except RecursionError:
        return None, (make_problem("QT115", source, _TOO_DEEP, line=line),)
    values = _Values(text[start:end], source, line, r"\"{}\"[ \t]*:[ \t]*")
    entries = values.read(table)
    problems = [
        make_problem("QT114", source, f"{key!r} occurs twice", hint=REMOVE_ONE, line=line)
        for key in twice
    ]
    return _front_matter(entries, line, text, text[end:]), (*values.problems, *problems)


class _Values:
    """Converts the result of a parser without positions into entries; *written* finds a key."""

    def __init__(self, text: str, source: str, first_line: int, written: str) -> None:
        self.problems: list[Problem] = []
        self._text = text
        self._source = source
        self._first_line = first_line
        self._written = written

    def read(self, table: Mapping[str, object]) -> dict[str, Entry]:
        entries = {}
        for key, value in table.items():
            found = re.search(self._written.format(re.escape(key)), self._text, re.MULTILINE)
            at = found.end() if found else 0
            line = self._first_line + self._text.count("\n", 0, at)
            entries[key] = self._entry(value, line, at - self._text.rfind("\n", 0, at))
        return entries

    def _entry(self, value: object, line: int, column: int) -> Entry:
        if isinstance(value, list):
            items = tuple(self._entry(each, line, column) for each in value)
            return Entry("list", "", line, items=items, column=column)
        if isinstance(value, dict):
            return Entry("mapping", "", line, entries=self.read(value), column=column)
        kind = _KINDS[type(value)]
        text = "" if value is None else str(value)
        if found := NO_TEXT.search(text):
            problem = f"the character U+{ord(found[0]):04X} is not text"
            place = {"line": line, "column": column}
            self.problems.append(
                make_problem("QT107", self._source, problem, hint="Delete it.", **place)
            )
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return Entry(kind, text.lower() if isinstance(value, bool) else text, line, column=column)
