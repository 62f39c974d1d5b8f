"""Fail on turns of phrase that a native engineer would not write.

    python scripts/check_words.py

Checks documents, comments, docstrings and messages. Word lists that describe pages (in ``notes``
and ``outline``) may use any word, so only their comments and docstrings are checked.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ("*.md", "docs/*.md", "input/README.md", "examples/*", "Makefile", "src/qt2anki/*.toml")
CODE = ("src/**/*.py", "scripts/*.py", "benchmarks/*.py")
_VOCABULARY = ("src/qt2anki/notes/", "src/qt2anki/outline/")
_TURNS = {
    r"stands|stood|standing": "be, or what it does",
    r"(may|can|must|to|that|which|they|what|words) stand": "be",
    r"blanks?(?! (line|page|card|form))": "space",
    r"anew": "again",
    r"mend(s|ed|ing)?": "fix, correct",
    r"tells? of": "report",
    r"tell whether": "whether, return whether",
    r"(?<!there )(is|are) no(?= [a-z])(?! (longer|more|such|less|greater|one))": "is not",
    r"what is known of": "a noun",
    r"that which": "what",
    r"exclude each other": "are mutually exclusive",
    r"say no more": "a sentence that says what it does",
    r"for ever": "forever, or never changes",
    r"put (it )?right": "correct",
    r"is well": "is fine",
}
_ALLOWED = re.compile(r"\bstands? for\b|\bstand-in|\b(is|are|not|left) blank\b", re.IGNORECASE)
_PATTERN = re.compile("|".join(rf"\b(?:{turn})\b" for turn in _TURNS), re.IGNORECASE)


def main() -> int:
    """Print every forbidden turn with its place; return 1 if there are any."""
    found = [line for path in _paths() for line in _findings(path)]
    print("\n".join(found) or "no forbidden turns of phrase")
    return 1 if found else 0


def _paths() -> Iterator[Path]:
    this = Path(__file__).resolve()
    for pattern in (*DOCUMENTS, *CODE):
        yield from (path for path in sorted(ROOT.glob(pattern)) if path.is_file() and path != this)


def _findings(path: Path) -> Iterator[str]:
    name = path.relative_to(ROOT).as_posix()
    text = path.read_text(encoding="utf-8", errors="replace")
    for number, line in _code_texts(name, text) if path.suffix == ".py" else _lines(text):
        for match in _PATTERN.finditer(_ALLOWED.sub("", line)):
            yield f"{name}:{number}: {match[0]!r}: {line.strip()[:100]}"


def _lines(text: str, first: int = 1) -> Iterator[tuple[int, str]]:
    yield from enumerate(text.split("\n"), start=first)


def _code_texts(name: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield comments, docstrings and, outside of vocabularies, all other strings."""
    docstrings = {
        node.body[0].lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and ast.get_docstring(node) is not None
    }
    with_strings = not name.startswith(_VOCABULARY)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_text = token.type == tokenize.COMMENT or (
            tokenize.tok_name[token.type] in {"STRING", "FSTRING_MIDDLE"}
            and (with_strings or token.start[0] in docstrings)
        )
        if is_text and (token.type == tokenize.COMMENT or " " in token.string):
            yield from _lines(token.string, token.start[0])


if __name__ == "__main__":
    sys.exit(main())
