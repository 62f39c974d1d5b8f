"""Read the two note types from their files.

The files are in ``note_models``: ``style.css`` for both, and for each a folder with ``model.toml``
and its templates. A folder of the user may override single files.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from qt2anki.anki.card_templates import check_names, every_tag, read_template, shows_something
from qt2anki.errors import NoteTypeError
from qt2anki.messages import did_you_mean
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS

NoteTypeKind = Literal["qa", "cloze"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a note type; Anki finds it by its *id*, even if a student has renamed it."""

    name: str
    id: int


@dataclass(frozen=True, slots=True)
class Template:
    """One card of a note type, front and back as Anki template text."""

    name: str
    id: int
    front: str
    back: str


@dataclass(frozen=True, slots=True)
class NoteType:
    """A note type as Anki stores it."""

    kind: NoteTypeKind
    name: str
    model_id: int
    mod: int  # seconds since 1970: the last change of style or templates
    fields: tuple[Field, ...]
    templates: tuple[Template, ...]
    css: str
    sort_field: int  # index into *fields*


@dataclass(frozen=True, slots=True)
class NoteTypes:
    """Both note types; every package carries both."""

    qa: NoteType
    cloze: NoteType


ASKED_FIELDS: Final = {"qa": ("Question", "Reverse"), "cloze": ("Text",)}
"""The field that must be filled for a card to exist, for each template."""

# Files cannot change these: fields are filled by position, and students already have them.
_ANKI_KINDS = {"qa": "normal", "cloze": "cloze"}
FIELDS: Final = {"qa": QA_FIELDS, "cloze": CLOZE_FIELDS}
"""The fields of each note type, in order."""

# The keys of model.toml and of its tables, and the type of each.
_TEXT = "a string in double quotes"
_NUMBER = "a whole number above 0 and below 2 to the 53rd"  # as Anki's ids and times are
_ID = {"name": _TEXT, "id": _NUMBER}
_TABLES: dict[str, dict[str, str]] = {
    "fields": _ID,
    "templates": {**_ID, "front": _TEXT, "back": _TEXT},
}
_MODEL = {**_ID, "kind": _TEXT, "mod": _NUMBER, "sort_field": _TEXT} | {
    key: f"one or more tables [[{key}]]" for key in _TABLES
}


def load_note_types(overlay: Path | None = None) -> NoteTypes:
    """Read the note types of the program, with the files of *overlay* instead of their own.

    An overlay that changes a style or a template should also have a ``model.toml`` with a later
    ``mod``: Anki keeps a student's style until that number increases.
    """
    files = _ModelFiles(overlay)
    css = files.text("style.css")
    qa, cloze = _load("qa", files, css), _load("cloze", files, css)
    if qa.model_id == cloze.model_id or qa.name == cloze.name:
        text = "the two note types have the same id or name"
        hint = "use different ids; Anki distinguishes note types by them"
        raise NoteTypeError(text, hint=hint, source=files.source("cloze/model.toml"))
    files.refuse_unread()
    return NoteTypes(qa=qa, cloze=cloze)


class _ModelFiles:
    """Files by their path inside ``note_models``, those of the overlay first."""

    def __init__(self, overlay: Path | None) -> None:
        if overlay is not None and not overlay.is_dir():
            text = "there is no such folder of note models"
            hint = "pass a folder that contains style.css, qa/ or cloze/"
            raise NoteTypeError(text, hint=hint, source=overlay.as_posix())
        package = Path(__file__).resolve().parents[1]
        installed = package / "note_models"
        self._shipped = installed if installed.is_dir() else package.parents[1] / "note_models"
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
        """Read a file; raise NoteTypeError if that fails."""
        self._read.add(name)
        try:
            return self._path(name).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            text, hint = "the file is not UTF-8 text", "save it as UTF-8"
            raise NoteTypeError(text, hint=hint, source=self.source(name)) from error
        except OSError as error:
            text = f"the file cannot be read: {error.strerror}"
            hint = "check that it exists and is readable"
            raise NoteTypeError(text, hint=hint, source=self.source(name)) from error

    def refuse_unread(self) -> None:
        """Raise NoteTypeError for a file of the overlay that was never used."""
        if self._overlay is None:
            return
        for path in sorted(self._overlay.rglob("*")):
            name = path.relative_to(self._overlay).as_posix()
            is_hidden = any(part.startswith(".") for part in name.split("/"))
            if path.is_dir() or is_hidden or name == "README.md" or name in self._read:
                continue
            text = "no note type has a file with this name"
            hint = did_you_mean(name, self._read, f"The files are {', '.join(sorted(self._read))}.")
            raise NoteTypeError(text, hint=hint, source=path.as_posix())


