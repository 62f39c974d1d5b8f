r"""Render one fragment of a page: a title, a sentence, a paragraph.

The result can be used anywhere in a field, even inside a cloze deletion: its tags are balanced and
on the list of :mod:`qt2anki.html.sanitize`, and it has no ``{{``, ``}}`` or ``::``.
"""

from __future__ import annotations

import html
import re
import string
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown import Markdown
from markdown.inlinepatterns import ImageInlineProcessor, SimpleTagInlineProcessor

from qt2anki.html.anki_escape import CONTROLS, defuse, without_controls
from qt2anki.html.code_and_math import inline_code_html, math_html
from qt2anki.html.per_thread import PerThread
from qt2anki.html.sanitize import clean, limit_raw_html
from qt2anki.source.pictures import MEDIA_NAME, MEDIA_SCHEME
from qt2anki.source.spans import Span, find_spans

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PLAIN = re.compile(r"[^*_`\[\]<>&\\\n~]*")
_BREAK_TAG = re.compile(r"<br ?/?>\n?")
# Private use characters replace code and math, and are turned into tags later.
_NO_ALT = re.compile(r"[\\<>\ue000-\uf8ff\U000f0000-\U0010ffff]")
_STRUCK = r"(~~)(?=[^\s~])([^~\n]{1,400})~~"
# Python-Markdown looks for the partner of each bracket from the start. Real paragraphs are far
# below these limits.
_LONGEST = 8_000
_MOST_BRACKETS = 500
_BLOCKS = ("indent", "code", "hashheader", "setextheader", "hr", "olist", "ulist", "quote")
_REFERENCES = ("reference", "image_reference", "short_reference", "short_image_ref", "automail")


def markdown_html(text: str) -> str:
    """Return one paragraph of inline Markdown as HTML, without ``<p>`` around it.

    Raw HTML in *text* is not changed: limit it before the call and clean the result after it. The
    start of *text* is never read as a heading, a list or a quotation. A paragraph of unrealistic
    length is escaped, not read as Markdown.
    """
    if _PLAIN.fullmatch(text):
        return text
    if len(text) > _LONGEST or text.count("[") > _MOST_BRACKETS:
        return re.sub(r"&(?!lt;)", "&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
    made = _converter().reset().convert(text)
    return _BREAK_TAG.sub("<br>", made.removeprefix("<p>").removesuffix("</p>"))


class _OwnImage(ImageInlineProcessor):
    """Shows a picture that was found next to its page, or else its alternative text."""

    def handleMatch(  # type: ignore[override] # noqa: N802 - the name is Python-Markdown's
        self, m: re.Match[str], data: str
    ) -> tuple[Element | str | None, int | None, int | None]:
        image, start, end = super().handleMatch(m, data)
        if image is None or isinstance(image, str):
            return image, start, end
        source, alt = image.get("src", ""), image.get("alt", "")
        name = source.removeprefix(MEDIA_SCHEME)
        if name == source or not MEDIA_NAME.fullmatch(name):
            return alt, start, end
        image.attrib.clear()
        image.set("alt", _NO_ALT.sub("", alt))
        image.set("src", name)
        return image, start, end


@PerThread
def _converter() -> Markdown:
    converter = Markdown(output_format="html")
    converter.ESCAPED_CHARS = list(string.punctuation)  # CommonMark 0.31, section 2.4
    converter.preprocessors.deregister("html_block")
    for name in (*_BLOCKS, "reference"):
        converter.parser.blockprocessors.deregister(name)
    for name in (*_REFERENCES, "backtick"):
        converter.inlinePatterns.deregister(name)
    image = _OwnImage(r"\!\[", converter)
    converter.inlinePatterns.register(image, "image_link", 150)
    converter.inlinePatterns.register(SimpleTagInlineProcessor(_STRUCK, "del"), "struck", 55)
    return converter


# Code and math are removed while Markdown and bleach run. These two characters, which no font has
# and no page needs, mark their places. They are dropped from pages.
_OPEN, _CLOSE = "\U00100000", "\U00100001"
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}\U00100002]")
_PLACE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
# Text without any of these is shown unchanged; most fragments are like that.
_SPECIAL = re.compile(rf"[*_`~\[\]<>&\\$\n{_OPEN}{_CLOSE}{CONTROLS}]")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_HARD_BREAK = re.compile(r"(?: {2,}|(?<!\\)((?:\\\\)*+)\\)\n")
_BREAK = "\U00100002"  # marks a hard line break until its line has been checked
_LINE_END = re.compile(r"(?<![ \t])[ \t]*+\n[ \t]*+")
# A short line, or one that ends like a sentence, was meant to end there; a longer one was wrapped
# by an editor.
_WRAPPED_LENGTH = 60
_SENTENCE_ENDS = (".", ":", ";", "!", "?")
_TAG = re.compile(r'<(?:(?P<br>br)|img src="[^"]*" alt="(?P<alt>[^"]*)")?[^>]*>')


