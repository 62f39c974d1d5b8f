"""Make the notes of a sequence: what comes next, what happens at a step, and which step it is.

There is one note per fact and one deletion per note, so inserting, renaming or moving a step
changes only the notes that show it. So no step note has a number or the whole answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Item, Kind, Listing, Note, Outline, Paragraph
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.cloze_deletion import deletion
from qt2anki.notes.frame import Frame
from qt2anki.notes.gates import (
    adds_to,
    cloze_fits,
    front_fits,
    leaks,
    other_forms,
    residual,
    says_something,
)
from qt2anki.notes.identity import slug, unit_slugs, without_counter
from qt2anki.notes.kinds.answer_sentences import emptiness, news
from qt2anki.notes.kinds.explanations import (
    STEP_WORDS,
    asked,
    bare_name,
    explain,
    has_synonym,
    says_what_happens,
)
from qt2anki.notes.phrases import phrase
from qt2anki.notes.words import roots, word_count
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.cues import is_placed
from qt2anki.outline.sequence.score import Sequence, sequences_in_text
from qt2anki.outline.sequence.view import is_command, names_event, plain, start_of

_SHOWN_BEFORE = 2  # steps shown before the one asked for (AnkiLPCG shows two lines)
_CLUE_LEAST_WORDS = 12
_CLUE_LEAST_LEFT = 6
_NAME_MOST_WORDS = 6
_MOST_SAID = 400  # characters
_SURE = 5.5  # points of evidence, from which every item counts as a step

# Generic steps: nobody needs to learn that one prepares first and checks last.
_TRIVIAL_FIRST = re.compile(
    r"(?:prepar|identif|defin|gather|collect|import|open|launch|understand|plan|initial|introduc"
    r"|choos|select|determin|assess|start|begin|recogni[sz]|review|stating|state|read|set up"
    r"|setting)\w*\b",
    re.IGNORECASE,
)
_TRIVIAL_LAST = re.compile(
    r"(?:conclu|review|final|finish|complet|evaluat|monitor|report|check|verif|validat|interpret"
    r"|sav|publish|reflect|present|document|repeat|iterat|implement|adjust|test|summar|clos)\w*\b",
    re.IGNORECASE,
)
# The steps of a worked example apply only to its numbers.
_EXAMPLE = re.compile(r"\bexamples?\b|\(-?\d+(?:\.\d+)?,", re.IGNORECASE)
_COUNTED = re.compile(r"[A-Za-z]+ (?:[IVX]+|\d+|[A-Z])")  # Stage IV: what follows is easily guessed
_DENIES = re.compile(r"\b(?:not|no|never)\b")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sequence, with the titles before it and its permanent name."""

    item: Item
    title: str  # without "Step 3:"
    before: tuple[str, ...]  # at most two titles
    first_shown: bool  # whether *before* starts with the very first step
    section: str
    slug: str
    traits: frozenset[str]
    names: frozenset[str]  # slugs that it can have had, with other lists on the page

    def is_in(self, published: Collection[str], kind: Kind) -> bool:
        """Whether its note of a kind is *published*, given as natural keys."""
        return any(f"step/{name}/{kind.value}" in published for name in self.names)

    @property
    def is_named(self) -> bool:
        """Whether the title is the name of a stage, or the technical term for an action.

        Commands and pairs of labels are the author's wording: a different order, or different
        words, would be equally correct.
        """
        if "one-word-stages" in self.traits:
            return "nameless" not in self.traits
        vague = (
            {"command", "title-technical-0"},
            {"first-step", "title-rare-0"},
            {"last-step", "title-rare-0"},
        )
        is_vague = any(both <= self.traits for both in vague)
        return not is_vague and self.traits.isdisjoint({"trivial", "nameless", "joined"})


