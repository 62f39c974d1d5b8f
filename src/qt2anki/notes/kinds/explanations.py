"""What a page says about a step: how it is asked for, what is to be recalled, and the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qt2anki.html.block_html import blocks_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Block, Code, Formula, Item, Listing
from qt2anki.notes.gates import residual
from qt2anki.notes.phrases import phrase
from qt2anki.notes.words import roots, vague_words
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.items import is_command
from qt2anki.outline.sequence.view import names_event

LEAST_NEW_WORDS = 4
_MOST_POINTS = 4
# What may be before an instruction, how a statement opens, and words by which it tells how.
_OPENING = re.compile(
    r"(?:[^,.]{2,60}, |(?:first|next|then|finally|start by|begin by) )", re.IGNORECASE
)
_STATES = re.compile(r"(?:the|an?|this|these|it|they|there|in)\b", re.IGNORECASE)
_INSTRUCTS = re.compile(
    r"\b(?:by \w+ing|using|use|you|your|we|must|should|need to|start|begin|make sure|ensure)\b",
    re.IGNORECASE,
)


_BREAKS_OFF = re.compile(r"(?::|\b(?:have|has|is|are|the|of|to))$")
_EXAMPLE = re.compile(r"(?:for (?:example|instance)|in this case|continuing)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a page says about a step: what to recall, and the rest (both HTML)."""

    core: str
    text: str  # the core as a reader sees it
    rest: str


_HAPPENS = re.compile(r"(?:tion|sion|ing|ment|sis|ance|ence|al|ure|age|phase|stage|cycle)s?$")


def asked(title: str, answer: str) -> str:
    """Ask how an order is carried out, where the page says so, and of an event what happens."""
    shown = f"<b>{inline_html(title)}</b>"
    plain = plain_text(title).lower()
    if not is_command(title):
        words = plain.partition(" (")[0].split()
        happens = names_event(plain) or any(_HAPPENS.search(word) for word in words)
        return phrase("happens", title=shown) if happens else ""
    return phrase("done", title=shown) if _instructs(answer, title) else ""


def _instructs(answer: str, title: str) -> bool:
    """Whether *answer* tells what to do, and not what the thing in the title is."""
    told = _OPENING.sub("", answer)
    about_the_thing = bool(_STATES.match(told) or roots(told.partition(" ")[0]) & roots(title))
    return is_command(told) or bool(_INSTRUCTS.search(answer)) or not about_the_thing


def explain(item: Item, *, known: frozenset[str] = frozenset()) -> Explanation | None:
    """Cut what the page says about a step into a core of one or two sentences, and the rest."""
    text, blocks = _own_text(item)
    found = sentences(text)
    if not found:
        return _as_points(blocks)
    taken = 1
    core = found[0]
    too_little = len(residual(plain_text(core), known=known)) < LEAST_NEW_WORDS
    goes_on = len(found) > 1 and not found[1].endswith(":") and not _EXAMPLE.match(found[1])
    if goes_on and (too_little or vague_words(core)):
        taken, core = 2, " ".join(found[:2])
    if core.endswith(":") and taken == len(found):
        return _with_block(core, blocks)
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


def _with_block(lead: str, blocks: tuple[Block, ...]) -> Explanation | None:
    """Let a sentence that ends in a colon keep what it announces."""
    if not blocks:
        return None
    first, *rest = blocks
    match first:
        case Formula(tex=tex):
            said = f"{plain_text(lead)} {tex}"
            shown = f"{inline_html(lead)} {blocks_html([first])}"
        case Code(text=code):
            said = f"{plain_text(lead)} {code}"
            shown = f"{inline_html(lead)} {blocks_html([first])}"
        case Listing() if (points := _as_points(blocks)) is not None:
            said = f"{plain_text(lead)} {points.text}"
            return Explanation(f"{inline_html(lead)} {points.core}", said, points.rest)
        case _:
            return None
    return Explanation(shown, said, blocks_html(rest))


def _as_points(blocks: tuple[Block, ...]) -> Explanation | None:
    """Make a short list of the points below a step, where there are few enough."""
    match blocks:
        case (Listing(style="bullets" | "numbered", items=items), *rest):
            pass
        case _:
            return None
    # The titles of points that go on are labels: "Location", "Process".
    if not 1 <= len(items) <= _MOST_POINTS or any(item.title and item.text for item in items):
        return None
    points = [_point(item) for item in items]
    if any(map(_BREAKS_OFF.search, points)):
        return None
    shown = "".join(f"<li>{inline_html(point)}</li>" for point in points)
    whole = all(
        point == item.text and not item.blocks for point, item in zip(points, items, strict=True)
    )
    left = list(rest) if whole else list(blocks)
    text = " ".join(plain_text(point) for point in points)
    return Explanation(f"<ul>{shown}</ul>", text, blocks_html(left))


def _point(item: Item) -> str:
    return item.title or (sentences(item.text) or ("",))[0]


def is_inline(explanation: Explanation) -> bool:
    """Whether the core is running text, without a list, a formula or code of its own."""
    return not any(tag in explanation.core for tag in ("<ul", "<div", "<pre"))
