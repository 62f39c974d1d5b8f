from __future__ import annotations

import time

import pytest
from hypothesis import given

from qt2anki.outline.lists import bare_title, split_title, whole_line_title
from tests.golden import golden
from tests.outline.outline_text import letters
from tests.outline.strategies import wild


@pytest.mark.parametrize(("line", "expected"), golden("titles.md"))
def test_title(line: str, expected: str) -> None:
    assert shown(line) == expected


def shown(line: str) -> str:
    found = split_title(line)
    return (
        f"[{found.title}] {found.joint}".rstrip() + f"\n{found.text}" if found.title else "no title"
    )


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Crumb: Soft.", "Crumb"),
        ("Old and new dough: Both.", "Old and new dough"),
        ("Bake at 12:30 sharp", ""),
        ("One two three four five six seven eight nine: too long a title", ""),
        ("no colon at all", ""),
    ],
)
def test_a_plain_title_where_it_is_asked_for(line: str, title: str) -> None:
    assert split_title(line, plain=True).title == title
    assert split_title(line).title == ""


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("**Crumb**", "Crumb"),
        ("**Crumb:**", "Crumb"),
        ("***Crumb***:", "Crumb"),
        ("Crumb.", "Crumb"),
        ("**Crumb** (2)", "Crumb (2)"),
        ("Why?", "Why?"),
        ("", ""),
    ],
)
def test_bare_title(text: str, bare: str) -> None:
    assert bare_title(text) == bare


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("**Flavour**", "Flavour"),
        ("**Flavour:**", "Flavour"),
        ("**Flavour**:", "Flavour"),
        ("__Flavour__", "Flavour"),
        ("*Flavour*", ""),
        ("**Flavour** counts", ""),
        ("Flavour", ""),
        (f"**{'many ' * 17}words**", ""),
    ],
)
def test_a_line_that_is_a_title(line: str, title: str) -> None:
    assert whole_line_title(line) == title


@given(wild)
def test_a_split_line_keeps_its_letters(line: str) -> None:
    for plain in (False, True):
        found = split_title(line, plain=plain)

        assert letters(f"{found.title} {found.joint} {found.text}") == letters(line)


@pytest.mark.no_cover
@pytest.mark.parametrize("piece", ["**a", "**a** and ", "*_", "**a**:", "a ", "(" * 9, "**a** ("])
def test_a_hostile_line_is_split_soon(piece: str) -> None:
    started = time.process_time()

    for start in ("", "**", "_"):
        split_title(start + piece * 50_000, plain=True)
        whole_line_title(start + piece * 50_000)

    assert time.process_time() - started < 2
