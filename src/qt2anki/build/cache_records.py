"""Convert cached values to and from JSON."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from typing import Any

from qt2anki.build.job import Built, BuiltRetired
from qt2anki.messages import Problem
from qt2anki.model import Kind, Page

PROBLEM_VALUES = attrgetter(*(field.name for field in fields(Problem)))
_PAGE = tuple(field.name for field in fields(Page) if field.name != "answer")
# The reported data of a package that a build left unchanged.
_BUILT = ("subject", "deck", "size", "pages", "pages_without_cards", "notes", "cards", "sources")


def digest(*parts: str) -> str:
    """Return a digest of several texts that also depends on where each one ends."""
    return digest_all(parts)


def digest_all(parts: Iterable[str]) -> str:
    """Return digest() of texts that may be too many for the memory."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        made.update(len(data).to_bytes(8, "big"))
        made.update(data)
    return made.hexdigest()


def page_to_json(page: Page) -> str:
    """Convert a page, without its answer."""
    return dumps([getattr(page, name) for name in _PAGE])


def page_from_json(text: str, answer: str = "") -> Page:
    """Read a page and give it *answer*."""
    values = dict(zip(_PAGE, _with_tuples(json.loads(text)), strict=True))
    if values["date"]:
        values["date"] = datetime.date.fromisoformat(values["date"])
    return Page(answer=answer, **values)


def problems_to_json(problems: Iterable[Problem]) -> str:
    """Write problems; "" for none, as nearly all pages have."""
    rows = [PROBLEM_VALUES(problem) for problem in problems]
    return dumps(rows) if rows else ""


def problems_from_json(text: str) -> tuple[Problem, ...]:
    """Read problems."""
    return tuple(Problem(*row) for row in json.loads(text)) if text else ()


def built_to_json(built: Built) -> str:
    """Write the report of an unchanged package."""
    return dumps([getattr(built, name) for name in _BUILT])


def built_from_json(text: str, path: Path) -> Built:
    """Read the report of the package at *path*."""
    values = dict(zip(_BUILT, _with_tuples(json.loads(text)), strict=True))
    for counts in ("notes", "cards"):
        values[counts] = tuple((Kind(kind), count) for kind, count in values[counts])
    return Built(path=path, is_written=False, **values)


def _with_tuples(values: Iterable[Any]) -> Iterator[Any]:
    return (tuple(value) if isinstance(value, list) else value for value in values)


def retired_to_json(retired: Iterable[BuiltRetired]) -> str:
    """Write the reports of retired packages."""
    return dumps([(r.subject, r.path.as_posix(), r.size, r.notes) for r in retired])


def retired_from_json(text: str) -> tuple[BuiltRetired, ...]:
    """Read the reports of unchanged retired packages."""
    return tuple(
        BuiltRetired(subject, Path(path), size, notes, is_written=False, changes=())
        for subject, path, size, notes in json.loads(text)
    )


def dumps(value: Any) -> str:  # noqa: ANN401  # whatever JSON can hold
    """Write a value as compact JSON; dates become text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
