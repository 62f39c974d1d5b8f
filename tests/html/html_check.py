"""Reads HTML as strictly as a test should: every tag closed, listed, with listed attributes."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from qt2anki.html.sanitize import INLINE_TAGS, LINK_SCHEMES
from qt2anki.source.pictures import MEDIA_NAME

# Written by our own code, around cleaned text.
CODE_TAGS = {"pre": frozenset[str](), "code": frozenset({"class"}), "span": frozenset({"class"})}
BLOCK_TAGS = {
    **dict.fromkeys(
        ("blockquote", "h3", "h4", "h5", "h6", "tbody", "thead", "tr", "ul"), frozenset[str]()
    ),
    **dict.fromkeys(("div", "p", "table", "td", "th"), frozenset({"class"})),
    "ol": frozenset({"start", "type"}),
    "li": frozenset({"value"}),
}


VOID = frozenset({"br", "img"})
_CLASS = re.compile(r"(language-[a-z0-9+#._-]+|qt-(math|scroll|left|right|center)|[a-z][a-z0-9]*)")


class _Checker(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        groups = (INLINE_TAGS, CODE_TAGS, BLOCK_TAGS)
        allowed = frozenset[str]().union(*(group.get(tag, ()) for group in groups))
        assert any(tag in group for group in groups), tag
        for name, value in attrs:
            assert name in allowed, (tag, name)
            _check_value(name, value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def _check_value(name: str, value: str) -> None:
    if name == "href":
        assert value.split(":", 1)[0].lower() in LINK_SCHEMES, value
    elif name == "class":
        assert _CLASS.fullmatch(value), value
    elif name == "src":
        assert MEDIA_NAME.fullmatch(value), value
    elif name == "type":
        assert value in tuple("aAiI"), value
    elif name != "alt":
        assert value.isdecimal(), value


def check_html(fragment: str) -> str:
    """Fail unless *fragment* is well formed, keeps to the list and is harmless to Anki.

    Returns its text.
    """
    checker = _Checker()
    checker.feed(fragment)
    checker.close()
    assert not checker.open
    for forbidden in ("{{", "}}", "::"):
        assert forbidden not in fragment, forbidden
    outside = re.sub(r"\\\(.*?\\\)|\\\[.*?\\\]", " ", fragment, flags=re.DOTALL)
    assert re.search(r"\\[()\[\]]", outside) is None
    return "".join(checker.text)
