"""Inline Markdown by Python-Markdown, with everything that makes blocks taken out of it."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

from markdown import Markdown
from markdown.inlinepatterns import ImageInlineProcessor, SimpleTagInlineProcessor

from qt2anki.html.per_thread import PerThread
from qt2anki.source.pictures import MEDIA_NAME, MEDIA_SCHEME

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PLAIN = re.compile(r"[^*_`\[\]<>&\\\n~]*")
_BREAK = re.compile(r"<br ?/?>\n?")
# Private characters take the place of code and math, and become tags.
_NO_ALT = re.compile(r"[\\<>\ue000-\uf8ff\U000f0000-\U0010ffff]")
_STRUCK = r"(~~)(?=[^\s~])([^~\n]{1,400})~~"
# Python-Markdown looks for the partner of each bracket from the start. No paragraph is near these.
_LONGEST = 8_000
_MOST_BRACKETS = 500
_BLOCKS = ("indent", "code", "hashheader", "setextheader", "hr", "olist", "ulist", "quote")
_REFERENCES = ("reference", "image_reference", "short_reference", "short_image_ref", "automail")


def markdown_html(text: str) -> str:
    """Return one paragraph of inline Markdown as HTML, without ``<p>`` around it.

    Raw HTML in *text* passes as it is: limit it before and clean the result after. Nothing at the
    start of *text* makes a heading, a list or a quotation. A paragraph beyond any real length is
    not read as Markdown but escaped.
    """
    if _PLAIN.fullmatch(text):
        return text
    if len(text) > _LONGEST or text.count("[") > _MOST_BRACKETS:
        return re.sub(r"&(?!lt;)", "&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
    made = _converter().reset().convert(text)
    return _BREAK.sub("<br>", made.removeprefix("<p>").removesuffix("</p>"))


class _OwnImage(ImageInlineProcessor):
    """Shows a picture that was found next to its page; of others, the alternative text."""

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
