"""Features of a candidate that distinguish a card worth keeping from a poor one.

The name of a feature explains it; the ranker adds up their weights. All features come from the
candidate alone, so its score depends on nothing else.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from qt2anki.anki.visible_text import visible_text
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Note, Page
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frequency import rare_of, rarest, specialist_of, technical_of
from qt2anki.notes.words import (
    STOP_WORDS,
    content_words,
    root,
    roots,
    vague_words,
    word_count,
    words,
)

_GAP = re.compile(r"\{\{c1::(.*?)(?:::[^{}]*)?\}\}", re.DOTALL)
_CLOZE_AT = tuple(map(CLOZE_FIELDS.index, ("Context", "Title", "Text")))
_QA_AT = tuple(map(QA_FIELDS.index, ("Context", "Question", "Answer")))
_SHAPE = re.compile(r'<span class="qt-shape">[^<>]*</span>')
_NO_LETTER = re.compile(r"[\W_]+")
_PARTS = ("<li>", "<tr>", "<pre")
_FORMULA = re.compile(r"\\[(\[]")
# Searching for a space is fast. A name after a name of two letters ("Li Wei") does not count,
# because the weights were learned that way.
_NAME_WITHIN = re.compile(r" [A-Z](?<=[a-z,;] .)[a-z](?: (?=[A-Z][a-z]))?")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+|\b[A-Z]{2,}\b")
_SIGNS = (
    ("a number", re.compile(r"\d")),
    ("a formula", _FORMULA),
    ("a name", _NAME),
    ("brackets", re.compile(r"\([^()]*\)")),
)
_ABSTRACT = tuple("tion ment ness ity ance ence ship ism ing tions ments ities ances ences".split())
_ANSWER_WORDS = (1, 2, 3, 6, 10, 15, 20, 25, 30, 40)
_QUESTION_WORDS = (2, 4, 6, 9, 14, 20, 30, 40)
_LIST_PARTS = (0, 1, 2, 3, 4, 5, 8)
_PERCENT = (0, 15, 30, 45, 60)
_FEW_WORDS = 2  # too few to compute a share
_COMMON = 500  # of 10,000 pages


def card_texts(note: Note) -> tuple[str, str, str]:
    """Return context, question and graded answer of the note's first card, as plain text."""
    if note.note_type == "cloze":
        context, title, text = (note.fields[at] for at in _CLOZE_AT)
        context = f"{context} · {title}" if title else context
        question = _GAP.sub("…", text)
        answer = " / ".join(dict.fromkeys(_GAP.findall(text)))
    else:
        context, question, answer = (note.fields[at] for at in _QA_AT)
        question = _SHAPE.sub("", question)
    return visible_text(context), visible_text(question), visible_text(answer)


def card_digest(note: Note) -> str:
    """Return a digest of the letters and digits of a note's card."""
    context, question, answer = card_texts(note)
    run = "|".join(_NO_LETTER.sub("", text).lower() for text in (context + question, answer))
    return hashlib.sha256(run.encode()).hexdigest()[:12]


def page_traits(page: Page) -> frozenset[str]:
    """Return the features that all candidates of *page* have."""
    text = page.answer
    count = max(len(text.split()), 1)
    names = 1000 * len(_NAME_WITHIN.findall(text)) // count
    praise = 1000 * vague_words(text) // count
    found = [
        f"page of {_span(count, (150, 250, 300, 350, 400))} words",
        f"page of {_span(names, (5, 10, 20, 35, 60))} names in 1,000 words",
        f"page of {_span(praise, (0, 4, 8, 14, 22))} words of praise in 1,000",
    ]
    if _FORMULA.search(text):
        found.append("page with formulas")
    return frozenset(found)


def features_of(candidate: Candidate) -> frozenset[str]:
    """Return the features that *candidate* has."""
    note = candidate.note
    context, question, answer = card_texts(note)
    field = note.fields[CLOZE_FIELDS.index("Text") if note.note_type == "cloze" else 2]
    parts = sum(map(field.count, _PARTS))
    found = [f"trait {trait}" for trait in candidate.traits]
    found.append(f"cue {candidate.cue}")
    found.append(f"answer of {_span(word_count(answer), _ANSWER_WORDS)} words")
    found.append(f"answer of {_span(parts, _LIST_PARTS)} parts")
    found.append(f"question of {_span(word_count(question), _QUESTION_WORDS)} words")
    run = words(answer)
    asked, told = content_words(question), [word for word in run if word not in STOP_WORDS]
    found += _abstract_share("question", asked)
    found += _abstract_share("answer", told)
    found += _worded(answer, run)
    found += _novelty(roots(context).union(map(root, asked)), frozenset(map(root, told)))
    return candidate.page_traits.union(found)


def _abstract_share(where: str, content: Sequence[str]) -> Iterator[str]:
    if len(content) > _FEW_WORDS:
        abstract = sum([1 for word in content if word.endswith(_ABSTRACT)])
        yield f"{where} is {_span(100 * abstract // len(content), _PERCENT)} % abstract nouns"


def _worded(answer: str, run: Sequence[str]) -> Iterator[str]:
    """Yield features of the words of the answer (*run*) and of its beginning."""
    lists, openers = _word_lists()
    for name, members in lists:
        if not members.isdisjoint(run):
            yield f"answer has {name}"
    if run and run[0] in openers:
        yield f"answer opens with {openers[run[0]]}"
    for name, pattern in _SIGNS:
        if pattern.search(answer):
            yield f"answer has {name}"
    yield f"answer has {_span(vague_words(answer), (0, 1, 2))} words of praise"


def _novelty(known: frozenset[str], told: frozenset[str]) -> Iterator[str]:
    """Yield features of the part of the answer (*told*) that is not *known* from the front."""
    new = told - known
    if told:
        shared = 100 * len(told & known) // len(told)
        common = 100 * (len(told) - len(rare_of(told, _COMMON))) // len(told)
        yield f"{_span(shared, _PERCENT)} % of the answer is on the front"
        yield f"{_span(common, _PERCENT)} % of the answer is common words"
    uncommon = len(rare_of(new, _COMMON))
    technical, specialist = len(technical_of(new)), len(specialist_of(new))
    yield f"{_span(len(new), (0, 1, 2, 3, 5, 8))} new words"
    yield f"{_span(uncommon, (0, 1, 2, 3, 4, 5))} new uncommon words"
    yield f"{_span(technical, (0, 1, 2, 3))} new technical words"
    yield f"{_span(specialist, (0, 1, 2))} new specialist words"
    yield f"{_span(len(specialist_of(known)), (0, 1, 2, 3, 5))} specialist words on the front"
    yield f"rarest new word on {_span(rarest(new), (0, 10, 30, 100, 300, 1000))} of 10,000 pages"


@lru_cache(maxsize=1024)
def _span(number: int, ends: tuple[int, ...]) -> str:
    """Name the range of *number*: ``4-6`` if *ends* has 3 and 6, ``40+`` beyond the last."""
    low = min(ends[0], 1)
    for end in ends:
        if number <= end:
            return str(end) if low == end else f"{low}-{end}"
        low = end + 1
    return f"{low}+"


@cache
def _word_lists() -> tuple[list[tuple[str, frozenset[str]]], dict[str, str]]:
    """Read the lists of words, and the words at the start of a text with their names."""
    text = files("qt2anki.notes").joinpath("data", "ranker-words.json").read_text("utf-8")
    data = json.loads(text)
    lists = [(name, frozenset(line.split())) for name, line in data["words"].items()]
    openers = {word: name for name, line in data["openers"].items() for word in line.split()}
    return lists, openers