@lru_cache(maxsize=4096)
def inline_html(markdown: str) -> str:
    """Return one paragraph of Markdown as safe inline HTML, without ``<p>`` around it.

    Math becomes what Anki typesets, code is escaped, links lead to http, https or mail addresses or
    are text, and so are images that were not found next to their page. The same text always gives
    the same HTML.
    """
    if not _SPECIAL.search(markdown):
        return defuse(markdown.strip())
    shown, source, spans = _outer_html(markdown)
    safe = defuse(shown)
    if not spans:
        return safe
    return _PLACE.sub(lambda place: _span_html(source, spans[int(place[1])]), safe)


@lru_cache(maxsize=4096)
def plain_text(markdown: str) -> str:
    r"""Return the visible text of a fragment: no markup, references resolved, spaces folded.

    Math is shown as its source between ``\(`` and ``\)``, or ``\[`` and ``\]``.
    """
    if not _SPECIAL.search(markdown):
        return " ".join(markdown.split())
    text, source, spans = _outer_html(markdown)
    if "<" in text or "&" in text:
        text = html.unescape(_TAG.sub(lambda tag: " " if tag["br"] else tag["alt"] or "", text))
    if spans:
        text = _PLACE.sub(lambda place: _span_text(source, spans[int(place[1])]), text)
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def _outer_html(markdown: str) -> tuple[str, str, tuple[Span, ...]]:
    """Return the clean HTML with placeholders for the spans, the original text, and the spans."""
    source = _MARKS.sub("", without_controls(markdown)).strip()
    spans = find_spans(source)
    parts = []
    last = 0
    for index, span in enumerate(spans):
        parts += [source[last : span.start], f"{_OPEN}{index}{_CLOSE}"]
        last = span.end
    displays = tuple(
        f"{_OPEN}{index}{_CLOSE}" for index, span in enumerate(spans) if span.kind == "display"
    )
    outer = _with_line_breaks("".join((*parts, source[last:])), displays)
    return clean(markdown_html(limit_raw_html(outer))), source, spans


def _with_line_breaks(text: str, displays: tuple[str, ...]) -> str:
    """Return *text* as one paragraph in which a line end that counts is a Markdown line break."""
    if "\n" not in text:
        return text
    lines = _LINE_END.split(_HARD_BREAK.sub(rf"\1{_BREAK}\n", _BLANK_LINES.sub("\n", text)))
    parts = [lines[0].removesuffix(_BREAK)]
    for line, following in pairwise(lines):
        on_its_own = line.endswith(displays) or following.startswith(displays)
        ends = len(line) < _WRAPPED_LENGTH or line.endswith((*_SENTENCE_ENDS, _BREAK))
        parts += ["  \n" if ends and not on_its_own else "\n"]
        parts += [following.removesuffix(_BREAK)]
    return "".join(parts)


def _span_html(source: str, span: Span) -> str:
    inner = source[span.inner_start : span.inner_end]
    if span.kind in ("inline", "display"):
        return math_html(inner, display=span.kind == "display")
    return inline_code_html(inner)


def _span_text(source: str, span: Span) -> str:
    inner = source[span.inner_start : span.inner_end].strip()
    if span.kind == "inline":
        return f"\\({inner}\\)"
    return f"\\[{inner}\\]" if span.kind == "display" else inner
