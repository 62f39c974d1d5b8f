from __future__ import annotations

import re
from pathlib import Path

import frontmatter
import pytest

from qt2anki.source.unescape import decode

_MARKER = re.compile(r"^\s*(?:[-*+]|\d+\.|#+|>)\s+", re.MULTILINE)


@pytest.fixture(scope="session")
def real_fragments(corpus: Path) -> list[str]:
    """Paragraphs and items of real pages, cut crudely: by blank line and list marker."""
    fragments: set[str] = set()
    for path in sorted(corpus.rglob("*.md")):
        answer = decode(str(frontmatter.load(str(path))["answer"]))
        if "```" not in answer and "$$" not in answer and "\\[" not in answer:
            for part in answer.split("\n\n"):
                fragments.update(_MARKER.split(part))
    return sorted(fragments)
