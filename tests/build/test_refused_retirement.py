"""Builds that would retire most cards of pages that are as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.errors import PackageError
from tests.site import RETIRING, TEA, Site, kinds, with_settings


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Publish a deck of one page, and a deck of four."""
    one = Site(tmp_path)
    one.process(1)
    for page_id in (2, 3, 4, 5):
        one.process(page_id, subject="Crafts")
    one.build()
    return one


@pytest.mark.parametrize(
    "values", [*RETIRING.values(), {"language": "xx"}], ids=[*RETIRING, "no language"]
)
def test_settings_that_retire_most_of_a_deck_are_refused(
    site: Site, values: dict[str, object]
) -> None:
    before = site.files()
    with_settings(site, **values)

    with pytest.raises(PackageError, match="although their texts are still there") as caught:
        site.build()

    assert "Cooking: " in str(caught.value)
    assert "--allow-retire" in caught.value.hint
    assert site.files() == before
    assert kinds(site.build(may_retire=True))["retired"]


def set_language(site: Site, tag: str, page_id: int = 2) -> None:
    path = site.path(page_id, "Crafts")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n", f"\nlang: {tag}\n", 1), encoding="utf-8")


@pytest.mark.parametrize("tag", ["xx", "es", "zh"])
def test_a_language_that_retires_the_notes_of_a_page_is_refused(site: Site, tag: str) -> None:
    before = site.files()
    set_language(site, tag)

    with pytest.raises(PackageError, match=f"page 2 in the language '{tag}'"):
        site.build()

    assert site.files() == before
    assert "retired" in kinds(site.build(may_retire=True))


def test_a_page_that_loses_its_language_is_refused(site: Site) -> None:
    with_settings(site, card_threshold=0)
    question = "¿Cuáles son los pasos para preparar el mate?"
    answer = (
        "El mate se prepara en estos pasos:\n\n"
        "1. **Llenado**: La yerba ocupa tres cuartos del mate.\n\n"
        "2. **Mojado**: Un poco de agua tibia humedece la parte baja.\n\n"
        "3. **Cebado**: El agua caliente cae despacio junto a la bombilla."
    )
    site.page(6, question, answer, subject="Crafts")
    set_language(site, "es", 6)
    site.build()
    site.page(6, question, answer, subject="Crafts")

    with pytest.raises(PackageError, match="page 6 in the language 'en'"):
        site.build()


def test_a_variety_of_the_same_language_changes_nothing(site: Site) -> None:
    set_language(site, "en-GB")

    assert kinds(site.build()) == {}


@pytest.mark.parametrize("steps", [TEA[:1], TEA[3:], (("Pouring Phase", "All of it is cold."),)])
def test_steps_that_are_gone_from_a_page_are_not(
    site: Site, steps: tuple[tuple[str, str], ...]
) -> None:
    site.process(1, steps)

    assert kinds(site.build())["retired"]


def test_a_list_that_the_settings_say_is_no_sequence_is_not(site: Site) -> None:
    with_settings(site, sequences=((1, False),))

    assert kinds(site.build())["retired"]
