"""Answers are shown as on the page: a different Markdown parser finds the same words."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from markdown_it import MarkdownIt

from qt2anki.html.block_html import blocks_html
from qt2anki.outline.read_outline import read_outline
from qt2anki.source.discover import discover, read_source
from tests.reading import read_one

# Markdown must not touch formulas; which words they hold is all that is compared.
_MATH = re.compile(r"\$\$.*?\$\$|\\\[.*?\\\]|\\\(.*?\\\)|\$[^$\n]+\$", re.DOTALL)
_NOT_WORD = re.compile(r"[^\w\s]")
_INLINE = frozenset("a b code del em i kbd s span strong sub sup u".split())


class _Text(HTMLParser):
    """The text of HTML, with the numbers that a browser puts before list items."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._lists: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in ("ol", "ul"):
            self._lists.append(int(values.get("start") or 1) if tag == "ol" else None)
        if tag == "li" and (number := self._lists[-1]) is not None:
            number = int(values.get("value") or number)
            self.parts.append(f" {number} ")
            self._lists[-1] = number + 1
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ol", "ul"):
            self._lists.pop()
        self._part(tag)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def _part(self, tag: str) -> None:
        if tag not in _INLINE:
            self.parts.append(" ")


def words(html: str) -> list[str]:
    reader = _Text()
    reader.feed(html)
    reader.close()
    return re.findall(r"[^\W_]+", "".join(reader.parts))


def test_every_answer_keeps_its_words_their_case_and_their_order(corpus: Path) -> None:
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    differ = []
    for source in discover([str(corpus)]).sources:
        page = read_one(read_source(source).text or "", source.name).page
        assert page is not None
        text = _MATH.sub(lambda formula: _NOT_WORD.sub(" ", formula[0]), page.answer)
        if words(markdown.render(text)) != words(blocks_html(read_outline(page.answer).blocks)):
            differ.append(source.name)
    assert differ == []
