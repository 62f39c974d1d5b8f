"""The notes of a sequence: what comes next, what happens at a step, which step is this.

One note a fact, one deletion a note: a step inserted, renamed or moved touches the notes that
show it and no other. So no step note bears a number or the whole answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Item, Kind, Listing, Note, Paragraph
from qt2anki.notes.cloze_deletion import deletion, mask
from qt2anki.notes.frame import Frame
from qt2anki.notes.gates import (
    adds_to,
    cloze_fits,
    core_fits,
    front_fits,
    leaks,
    other_forms,
    residual,
    says_something,
)
from qt2anki.notes.identity import unit_slugs, without_counter
from qt2anki.notes.kinds.explanations import LEAST_NEW_WORDS, asked, explain, is_inline
from qt2anki.notes.words import content_words, root, roots, vague_words, word_count
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.score import Sequence

_ASK = "What comes next?"
_START = "Start"  # stands before the first step of all
_SHOWN_BEFORE = 2  # steps shown before the one asked (AnkiLPCG shows two lines)
_CLUE_LEAST_WORDS = 12
_CLUE_LEAST_LEFT = 6
_CLUE_MOST_HIDDEN = 0.2
_CLUE_MOST_VAGUE = 1
_NAME_MOST_WORDS = 6
_MOST_SAID = 400  # characters


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sequence, with the titles before it and the name it keeps."""

    item: Item
    title: str  # without "Step 3:"
    before: tuple[str, ...]  # at most two titles
    first_shown: bool  # whether *before* starts with the first step of all
    section: str
    slug: str


def step_notes(
    frame: Frame,
    sequences: tuple[Sequence, ...],
    *,
    lists: int,
    published: frozenset[str] = frozenset(),
) -> Iterator[Note]:
    """Make the notes of every step that passes the gates, in the order of the steps.

    *lists* is the number of lists on the page: where there are several, the context line names
    the section, for "What comes next?" could mean either. *published* are the keys of the page
    published last; those notes need not pass the soft gates again.
    """
    for step in _steps(sequences, named=lists > 1):
        is_known = _name_key(step) in published
        notes = (
            _next_note(frame, step),
            _explain_note(frame, step),
            _name_note(frame, step, is_known=is_known),
        )
        said = _said(step.item)
        yield from (replace(note, text=said) for note in notes if note is not None)


def _said(item: Item) -> str:
    """Return what the page says about a step, by which a renamed step is recognised."""
    texts = [item.text]
    for block in item.blocks:
        match block:
            case Paragraph(text=text):
                texts.append(text)
            case Listing(items=items):
                texts += (f"{each.title} {each.text}" for each in items)
    return " ".join(plain_text(" ".join(texts)).split())[:_MOST_SAID]


def _steps(sequences: tuple[Sequence, ...], *, named: bool) -> Iterator[Step]:
    units = [(s.listing.section, item.title) for s in sequences for item in s.steps]
    slugs = iter(unit_slugs(units))
    for sequence in sequences:
        titles = [without_counter(item.title) for item in sequence.steps]
        section = sequence.listing.section if named else ""
        for at, item in enumerate(sequence.steps):
            before = tuple(titles[max(0, at - _SHOWN_BEFORE) : at])
            yield Step(item, titles[at], before, at <= _SHOWN_BEFORE, section, next(slugs))


def _next_note(frame: Frame, step: Step) -> Note | None:
    title = plain_text(step.title)
    known = frame.known(step.section)
    before = step.before
    # A word that both titles have would be seen; then the nearer neighbour alone is shown.
    while leaks(title, known=known, front=_front(known, before)) and len(before) > 1:
        before = before[1:]
    front = _front(known, before)
    if leaks(title, known=known, front=front) or not cloze_fits(title):
        return None
    if not says_something(title, known=front) or not adds_to(title, known=known):
        return None
    if not front_fits(frame.context_text(step.section), *map(plain_text, before), _ASK):
        return None
    starts = len(before) == len(step.before) and step.first_shown
    if starts and leaks(title, known=known, front=roots(_START)):
        if not before:
            return None
        starts = False
    explanation = explain(step.item)
    return frame.cloze(
        Kind.NEXT,
        f"step/{step.slug}/next",
        text=_next_text(step.title, before, starts=starts),
        context=frame.context(step.section),
        extra=f"<p>{explanation.core}</p>" if explanation and is_inline(explanation) else "",
    )


def _front(known: frozenset[str], before: tuple[str, ...]) -> frozenset[str]:
    return known.union(*(roots(plain_text(title)) for title in before), roots(_ASK))


def _next_text(title: str, before: tuple[str, ...], *, starts: bool) -> str:
    opening = _START if starts else "…"
    shown = "".join(f'<div class="qt-step">{inline_html(earlier)}</div>' for earlier in before)
    return (
        f'<div class="qt-ask">{_ASK}</div><div class="qt-step qt-start">{opening}</div>'
        f'{shown}<div class="qt-now">{deletion(inline_html(title))}</div>'
    )


def _explain_note(frame: Frame, step: Step) -> Note | None:
    title = plain_text(step.title)
    known = frame.known(step.section, step.title)
    explanation = explain(step.item, known=known)
    if explanation is None or not core_fits(explanation.text):
        return None
    if not front_fits(frame.context_text(step.section), title):
        return None
    if len(residual(explanation.text, known=known)) < LEAST_NEW_WORDS:
        return None
    return frame.qa(
        Kind.EXPLAIN,
        f"step/{step.slug}/explain",
        question=asked(step.title, explanation.text),
        answer=explanation.core,
        extra=explanation.rest,
        context=frame.context(step.section),
    )


def _name_key(step: Step) -> str:
    return f"step/{step.slug}/name"


def _name_note(frame: Frame, step: Step, *, is_known: bool) -> Note | None:
    title = plain_text(step.title)
    known = frame.known(step.section)
    clue = _clue(step.item)
    secret = residual(title, known=known)
    if not clue or not secret or word_count(title) > _NAME_MOST_WORDS:
        return None
    if 2 * len(secret) < len(roots(title)):
        return None
    if not is_known and vague_words(clue) > _CLUE_MOST_VAGUE:
        return None
    masked = mask(
        inline_html(clue), secret=secret | other_forms(secret, plain_text(clue)), along=roots(title)
    )
    if masked is None or not _enough_left(
        clue, masked.hidden, hide_most=1.0 if is_known else _CLUE_MOST_HIDDEN
    ):
        return None
    if not says_something(title, known=known) or not adds_to(title, known=known):
        return None
    if not front_fits(frame.context_text(step.section), plain_text(clue)):
        return None
    return frame.cloze(
        Kind.NAME,
        _name_key(step),
        text=f'<div class="qt-clue">{masked.html}</div>'
        f'<div class="qt-ask">Which step? {deletion(inline_html(step.title))}</div>',
        context=frame.context(step.section),
    )


def _clue(item: Item) -> str:
    """Return the first sentence of the explanation, or two when the first is short."""
    found = sentences(item.text)
    if not found or found[0].endswith(":"):
        return ""
    if word_count(found[0]) < _CLUE_LEAST_WORDS and len(found) > 1:
        return " ".join(found[:2]) if not found[1].endswith(":") else found[0]
    return found[0]


def _enough_left(clue: str, hidden: tuple[str, ...], *, hide_most: float) -> bool:
    every = content_words(plain_text(clue))
    gone = {root(word) for text in hidden for word in content_words(text)}
    left = [word for word in every if root(word) not in gone]
    few_hidden = len(every) - len(left) <= hide_most * len(every)
    return len(left) >= _CLUE_LEAST_LEFT and few_hidden
