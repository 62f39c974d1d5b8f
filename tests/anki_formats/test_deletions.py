"""Deletions of a cloze field: their numbers, what they hide, and the text around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.anki.cloze import cloze_numbers, hidden_parts, revealed, with_gaps


@pytest.mark.parametrize(
    ("field", "numbers", "hidden", "gapped"),
    [
        pytest.param("sap {{c1::rises}}", {1}, ("rises",), "sap _", id="one"),
        pytest.param("{{c1::1859::year}}", {1}, ("1859",), "_", id="hint"),
        pytest.param("{{c2::bark}} {{c1::x}}", {1, 2}, ("x",), "bark _", id="two-numbers"),
        pytest.param("{{c1::a {{c2::b}}}}, {{c1::c}}", {1, 2}, ("a b", "c"), "_, _", id="nested"),
        pytest.param("{{c1::a}} {{c2::lost", {1}, ("a",), "_ ", id="never-closed"),
        pytest.param("{{C1::a}} }} {{ b }}", set(), (), "{{C1::a}} }} {{ b }}", id="none"),
    ],
)
def test_deletions(field: str, numbers: set[int], hidden: tuple[str, ...], gapped: str) -> None:
    assert cloze_numbers(field) == numbers
    assert hidden_parts(field, 1) == hidden
    assert with_gaps(field, 1, "_") == gapped
    assert "{{c" not in revealed(field)


@given(st.text(st.sampled_from("{}c1:: ab"), max_size=60))
def test_no_text_makes_it_fail(field: str) -> None:
    hidden_parts(field, 1)
    with_gaps(field, 1, "_")
    revealed(field)


def test_deep_nesting_ends() -> None:
    assert with_gaps("{{c1::" * 100_000 + "}}" * 10, 1, "_") == "_"
