"""Convert cached values to and from JSON."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from typing import Any

from qt2anki.build.job import Built, BuiltRetired
from qt2anki.messages import Problem
from qt2anki.model import Kind, Page

PROBLEM_VALUES = attrgetter(*(field.name for field in fields(Problem)))


def digest(*parts: str) -> str:
    """Return a digest of several texts that also depends on where each one ends."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        made.update(len(data).to_bytes(8, "big"))
        made.update(data)
    return made.hexdigest()


def page_to_json(page: Page) -> str:
    """Write a page without its answer."""
    date = page.date.isoformat() if page.date else None
    return dumps(
        (
            page.source,
            page.page_id,
            page.question,
            page.subjects,
            page.url,
            date,
            page.keywords,
            page.score,
            page.related,
            page.language,
            page.topic,
        )
    )


def page_from_json(text: str, answer: str = "") -> Page:
    """Read a page and give it *answer*."""
    source, page_id, question, subjects, url, date, *rest = json.loads(text)
    keywords, score, related, language, topic = rest
    return Page(
        source=source,
        page_id=page_id,
        question=question,
        answer=answer,
        subjects=tuple(subjects),
        url=url,
        date=datetime.date.fromisoformat(date) if date else None,
        keywords=tuple(keywords),
        score=score,
        related=tuple(related),
        language=language,
        topic=topic,
    )


def problems_to_json(problems: Iterable[Problem]) -> str:
    """Write problems; "" for none, as nearly all pages have."""
    rows = [PROBLEM_VALUES(problem) for problem in problems]
    return dumps(rows) if rows else ""


def problems_from_json(text: str) -> tuple[Problem, ...]:
    """Read problems."""
    return tuple(Problem(*row) for row in json.loads(text)) if text else ()


def built_to_json(built: Built) -> str:
    """Write the report of an unchanged package."""
    return dumps(
        (
            built.subject,
            built.deck,
            built.size,
            built.pages,
            built.pages_without_cards,
            built.notes,
            built.cards,
            built.sources,
        )
    )


def built_from_json(text: str, path: Path) -> Built:
    """Read the report of the package at *path*."""
    subject, deck, size, pages, without, notes, cards, sources = json.loads(text)
    return Built(
        subject=subject,
        deck=deck,
        path=path,
        size=size,
        pages=pages,
        pages_without_cards=without,
        notes=_counts(notes),
        cards=_counts(cards),
        is_written=False,
        sources=sources,
    )


def _counts(rows: Sequence[tuple[str, int]]) -> tuple[tuple[Kind, int], ...]:
    return tuple((Kind(kind), count) for kind, count in rows)


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
    """Write a value as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