def step_candidates(
    frame: Frame,
    outline: Outline,
    sequences: tuple[Sequence, ...],
    published: Collection[str] = (),
) -> Iterator[Candidate]:
    """Make the notes of every step that passes the gates, in the order of the steps.

    A page without *sequences* may describe one in a sentence. The context line names the section
    if "What comes next?" would be ambiguous. Whether a *published* note (its natural key) stays
    does not depend on the titles of the other steps.
    """
    named = len(outline.lists) > 1 or not sequences
    is_refused = dict(frame.settings.sequences).get(frame.page.page_id) is False
    if not sequences and not is_refused:
        sequences = sequences_in_text(outline)
    for step in _steps(frame, sequences, named=named):
        sentence = plain_text(next(iter(sentences(step.item.text)), ""))
        said = _said(step.item)
        notes = (
            _next_note(frame, step, published),
            _explain_note(frame, step),
            _name_note(frame, step, published),
        )
        for note in notes:
            if note is not None:
                cue = "order" if note.kind is Kind.NEXT else "step"
                yield Candidate(
                    replace(note, text=said),
                    step.slug,
                    sentence=sentence,
                    cue=cue,
                    traits=step.traits,
                )


def _said(item: Item) -> str:
    """Return the text about a step, which identifies the step if it is renamed."""
    texts = [item.text]
    for block in item.blocks:
        match block:
            case Paragraph(text=text):
                texts.append(text)
            case Listing(items=items):
                texts += (f"{each.title} {each.text}" for each in items)
    return plain_text(" ".join(texts))[:_MOST_SAID]


def _steps(frame: Frame, sequences: tuple[Sequence, ...], *, named: bool) -> Iterator[Step]:
    units = [(s.listing.section, item.title) for s in sequences for item in s.steps]
    slugs = iter(unit_slugs(units))
    for sequence in sequences:
        around = f"{frame.question} {sequence.listing.section} {sequence.listing.lead}"
        titles = [without_counter(item.title) for item in sequence.steps]
        section = sequence.listing.section if named else ""
        for at, item in enumerate(sequence.steps):
            name, before = next(slugs), tuple(titles[max(0, at - _SHOWN_BEFORE) : at])
            traits = frozenset(_traits(frame, sequence, titles, at))
            if not _EXAMPLE.search(around):
                alone = slug(item.title)
                names = frozenset((name, alone, f"{slug(sequence.listing.section)}/{alone}"))
                yield Step(
                    item, titles[at], before, at <= _SHOWN_BEFORE, section, name, traits, names
                )


def _traits(frame: Frame, sequence: Sequence, titles: list[str], at: int) -> Iterator[str]:
    """Yield the features of a step that predict whether its card is worth keeping."""
    title = plain_text(titles[at])
    rare, technical = news(title, frame.told)
    is_last = at == len(titles) - 1
    usual = _TRIVIAL_LAST if is_last else _TRIVIAL_FIRST if at == 0 else None
    orders = is_command(title.lower())
    if all(" " not in one for one in titles):
        yield "one-word-stages"
    elif usual and usual.match(title) and (orders or not technical):
        yield "trivial"
    if not roots(title) - STEP_WORDS or (at and _COUNTED.fullmatch(plain_text(titles[at - 1]))):
        yield "nameless"
    yield "last-step" if is_last else "first-step" if at == 0 else "middle-step"
    yield f"title-rare-{min(rare, 2)}"
    yield f"title-technical-{min(technical, 2)}"
    if orders:
        yield "command"
    if " and " in title or "," in bare_name(title):
        yield "joined"
    if names_event(title.lower()):
        yield "event"
    start = start_of(sequence.steps[at])
    before = plain(titles[at - 1]) if at else ""
    are_events = all(names_event(plain(one)) for one in titles)
    if sequence.score >= _SURE or are_events or is_placed(start, before):
        yield "placed"


def _next_note(frame: Frame, step: Step, published: Collection[str]) -> Note | None:
    key = f"step/{step.slug}/next"
    title = plain_text(step.title)
    known = frame.known(step.section)
    ask, start = phrase("next"), phrase("start")
    is_asked = step.is_in(published, Kind.NEXT) or (step.is_named and "placed" in step.traits)
    if not is_asked or not cloze_fits(title):
        return None
    before = _shown_before(title, step.before, known, ask)
    front = _front(known, before, ask)
    if leaks(title, known=known, front=front) or has_synonym(roots(title), front - known):
        return None
    if not says_something(title, known=front) or not adds_to(title, known=known):
        return None
    if not front_fits(frame.context_text(step.section), *map(plain_text, before), ask):
        return None
    starts = len(before) == len(step.before) and step.first_shown
    if starts and leaks(title, known=known, front=roots(start)):
        if not before:
            return None
        starts = False
    explanation = explain(step.item)
    return frame.cloze(
        Kind.NEXT,
        key,
        text=next_text(ask, start if starts else "…", before, step.title),
        context=frame.context(step.section),
        extra=f"<p>{explanation.core}</p>" if explanation else "",
    )


