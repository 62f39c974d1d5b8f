from __future__ import annotations

import pytest

from qt2anki.outline.lines import find_marker, follows, list_numbers, marker_runs, numbering


@pytest.mark.parametrize(
    ("text", "marker"),
    [
        ("1. a", "1."),
        ("12) a", "12)"),
        ("- a", "-"),
        ("+ a", "+"),
        ("-", "-"),
        ("- [x] a", "- [x]"),
        ("- [ ]", "-"),
        ("1. [ ] a", "1. [ ]"),
        ("3️⃣ a", "3️⃣"),
        ("٢. a", "٢."),
        ("2、a", "2、"),
        ("---", ""),
        ("* * *", ""),
        ("-a", ""),
        ("1.5 litres", ""),
        ("a. b", ""),
        ("", ""),
    ],
)
def test_find_marker(text: str, marker: str) -> None:
    assert find_marker(text) == marker


@pytest.mark.parametrize(
    ("texts", "places"),
    [
        pytest.param(["a. x", "b. y"], [0, 1], id="letters"),
        pytest.param(["a. x", "more", "", "b. y", "c. z"], [0, 3, 4], id="text between"),
        pytest.param(["a) x", "b. y"], [], id="shapes differ"),
        pytest.param(["a. x", "B. y"], [], id="cases differ"),
        pytest.param(["b. x", "c. y"], [], id="not from the first"),
        pytest.param(["a. x", "c. y"], [], id="one is left out"),
        pytest.param(["a. x", "b. y", "a. x"], [0, 1], id="a new run of one"),
        pytest.param(["h. x", "i. y", "ii. z"], [1, 2], id="Roman numerals"),
    ],
)
def test_marker_runs(texts: list[str], places: list[int]) -> None:
    assert sorted(marker_runs((0, text) for text in texts)) == places


def test_a_run_has_one_indentation() -> None:
    assert marker_runs([(0, "a. x"), (2, "b. y")]) == {}


def test_a_marker_may_have_values_in_two_systems() -> None:
    assert numbering("i.") == {"a": 9, "i": 1}
    assert numbering("(IV)") == {"I": 4}
    assert numbering("- [x]") == {}


@pytest.mark.parametrize(
    ("markers", "expected"),
    [
        (["h.", "i."], ("a", (8, 9))),
        (["i.", "ii."], ("i", (1, 2))),
        (["i.", "j."], ("a", (9, 10))),
        (["3.", "2."], ("1", (3, 2))),
        (["-", "-"], ("", ())),
        ([], ("", ())),
    ],
)
def test_list_numbers(markers: list[str], expected: tuple[str, tuple[int, ...]]) -> None:
    assert list_numbers(markers) == expected


def test_follows() -> None:
    assert follows("9.", "10.")
    assert follows("h)", "i)")
    assert not follows("1.", "a.")
    assert not follows("-", "-")
