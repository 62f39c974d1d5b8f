"""The files of note types: model.toml, styles and card templates (rslib/src/template.rs)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from qt2anki.errors import NoteTypeError
from qt2anki.messages import did_you_mean

# Names Anki fills in itself (Anki manual, "Field Replacements", "Special Fields").
SPECIAL_FIELDS = frozenset(
    ("FrontSide", "Tags", "Type", "Deck", "Subdeck", "Card", "CardFlag", "CardID")
)
_OPENING = re.compile(r"\{\{|<!--")
_CLOZE_SECTION = re.compile(r"c[0-9]+")  # {{#c1}} asks which cloze number the card has
_Kind = Literal["text", "field", "if", "unless", "end"]
_SECTIONS: dict[str, _Kind] = {"#": "if", "^": "unless", "/": "end"}


@dataclass(frozen=True, slots=True)
class TemplateNode:
    """A piece of a template."""

    kind: _Kind
    value: str  # the text, or the name of a field
    line: int  # from 1
    filters: tuple[str, ...] = ()  # the innermost first
    inside: tuple[TemplateNode, ...] = ()  # of a section


@lru_cache(maxsize=64)
def read_template(text: str, source: str = "") -> tuple[TemplateNode, ...]:
    """Read the template *text*; *source* names its file in errors."""
    inside: list[list[TemplateNode]] = [[]]
    sections: list[TemplateNode] = []
    for node in _tokens(text, source):
        if node.kind == "end":
            if not sections or sections[-1].value != node.value:
                said = f"{{{{/{node.value}}}}} does not close the section that is open here"
                hint = "close sections in the reverse order of their opening"
                raise NoteTypeError(said, hint=hint, source=source, line=node.line)
            children = tuple(inside.pop())
            inside[-1].append(replace(sections.pop(), inside=children))
        elif node.kind in ("if", "unless"):
            sections.append(node)
            inside.append([])
        else:
            inside[-1].append(node)
    if sections:
        said = f"the section of {sections[-1].value} is never closed"
        hint = f"write {{{{/{sections[-1].value}}}}} where it ends"
        raise NoteTypeError(said, hint=hint, source=source, line=sections[-1].line)
    return tuple(inside[0])


def _tokens(text: str, source: str) -> Iterator[TemplateNode]:
    """Yield text, fields, and the openings and ends of sections."""
    last_comment = text.rfind("-->")
    line, counted = 1, 0
    written = position = 0
    while opening := _OPENING.search(text, position):
        if opening[0] == "<!--":  # shown to the browser as it is, tags and all
            is_closed = last_comment >= opening.end()
            position = text.find("-->", opening.end()) if is_closed else opening.end()
            continue
        line += text.count("\n", counted, opening.start())
        counted = opening.start()
        end = text.find("}}", opening.end())
        if end < 0:
            said = "a tag is opened and never closed"
            raise NoteTypeError(said, hint="write }} at its end", source=source, line=line)
        if opening.start() > written:
            yield TemplateNode("text", text[written : opening.start()], line)
        yield _token(text[opening.end() : end], line)
        written = position = end + 2
    if written < len(text):
        yield TemplateNode("text", text[written:], line)


def _token(inner: str, line: int) -> TemplateNode:
    inner = inner.lstrip("{").strip()
    if inner[:1] in _SECTIONS:
        return TemplateNode(_SECTIONS[inner[0]], inner[1:].strip(), line)
    *filters, name = inner.split(":")
    return TemplateNode("field", name.strip(), line, tuple(reversed(filters)))


def every_tag(nodes: Sequence[TemplateNode]) -> Iterator[TemplateNode]:
    """Yield all fields and sections, in the order in which they begin."""
    for node in nodes:
        if node.kind != "text":
            yield node
            yield from every_tag(node.inside)


def check_names(nodes: Sequence[TemplateNode], fields: Collection[str], source: str) -> None:
    """Raise NoteTypeError for the first tag that names no field of the note type."""
    known = SPECIAL_FIELDS.union(fields)
    for tag in every_tag(nodes):
        is_bare_filter = tag.kind == "field" and tag.filters and not tag.value
        if tag.value in known or is_bare_filter:  # {{tts-voices:}} has a filter and no field
            continue
        if tag.kind != "field" and is_cloze_section(tag.value):
            continue
        text = f"there is no field {tag.value!r}"
        hint = did_you_mean(tag.value, sorted(known), f"The fields are {', '.join(fields)}.")
        raise NoteTypeError(text, hint=hint, source=source, line=tag.line)


def is_cloze_section(name: str) -> bool:
    """Whether a section asks for the number of the card's deletion: ``{{#c1}}``."""
    return _CLOZE_SECTION.fullmatch(name) is not None


