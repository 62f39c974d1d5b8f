"""Make the note of the page's question: its first part, and a short text that answers it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Block, Kind, Outline, Paragraph, Quote, Summary
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame
from qt2anki.notes.gates import core_fits, front_fits, says_something
from qt2anki.notes.kinds.answer_sentences import (
    MOST_WORDS,
    Core,
    PageText,
    Told,
    best_first,
    covered,
    emptiness,
    news,
    sentence_core,
    trimmed,
)
from qt2anki.notes.kinds.definitions import defined_as
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
from qt2anki.notes.refusals import speaks_of_sources
from qt2anki.notes.words import roots, word_count
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.score import Sequence

_MOST_OF_SHORT_PAGE = 60
_PICTURE = re.compile(r"!\[[^\[\]]*\]\([^()]*\)")
_LEAST_OF_CLAUSE = 4
_MOST_OF_FACT = 25
_MOST_OF_CLAUSE = 30
_MOST_BESIDE = 5  # roots of a main clause that are not in the question

_BY = re.compile(
    r"\b(?:by (?:\w+ly )?\w+ing|through (?!(?:which|an?|the (?:use|lens|establishment|concept"
    r"|development|process|implementation|diagnosis|analysis|study|creation|application)|their|its"
    r"|several|various|two|three|these|this|such|education|policies|processes|practices"
    r"|mechanisms|programs|initiatives)\b)(?:the )?\w+)\b"
)
_BECAUSE = re.compile(r"\b(?:because|due to|since (?!\d|its|the \d|then))\b")
# Words of questions that "by ..." and "because ..." rarely answer.
_NO_MEANS = re.compile(r"\b(?:impact|influence|identify|recognize|applied|roles?)\b")
# Means that anyone would name.
_SOFT_MEANS = re.compile(
    r"by (?:\w+ly )?(?:provid|influenc|demonstrat|facilitat|represent|impos|establish|instill|shap"
    r"|promot|foster|enhanc|encourag|support|offer|creat|us|understand|focus|ensur)ing\b",
    re.IGNORECASE,
)


def main_candidate(
    frame: Frame, outline: Outline, sequences: tuple[Sequence, ...]
) -> Candidate | None:
    """Ask the page's question if a short text of the page answers it.

    If the question has two parts, the first is asked, below a line with the whole question.
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


def cores(asked: Asked, text: PageText) -> Iterator[Core]:
    """Yield answers that fit the form of the question, the best first."""
    whole = whole_answer(asked, text)
    for find in _ANSWERS[asked.wants]:
        for core in find(asked, text):
            is_all = core.text == whole.text or core.cue == "definition" if whole else False
            yield whole if whole and is_all and core.sentence == whole.sentence else core
    if whole:
        yield whole


def is_beside(block: Block) -> bool:
    """Whether a block is not part of the text: a quotation, or only a picture."""
    is_picture = isinstance(block, Paragraph) and _PICTURE.fullmatch(block.text.strip())
    return isinstance(block, Quote) or bool(is_picture)


def is_short_page(outline: Outline) -> bool:
    """Whether the answer has only a few sentences, as people write for cards."""
    blocks = [block for block in outline.blocks if not is_beside(block)]
    texts = [block.text for block in blocks if isinstance(block, Paragraph | Summary)]
    is_text = len(texts) == len(blocks)
    return is_text and sum(map(word_count, texts)) <= _MOST_OF_SHORT_PAGE


def whole_answer(asked: Asked, text: PageText) -> Core | None:
    """Return an answer that is one short paragraph, because all of it is meant as the answer.

    On a page of a few sentences, the first of several paragraphs answers, and the others add to it.
    """
    match [block for block in text.outline.blocks if not is_beside(block)]:
        case [Paragraph(text=markdown), *more] if not more or (
            is_short_page(text.outline) and len(sentences(markdown)) > 1
        ):
            whole = Told(markdown, is_deep=False)
            is_short = word_count(whole.text) <= MOST_WORDS
            most_praise = 0 if more else 1
            is_plain = emptiness(whole.text) <= most_praise and not speaks_of_sources(markdown)
            if is_short and is_plain:
                return sentence_core(markdown, "whole", whole, asked.known)
    return None


