"""The names of notes are promises to everyone who has a deck: these tables never change."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.notes.identity import guid_for, slug, unit_slugs, without_counter


@pytest.mark.parametrize(
    ("page_id", "key", "guid"),
    [
        (1, "qa", "K&Dc?S:!*q"),
        (170604, "qa", "AY5lH$`&1l"),
        (-13, "qa", "qfw{8idb5s"),
        (170604, "step/fusion-of-vesicles/next", "I)lE)]tPCE"),
        (170604, "step/fusion-of-vesicles/explain", "Gqp=ozLM]h"),
        (900001, "item/rye/crumb", "bLYm}^e~Jg"),
        ("abbr", "baking/DDT/desired-dough-temperature", "tPh@z+T_Oi"),
    ],
)
def test_guids_never_change(page_id: int | str, key: str, guid: str) -> None:
    assert guid_for(page_id, key) == guid


parts = st.text(alphabet=string.digits + string.ascii_letters + ":/|-~ é", max_size=8)


@given(parts, parts, parts, parts)
def test_guids_differ_when_their_parts_do(a: str, b: str, c: str, d: str) -> None:
    assert (guid_for(a, b) == guid_for(c, d)) == ((a, b) == (c, d))


@given(st.text("1:qa", min_size=1, max_size=8), st.integers(0, 8))
def test_no_part_can_run_into_the_next(text: str, cut: int) -> None:
    others = [at for at in range(len(text) + 1) if at != min(cut, len(text))]
    guid = guid_for(text[:cut], text[cut:])

    assert all(guid_for(text[:at], text[at:]) != guid for at in others)


@given(st.integers(), st.text())
def test_a_guid_fits_anki(page_id: int, key: str) -> None:
    guid = guid_for(page_id, key)

    assert 0 < len(guid) <= 11
    assert not set(guid) - {chr(code) for code in range(33, 127)}
    assert not set(guid) & set("\"'\\")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Fusion of Vesicles", "fusion-of-vesicles"),
        ("  Fusion   of VESICLES. ", "fusion-of-vesicles"),
        ("Step 3: Knead", "knead"),
        ("step 3 - knead", "knead"),
        ("Phase II: Knead", "knead"),
        ("3. Knead", "knead"),
        ("The Rise of a Dough", "rise-of-dough"),
        ("An Oven", "oven"),
        ("Crème Brûlée", "creme-brulee"),
        ("ﬁne ½", "fine-1-2"),
        ("O₂ and CO₂", "o2-and-co2"),
        ("Pre-ferment", "pre-ferment"),
        ("**Rye**", "rye"),
        ("Step by Step", "step-by-step"),
        ("Stepping", "stepping"),
        ("Andes", "andes"),
        ("1848", "1848"),
    ],
)
def test_slug(title: str, name: str) -> None:
    assert slug(title) == name


@pytest.mark.parametrize("title", ["Ζύμη", "酵母", "The", "!?", "", "Step 3:"])
def test_a_title_without_latin_letters_is_named_by_a_digest(title: str) -> None:
    assert len(slug(title)) == 8
    assert set(slug(title)) <= set("0123456789abcdef")


def test_digests_tell_titles_apart_but_not_their_spelling() -> None:
    assert slug("Ζύμη") == "e70a23b4"
    assert slug("Ζύμη") == slug(" ζύμη ")
    assert slug("Ζύμη") != slug("Ψωμί")


@given(st.text())
def test_a_slug_is_short_of_nothing_but_signs(text: str) -> None:
    name = slug(text)

    assert name
    assert not set(name) - set(string.ascii_lowercase + string.digits + "-")
    assert not name.startswith("-")
    assert not name.endswith("-")


def test_units_with_one_title_are_told_apart_by_their_section() -> None:
    units = [("Rye", "Crumb"), ("Wheat", "Crumb"), ("Wheat", "Crust")]

    assert unit_slugs(units) == ("rye/crumb", "wheat/crumb", "crust")


def test_units_a_slug_cannot_tell_apart_get_a_digest() -> None:
    first, second, third = unit_slugs([("", "Vitamin A"), ("", "Vitamin"), ("", "Yeast")])

    assert first.startswith("vitamin-")
    assert second.startswith("vitamin-")
    assert first != second
    assert third == "yeast"
    assert unit_slugs([("", "Vitamin"), ("", "Vitamin A")]) == (second, first)


def test_only_equal_units_are_numbered() -> None:
    first, second = unit_slugs([("Rye", "Crumb"), ("Rye", "Crumb")])

    assert second == f"{first}~2"


titles = st.text("abAB 1é~/-", max_size=6) | st.sampled_from(("The A", "A", "Step 1: a", "a", "~2"))


@given(st.lists(st.tuples(titles, titles), max_size=8))
def test_no_two_units_have_one_name(units: list[tuple[str, str]]) -> None:
    names = unit_slugs(units)

    assert len(names) == len(units)
    assert len(set(names)) == len(names)


@given(st.lists(st.tuples(titles, titles), max_size=8, unique=True), st.randoms())
def test_the_order_of_units_does_not_name_them(
    units: list[tuple[str, str]], random: object
) -> None:
    shuffled = list(units)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    named = dict(zip(units, unit_slugs(units), strict=True))
    again = dict(zip(shuffled, unit_slugs(shuffled), strict=True))

    assert {name for name in named.values() if "~" not in name} == {
        name for name in again.values() if "~" not in name
    }


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Step 3: Knead", "Knead"),
        ("Stage II - Knead", "Knead"),
        ("Part 1. Knead", "Knead"),
        ("Step 3", "Step 3"),
        ("Phase Transition", "Phase Transition"),
        ("Step: Step 2: Knead", "Step: Step 2: Knead"),
        ("Knead", "Knead"),
    ],
)
def test_a_step_is_shown_without_its_number(title: str, shown: str) -> None:
    assert without_counter(title) == shown
