"""Reading templates by Anki's rules."""

from __future__ import annotations

import time

import pytest

from qt2anki.anki.templates import Tag, check_names, read_tags, shows_something

FIELDS = ("Front", "Back", "Hint")


def test_tags_have_kinds_filters_and_lines() -> None:
    text = "{{#Hint}}\n{{ text:furigana:Front }}{{/Hint}}\n{{^Back}}<!-- {{Old}}\n-->{{/Back}}"

    assert read_tags(text, "front.html") == (
        Tag("if", (), "Hint", 1),
        Tag("field", ("text", "furigana"), "Front", 2),
        Tag("end", (), "Hint", 2),
        Tag("unless", (), "Back", 3),
        Tag("end", (), "Back", 4),
    )


@pytest.mark.parametrize(
    ("template", "filled", "shows"),
    [
        ("{{Front}}", {"Front"}, True),
        ("{{Front}}", {"Back"}, False),
        ("words alone", {"Front"}, False),
        ("{{#Hint}}{{Front}}{{/Hint}}", {"Front"}, False),
        ("{{#Hint}}{{Front}}{{/Hint}}", {"Front", "Hint"}, True),
        ("{{^Hint}}{{Front}}{{/Hint}}", {"Front"}, True),
        ("{{^Hint}}{{Front}}{{/Hint}}", {"Front", "Hint"}, False),
        ("{{#Hint}}{{^Back}}{{/Back}}{{/Hint}}{{Front}}", {"Front"}, True),
        ("{{#Hint}}{{#Back}}{{Front}}{{/Back}}{{/Hint}}", {"Front", "Hint"}, False),
    ],
)
def test_what_a_front_shows(template: str, filled: set[str], shows: bool) -> None:
    assert shows_something(read_tags(template, "front.html"), filled) is shows


@pytest.mark.parametrize(
    "text",
    ["{{Deck}} {{FrontSide}}", "{{tts-voices:}}", "{{#c1}}{{Front}}{{/c1}}", "{{hint:Back}}"],
)
def test_names_anki_knows_itself(text: str) -> None:
    check_names(read_tags(text, "back.html"), FIELDS, "back.html")


@pytest.mark.parametrize("piece", ["<!--", "{{Front}}", "-->", "{{#Front}}{{/Front}}", "{ "])
def test_long_templates_are_read_in_linear_time(piece: str) -> None:
    start = time.perf_counter()

    read_tags(piece * 50_000, "front.html")

    assert time.perf_counter() - start < 2