def clauses(asked: Asked, text: PageText) -> Iterator[Core]:
    """Yield "by ...-ing" and "because ..." of sentences whose main clause is the question."""
    if _NO_MEANS.search(asked.text):
        return iter(())
    cues = _BECAUSE if asked.text.lower().startswith("why") else _BY
    told = (one for one in text.sentences if not one.is_deep)
    found = ((one, cue) for one in told for cue in cues.finditer(one.markdown))
    made = (_clause(asked, one, cue) for one, cue in found if not one.points_away)
    return best_first([pair for pair in made if pair])


def _clause(asked: Asked, one: Told, cue: re.Match[str]) -> tuple[float, Core] | None:
    known = asked.known
    main = plain_text(one.markdown[: cue.start()])
    share, beside = covered(asked, main), len(roots(main) - known)
    if share < 0.75 or word_count(main) > _MOST_OF_CLAUSE or beside > _MOST_BESIDE:
        return None
    short = trimmed(one.markdown[cue.start() :], least=_LEAST_OF_CLAUSE)
    said = plain_text(short)
    rare, technical = news(said, known)
    if not _LEAST_OF_CLAUSE <= word_count(said) <= _MOST_OF_CLAUSE or emptiness(said):
        return None
    if rare < 2 or _SOFT_MEANS.match(said):
        return None
    core = sentence_core(short, "why" if cue.re is _BECAUSE else "how", one, known)
    return rare + technical + 5 * share - word_count(said) / 10, core


_WHERE = re.compile(r" (?:in|under|within|for|according to|during) .*")


def definitions(asked: Asked, text: PageText) -> Iterator[Core]:
    """Yield definitions of the term in sentences: a kind of thing, and what is special about it."""
    known = asked.known
    term = roots(_WHERE.sub("", asked.term)) or roots(asked.term)
    found: list[tuple[float, Core]] = []
    was_about = False
    for at, one in enumerate(text.sentences):
        about, was_about = was_about, term <= roots(one.markdown[:80])
        definition = defined_as(term, one.markdown, asked.term if about else "")
        if definition is None:
            continue
        said = definition.answer if definition.answer.endswith('."') else f"{definition.answer}."
        core = sentence_core(said, "definition", one, known, *definition.traits)
        rare, technical = news(core.text, known)
        # "is defined as" is a clearer definition than "is the" or "is a crucial".
        form = 3 * ("marked" in definition.traits) - 2 * ("praised" in definition.traits)
        worth = rare + technical + form - 2 * emptiness(core.text) - 4 * one.is_deep - at / 5
        found.append((worth, core))
    return best_first(found)


_WANTED_FACT = (
    (re.compile(r"who", re.IGNORECASE), re.compile(r"(?<=[a-z,:] )[A-Z][\w'’-]+")),
    (re.compile(r"when|how", re.IGNORECASE), re.compile(r"\d|\bcentur(?:y|ies)\b")),
    (re.compile(r"where", re.IGNORECASE), re.compile(r"\b(?:in|on|at|near|between|under|along)\b")),
)


def facts(asked: Asked, text: PageText) -> Iterator[Core]:
    """Yield sentences with the name, date, number or place that is asked for."""
    wanted = next((fact for word, fact in _WANTED_FACT if word.match(asked.text)), None)
    for one in text.sentences if wanted else ():
        if word_count(one.text) > _MOST_OF_FACT or one.points_away or emptiness(one.text):
            continue
        if covered(asked, one.text) >= 0.5 and wanted and wanted.search(one.text):
            yield sentence_core(one.markdown, "fact", one, asked.known)


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
