"""Make questions that one sentence answers, from fixed words and words of the sentence.

Tutors write such cards by hand: in nine of ten, the answer is a verbatim part of the page.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind, Page
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.clauses import is_plural, read_clause
from qt2anki.notes.frame import Frame
from qt2anki.notes.frequency import rare_of, specialist_of
from qt2anki.notes.gates import (
    echoed_of,
    echoes,
    front_fits,
    head_is_told,
    residual,
    tells_difference,
)
from qt2anki.notes.kinds.aside_facts import NAMING, aliases, definition_facts, sets
from qt2anki.notes.kinds.clause_facts import CONTRASTED, clause_facts, contrast_facts
from qt2anki.notes.kinds.definitions import DEFINING, read_asides, read_definition
from qt2anki.notes.kinds.fact import COUNTS, Fact, Sentence
from qt2anki.notes.patterns import pattern
from qt2anki.notes.simple_sentences import resolved, simple_sentences
from qt2anki.notes.text_units import Unit
from qt2anki.notes.words import root, roots, vague_words, word_count, words

_SHORTEST, _LONGEST = 25, 400  # characters; other sentences are not examined
_MOST_TOPIC = 6  # words of a subject that "it" in the next sentence can refer to
_TAG = re.compile(r"<[^>]*>")
_PRONOUN = re.compile(r"(?:It|They|(?:This|These) (?P<noun>[a-z]+)) ")
_SHORT_ANSWER = 6  # words
# Facts whose question may have only everyday words.
_PLAIN_CUES = frozenset(("number", "person", "place", "when", "where", "condition"))
# Facts that say too little without a specialist word.
_TECHNICAL_CUES = frozenset(("does", "means", "purpose", "place"))
_HEDGED = re.compile(r"\b(?:may|might|could|can|often|sometimes)\b")
_MEANINGS = frozenset(("definition", "claim"))
# A person claims many things; a theory or a law says one thing.
_DOCTRINE = re.compile(
    r"theor(?:y|em)\b|hypothes[ie]s\b|\blaw\b|principle\b|\w(?:ism|ology)\b", re.IGNORECASE
)
_OPEN = re.compile(r" (?:(?:represented|classified) as|measured in|inserted into)$")
_DANGLES = re.compile(r" (?:to|of|by|from|into|with|for|in|on|at|and|or|than|as|the|an?)$")
_LEAST_NEW = 0.5  # of the words of an answer
_SHORT_ROOTS = 2  # of an answer that counts as shown only if all of it is
_MOST_ECHOED = 0.4
_NUMBER = re.compile(r"[\W\d_]*\d[\W\d_]*")
_DIGIT = re.compile(r"(?<![A-Za-z])\d")
_PAIRS = (("(", ")"), ("“", "”"), ("[", "]"), ("\\(", "\\)"))
_MARKS = ("$", "`", '"', "*")

# Words that such facts need, and how to find them.
_CUED = ((CONTRASTED, contrast_facts), (NAMING, aliases), (frozenset(COUNTS), sets))


def fact_candidates(
    frame: Frame, units: Iterable[Unit], asked: Collection[str] = ()
) -> Iterator[Candidate]:
    """Yield candidates that ask about single sentences.

    *asked* are sentences (plain text) that other cards ask about: these get only cards for other
    names and meanings.
    """
    seen: set[str] = set()
    meaning = ""
    praised: dict[str, Candidate] = {}  # definitions with praise; a plainer one is preferred
    for unit in units:
        for shown, sentence in _sentences(frame.page, unit):
            for fact in _facts(sentence):
                is_new = seen.isdisjoint((fact.key, f"{shown}/{fact.answer}"))
                candidate = None if not is_new else _candidate(frame, unit, fact, shown)
                if fact.cue == "definition" and (candidate is not None or fact.key in seen):
                    meaning = fact.answer
                elif fact.kind is Kind.DOES and fact.answer in meaning:
                    continue
                if candidate is None or (candidate.sentence in asked and not _is_extra(fact)):
                    continue
                if "praised" in fact.traits:
                    praised.setdefault(fact.key, candidate)
                    continue
                seen.update((fact.key, f"{shown}/{fact.answer}"))
                yield candidate
    yield from (one for key, one in praised.items() if key not in seen)


def _is_extra(fact: Fact) -> bool:
    """Whether a fact may get a card besides that of its point: it is about a different term."""
    is_named = fact.cue == "definition" and "title-subject" not in fact.traits
    return is_named or fact.cue == "alias"


def _sentences(page: Page, unit: Unit) -> Iterator[tuple[str, Sentence]]:
    """Yield the sentences that may contain facts, each as on the page and as it is read."""
    example = pattern("example_title")
    if example.match(unit.title) or example.match(unit.section):
        return
    for place, text in enumerate(unit.sentences):
        title, before = (unit.title if place == 0 else ""), ""
        for at, sentence in enumerate(text):
            bare = sentence.markdown.replace("**", "").replace("__", "")
            read, title = (bare, title) if at == 0 else _with_subject(bare, before, title)
            before = read
            marked = sentence.markdown
            if _SHORTEST < len(marked) <= _LONGEST and marked[-1] not in "?:":
                has = sentence.words if read is bare else frozenset(words(read))
                yield bare, Sentence(read, title, page, has)


def _with_subject(sentence: str, before: str, title: str) -> tuple[str, str]:
    """Resolve "It ..." or "This ..." with the sentence *before*.

    Return the sentence, and the title if the sentence is still about it.
    """
    found = _PRONOUN.match(sentence)
    if not found:
        return sentence, ""
    clause = read_clause(before, title)
    if title and (clause is None or not clause.subject):
        is_about_title = not found["noun"] or root(found["noun"]) in roots(title)
        return sentence, title if is_about_title else ""
    if clause is None or word_count(clause.subject) > _MOST_TOPIC:
        return sentence, ""
    topic = clause.subject
    return resolved(sentence, topic, is_plural=is_plural(topic)), ""


def _facts(sentence: Sentence) -> Iterator[Fact]:
    may_define = sentence.title or not sentence.words.isdisjoint(DEFINING)
    for text in simple_sentences(sentence):
        if may_define or text is not sentence.text:
            found = read_definition(text, sentence.title)
            yield from definition_facts(sentence, found) if found else ()
        clause = read_clause(text, sentence.title)
        yield from clause_facts(sentence, clause) if clause else ()
    for aside in read_asides(sentence.text, sentence.page.keywords):
        yield from definition_facts(sentence, aside)
    for cues, find in _CUED:
        if not sentence.words.isdisjoint(cues):
            yield from find(sentence)


def _candidate(frame: Frame, unit: Unit, fact: Fact, sentence: str) -> Candidate | None:
    is_news = fact.cue != "alias" and pattern("news").search(sentence)
    if is_news or pattern("case").search(sentence):
        return None
    answer, front = plain_text(fact.answer), plain_text(fact.front)
    known = (
        frame.known(unit.section, unit.title) | roots(front) | roots(_TAG.sub("", fact.question))
    )
    secret = residual(answer, known=known)
    if not secret or not front_fits(frame.context_text(unit.section), front):
        return None
    # A number may follow from those on the front, as with 3 and 1.
    is_sum = _NUMBER.fullmatch(answer) and _DIGIT.search(front)
    if is_sum or not _is_worth_asking(frame, fact, answer, front):
        return None
    if fact.cue not in (*_MEANINGS, "alias") and head_is_told(answer, known):
        return None
    if _is_told(fact, answer, known) or _DANGLES.search(answer):
        return None
    if "title-subject" in fact.traits and tells_difference(unit.title, answer, told=frame.told):
        return None
    echoed = _echoed(answer, roots(front))
    if echoed > _MOST_ECHOED or len(secret) < _LEAST_NEW * len(roots(answer)):
        return None
    section = unit.title if unit.title and unit.title not in fact.front else unit.section
    own = _traits(answer, front, secret, echoed=echoed > 0)
    note = frame.qa(
        fact.kind,
        fact.key,
        question=fact.question,
        answer=inline_html(fact.answer),
        extra=inline_html(sentence),
        context=frame.context(section),
    )
    return Candidate(
        note,
        unit.angle,
        sentence=plain_text(sentence),
        cue=fact.cue,
        traits=fact.traits | own | {f"field-{frame.field}"},
    )


def _is_worth_asking(frame: Frame, fact: Fact, answer: str, front: str) -> bool:
    if not _is_whole(fact.answer) or not _is_whole(fact.front):
        return False
    back = pattern("asks_back").search(front)
    if back and (back["noun"] is None or not roots(back["noun"]) <= frame.told):
        return False
    if pattern("points_back").search(answer):
        return False
    may_praise = fact.cue in ("claim", "definition")
    if (not may_praise and pattern("praise").match(answer)) or vague_words(answer) > 1:
        return False
    if not fact.traits.isdisjoint(("echo", "dangling")) or _is_main_question(frame, fact, front):
        return False
    return fact.cue == "definition" or _tells_enough(frame, fact, answer, front)


def _tells_enough(frame: Frame, fact: Fact, answer: str, front: str) -> bool:
    """Whether *answer* is the kind of answer that its question asks for, and technical enough."""
    if fact.cue == "claim":
        is_doctrine = "verb-state" in fact.traits or _DOCTRINE.search(front)
        return bool(is_doctrine) and _is_of_field(answer, front)
    if (
        _OPEN.search(front)
        or pattern("no_answer").match(answer)
        or pattern("no_object").match(answer)
    ):
        return False
    is_loose = fact.cue in _TECHNICAL_CUES or (" can " in fact.question and fact.cue != "number")
    is_technical = frame.field > 1 or specialist_of(roots(answer))
    if is_loose and not is_technical:
        return False
    is_plain = fact.kind is Kind.DOES and fact.cue not in _PLAIN_CUES
    return not is_plain or (_is_of_field(answer, front) and not pattern("vague").search(answer))


def _is_of_field(answer: str, front: str) -> bool:
    return bool(rare_of(roots(answer)) or specialist_of(roots(front)))


def _is_main_question(frame: Frame, fact: Fact, front: str) -> bool:
    """Whether the fact asks what the page's main question already asks."""
    asked = frame.told - roots(frame.page.subjects[0])
    return fact.cue in ("role", "definition", "means") and asked <= roots(front)


