"""The fixed words on cards, in one file for each language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

ENGLISH = "en"


def phrase(name: str, language: str = ENGLISH, /, **parts: str) -> str:
    """Return the phrase *name* of a language with *parts* (HTML) filled in."""
    text: str = language_table(language)["phrases"][name]
    return text.format(**parts)


def counted(name: str, count: int, language: str = ENGLISH, /) -> str:
    """Return a number with the noun *name*: "1 note", "3 notes"."""
    forms: str | list[str] = language_table(language)["counts"][name]
    text = forms if isinstance(forms, str) else forms[count != 1]
    return text.format(count=count)


@cache
def language_table(code: str) -> Mapping[str, Any]:
    """Read the file of a language ("de"); the table is empty if there is none."""
    path = files("qt2anki.notes").joinpath("data", "languages", f"{code}.toml")
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
