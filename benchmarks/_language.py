"""Sentences without a meaning: frames from ``phrases.toml``, filled with the words of a page.

A page has a few nouns, qualities and verbs that come again and again, and *terms* (its keywords)
made of them, as real pages have. A part of the terms are made-up words; like real technical terms,
few of them are frequent and most are rare, so new words come with every page, however many there
are.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

_PHRASES = Path(__file__).with_name("phrases.toml")
_SLOT = re.compile(r"<([A-Za-z]+)>")
_RANKS = 60_000  # made-up words there are
_OWN = {"nouns": 54, "qualities": 24, "verbs": 30, "people": 7}  # words that a page keeps to
_TECHNICAL = 0.2  # of the pages have made-up terms
_OPENED = 0.4  # of the sentences after the first have an opener
_POINTS_BACK = 0.35  # of them have a subject such as "these methods"
_ASIDE = 0.09  # of the sentences have an aside
_ACRONYM_AGAIN = 0.6  # of the acronyms after the first
_TAILS = (0, 1, 1, 1, 1, 1, 2, 2)  # of a sentence
_AN = re.compile(r"\b[Aa](?= [aeiou])")


@cache
def phrases() -> Mapping[str, Any]:
    """Return the tables of words and frames."""
    return tomllib.loads(_PHRASES.read_text(encoding="utf-8"))


@cache
def words(kind: str) -> tuple[str, ...]:
    """Return all words of a kind, such as ``nouns``."""
    return tuple(phrases()["words"][kind].split())


class Topic:
    """What one page is about: the words and terms it keeps to."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._own = {kind: _chosen(chance, words(kind), size) for kind, size in _OWN.items()}
        self._fills: dict[str, Callable[[], str]] = _fills(self)
        self._acronyms: list[str] = []
        self._used = 0  # times that a term was used
        self.is_technical = chance.random() < _TECHNICAL
        count = min(10 + int(chance.expovariate(0.45)), 21)
        self.terms = list(dict.fromkeys(self._new_term() for _ in range(count)))
        self.title = f"{self.terms[0]} in {self.one('qualities')} {_plural(self.one('nouns'))}"

    def one(self, kind: str) -> str:
        """Return one of the page's own words of a kind."""
        return self.chance.choice(self._own[kind])

    def term(self) -> str:
        """Return one of the page's terms; most are used once at least."""
        self._used += 1
        if self._used < 3 * len(self.terms):
            return self.terms[self._used % len(self.terms)]
        return self.chance.choice(self.terms)

    def acronym(self) -> str:
        """Return an acronym: spelled out, and in brackets; by itself when it comes again."""
        if self._acronyms and self.chance.random() < _ACRONYM_AGAIN:
            return self._acronyms[-1]
        spelled = _spelled(_rank(self.chance))
        self._acronyms.append("".join(word[0] for word in spelled.split()))
        return f"{spelled} ({self._acronyms[-1]})"

    def fill(self, frame: str) -> str:
        """Return *frame* with something in every slot."""
        fills = self._fills
        pieces = _pieces(frame)
        return "".join(fills[piece]() if at % 2 else piece for at, piece in enumerate(pieces))

    def pick(self, kind: str, table: str = "text") -> str:
        """Return one of the frames of a kind, filled."""
        return self.fill(self.chance.choice(phrases()[table][kind]))

    def sentence(self, *, is_first: bool = True) -> str:
        """Return a sentence; one that is not the first may point back to the one before."""
        chance = self.chance
        number = "plural" if chance.random() < 0.5 else "singular"
        subject, opener = number, ""
        if not is_first:
            subject += "_again" if chance.random() < _POINTS_BACK else ""
            opener = f"{self.pick('openers')} " if chance.random() < _OPENED else ""
        predicate = self.fill(_agreeing(chance.choice(phrases()["text"]["predicates"]), number))
        aside = self.pick("asides") if chance.random() < _ASIDE else ""
        tails = "".join(self.pick("tails") for _ in range(chance.choice(_TAILS)))
        text = f"{opener}{self.pick(subject)} {predicate}{aside}{tails}."
        return _AN.sub(r"\g<0>n", _upper(text))

    def sentences(self, length: int) -> str:
        """Return sentences of about *length* words together; at least one."""
        made = [self.sentence()]
        while sum(map(_length, made)) + 9 < length:
            made.append(self.sentence(is_first=False))
        return " ".join(made)

    def define(self, term: str) -> str:
        """Return a sentence that says what *term* is."""
        frame = self.chance.choice(phrases()["text"]["definitions"])
        return self.fill(frame.replace("<Term>", _upper(term)))

    def _new_term(self) -> str:
        size = self.chance.choices((1, 2, 3), (27, 62, 11))[0]
        is_made_up = self.is_technical and self.chance.random() < 0.5
        last = made_up(self.chance) if is_made_up else self.one("nouns")
        before = (self.one(self.chance.choice(("qualities", "nouns"))) for _ in range(size - 1))
        return " ".join((*before, last))


