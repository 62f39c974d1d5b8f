"""Read list items and their titles, and join lists that blocks at the margin have split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from qt2anki.model import Block, Heading, Item, Listing, Paragraph
from qt2anki.outline.lines import counts_down, follows, marker_kind, numbering
from qt2anki.outline.sentences import PATTERNS

_WRAPPED = PATTERNS["wrapped"]
_JOINT = PATTERNS["joint"]
_DECORATED = PATTERNS["decorated"]
_LAST_LETTER = "\u218f"  # decorative signs come later
_PLAIN_MOST_WORDS = 8
_TITLE_MOST_WORDS = 16
_ELLIPSIS = "..."


class Titled(NamedTuple):
    """The three parts of an item's first line; *title* is "" if the item has none."""

    title: str
    joint: str
    text: str


def split_title(content: str, *, plain: bool = False) -> Titled:
    """Split ``**Title**: text`` and its variants (``**T:** x``, ``**T** - x``, ``**T** (y): x``).

    With *plain*, a title may also be without emphasis (``Title: text``). A bold start that
    is part of a sentence (``**Nausea** is ...``) is not a title.
    """
    decoration = _DECORATED.match(content) if content[:1] > _LAST_LETTER else None
    if decoration is not None:
        titled = split_title(content[decoration.end() :])
        if titled.title:
            return titled._replace(title=f"{decoration[0].strip()} {titled.title}")
    end = _emphasised_end(content)
    if end is None:
        return _split_plain(content) if plain else Titled("", "", content)
    joint = _JOINT.match(content, end)
    last = content[:end].rstrip("*_ ")[-1]
    if joint is None and last not in ":.?!":
        return Titled("", "", content)
    title = content[:end]
    after = joint.end() if joint else end
    if len(title.split()) > _TITLE_MOST_WORDS:
        return Titled("", "", content)
    bare = bare_title(title)
    joint_text = (joint.group().strip() if joint else "") or (last if last in ":." else "")
    if bare.endswith(_ELLIPSIS) and joint_text == ".":
        joint_text = ""
    return Titled(bare, joint_text, content[after:].strip())


def _emphasised_end(content: str) -> int | None:
    """Return the end of an emphasized title: after its marks and a bracket after them."""
    match = _WRAPPED.match(content)
    if match is None:
        return None
    end = match.end()
    while (more := PATTERNS["more_title"].match(content, end)) and (
        again := _WRAPPED.match(content, more.end())
    ):
        end = again.end()
    bracket = PATTERNS["bracketed"].match(content, end)
    if bracket and _JOINT.match(content, bracket.end()):
        end = bracket.end()
    return end


def _split_plain(content: str) -> Titled:
    match = PATTERNS["plain_title"].match(content)
    if match is None or len(match.group().split()) > _PLAIN_MOST_WORDS:
        return Titled("", "", content)
    return Titled(match.group().strip(), ":", content[match.end() + 1 :].strip())


def bare_title(text: str) -> str:
    """Remove the emphasis of a title, and the colon or full stop after it."""
    text = text.strip()
    match = _WRAPPED.match(text)
    while match is not None:
        inner, rest = match.group(2), text[match.end() :]
        text = f"{inner.rstrip() if rest else _without_closing(inner)}{rest}"
        match = _WRAPPED.match(text) if not rest else None
    if "**" in text:
        text = text.replace("**", "")
    return _without_closing(text).strip()


def _without_closing(title: str) -> str:
    """Remove the punctuation at the end of a title; three dots belong to it."""
    if title[-1:].isalnum():  # the search for the end would start at each sign
        return title
    cut = PATTERNS["title_end"].sub("", title)
    return f"{cut}{_ELLIPSIS}" if title[len(cut) :].rstrip().startswith(_ELLIPSIS) else cut


def whole_line_title(line: str) -> str:
    """Return the title if *line* is only an emphasized phrase, else ""."""
    decoration = _DECORATED.match(line) if line[:1] > _LAST_LETTER else None
    if decoration is not None:
        title = whole_line_title(line[decoration.end() :])
        return f"{decoration[0].strip()} {title}" if title else ""
    match = _WRAPPED.match(line)
    if match is None or len(match.group(1)) < len("**"):
        return ""
    if line[match.end() :].strip() not in ("", ":"):
        return ""
    title = bare_title(match.group())
    return title if 0 < len(title.split()) <= _TITLE_MOST_WORDS else ""


def read_items(raw: Sequence[tuple[str, tuple[Block, ...]]]) -> tuple[Item, ...]:
    """Make items from markers and the blocks after them."""
    items = tuple(_item(marker, blocks) for marker, blocks in raw)
    if any(item.title for item in items):
        return items
    plain = tuple(_item(marker, blocks, plain=True) for marker, blocks in raw)
    # One "Note: ..." in a list is not a title; a title in every item is.
    return plain if len(plain) > 1 and all(item.title for item in plain) else items


def _item(marker: str, blocks: tuple[Block, ...], *, plain: bool = False) -> Item:
    title = joint = text = ""
    match blocks:
        case (Heading(text=heading), Paragraph(text=text), *rest):
            title = heading
        case (Heading(text=heading), *rest):
            title = heading
        case (Paragraph(text=content), *rest):
            titled = split_title(content, plain=plain)
            title, joint, text = titled.title, titled.joint, titled.text
        case _:
            rest = list(blocks)
    return Item(marker, title, joint, text, tuple(rest))


def join_split_lists(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Join numbered lists that blocks at the margin have split.

    A page may write the bullets, the formula or the second paragraph of ``1.`` without indenting
    them. Blocks between two items belong to the first of them.
    """
    out: list[Block] = []
    for block in blocks:
        at = _earlier_list(out, block) if isinstance(block, Listing) else -1
        earlier = out[at] if at >= 0 else None
        if not isinstance(block, Listing) or not isinstance(earlier, Listing):
            out.append(block)
            continue
        *first, last = earlier.items
        between, more = out[at + 1 :], block.items
        if marker_kind(more[0].marker) != marker_kind(last.marker):
            between, more = [*between, block], ()
        last = replace(last, blocks=(*last.blocks, *between))
        out[at:] = [replace(earlier, items=(*first, last, *more))]
    return tuple(out)


def _earlier_list(out: Sequence[Block], block: Listing) -> int:
    """Return the place of the numbered list that *block* continues, -1 if there is none."""
    for at in range(len(out) - 1, -1, -1):
        earlier = out[at]
        if isinstance(earlier, Heading):
            break
        if not isinstance(earlier, Listing) or earlier.style != "numbered":
            continue
        if _continues(earlier, out[at + 1 :], block):
            return at
        if marker_kind(earlier.items[0].marker) == marker_kind(block.items[0].marker):
            break
    return -1


def _continues(earlier: Listing, between: Sequence[Block], block: Listing) -> bool:
    markers, first = [item.marker for item in earlier.items[-2:]], block.items[0].marker
    if marker_kind(first) != marker_kind(markers[0]):
        # The last item may announce points that it does not have yet.
        item = earlier.items[-1]
        last = item.blocks[-1] if item.blocks else Paragraph(item.text)
        awaits = isinstance(last, Paragraph) and (not last.text or last.text.endswith((":", ":**")))
        return awaits and not between
    if follows(markers[-1], first) or counts_down((*markers, first)):
        return True
    all_ones = all(numbering(marker) == {"1": 1} for marker in (*markers, first))
    return all_ones and not any(isinstance(b, Paragraph) for b in between)
