"""Answers of made-up pages, in the shapes of real ones and as often (see ``proportions.py``)."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks._language import Topic, made_up, phrases

_BREAK = "\\n\\n"
_LINE = "\\n"
_LONG_WORD = re.compile(r"\b[a-z]{7,}\b")
_FORMAL = re.compile(r"[$`\\|<>]")  # formulas, code, tables: stay as they are
_PROSE = re.compile(r"[A-Z][^$`|<>{}*#\\]+[.]")
_ITEM = re.compile(r"\d+\. ")
# What an answer is made of, by its share of a real site.
_SHAPES = {
    "list": 0.605,
    "nested list": 0.085,
    "sections": 0.1,
    "sections of bullets": 0.045,
    "numbered headings": 0.02,
    "bullets": 0.015,
    "prose": 0.13,
}
_ITEMS = {2: 1, 3: 6, 4: 13, 5: 30, 6: 23, 7: 13, 8: 9, 9: 3, 10: 2}
_GLOSSARIES = 0.4  # of the technical pages
_REFUSED = 0.002
_MATH = 0.055
_MONEY = 0.02
_BRACKETED = 0.025


@dataclass(frozen=True)
class Sample:
    """A page of ``input/``: its question, and the parts of its answer between blank lines."""

    question: str
    parts: tuple[str, ...]


def make_question(topic: Topic, sample: Sample | None) -> str:
    """Return the question of a page; that of the *sample* with other words where there is one."""
    if sample is None:
        return topic.pick("questions")
    return f"{sample.question.rstrip('?')} of {topic.terms[0]}?"


def make_answer(topic: Topic, sample: Sample | None) -> str:
    """Return an answer as it stands in a page, in one line, newlines written as two characters."""
    chance = topic.chance
    if sample is not None:
        return _recombined(topic, sample)
    if chance.random() < _REFUSED:
        return topic.pick("refusals")
    shape = chance.choices(list(_SHAPES), list(_SHAPES.values()))[0]
    length = int(min(max(chance.gauss(330, 68), 60), 620))
    parts = _BODIES[shape](topic, length)
    return _BREAK.join(_with_signs(topic, parts))


def draw_sample(chance: random.Random, samples: Mapping[str, Sample]) -> Sample | None:
    """Return the page of ``input/`` that a page takes its form from; None for most."""
    point = chance.random()
    for kind in phrases()["whole"].values():
        point -= kind["share"]
        if point < 0:
            return samples[chance.choice(kind["pages"])]
    return None


def _recombined(topic: Topic, sample: Sample) -> str:
    """Change words, shorten the list, and put other sentences at both ends."""
    chance = topic.chance
    items = [at for at, part in enumerate(sample.parts) if _ITEM.match(part)]
    left = chance.randint(0, max(0, len(items) - 4)) if len(items) > 4 else 0
    gone = set(items[len(items) - left :])
    parts = [_varied(part, chance) for at, part in enumerate(sample.parts) if at not in gone]
    if _PROSE.fullmatch(sample.parts[-1]):
        parts[-1] = _closing(topic, 40)
    return _BREAK.join(parts)


def _varied(part: str, chance: random.Random) -> str:
    if _FORMAL.search(part.replace(_LINE, " ")):
        return part
    return _LONG_WORD.sub(lambda word: made_up(chance) if chance.random() < 0.15 else word[0], part)


def _list(topic: Topic, length: int) -> list[str]:
    count = topic.chance.choices(list(_ITEMS), list(_ITEMS.values()))[0]
    lead, end = _lead(topic), _closing(topic, 40)
    each = (length - _words(lead) - _words(end)) / count
    return [lead, *_items(topic, count, each), end]


def _nested_list(topic: Topic, length: int) -> list[str]:
    parts = _list(topic, length // 2)
    indent = " " * topic.chance.choice((2, 3, 3, 3, 4))
    return [
        part + "".join(f"{_LINE}{indent}{line}" for line in _bullets(topic, 2, 14))
        if _ITEM.match(part) and topic.chance.random() < 0.8
        else part
        for part in parts
    ]


def _sections(topic: Topic, length: int) -> list[str]:
    count = topic.chance.choice((1, 2, 2, 2, 3))
    parts = [_lead(topic)]
    items = topic.chance.choice((2, 3, 3, 4)) if count > 1 else 5
    each = (length - 80) / (count * items)
    for _ in range(count):
        parts += [f"### {topic.pick('headings')}", *_items(topic, items, each)]
    return [*parts, *_conclusion(topic)]


def _sections_of_bullets(topic: Topic, length: int) -> list[str]:
    count = topic.chance.choice((2, 3, 3, 4))
    parts = [_lead(topic)]
    for _ in range(count):
        lines = _bullets(topic, 3, (length - 80) // (count * 3))
        parts += [f"### {topic.pick('headings')}", _LINE.join(lines)]
    return [*parts, *_conclusion(topic)]


def _numbered_headings(topic: Topic, length: int) -> list[str]:
    count = topic.chance.choice((3, 4, 5))
    parts = [_lead(topic)]
    for number in range(1, count + 1):
        lines = _bullets(topic, 2, (length - 80) // (count * 2))
        parts.append(_LINE.join((f"### {number}. {topic.pick('headings')}", *lines)))
    return [*parts, *_conclusion(topic)]


def _bullet_page(topic: Topic, length: int) -> list[str]:
    count = topic.chance.choice((4, 5, 6, 7))
    bullets = _bullets(topic, count, (length - 80) // count)
    return [_lead(topic), _LINE.join(bullets), _closing(topic, 40)]


def _prose(topic: Topic, length: int) -> list[str]:
    count = topic.chance.choice((3, 4, 4, 5, 6))
    each = (length * 0.85 - 40) / count
    first = topic.define(topic.terms[0]) if topic.chance.random() < 0.3 else topic.pick("leads")
    paragraphs = [topic.sentences(int(each)) for _ in range(count)]
    return [f"{first} {paragraphs[0]}", *paragraphs[1:], _closing(topic, 40)]


_BODIES = {
    "list": _list,
    "nested list": _nested_list,
    "sections": _sections,
    "sections of bullets": _sections_of_bullets,
    "numbered headings": _numbered_headings,
    "bullets": _bullet_page,
    "prose": _prose,
}


def _lead(topic: Topic) -> str:
    chance = topic.chance
    more = f" {topic.sentence()}" if chance.random() < 0.35 else ""
    announced = topic.pick("announcements") if chance.random() < 0.6 else topic.sentence()
    return f"{topic.pick('leads')}{more} {announced}"


def _items(topic: Topic, count: int, length: float) -> list[str]:
    """Return *count* numbered items, each of about *length* words."""
    style = topic.chance.choices(("**{}**: {}", "**{}** - {}", "**{}:** {}"), (94, 3, 3))[0]
    is_glossary = topic.is_technical and topic.chance.random() < _GLOSSARIES
    made = []
    for number in range(1, count + 1):
        size = max(8, int(topic.chance.gauss(length, 9)))
        title, text = topic.pick("titles"), topic.sentences(size)
        if is_glossary:
            term = topic.terms[number % len(topic.terms)]
            title, text = term.title(), f"{topic.define(term)} {text}"
        made.append(f"{number}. {style.format(title, text)}")
    return made


def _bullets(topic: Topic, count: int, length: int) -> list[str]:
    """Return bullets; most have a bold title."""
    is_titled = topic.chance.random() < 0.7
    title = "**{}**: " if is_titled else "{}"
    return [
        f"- {title.format(topic.pick('titles') if is_titled else '')}"
        f"{topic.sentences(max(6, length))}"
        for _ in range(count)
    ]


def _conclusion(topic: Topic) -> list[str]:
    if topic.chance.random() < 0.5:
        return [f"### {topic.chance.choice(phrases()['text']['conclusions'])}", topic.sentences(40)]
    return [_closing(topic, 40)]


def _closing(topic: Topic, length: int) -> str:
    point = topic.chance.random()
    rest = topic.sentences(length)
    if point < 0.77:
        cue = topic.chance.choice(phrases()["text"]["cues"])
        return f"{cue} {rest[0].lower()}{rest[1:]}"
    return f"{topic.pick('untitled')} {rest}" if point < 0.92 else rest


def _with_signs(topic: Topic, parts: Sequence[str]) -> list[str]:
    """Put formulas or sums of money into the texts of some pages."""
    chance, point = topic.chance, topic.chance.random()
    if point < _MONEY:
        return [_inserted(part, topic, "money", 0.1) for part in parts]
    if point < _MONEY + _BRACKETED:
        return [_inserted(part, topic, "bracketed", 0.25) for part in parts]
    if point > _MONEY + _BRACKETED + _MATH:
        return list(parts)
    made = [_inserted(part, topic, "inline", 0.4) for part in parts]
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        at = chance.randrange(len(made))
        inside = "   " if _ITEM.match(made[at]) else ""
        formula = topic.pick("display", "math")
        lines = ("", f"{inside}$$", f"{inside}{formula}", f"{inside}$$")
        made[at] += f" {topic.pick('introductions', 'math')}" + _LINE.join(lines)
    return made


def _inserted(part: str, topic: Topic, kind: str, rate: float) -> str:
    """Put a sign after some of the commas."""
    if part.startswith("#"):
        return part
    pieces = part.split(", ")
    made = [
        f"{piece} {topic.pick(kind, 'math')}" if topic.chance.random() < rate else piece
        for piece in pieces[:-1]
    ]
    return ", ".join((*made, pieces[-1]))


def _words(text: str) -> int:
    return text.count(" ") + 1