def made_up(chance: random.Random) -> str:
    """Make a word; like real ones, few are frequent and most are rare."""
    return _word(_rank(chance))


def _rank(chance: random.Random) -> int:
    return int(chance.paretovariate(0.5)) % _RANKS


def _chosen(chance: random.Random, known: Sequence[str], size: int) -> list[str]:
    """Draw *size* words, longer ones rather than short ones."""
    drawn = chance.sample(known, min(len(known), size * 4 // 3))
    return sorted(drawn, key=len)[-size:]


@cache
def _word(rank: int) -> str:
    inner = random.Random(rank)  # noqa: S311  # the same word for a rank
    syllables, ends = words("syllables"), words("ends")
    stem = "".join(inner.choice(syllables) for _ in range(inner.randint(2, 4)))
    return stem + inner.choice(ends)


@cache
def _spelled(rank: int) -> str:
    """Return the words of an acronym; the same for a rank."""
    inner = random.Random(rank)  # noqa: S311
    spelled = inner.sample(words("qualities"), 1) + inner.sample(words("nouns"), 2)
    return " ".join(spelled).title()


@cache
def _pieces(frame: str) -> Sequence[str]:
    """Cut a frame into texts and, between them, the names of its slots."""
    return tuple(_SLOT.split(frame))


@cache
def _agreeing(predicate: str, number: str) -> str:
    """Make verb and subject agree in number."""
    if number == "plural":
        return predicate.replace("<V>", "<v>").replace("<Be>", "are").replace("<Have>", "have")
    for first in ("play", "allow"):
        predicate = re.sub(rf"^{first}\b", f"{first}s", predicate)
    return predicate.replace("<V>", "<vs>").replace("<Be>", "is").replace("<Have>", "has")


def _fills(topic: Topic) -> dict[str, Callable[[], str]]:
    one, chance = topic.one, topic.chance
    small = {
        "n": lambda: one("nouns"),
        "ns": lambda: _plural(one("nouns")),
        "a": lambda: one("qualities"),
        "v": lambda: one("verbs"),
        "vs": lambda: _third(one("verbs")),
        "ving": lambda: _ing(one("verbs")),
        "who": lambda: one("people"),
        "term": topic.term,
        "t": topic.term,
        "topic": lambda: topic.title,
    }
    capital = {name.capitalize(): _capitalised(fill) for name, fill in small.items()}
    capital["Topic"] = lambda: _upper(topic.title)
    capital["Term"] = lambda: _upper(topic.term())
    signs = {
        "year": lambda: str(chance.randint(1700, 2024)),
        "number": lambda: str(chance.randint(2, 95)),
        "digit": lambda: str(chance.randint(2, 9)),
        "name": lambda: chance.choice(words("names")),
        "acronym": topic.acronym,
        "greek": lambda: chance.choice(phrases()["math"]["greek"].split()),
    }
    letters = dict.fromkeys(("x", "y", "z"), lambda: chance.choice("abcEFgkmnpqrTuvVwxyz"))
    return {**small, **capital, **signs, **letters}


def _capitalised(fill: Callable[[], str]) -> Callable[[], str]:
    """Capitalise every word in titles, as headings do."""
    return lambda: " ".join(map(_upper, fill().split()))


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _length(text: str) -> int:
    return text.count(" ") + 1


@cache
def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    if noun in {"species", "series"}:
        return noun
    if noun.endswith("sis"):
        return f"{noun[:-2]}es"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


@cache
def _third(verb: str) -> str:
    return _plural(verb)


@cache
def _ing(verb: str) -> str:
    if verb.endswith("e") and not verb.endswith("ee"):
        return f"{verb[:-1]}ing"
    return f"{verb}ting" if verb in {"permit", "submit"} else f"{verb}ing"
