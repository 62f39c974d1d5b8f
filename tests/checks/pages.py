"""Pages for checks: a minimal page, and changes to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from qt2anki.checks.check_pages import check
from qt2anki.config import Settings
from qt2anki.messages import Problem

ANSWER = "Warm air rises and cools, and the water in it falls."


def page(
    page_id: str = "7",
    *,
    question: str = "Why does it rain?",
    answer: str = f">-\n    {ANSWER}",
    subject: str = "Weather",
    more: str = "",
) -> str:
    return (
        f"---\nid: {page_id}\nquestion: {question}\nsubject: {subject}\n"
        f"answer: {answer}\nurl: /learn/weather\n{more}---\n"
    )


def found(folder: Path, pages: Mapping[str, str | bytes]) -> tuple[Problem, ...]:
    """Write *pages* by name into *folder* and check it; sources are told from there on."""
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems = check([str(folder)], Settings(), lambda done, total: None, processes=1).problems
    prefix = f"{folder.as_posix()}/"
    return tuple(
        Problem(p.code, p.severity, p.source.removeprefix(prefix), p.line, p.column, p.text, p.hint)
        for p in problems
    )