def _is_told(fact: Fact, answer: str, known: frozenset[str]) -> bool:
    """Whether the front already has the technical words of *answer*, or most of its definition."""
    if fact.cue in _MEANINGS:
        return fact.cue == "definition" and _echoed(answer, known) > _LEAST_NEW
    verb = roots(fact.front.rpartition(" ")[2])
    if fact.cue in ("when", "condition") and echoes(verb, roots(answer)):
        return True
    if fact.cue == "person" and not known.isdisjoint(roots(answer)):
        return True  # "Who formulated Newton's law?"
    is_long = len(roots(answer)) > _SHORT_ROOTS
    if fact.cue in ("does", "state", "when") and is_long and _echoed(answer, known) >= _LEAST_NEW:
        return True
    technical = rare_of(roots(answer))
    if fact.cue == "state":  # hydroxy acids are characterized by the hydroxyl group
        return echoed_of(technical, known) == technical
    return bool(technical) and technical <= known


def _echoed(answer: str, front: frozenset[str]) -> float:
    """Return the share of the words of *answer* that the front shows in some form."""
    own = roots(answer)
    return len(echoed_of(own, front)) / len(own) if own else 1.0


def _is_whole(text: str) -> bool:
    """Whether no markup, math, quotation or bracket is split."""
    if any(text.count(mark) % 2 for mark in _MARKS):
        return False
    return all(text.count(opens) == text.count(closes) for opens, closes in _PAIRS)


def _traits(answer: str, front: str, secret: frozenset[str], *, echoed: bool) -> frozenset[str]:
    """Return the features that predict how good the card is."""
    has = {
        "specialist-answer": specialist_of(secret),
        "rare-answer": rare_of(secret),
        "specialist-front": specialist_of(roots(front)),
        "rare-front": rare_of(roots(front)),
        "vague-answer": pattern("vague").search(answer) is not None,
        "number-answer": any(char.isdigit() for char in answer),
        "short-answer": word_count(answer) <= _SHORT_ANSWER,
        "shared-words": echoed,
        "hedged": _HEDGED.search(front) is not None,
    }
    return frozenset(name for name, holds in has.items() if holds)
