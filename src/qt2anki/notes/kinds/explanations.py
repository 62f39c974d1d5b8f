"""Explanations of steps: the question, the part to recall, and the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qt2anki.html.block_html import blocks_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Block, Item, Listing
from qt2anki.notes.gates import other_forms, residual
from qt2anki.notes.kinds.answer_sentences import emptiness, news
from qt2anki.notes.kinds.questions import word_list
from qt2anki.notes.phrases import phrase
from qt2anki.notes.words import roots, vague_words, word_count
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.view import is_command, names_event

_CORE_LEAST_NEW_WORDS = 4
_LEAST_NEW_WORDS = 3
_LEAST_RARE = 2
_LEAST_RARE_IN_ECHO = 4
_MOST_WORDS = 32
_EXAMPLE = re.compile(r"(?:for (?:example|instance)|in this case|continuing)\b", re.IGNORECASE)

# Such a sentence is about a thing, or says when something happens, not what.
_NO_EVENT = re.compile(
    r"(?:[\w'’-]+ ){1,4}(?:(?:have|has|cannot)\b|(?:occurs|lasts|takes) (?:from|during|about)\b)"
    r"|.{1,60}\b(?:do|does) not\b"
)
SYNONYMS = tuple(roots(line) for line in word_list("synonyms"))
STEP_WORDS = roots(" ".join(word_list("step words")))


def has_synonym(secret: frozenset[str], shown: frozenset[str]) -> bool:
    """Whether a *shown* root is a synonym of one of the *secret* roots."""
    return any(group & secret and group & (shown - secret) for group in SYNONYMS)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of a step: the part to recall, and the rest (both HTML)."""

    core: str
    text: str  # the core as a reader sees it
    rest: str


_HAPPENS = re.compile(
    r"(?:tion|sion|ing|ment|sis|ance|ence|al|ure|age|phase|stage|cycle|period)s?$"
)


def is_event(title: str) -> bool:
    """Whether *title* names an event, or is an instruction."""
    plain = plain_text(title).lower()
    head = bare_name(plain).partition(" of ")[0]
    return is_command(plain) or names_event(plain) or bool(_HAPPENS.search(head))


def asked(title: str) -> str:
    """Ask what happens in an event; "" for an instruction, whose text mostly repeats it."""
    if not is_event(title) or is_command(plain_text(title).lower()):
        return ""
    return phrase("happens", title=f"<b>{inline_html(title)}</b>")


def bare_name(title: str) -> str:
    """Return the name in a title: "Cleavage" for "Cleavage (days 1 to 4)"."""
    plain = plain_text(title)
    return plain.partition(" (")[0] or plain


def says_what_happens(text: str, name: str, known: frozenset[str]) -> bool:
    """Whether *text* says more about the event *name* than other forms of its name do.

    *known* are the roots of the context. A text that repeats the name needs more other words.
    """
    if _NO_EVENT.match(text) or word_count(text) > _MOST_WORDS or emptiness(text) > 1:
        return False
    own = roots(name)
    synonyms = frozenset[str]().union(*(group for group in SYNONYMS if group & own))
    told = known | own | synonyms | other_forms(own, text) | STEP_WORDS
    secret, besides = own - known - STEP_WORDS, text.lower().replace(name.lower(), "")
    repeated = sum(bool(other_forms(frozenset((one,)), besides)) for one in secret)
    least = _LEAST_RARE_IN_ECHO if 2 * repeated > len(secret) else _LEAST_RARE
    return len(residual(text, known=told)) >= _LEAST_NEW_WORDS and news(text, told)[0] >= least


def explain(item: Item, *, known: frozenset[str] = frozenset()) -> Explanation | None:
    """Split the text about a step into a core of one or two sentences, and the rest."""
    text, blocks = _own_text(item)
    found = sentences(text)
    if not found:
        return None
    taken = 1
    core = found[0]
    too_little = len(residual(plain_text(core), known=known)) < _CORE_LEAST_NEW_WORDS
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
