"""Reading templates by Anki's rules."""

from __future__ import annotations

import time

import pytest

from qt2anki.anki.card_templates import check_names, every_tag, read_template, shows_something

FIELDS = ("Front", "Back", "Hint")


def test_tags_have_kinds_filters_and_lines() -> None:
    text = "{{#Hint}}\n{{ text:furigana:Front }}{{/Hint}}\n{{^Back}}<!-- {{Old}}\n-->{{/Back}}"

    tags = every_tag(read_template(text, "front.html"))

    assert [(tag.kind, tag.value, tag.filters, tag.line) for tag in tags] == [
        ("if", "Hint", (), 1),
        ("field", "Front", ("furigana", "text"), 2),
        ("unless", "Back", (), 3),
    ]


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
    assert shows_something(read_template(template, "front.html"), filled) is shows


@pytest.mark.parametrize(
    "text",
    ["{{Deck}} {{FrontSide}}", "{{tts-voices:}}", "{{#c1}}{{Front}}{{/c1}}", "{{hint:Back}}"],
)
def test_names_anki_knows_itself(text: str) -> None:
    check_names(read_template(text, "back.html"), FIELDS, "back.html")


@pytest.mark.no_cover
@pytest.mark.parametrize("piece", ["<!--", "{{Front}}", "-->", "{{#Front}}{{/Front}}", "{ "])
def test_long_templates_are_read_in_linear_time(piece: str) -> None:
    start = time.process_time()

    read_template(piece * 50_000, "front.html")

    assert time.process_time() - start < 2