def _load(kind: NoteTypeKind, files: _ModelFiles, css: str) -> NoteType:
    text, source = files.text(f"{kind}/model.toml"), files.source(f"{kind}/model.toml")
    try:
        model: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:  # its text ends in "(at line 3, column 5)"
        hint = "put text in double quotes and lists in [ ]"
        raise NoteTypeError(f"this is not TOML: {error}", hint=hint, source=source) from error
    _check_table(model, _MODEL, source)
    for key, keys in _TABLES.items():
        for table in model[key]:
            _check_table(table, keys, source)
        ids = [table["id"] for table in model[key]]
        if len(set(ids)) < len(ids):
            raise NoteTypeError(
                "an id is used twice", hint="give each a different id", source=source
            )
    names = FIELDS[kind]
    for what, found, wanted in (
        ("kind", model["kind"], _ANKI_KINDS[kind]),
        ("the list of fields", ", ".join(t["name"] for t in model["fields"]), ", ".join(names)),
        ("the number of templates", str(len(model["templates"])), str(len(ASKED_FIELDS[kind]))),
    ):
        if found != wanted:
            text = f"{what} must stay {wanted!r}, not {found!r}"
            hint = "Anki stops updating notes whose note type gets different fields or cards"
            raise NoteTypeError(text, hint=hint, source=source)
    if model["sort_field"] not in names:
        text = f"sort_field names no field: {model['sort_field']!r}"
        hint = did_you_mean(model["sort_field"], names, f"The fields are {', '.join(names)}.")
        raise NoteTypeError(text, hint=hint, source=source)
    return NoteType(
        kind=kind,
        name=model["name"],
        model_id=model["id"],
        mod=model["mod"],
        fields=tuple(Field(**table) for table in model["fields"]),
        templates=tuple(
            _template(kind, table, asks, files, source)
            for table, asks in zip(model["templates"], ASKED_FIELDS[kind], strict=True)
        ),
        css=css,
        sort_field=names.index(model["sort_field"]),
    )


def _check_table(table: dict[str, Any], keys: dict[str, str], source: str) -> None:
    """Check that a table of model.toml has exactly these keys, with values of their types."""
    for key in table:
        if key not in keys:
            hint = did_you_mean(key, keys, f"The keys are {', '.join(keys)}.")
            raise NoteTypeError(f"there is no key {key!r} here", hint=hint, source=source)
    for key, wanted in keys.items():
        if key not in table:
            hint = "start from a copy of the model.toml that comes with the program"
            raise NoteTypeError(f"the key {key!r} is missing", hint=hint, source=source)
        if not _fits(table[key], wanted):
            text = f"{key!r} is {table[key]!r}"
            raise NoteTypeError(text, hint=f"write {wanted}", source=source)


def _fits(value: object, wanted: str) -> bool:
    if wanted == _TEXT:
        return isinstance(value, str) and bool(value.strip())
    if wanted == _NUMBER:
        return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _template(
    kind: NoteTypeKind, table: dict[str, Any], asks: str, files: _ModelFiles, source: str
) -> Template:
    sides = {}
    for side in ("front", "back"):
        file = table[side]
        if "/" in file or "\\" in file or file.startswith("."):
            text = f"{side} is not a plain file name: {file!r}"
            hint = f"put the file in {kind}/ and write only its name"
            raise NoteTypeError(text, hint=hint, source=source)
        sides[side] = files.text(f"{kind}/{file}")
        _check_side(
            sides[side], kind, asks, files.source(f"{kind}/{file}"), is_front=side == "front"
        )
    return Template(table["name"], table["id"], **sides)


def _check_side(text: str, kind: NoteTypeKind, asks: str, source: str, *, is_front: bool) -> None:
    """Check that Anki makes the card if and only if the field that it asks about is filled."""
    tags = read_template(text, source)
    check_names(tags, FIELDS[kind], source)
    others = set(FIELDS[kind]) - {asks}
    if is_front and (not shows_something(tags, {asks}) or shows_something(tags, others)):
        text = f"this front must show {asks}, and nothing when {asks} is empty"
        hint = f"put all of it between {{{{#{asks}}}}} and {{{{/{asks}}}}}"
        raise NoteTypeError(text, hint=hint, source=source)
    is_shown = any(tag.value == asks and "cloze" in tag.filters for tag in every_tag(tags))
    if kind == "cloze" and not is_shown:
        text = f"this template never shows {{{{cloze:{asks}}}}}"
        hint = "a cloze card needs this tag for its gap and its answer"
        raise NoteTypeError(text, hint=hint, source=source)
