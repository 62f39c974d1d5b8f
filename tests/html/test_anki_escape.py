from __future__ import annotations

import html

from hypothesis import given

from qt2anki.html.anki_escape import defuse, escape, without_controls
from tests.html.html_check import check_html
from tests.html.strategies import any_text


@given(any_text)
def test_text_is_the_same_to_a_reader(text: str) -> None:
    escaped = escape(without_controls(text))

    assert html.unescape(defuse(escaped, where="code")) == html.unescape(escaped)
    check_html(defuse(escaped))


def test_one_colon_stays() -> None:
    assert defuse("a: b:") == "a: b:"
    assert defuse("a::: b") == "a&#58;&#58;&#58; b"
