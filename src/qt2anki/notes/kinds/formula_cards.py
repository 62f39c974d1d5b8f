"""Formula notes: the formula of a law and, in the profile full, the meaning of its signs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from qt2anki.html.block_html import blocks_html
from qt2anki.html.code_and_math import math_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind, Note, Outline
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame
from qt2anki.notes.gates import front_fits, leaks, says_something
from qt2anki.notes.identity import unit_slugs
from qt2anki.notes.kinds.formula_finder import PlacedFormula, Sign, find_formulas
from qt2anki.notes.kinds.formula_front import (
    folded_tex,
    fronts,
    is_general,
    subject_title,
    subject_words,
)
from qt2anki.notes.phrases import phrase
from qt2anki.notes.words import roots, word_count, words
from qt2anki.outline.sequence.score import Sequence

_MOST_SIGNS = 3
_LONG = 80  # characters of TeX
_MEANING_MOST_WORDS = 20
_NAMED = "page"  # the name of a formula without a title or words of its own
_LOOKS = re.compile(r"\\(?:math\w+|text\w*|vec|hat|bar|boldsymbol)\b")
_POINTS_BACK = re.compile(
    r"\b(?:its|their|this|these|those|that (?!is\b|are\b|the\b)\w+)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\\(?:text\w*|mathrm|operatorname)\s*\{[^{}]*\}")
# A single letter, or a command for one (such as a Greek letter), not layout.
_SIGN = re.compile(
    r"(?<![a-zA-Z\\])[a-zA-Z]{1,2}(?![a-zA-Z])"
    r"|\\(?!frac|times|cdot|left|right|sqrt|quad|qquad|div|pm|approx|sum|dots|ldots)[a-zA-Z]{2,}"
)


def formula_candidates(
    frame: Frame, outline: Outline, _sequences: tuple[Sequence, ...] = ()
) -> Iterator[Candidate]:
    """Make a note for each law that can be asked for in the words of the page."""
    made = []
    laws = tuple(_named(outline))
    untitled = sum(not subject_title(formula) for formula, _ in laws)
    for formula, name in laws:
        note = _formula_note(frame, formula, name, alone=untitled == 1)
        if note is not None:
            made.append(_candidate(note, formula, name))
    count = Counter(_front(candidate.note) for candidate in made)
    # If two formulas had the same question, either could be the answer.
    yield from (candidate for candidate in made if count[_front(candidate.note)] == 1)


def _candidate(note: Note, formula: PlacedFormula, name: str) -> Candidate:
    traits = frozenset(("long",) if len(formula.tex) > _LONG else ())
    lead = plain_text(formula.lead)
    unit = f"formula/{name}"
    return Candidate(note, unit, sentence=lead, cue="formula", traits=traits)


def variable_candidates(
    frame: Frame, outline: Outline, _sequences: tuple[Sequence, ...] = ()
) -> Iterator[Candidate]:
    """Make notes about the meaning of signs, at most three per formula."""
    for formula, name in _named(outline):
        whole = folded_tex(formula.tex)
        used = [sign for sign in formula.signs if folded_tex(sign.tex) in whole]
        slugs = unit_slugs([("", _LOOKS.sub("", sign.tex)) for sign in used])
        notes = [
            _variable_note(frame, formula, sign, f"formula/{name}/{place}")
            for sign, place in zip(used, slugs, strict=True)
        ]
        for note in [note for note in notes if note is not None][:_MOST_SIGNS]:
            yield Candidate(note, f"formula/{name}")


def _named(outline: Outline) -> Iterator[tuple[PlacedFormula, str]]:
    """Yield each law of the page once, and its name.

    The name is the title above the formula; if several share a title, the words before them are
    added. The TeX is not used as a name: correcting it would lose students' review histories.
    """
    general = [formula for formula in find_formulas(outline) if is_general(formula)]
    units = [(subject_words(f), subject_title(f) or subject_words(f) or _NAMED) for f in general]
    seen: set[str] = set()
    for formula, name in zip(general, unit_slugs(units), strict=True):
        tex = folded_tex(formula.tex)
        if tex not in seen:
            seen.add(tex)
            yield formula, name


def _front(note: Note) -> tuple[str, str]:
    return note.fields[1], note.fields[7]


def _formula_note(frame: Frame, formula: PlacedFormula, name: str, *, alone: bool) -> Note | None:
    possible = fronts(formula, frame.question, alone=alone)
    front = next((each for each in possible if _passes(frame, formula, each)), None)
    typeset = math_html(formula.tex, display=True)
    if front is None or not typeset.startswith("\\["):
        return None
    return frame.qa(
        Kind.FORMULA,
        f"formula/{name}",
        question=phrase("formula", lead=f"{inline_html(front)} …"),
        answer=f'<div class="qt-math">{typeset}</div>',
        extra=blocks_html(formula.where),
        context=frame.context(_section(frame, formula, front)),
    )


def _passes(frame: Frame, formula: PlacedFormula, front: str) -> bool:
    """Whether *front* asks for something and does not give a word of it away.

    The left side only says which formula is meant. Only words count, not signs: "$F$" on the front
    does not show how to calculate the force.
    """
    context = frame.context_text(_section(frame, formula, front))
    shown = f"{context} {plain_text(front)}"
    left, equals, right = formula.tex.partition("=")
    left, right = (left, right) if equals else ("", left)
    told = f"{context} {plain_text(subject_title(formula))} {left}"
    named = " ".join(word for word in words(right) if len(word) > 2 and word.isalpha())
    if not front_fits(shown) or leaks(named, known=roots(told), front=roots(plain_text(front))):
        return False
    return bool(_SIGN.search(_WORDS.sub(" ", right))) or says_something(named, known=roots(shown))


def _section(frame: Frame, formula: PlacedFormula, front: str) -> str:
    """Return the heading above a formula, unless the question or the front already says it."""
    told = roots(frame.question) | roots(plain_text(front))
    return formula.section if roots(plain_text(formula.section)) - told else ""


def _variable_note(frame: Frame, formula: PlacedFormula, sign: Sign, key: str) -> Note | None:
    section = _section(frame, formula, "")
    meaning = plain_text(sign.meaning)
    known = f"{frame.context_text(section)} {formula.tex}"
    typeset = math_html(formula.tex)
    if word_count(meaning) > _MEANING_MOST_WORDS or _POINTS_BACK.search(meaning):
        return None
    if not typeset.startswith("\\("):
        return None
    if not front_fits(known) or not says_something(meaning, known=roots(known)):
        return None
    return frame.qa(
        Kind.VARIABLE,
        key,
        question=phrase("formula_sign", formula=typeset, sign=math_html(sign.tex)),
        answer=inline_html(sign.meaning),
        context=frame.context(section),
    )