def shows_something(nodes: Sequence[TemplateNode], filled: Collection[str]) -> bool:
    """Whether a front shows any field when only those in *filled* hold something.

    This decides in Anki whether a card exists (rslib, ParsedTemplate::renders_with_fields).
    """
    return any(
        node.value in filled
        if node.kind == "field"
        else (node.value in filled) == (node.kind == "if") and shows_something(node.inside, filled)
        for node in nodes
        if node.kind != "text"
    )


def shipped_folder() -> Path:
    """Return where our own files are: in an installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "note_models"
    return installed if installed.is_dir() else package.parents[1] / "note_models"


class ModelFiles:
    """Files by their path inside ``note_models``, those of the overlay first."""

    def __init__(self, overlay: Path | None) -> None:
        if overlay is not None and not overlay.is_dir():
            text = "there is no such folder of note models"
            hint = "name a folder with style.css, qa/ or cloze/ in it"
            raise NoteTypeError(text, hint=hint, source=overlay.as_posix())
        self._shipped = shipped_folder()
        self._overlay = overlay
        self._read: set[str] = set()

    def _path(self, name: str) -> Path:
        if self._overlay is not None and (self._overlay / name).is_file():
            return self._overlay / name
        return self._shipped / name

    def source(self, name: str) -> str:
        """Return the path of the file *name*, for an error."""
        return self._path(name).as_posix()

    def text(self, name: str) -> str:
        """Read a file; raises NoteTypeError when that cannot be done."""
        self._read.add(name)
        try:
            return self._path(name).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise NoteTypeError(
                "the file is not UTF-8 text", hint="save it as UTF-8", source=self.source(name)
            ) from error
        except OSError as error:
            text = f"the file cannot be read: {error.strerror}"
            hint = "check that it is there and may be read"
            raise NoteTypeError(text, hint=hint, source=self.source(name)) from error

    def toml(self, name: str, keys: Sequence[str]) -> TomlTable:
        """Read a TOML file whose top level has exactly *keys*."""
        text = self.text(name)
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:  # its text ends in "(at line 3, column 5)"
            said = f"this is not TOML: {error}"
            hint = "put text in double quotes and lists in [ ]"
            raise NoteTypeError(said, hint=hint, source=self.source(name)) from error
        return TomlTable(values, keys, self.source(name))

    def refuse_unread(self) -> None:
        """Raise NoteTypeError for a file of the overlay that was never asked for."""
        if self._overlay is None:
            return
        for path in sorted(self._overlay.rglob("*")):
            name = path.relative_to(self._overlay).as_posix()
            is_hidden = any(part.startswith(".") for part in name.split("/"))
            if path.is_dir() or is_hidden or name == "README.md" or name in self._read:
                continue
            raise NoteTypeError(
                "no note type has a file of this name",
                hint=did_you_mean(
                    name, self._read, f"The files are {', '.join(sorted(self._read))}."
                ),
                source=path.as_posix(),
            )


class TomlTable:
    """A TOML table with a fixed set of keys; every access checks the type."""

    def __init__(self, values: Mapping[str, object], keys: Sequence[str], source: str) -> None:
        self.source = source
        self._values = values
        for key in values:
            if key not in keys:
                text = f"there is no key {key!r} here"
                hint = did_you_mean(key, keys, f"The keys are {', '.join(keys)}.")
                raise NoteTypeError(text, hint=hint, source=source)
        for key in keys:
            if key not in values:
                text = f"the key {key!r} is missing"
                hint = "start from a copy of the model.toml that comes with the program"
                raise NoteTypeError(text, hint=hint, source=source)

    def text(self, key: str) -> str:
        """Return a text that is not empty."""
        value = self._values[key]
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(key, "a text in double quotes")
        return value

    def number(self, key: str) -> int:
        """Return a whole number that Anki can keep as an id or a time."""
        value = self._values[key]
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**53:
            raise self._wrong(key, "a whole number above 0 and below 2 to the 53rd")
        return value

    def tables(self, key: str, keys: Sequence[str]) -> tuple[TomlTable, ...]:
        """Return the tables under ``[[key]]``, each with exactly *keys*."""
        value = self._values[key]
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self._wrong(key, f"one or more tables [[{key}]]")
        return tuple(TomlTable(each, keys, self.source) for each in value)

    def expect(self, what: str, found: str, wanted: str) -> None:
        """Raise NoteTypeError unless *found* is *wanted*: students' notes depend on it."""
        if found != wanted:
            text = f"{what} must stay {wanted!r}, not {found!r}"
            hint = "Anki stops updating notes whose note type gets different fields or cards"
            raise NoteTypeError(text, hint=hint, source=self.source)

    def _wrong(self, key: str, wanted: str) -> NoteTypeError:
        return NoteTypeError(
            f"{key!r} is {self._values[key]!r}", hint=f"write {wanted}", source=self.source
        )
