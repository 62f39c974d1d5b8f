"""Point notes: what a page says about one point of a plain list, recalled openly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qt2anki.html.block_html import blocks_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Item, Kind, Listing, Note, Outline
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame
from qt2anki.notes.frequency import rarest
from qt2anki.notes.gates import front_fits, residual
from qt2anki.notes.identity import unit_slugs
from qt2anki.notes.kinds.filler import is_hollow
from qt2anki.notes.words import roots, vague_words, word_count
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.items import is_command
from qt2anki.outline.sequence.score import Sequence

_LEAST_WORDS = 8
_MOST_WORDS = 30
_LEAST_NEW = 5
_NO_POINT = re.compile(
    r"(?:examples?|conclusion|summary|introduction|overview|notes?|references?|step \d+"
    r"|problem|solution|definition)s?\b",
    re.IGNORECASE,
)
_DOES = re.compile(r"\w+ing (?:an?|the|its|their|your)\b", re.IGNORECASE)
_NO_SENTENCE = re.compile(
    r"(?:for example|for instance|e\.g\.|consider|suppose|in summary|overall|here|additionally"
    r"|however|therefore|thus|as mentioned|in addition|similarly|finally|also|unlike"
    r"|when it comes to|according to the)\b",
    re.IGNORECASE,
)


def point_candidates(
    frame: Frame, outline: Outline, sequences: tuple[Sequence, ...]
) -> Iterator[Candidate]:
    """Make a note of every titled point whose first sentence says something of its own."""
    steps = {step for sequence in sequences for step in sequence.steps}
    listed = [
        (listing, item)
        for listing in outline.lists
        for item in listing.items
        if item.title and not (steps and item in steps)
    ]
    names = unit_slugs([(listing.section, item.title) for listing, item in listed])
    several = len(outline.lists) > 1
    for (listing, item), name in zip(listed, names, strict=True):
        note = _point_note(frame, item, name, _section(frame, listing) if several else "")
        if note is not None:
            core = plain_text(_core(item))
            new = residual(core, known=roots(frame.question) | roots(plain_text(item.title)))
            yield Candidate(note, name, vague_words(core), rarest(new))


def _point_note(frame: Frame, item: Item, name: str, section: str) -> Note | None:
    title = plain_text(item.title)
    core = plain_text(_core(item))
    if not _LEAST_WORDS <= word_count(core) <= _MOST_WORDS or core.endswith((":", "?")):
        return None
    if _NO_POINT.match(title) or _NO_SENTENCE.match(core):
        return None
    known = frame.known(section, item.title)
    if len(residual(core, known=known)) < _LEAST_NEW or is_hollow(core, known=known):
        return None
    if not front_fits(frame.context_text(section), title):
        return None
    shown_title = f"<b>{inline_html(item.title)}</b>"
    is_deed = is_command(item.title) or _DOES.match(title)
    rest = " ".join(sentences(_text(item))[1:])
    shown = f"<p>{inline_html(rest)}</p>" if rest else ""
    return frame.qa(
        Kind.POINT,
        f"point/{name}",
        question=f"{shown_title}: how?" if is_deed else f"Explain: {shown_title}",
        answer=inline_html(_core(item)),
        extra=shown + (blocks_html(item.blocks) if item.text else ""),
        context=frame.context(section),
    )


def _text(item: Item) -> str:
    """Return the text of a point, which may stand in a single bullet below its title."""
    match item.blocks:
        case (Listing(style="bullets", items=(only,)),) if not item.text and not only.title:
            return only.text
    return item.text


def _core(item: Item) -> str:
    found = sentences(_text(item))
    return found[0] if found else ""


def _section(frame: Frame, listing: Listing) -> str:
    told = roots(frame.question)
    return listing.section if roots(plain_text(listing.section)) - told else ""
