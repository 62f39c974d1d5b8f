"""The style sheet: contrast in light and at night, and no side is named left."""

from __future__ import annotations

import re

import pytest

from qt2anki.anki.note_types import load_note_types

CSS = load_note_types().qa.css
GROUNDS = {"ground", "panel", "tint"}
LINES = {"line", "edge"}  # between parts, nothing to read


def palettes() -> dict[str, dict[str, str]]:
    """Return the colours by name, for light and for night."""
    light, night = (
        dict(re.findall(r"--qt-([a-z-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r"\{([^{}]*--qt-ground:[^{}]*)\}", CSS)
    )
    return {"light": light, "night": night}


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", ["light", "night"])
def test_every_text_can_be_read_on_every_ground(mode: str) -> None:
    colours = palettes()[mode]

    too_faint = [
        (text, ground)
        for text in colours.keys() - GROUNDS - LINES
        for ground in GROUNDS
        if contrast(colours[text], colours[ground]) < 4.5
    ]

    assert too_faint == []


def test_night_has_every_colour_of_the_day() -> None:
    assert palettes()["light"].keys() == palettes()["night"].keys()


def test_every_colour_that_is_used_is_defined() -> None:
    assert set(re.findall(r"var\(--qt-([a-z-]+)\)", CSS)) == palettes()["light"].keys()


def test_sides_are_logical_and_sizes_relative() -> None:
    rules = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)

    assert re.findall(r"(?:margin|padding|border)-(?:left|right)\b", rules) == []
    assert re.findall(r"font-size: [0-9.]+(?:px|pt)", rules) == []


FIELD_CLASSES = (
    *("ctx", "title", "q", "shape", "step", "now", "a", "extra", "short", "src"),
    *("scroll", "math", "left", "center", "right"),
)


@pytest.mark.parametrize("name", FIELD_CLASSES)
def test_every_class_the_fields_use_has_a_rule(name: str) -> None:
    assert re.search(rf"\.qt-{name}\b", CSS)


def test_both_night_classes_count() -> None:
    assert ".card.nightMode" in CSS
    assert ".card.night_mode" in CSS
