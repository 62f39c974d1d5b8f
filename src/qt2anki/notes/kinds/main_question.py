"""The note of the page's question: what it asks first, and a short text that answers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind, Outline
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame
from qt2anki.notes.gates import core_fits, front_fits, says_something
from qt2anki.notes.kinds.answer_sentences import Core, PageText
from qt2anki.notes.kinds.difference_answers import both_defined, contrasts, pairs
from qt2anki.notes.kinds.list_answers import (
    MANY,
    enumerations,
    formulas,
    members,
    named_steps,
    steps,
)
from qt2anki.notes.kinds.questions import Asked, Wants, read_question
from qt2anki.notes.kinds.short_answers import (
    clauses,
    definitions,
    facts,
    is_short_page,
    whole_answer,
)
from qt2anki.outline.sequence.score import Sequence


def main_candidate(
    frame: Frame, outline: Outline, sequences: tuple[Sequence, ...]
) -> Candidate | None:
    """Ask the page's question where a short text of the page answers it.

    Of a question with two parts the first is asked, below a line with the whole of it.
    """
    asked = read_question(frame.page.question)
    if not front_fits(frame.question, plain_text(asked.text) if asked.is_part else ""):
        return None
    for core in cores(asked, PageText(outline, sequences)):
        if MANY in core.traits and core.cue == "set" and frame.settings.profile != "full":
            continue
        told = core.cue == "formula" or says_something(core.text, known=frame.told)
        if told and core_fits(core.text):
            break
    else:
        return None
    hint = f' <span class="qt-shape">({core.hint})</span>' if core.hint else ""
    note = frame.qa(
        Kind.QA,
        "qa",
        question=f"{inline_html(asked.text)}{hint}",
        answer=core.html,
        context=frame.context() if asked.is_part else "",
    )
    own = (f"asks-{asked.wants.value}", *(("part",) if asked.is_part else ()))
    traits = core.traits.union(own, ("short-page",) if is_short_page(outline) else ())
    return Candidate(note, "", sentence=core.sentence, cue=core.cue, traits=traits)


_ANSWERS: dict[Wants, tuple[Callable[[Asked, PageText], Iterable[Core]], ...]] = {
    Wants.DEFINITION: (definitions,),
    Wants.DIFFERENCE: (contrasts, pairs, both_defined),
    Wants.SET: (steps, members, enumerations),
    Wants.ORDER: (steps, clauses),
    Wants.REASON: (enumerations, clauses, named_steps),
    Wants.OTHER: (enumerations,),
    Wants.FORMULA: (formulas,),
    Wants.FACT: (facts,),
}


def cores(asked: Asked, text: PageText) -> Iterator[Core]:
    """Yield the answers that fit the form of the question, the best first."""
    whole = whole_answer(asked, text)
    for find in _ANSWERS[asked.wants]:
        for core in find(asked, text):
            is_all = core.text == whole.text or core.cue == "definition" if whole else False
            yield whole if whole and is_all and core.sentence == whole.sentence else core
    if whole:
        yield whole
