"""What a page says about a step: how it is asked for, what is to be recalled, and the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qt2anki.html.block_html import blocks_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Block, Item, Listing
from qt2anki.notes.gates import residual
from qt2anki.notes.phrases import phrase
from qt2anki.notes.words import vague_words
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.items import is_command
from qt2anki.outline.sequence.view import names_event

_LEAST_NEW_WORDS = 4
_EXAMPLE = re.compile(r"(?:for (?:example|instance)|in this case|continuing)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a page says about a step: what to recall, and the rest (both HTML)."""

    core: str
    text: str  # the core as a reader sees it
    rest: str


_HAPPENS = re.compile(
    r"(?:tion|sion|ing|ment|sis|ance|ence|al|ure|age|phase|stage|cycle|period)s?$"
)


def is_event(title: str) -> bool:
    """Whether *title* names something that happens, or orders it."""
    plain = plain_text(title).lower()
    head = plain.partition(" (")[0].partition(" of ")[0]
    return is_command(plain) or names_event(plain) or bool(_HAPPENS.search(head))


def asked(title: str) -> str:
    """Ask of an event what happens; "" of an instruction, whose text mostly repeats it."""
    if not is_event(title) or is_command(plain_text(title).lower()):
        return ""
    return phrase("happens", title=f"<b>{inline_html(title)}</b>")


def explain(item: Item, *, known: frozenset[str] = frozenset()) -> Explanation | None:
    """Cut what the page says about a step into a core of one or two sentences, and the rest."""
    text, blocks = _own_text(item)
    found = sentences(text)
    if not found:
        return None
    taken = 1
    core = found[0]
    too_little = len(residual(plain_text(core), known=known)) < _LEAST_NEW_WORDS
    goes_on = len(found) > 1 and not found[1].endswith(":") and not _EXAMPLE.match(found[1])
    if goes_on and (too_little or vague_words(core)):
        taken, core = 2, " ".join(found[:2])
    if core.endswith(":"):
        return None
    rest = " ".join(found[taken:])
    shown = f"<p>{inline_html(rest)}</p>" if rest else ""
    return Explanation(inline_html(core), plain_text(core), shown + blocks_html(blocks))


def _own_text(item: Item) -> tuple[str, tuple[Block, ...]]:
    """Return the text of an item, which may be in a single bullet below its title."""
    match item.blocks:
        case (Listing(style="bullets", items=(only,)), *rest) if not item.text and not only.title:
            return only.text, (*only.blocks, *rest)
    return item.text, item.blocks