def next_text(ask: str, start: str, before: Iterable[str], title: str) -> str:
    """Return the HTML of steps (Markdown) with a gap for the last, *title*.

    *start* says where they begin, or that earlier ones are left out.
    """
    shown = "".join(f'<div class="qt-step">{inline_html(earlier)}</div>' for earlier in before)
    return (
        f'<div class="qt-ask">{ask}</div><div class="qt-step qt-start">{start}</div>'
        f'{shown}<div class="qt-now">{deletion(inline_html(title))}</div>'
    )


def _shown_before(
    title: str, before: tuple[str, ...], known: frozenset[str], ask: str
) -> tuple[str, ...]:
    """Return the titles to show before *title*, shortened if they would give it away."""
    if leaks(title, known=known, front=_front(known, before, ask)):
        before = tuple(earlier.partition(" (")[0] for earlier in before)  # "Egg (0 to 3 days)"
    while leaks(title, known=known, front=_front(known, before, ask)) and len(before) > 1:
        before = before[1:]
    return before


def _front(known: frozenset[str], before: tuple[str, ...], ask: str) -> frozenset[str]:
    return known.union(*(roots(plain_text(title)) for title in before), roots(ask))


def _explain_note(frame: Frame, step: Step) -> Note | None:
    known = frame.known(step.section)
    explanation = explain(step.item, known=known | roots(plain_text(step.title)))
    question = asked(step.title)
    if explanation is None or not question or "nameless" in step.traits:
        return None
    if not front_fits(frame.context_text(step.section), plain_text(step.title)):
        return None
    if not says_what_happens(explanation.text, bare_name(step.title), known):
        return None
    return frame.qa(
        Kind.EXPLAIN,
        f"step/{step.slug}/explain",
        question=question,
        answer=explanation.core,
        extra=explanation.rest,
        context=frame.context(step.section),
    )


def _name_note(frame: Frame, step: Step, published: Collection[str]) -> Note | None:
    """Ask for a named stage by what happens in it; the clue must not contain a word of the name."""
    key, title = f"step/{step.slug}/name", plain_text(step.title)
    known = frame.known(step.section)
    clue = _clue(step.item)
    secret = residual(title, known=known)
    if not clue or not secret or word_count(title) > _NAME_MOST_WORDS:
        return None
    if not step.is_named and not step.is_in(published, Kind.NAME):
        return None
    shown = roots(plain_text(clue))
    if is_command(title.lower()) or 2 * len(secret) < len(roots(title)):
        return None
    if (
        _DENIES.search(clue)
        or secret & shown
        or other_forms(secret, plain_text(clue))
        or has_synonym(roots(title), shown)
    ):
        return None
    if not says_something(title, known=known) or not adds_to(title, known=known):
        return None
    if len(shown - known) < _CLUE_LEAST_LEFT or emptiness(clue) > 1:
        return None
    if not front_fits(frame.context_text(step.section), plain_text(clue)):
        return None
    return frame.cloze(
        Kind.NAME,
        key,
        text=f'<div class="qt-clue">{inline_html(clue)}</div>'
        f'<div class="qt-ask">{phrase("which_step")} {deletion(inline_html(step.title))}</div>',
        context=frame.context(step.section),
    )


def _clue(item: Item) -> str:
    """Return the first sentence of the explanation, or two if the first is short."""
    found = sentences(item.text)
    if not found or found[0].endswith(":"):
        return ""
    if word_count(found[0]) < _CLUE_LEAST_WORDS and len(found) > 1:
        return " ".join(found[:2]) if not found[1].endswith(":") else found[0]
    return found[0]
