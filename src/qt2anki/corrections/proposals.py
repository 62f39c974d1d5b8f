"""Cards and reports that other people and programs propose, as JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

from qt2anki.config.load import toml_text
from qt2anki.config.values import InvalidValue, check_key, found_at
from qt2anki.corrections.correction import OWN, WORDING, Correction, correction_of
from qt2anki.corrections.corrections_file import Corrections
from qt2anki.errors import SettingsError
from qt2anki.notes.identity import slug

_FLAGS = ("drop", "keep")
_KEYS = (*WORDING, *_FLAGS, "key", "page", "name", "reason")
_TRUE, _FALSE = frozenset(("true", "yes", "1", "x")), frozenset(("", "false", "no", "0"))
_LONGEST_NAME = 60  # characters of a name that is made from a question
_LIST = re.compile(r'\A\s*\[|"cards"\s*:\s*\[')
_NEXT = re.compile(r"[^\s,]")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed correction, or its fault; *place* is its place in the file."""

    place: str
    key: str
    correction: Correction | None
    fault: str = ""


def read_proposals(path: Path, corrections: Corrections) -> tuple[Proposal, ...]:
    """Read a file of proposals: JSON, or CSV with a header line if its name ends in .csv.

    A new card without a name gets the key of the card in *corrections* with the same question, or a
    free key. Raises SettingsError for a file that is neither.
    """
    text = toml_text(path)
    rows = _csv_rows(path, text) if path.suffix.lower() == ".csv" else _json_rows(path, text)
    taken: dict[str, str] = {}
    return tuple(_proposal(place, row, path, corrections, taken) for place, row in rows)


def _json_rows(path: Path, text: str) -> Iterator[tuple[str, object]]:
    source = path.as_posix()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        said = getattr(error, "msg", "nested too deeply")
        raise SettingsError(f"not JSON: {said}", source=source, line=line) from error
    cards = found.get("cards") if isinstance(found, dict) else found
    if not isinstance(cards, list):
        hint = 'Write {"cards": [...]}; see docs/corrections.md.'
        raise SettingsError("there is no list of cards", hint=hint, source=source)
    lines = _lines(text, cards)
    for number, row in enumerate(cards, start=1):
        line = f":{lines[number - 1]}" if lines else ""
        yield f"{source}{line}: card {number}", row


def _lines(text: str, cards: Sequence[object]) -> list[int]:
    """Return the line of each card in its JSON, [] if something else looks like their list."""
    start = _LIST.search(text)
    lines, place, end = [1], 0, start.end() if start else 0
    for card in cards:
        first = _NEXT.search(text, end)
        begin = first.start() if first else len(text)
        try:
            value, end = json.JSONDecoder().raw_decode(text, begin)
        except ValueError:
            return []
        if value != card:
            return []
        lines.append(lines[-1] + text.count("\n", place, begin))
        place = begin
    return lines[1:]


def _csv_rows(path: Path, text: str) -> Iterator[tuple[str, object]]:
    first = text.partition("\n")[0]
    comma = max(",;\t", key=first.count)  # spreadsheets write semicolons where 1,5 is a number
    reader = csv.DictReader(io.StringIO(text), restkey="", restval="", delimiter=comma, strict=True)
    source = path.as_posix()
    try:
        _check_keys(reader.fieldnames or ("",), "column")
        for row in reader:
            if row.pop("", None):
                hint = f"Quote text that has {comma!r} in it."
                raise InvalidValue("more values than columns", hint)
            yield f"{source}:{reader.line_num}", {n: _cell(n, v) for n, v in row.items() if v}
    except (InvalidValue, csv.Error) as bad:
        line = max(reader.line_num, 1)
        hint = getattr(bad, "hint", "")
        raise SettingsError(str(bad), hint=hint, source=source, line=line) from bad


def _check_keys(names: Sequence[str], what: str) -> None:
    for name in names:
        with found_at(before=f"{name}: " if name else ""):
            check_key(name, _KEYS, what)


def _cell(name: str, value: str) -> object:
    folded = value.strip().casefold()
    if name in _FLAGS and folded in _TRUE | _FALSE:
        return folded in _TRUE
    return value


def _proposal(
    place: str, row: object, path: Path, corrections: Corrections, taken: dict[str, str]
) -> Proposal:
    key = ""
    try:
        if not isinstance(row, Mapping):
            raise InvalidValue("not an object")
        _check_keys(list(map(str, row)), "key")
        key = _key_of(row, corrections, taken)
        values = {name: row[name] for name in (*WORDING, *_FLAGS, "reason") if row.get(name)}
        values["proposed"] = True
        return Proposal(place, key, correction_of(key, values, path.as_posix(), None))
    except InvalidValue as bad:
        return Proposal(place, key, None, ". ".join(filter(None, (bad.named, bad.hint))))


def _key_of(row: Mapping[str, Any], corrections: Corrections, taken: dict[str, str]) -> str:
    """Return the key of a card; *taken* has the keys and questions of the new cards so far."""
    if row.get("key"):
        if "/" not in str(row["key"]):
            hint = 'Give the card\'s Key field, such as 170604/qa, or, for a new card, set "page".'
            raise InvalidValue(f"{row['key']}: not the key of a card", hint)
        return str(row["key"])
    if not row.get("page"):
        raise InvalidValue(
            "there is neither key nor page", 'Give the card\'s Key field, or set "page".'
        )
    name, asked = row.get("name"), row.get("question") or row.get("text")
    if not (name or asked):
        raise InvalidValue("a page, but no card", "Write the key of a card, or a question.")
    start, said = f"{row['page']}/{OWN}", slug(str(asked))
    if name:
        return f"{start}{name}"
    own = (one for one in corrections.of_page(row["page"]) if one.is_own)
    known = {one.key: slug(one.question or one.text or "") for one in own}
    if same := [key for key, other in known.items() if other == said]:
        return same[0]
    short = said if len(said) <= _LONGEST_NAME else said[:_LONGEST_NAME].rpartition("-")[0]
    first = start + short
    keys = chain((first,), (f"{first}-{number}" for number in count(2)))
    return next(key for key in keys if key not in known and taken.setdefault(key, said) == said)
