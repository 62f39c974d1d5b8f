"""Sanitize the text of a page for the HTML of a field, by a list of allowed tags.

There are three layers of defense: raw HTML in a page is reduced to a few bare tags before Markdown
is parsed, bleach cleans the output of Markdown, and links are checked after that. bleach 6.4 is its
last release; only this module uses it.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from qt2anki.html.per_thread import PerThread
from qt2anki.source.pictures import MEDIA_NAME

if TYPE_CHECKING:
    from bleach.sanitizer import Cleaner

# The tags and attributes that this module allows. Other modules of this package add more tags
# around the cleaned text.
INLINE_TAGS = {
    "a": frozenset({"href"}),
    **dict.fromkeys(
        "b br code del em i kbd mark s span strong sub sup u".split(), frozenset[str]()
    ),
    "img": frozenset({"src", "alt"}),
}
LINK_SCHEMES = frozenset({"http", "https", "mailto"})

_RAW_TAGS = "b|code|del|em|i|kbd|mark|s|strong|sub|sup|u"
_RAW = re.compile(
    rf"(?P<escaped>\\<)|<(?:(?P<close>/?)(?P<tag>{_RAW_TAGS})>|(?P<br>br *+/?>)"
    r"|(?P<link>https?://[^\s<>\"]++>))?",
    re.IGNORECASE,
)
_SPOKEN_OF = re.compile(r"[\s`'\"]*(?:tag|element)s?\b")  # "the <b> tag": a word, not markup
_BARE_TAGS = "|".join(sorted(set(INLINE_TAGS) - {"a", "br", "img"}))
_PLAIN = re.compile(
    rf"[^<>&]++|&(?:amp|lt|gt);|<br ?/?>|<(?P<open>{_BARE_TAGS})>|</(?P<close>{_BARE_TAGS})>"
)
_IMAGE = re.compile(r'<img(?: [a-z]+="[^"]*")*+ ?/?>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_LINK = re.compile(r'<a(?: href="([^"]*)")?>(.*?)</a>', re.DOTALL)
# Private use characters are not valid in a URL; they may be placeholders.
_TARGET = r"[^\s<>\"\ue000-\uf8ff\U000f0000-\U0010ffff]"
_GOOD_TARGET = re.compile(rf"https?://(?![/?#]){_TARGET}+|mailto:(?!@){_TARGET}+", re.IGNORECASE)


def limit_raw_html(markdown: str) -> str:
    """Return *markdown* with every ``<`` escaped that does not open one of a few bare tags.

    A tag is kept if it has no attribute, is on the list and has a partner, so that
    ``#include <stdio.h>``, ``List<int>`` and "the <b> tag" are shown as they were written.
    Call it on text whose code and math have been taken out.
    """
    if "<" not in markdown:
        return markdown
    tags = list(_RAW.finditer(markdown))
    kept = _paired(tags)
    parts = []
    last = 0
    for index, tag in enumerate(tags):
        parts.append(markdown[last : tag.start()])
        last = tag.end()
        if index in kept:
            parts.append(tag[0].lower() if not tag["link"] else tag[0])
        else:
            parts.append("&lt;" + tag[0].removeprefix("\\")[1:])
    return "".join((*parts, markdown[last:]))


def _paired(tags: list[re.Match[str]]) -> set[int]:
    """Return the indices of those *tags* that may be kept."""
    kept: set[int] = set()
    opened: list[tuple[str, int]] = []
    for index, tag in enumerate(tags):
        if _SPOKEN_OF.match(tag.string, tag.end()):
            continue
        if tag["br"] or tag["link"]:
            kept.add(index)
        elif tag["tag"] and not tag["close"]:
            opened.append((tag["tag"].lower(), index))
        elif tag["tag"] and opened and opened[-1][0] == tag["tag"].lower():
            kept |= {index, opened.pop()[1]}
    return kept


def clean(fragment: str) -> str:
    """Return inline HTML that contains only :data:`INLINE_TAGS`, balanced, with checked links.

    bleach (html5lib) would not change text whose tags are all bare, listed and properly nested, so
    it is skipped for such text. A single pattern matches every character of it, and allows ``<``,
    ``>`` and ``&`` only in the listed tags and three references, so there can be no other tag,
    attribute or scheme. A test compares both paths on many texts.
    """
    if _is_plain(fragment):
        return fragment.replace("<br />", "<br>").replace("<br/>", "<br>")
    return clean_by_bleach(fragment)


def clean_by_bleach(fragment: str) -> str:
    """Do the same as :func:`clean`, without its shortcut."""
    return _IMAGE.sub(_checked_image, _LINK.sub(_checked_link, _cleaner().clean(fragment)))


def _is_plain(fragment: str) -> bool:
    opened: list[str] = []
    position = 0
    for token in _PLAIN.finditer(fragment):
        if token.start() != position:
            return False
        position = token.end()
        if token["open"]:
            opened.append(token["open"])
        elif token["close"] and (not opened or opened.pop() != token["close"]):
            return False
    return position == len(fragment) and not opened


def _checked_link(link: re.Match[str]) -> str:
    """Return the link, or only its text if it is relative or has a forbidden scheme."""
    target = html.unescape(link[1] or "")
    return link[0] if _GOOD_TARGET.fullmatch(target) else link[2]


def _checked_image(image: re.Match[str]) -> str:
    """Return the image if it is a file of the package, else its alternative text."""
    values: dict[str, str] = dict(_ATTRIBUTE.findall(image[0]))
    alt = values.get("alt", "").replace("\\", "").replace("<", "&lt;").replace(">", "&gt;")
    if not MEDIA_NAME.fullmatch(values.get("src", "")):
        return alt
    return f'<img src="{values["src"]}" alt="{alt}">'


@PerThread
def _cleaner() -> Cleaner:
    # Few pages have a fragment that needs bleach, and importing it takes longer than cleaning them.
    from bleach.sanitizer import Cleaner  # noqa: PLC0415

    return Cleaner(
        tags=frozenset(INLINE_TAGS),
        attributes={tag: sorted(names) for tag, names in INLINE_TAGS.items() if names},
        protocols=LINK_SCHEMES,
        strip=False,
    )
