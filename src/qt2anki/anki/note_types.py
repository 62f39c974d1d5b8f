"""The two note types, read from their files and handed on as frozen values.

The files are in ``note_models``: ``style.css`` for both, and for each a folder with ``model.toml``
and its templates. A folder of the user's own may be over ours, file by file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qt2anki.anki.note_type_files import (
    ModelFiles,
    TemplateNode,
    TomlTable,
    check_names,
    every_tag,
    read_template,
    shows_something,
)
from qt2anki.errors import NoteTypeError
from qt2anki.messages import did_you_mean
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS

NoteTypeKind = Literal["qa", "cloze"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a note type; Anki finds it by its *id*, even after a student has renamed it."""

    name: str
    id: int


@dataclass(frozen=True, slots=True)
class Template:
    """One card of a note type, front and back as Anki template text."""

    name: str
    id: int
    asks: str  # the field that must be filled for this card to exist
    front: str
    back: str


@dataclass(frozen=True, slots=True)
class NoteType:
    """A note type as Anki keeps it."""

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


@dataclass(frozen=True, slots=True)
class _Shape:
    """What no file may change: fields are filled by place, and students have them already."""

    anki_kind: Literal["normal", "cloze"]
    fields: tuple[str, ...]
    asks: tuple[str, ...]  # one for each template


_SHAPES: dict[NoteTypeKind, _Shape] = {
    "qa": _Shape("normal", QA_FIELDS, ("Question", "Reverse")),
    "cloze": _Shape("cloze", CLOZE_FIELDS, ("Text",)),
}
_MODEL_KEYS = ("name", "id", "kind", "mod", "sort_field", "fields", "templates")
_FIELD_KEYS = ("name", "id")
_TEMPLATE_KEYS = ("name", "id", "front", "back")


def load_note_types(overlay: Path | None = None) -> NoteTypes:
    """Read the note types that come with the program, with the files of *overlay* over them.

    An overlay that changes a style or a template should bring a ``model.toml`` with a later ``mod``
    too: Anki keeps the style a student has until that number grows.
    """
    files = ModelFiles(overlay)
    css = files.text("style.css")
    qa, cloze = _load("qa", files, css), _load("cloze", files, css)
    if qa.model_id == cloze.model_id or qa.name == cloze.name:
        text = "the two note types have one id or one name"
        hint = "use different ids; Anki distinguishes note types by them"
        raise NoteTypeError(text, hint=hint, source=files.source("cloze/model.toml"))
    files.refuse_unread()
    return NoteTypes(qa=qa, cloze=cloze)


def _load(kind: NoteTypeKind, files: ModelFiles, css: str) -> NoteType:
    model = files.toml(f"{kind}/model.toml", _MODEL_KEYS)
    model.expect("kind", model.text("kind"), _SHAPES[kind].anki_kind)
    fields = _load_fields(kind, model)
    templates = _load_templates(kind, model, files)
    return NoteType(
        kind=kind,
        name=model.text("name"),
        model_id=model.number("id"),
        mod=model.number("mod"),
        fields=fields,
        templates=templates,
        css=css,
        sort_field=_sort_field(kind, model),
    )


def _load_fields(kind: NoteTypeKind, model: TomlTable) -> tuple[Field, ...]:
    fields = tuple(
        Field(table.text("name"), table.number("id"))
        for table in model.tables("fields", _FIELD_KEYS)
    )
    wanted = ", ".join(_SHAPES[kind].fields)
    model.expect("the list of fields", ", ".join(field.name for field in fields), wanted)
    _refuse_twice([field.id for field in fields], model.source)
    return fields


def _load_templates(
    kind: NoteTypeKind, model: TomlTable, files: ModelFiles
) -> tuple[Template, ...]:
    tables = model.tables("templates", _TEMPLATE_KEYS)
    asks = _SHAPES[kind].asks
    model.expect("the number of templates", str(len(tables)), str(len(asks)))
    templates = tuple(
        Template(
            name=table.text("name"),
            id=table.number("id"),
            asks=field,
            front=_load_side(kind, table, "front", field, files),
            back=_load_side(kind, table, "back", field, files),
        )
        for table, field in zip(tables, asks, strict=True)
    )
    _refuse_twice([template.id for template in templates], model.source)
    return templates


def _load_side(
    kind: NoteTypeKind,
    table: TomlTable,
    side: Literal["front", "back"],
    asks: str,
    files: ModelFiles,
) -> str:
    file = table.text(side)
    if "/" in file or "\\" in file or file.startswith("."):
        said = f"{side} is not a plain file name: {file!r}"
        hint = f"put the file into {kind}/ and write its name alone"
        raise NoteTypeError(said, hint=hint, source=table.source)
    name = f"{kind}/{file}"
    text = files.text(name)
    source = files.source(name)
    tags = read_template(text, source)
    check_names(tags, _SHAPES[kind].fields, source)
    if side == "front":
        _check_front(tags, asks, _SHAPES[kind].fields, source)
    if kind == "cloze" and not any(
        tag.value == asks and "cloze" in tag.filters for tag in every_tag(tags)
    ):
        said = f"this template never shows {{{{cloze:{asks}}}}}"
        hint = "a cloze card needs this tag for its gap and its answer"
        raise NoteTypeError(said, hint=hint, source=source)
    return text


def _check_front(
    tags: Sequence[TemplateNode], asks: str, fields: Sequence[str], source: str
) -> None:
    """Check that Anki makes the card exactly when the field it asks is filled."""
    others = set(fields) - {asks}
    if not shows_something(tags, {asks}) or shows_something(tags, others):
        text = f"this front must show {asks}, and nothing when {asks} is empty"
        hint = f"put all of it between {{{{#{asks}}}}} and {{{{/{asks}}}}}"
        raise NoteTypeError(text, hint=hint, source=source)


def _sort_field(kind: NoteTypeKind, model: TomlTable) -> int:
    name = model.text("sort_field")
    fields = _SHAPES[kind].fields
    if name not in fields:
        text = f"sort_field names no field: {name!r}"
        hint = did_you_mean(name, fields, f"The fields are {', '.join(fields)}.")
        raise NoteTypeError(text, hint=hint, source=model.source)
    return fields.index(name)


def _refuse_twice(ids: Sequence[int], source: str) -> None:
    if len(set(ids)) < len(ids):
        raise NoteTypeError("one id occurs twice", hint="give each its own", source=source)
