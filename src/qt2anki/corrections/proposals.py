"""Cards and reports that other people and programs propose, as JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qt2anki.config.load import toml_text
from qt2anki.config.values import InvalidValue, check_key
from qt2anki.corrections.correction import WORDING, Correction, correction_of
from qt2anki.errors import SettingsError
from qt2anki.notes.identity import slug

_FLAGS = ("drop", "keep")
_KEYS = (*WORDING, *_FLAGS, "key", "page", "name", "reason")
_TRUE, _FALSE = frozenset(("true", "yes", "1", "x")), frozenset(("", "false", "no", "0"))
_LONGEST_NAME = 60  # characters of a name that is made from a question


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed correction, or what is wrong with it; *place* is where it is in its file."""

    place: str
    key: str
    correction: Correction | None
    fault: str = ""


def read_proposals(path: Path) -> tuple[Proposal, ...]:
    """Read a file of proposals: JSON, or CSV with a header line if its name ends in .csv.

    Raises SettingsError for a file that is neither.
    """
    text = toml_text(path)
    rows = _csv_rows(path, text) if path.suffix.lower() == ".csv" else _json_rows(path, text)
    return tuple(_proposal(place, row, path) for place, row in rows)


def _json_rows(path: Path, text: str) -> Iterator[tuple[str, object]]:
    hint = 'Write {"cards": [...]}; see docs/corrections.md.'
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        said = getattr(error, "msg", "nested too deeply")
        raise SettingsError(f"not JSON: {said}", source=path.as_posix(), line=line) from error
    cards = found.get("cards") if isinstance(found, dict) else found
    if not isinstance(cards, list):
        raise SettingsError("there is no list of cards", hint=hint, source=path.as_posix())
    return ((f"card {number}", row) for number, row in enumerate(cards, start=1))


def _csv_rows(path: Path, text: str) -> Iterator[tuple[str, object]]:
    reader = csv.DictReader(io.StringIO(text), restkey="", restval="", strict=True)
    try:
        for name in reader.fieldnames or ("",):
            check_key(name, _KEYS, "column")
        for row in reader:
            if row.pop("", None):
                raise InvalidValue("more values than columns", "Quote text that has commas.")
            yield f"line {reader.line_num}", {n: _cell(n, v) for n, v in row.items() if v}
    except (InvalidValue, csv.Error) as bad:
        line = max(reader.line_num, 1)
        hint = getattr(bad, "hint", "")
        raise SettingsError(str(bad), hint=hint, source=path.as_posix(), line=line) from bad


def _cell(name: str, value: str) -> object:
    folded = value.strip().casefold()
    if name in _FLAGS and folded in _TRUE | _FALSE:
        return folded in _TRUE
    return value


def _proposal(place: str, row: object, path: Path) -> Proposal:
    key = ""
    try:
        if not isinstance(row, Mapping):
            raise InvalidValue("not an object")
        for name in row:
            check_key(str(name), _KEYS, "key")
        key = _key_of(row)
        values = {name: row[name] for name in (*WORDING, *_FLAGS, "reason") if row.get(name)}
        values["proposed"] = True
        return Proposal(place, key, correction_of(key, values, path.as_posix(), None))
    except InvalidValue as bad:
        named = f"{bad.key}: " if bad.key else ""
        return Proposal(place, key, None, ". ".join(filter(None, (named + bad.text, bad.hint))))


def _key_of(row: Mapping[str, Any]) -> str:
    """Return the key of a card; a new one may have a page, and a name made from its question."""
    if row.get("key"):
        return str(row["key"])
    if not row.get("page"):
        raise InvalidValue("there is neither key nor page", "Write the field Key of the card.")
    name = row.get("name") or row.get("question") or row.get("text") or ""
    if not name:
        raise InvalidValue("a page, but no card", "Write the key of a card, or a question.")
    return f"{row['page']}/own/{_short(slug(str(name)))}"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME].rpartition("-")[0]
