"""What can be seen of a candidate that tells a card worth keeping from a poor one.

Every feature is a phrase that explains itself; the ranker adds up their weights. All of them come
from the candidate alone, so that its score depends on nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise

from qt2anki.html.visible_text import seen_text
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Note
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frequency import is_specialist, is_technical, rarest
from qt2anki.notes.words import content_words, roots, vague_words, word_count, words

_GAP = re.compile(r"\{\{c1::(.*?)(?:::[^{}]*)?\}\}", re.DOTALL)
_SHAPE = re.compile(r'<span class="qt-shape">[^<>]*</span>')
_PART = re.compile(r"<li>|<tr>|<pre")
_FORMULA = re.compile(r"\\[(\[]")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+|\b[A-Z]{2,}\b")
_BRACKETS = re.compile(r"\([^()]*\)")
_ABSTRACT = re.compile(r"\w(?:tion|ment|ness|ity|ance|ence|ing|ship|ism)s?$")


def card_texts(note: Note) -> tuple[str, str, str]:
    """Return context, question and graded answer of the note's first card, as plain text."""
    if note.note_type == "cloze":
        fields = dict(zip(CLOZE_FIELDS, note.fields, strict=True))
        context = (
            f"{fields['Context']} · {fields['Title']}" if fields["Title"] else fields["Context"]
        )
        question = _GAP.sub("…", fields["Text"])
        answer = " / ".join(dict.fromkeys(_GAP.findall(fields["Text"])))
    else:
        fields = dict(zip(QA_FIELDS, note.fields, strict=True))
        context, answer = fields["Context"], fields["Answer"]
        question = _SHAPE.sub("", fields["Question"])
    return seen_text(context), seen_text(question), seen_text(answer)


def features_of(candidate: Candidate) -> tuple[str, ...]:
    """Return the features that *candidate* has, sorted."""
    return tuple(sorted(set(_features(candidate))))


def _features(candidate: Candidate) -> Iterator[str]:
    note = candidate.note
    context, question, answer = card_texts(note)
    yield from (f"trait {trait}" for trait in candidate.traits)
    if candidate.cue:
        yield f"cue {candidate.cue}"
    yield from _answer_features(answer, note)
    yield from _question_features(context, question)
    yield from _novelty(f"{context} {question}", answer)
    if candidate.sentence:
        yield from _worded("sentence", candidate.sentence)


def _answer_features(answer: str, note: Note) -> Iterator[str]:
    yield f"answer of {_span(word_count(answer), (1, 2, 3, 6, 10, 15, 20, 25, 30, 40))} words"
    field = note.fields[CLOZE_FIELDS.index("Text") if note.note_type == "cloze" else 2]
    parts = len(_PART.findall(field))
    if parts:
        yield f"answer of {_span(parts, (1, 2, 3, 4, 5, 8))} parts"
    yield from _worded("answer", answer)


def _question_features(context: str, question: str) -> Iterator[str]:
    yield f"question of {_span(word_count(question), (2, 4, 6, 9, 14, 20, 30, 40))} words"
    yield f"context of {_span(word_count(context), (0, 5, 10, 15, 20, 30))} words"
    yield from _worded("question", question)
    yield from (f"topic {kind}" for kind in _lists_in(words(context), "topic"))


def _worded(where: str, text: str) -> Iterator[str]:
    """Yield what kinds of words *text* has, and how it begins."""
    run = words(text)
    yield from (f"{where} has {name}" for name in _lists_in(run, "word"))
    yield from (f"{where} has {name}" for name in _lists_in(map(" ".join, pairwise(run)), "pair"))
    yield from (f"{where} opens with {name}" for name in _lists_in(run[:1], "opener"))
    if any(sign.isdigit() for sign in text):
        yield f"{where} has a number"
    if _FORMULA.search(text):
        yield f"{where} has a formula"
    if _NAME.search(text):
        yield f"{where} has a name"
    if _BRACKETS.search(text):
        yield f"{where} has brackets"
    vague = vague_words(text)
    if vague:
        yield f"{where} has {_span(vague, (1, 2))} words of praise"
    content = content_words(text)
    if len(content) > 2:
        abstract = sum(map(bool, map(_ABSTRACT.search, content)))
        yield f"{where} is {_span(100 * abstract // len(content), (0, 15, 30, 45, 60))} % abstract"
    commas = text.count(",")
    if commas:
        yield f"{where} has {_span(commas, (1, 2, 3))} commas"


def _novelty(front: str, answer: str) -> Iterator[str]:
    """Yield how much of the answer is new, and how technical it is."""
    known, told = roots(front), roots(answer)
    new = told - known
    if told:
        shared = 100 * len(told & known) // len(told)
        yield f"{_span(shared, (0, 20, 35, 50, 70))} % of the answer is on the front"
    yield f"{_span(len(new), (0, 1, 2, 3, 5, 8))} new words"
    yield f"{_span(sum(map(is_technical, new)), (0, 1, 2, 3))} new technical words"
    yield f"{_span(sum(map(is_specialist, new)), (0, 1, 2))} new specialist words"
    yield f"{_span(sum(map(is_specialist, known)), (0, 1, 2, 3, 5))} specialist words on the front"
    yield f"rarest new word on {_span(rarest(new), (0, 10, 30, 100, 300, 1000))} of 10,000 pages"


def _span(number: int, ends: tuple[int, ...]) -> str:
    """Name the range *number* is in: ``4-6`` where *ends* has 3 and 6, ``40+`` beyond the last."""
    low = min(ends[0], 1)
    for end in ends:
        if number <= end:
            return str(end) if low == end else f"{low}-{end}"
        low = end + 1
    return f"{low}+"


def _lists_in(found: Iterable[str], group: str) -> Iterator[str]:
    table = _word_lists()[group]
    return filter(None, (table.get(word) for word in found))


@cache
def _word_lists() -> dict[str, dict[str, str]]:
    """Read the word lists: by group, the name of the list each word is in."""
    text = files("qt2anki.notes").joinpath("data", "ranker-words.json").read_text("utf-8")
    return {
        group: {word: name for name, words in lists.items() for word in words.split()}
        for group, lists in json.loads(text).items()
    }
