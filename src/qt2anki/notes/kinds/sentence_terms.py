"""Find terms in a sentence that are not keywords of its page."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from qt2anki.html.fragment import plain_text
from qt2anki.notes.frequency import is_english, specialist_of
from qt2anki.notes.patterns import pattern, word_set
from qt2anki.notes.text_units import UnitSentence
from qt2anki.notes.verbs import find_verb
from qt2anki.notes.words import STOP_WORDS, root, words

_BOLD = re.compile(r"(?<!\*)\*\*([^*\n]{3,60})\*\*(?!\*)")
_LONG_WORD = re.compile(r"(?<![\w-])[a-z]{6,24}(?![\w-])")
_PREFIX = re.compile(r"^(?:re|over|under|out|un|non|mis|dis|inter|fore|counter|multi)")
_NO_TERMS = frozenset(
    "amidst amongst whilst albeit likewise hereby therein whereby wherein notwithstanding".split()
)
_SHORTEST_PART = 3
_TOKEN = re.compile(r"[^\W\d_][\w'’-]*|\S")
_MODALS = word_set("modals")
_PREPOSITIONS = word_set("prepositions") | {"as"}
_CLOSED = STOP_WORDS.union(
    word_set("points_back"),
    word_set("adverbs"),
    word_set("no_phrase"),
    _PREPOSITIONS,
    _MODALS,
)
_ARTICLES = frozenset("the a an its their his her".split())
_EMPTY = word_set("empty")
_BEFORE_BASE = frozenset("to which that who they and".split())
_BEFORE_PAST = frozenset("which that who it they and he she ,".split())
_BEFORE_INFINITIVE = word_set("before_infinitive")
_NO_ADVERBS = word_set("no_adverbs")
_PARTICIPLE = re.compile(r"(?:ed|en|wn|lt|nd|ing)$")
# Patterns, each with words; a match contains one of the words.
_NAMED = {
    "called": frozenset("called known termed referred".split()),
    "kind_of_thing": frozenset(
        "hormone enzyme protein neurotransmitter bacterium parasite antibiotic drug pigment"
        " alkaloid polymer mineral metal nutrient".split()
    ),
}


def bold_words(sentence: str) -> Iterator[str]:
    """Yield the bold words of *sentence*, except for a label at its start."""
    if "**" not in sentence:
        return
    for bold in _BOLD.finditer(sentence):
        if bold.start() and not bold[1].rstrip().endswith(":"):
            yield plain_text(bold[1])


def rare_words(sentence: str) -> Iterator[str]:
    """Yield the words of a plain *sentence* that other fields do not use."""
    long = _LONG_WORD.findall(sentence)
    special = specialist_of(frozenset(map(root, long)))
    for word in long:
        if root(word) in special and word not in _NO_TERMS and not _is_compound(word):
            yield word


@lru_cache(maxsize=1024)
def _is_compound(word: str) -> bool:
    """Whether *word* is made of everyday words: groundbreaking, reshape."""
    if is_english(root(_PREFIX.sub("", word))):
        return True
    cuts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    return any(is_english(root(word[:at])) and is_english(root(word[at:])) for at in cuts)


def named_words(sentence: UnitSentence) -> Iterator[str]:
    """Yield the names that a *sentence* introduces, in words or in brackets."""
    for name, cues in _NAMED.items():
        if not sentence.words.isdisjoint(cues):
            yield from (found["name"] for found in pattern(name).finditer(sentence.plain))
    if "(" in sentence.plain:
        yield from (found["name"] for found in pattern("in_brackets").finditer(sentence.plain))


def noun_phrases(sentence: str, telling: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the runs of nouns and adjectives in a plain *sentence* with a *telling* word.

    With each comes what it is or follows: "subject", "object", "verb", "preposition", "infinitive"
    or "other".
    """
    run = _TOKEN.findall(sentence)
    end = 0
    for at, token in enumerate(run):
        if at < end or not token[0].isalpha() or not _has(token, telling) or not _is_open(run, at):
            continue
        start, end = at, at + 1
        while start and _is_open(run, start - 1):
            start -= 1
        while start < at and run[start].lower() in _EMPTY:
            start += 1
        while end < len(run) and _is_open(run, end):
            end += 1
        yield " ".join(run[start:end]), _cue(run, start)


def _has(token: str, telling: Collection[str]) -> bool:
    if token.isalpha() and token.isascii():
        return token.lower() in telling
    return any(word in telling for word in words(token))


def _is_open(run: Sequence[str], at: int) -> bool:
    """Whether a word can be part of a noun phrase: not a function word, adverb or finite verb."""
    word = run[at].lower()
    if not word[0].isalpha() or word in _CLOSED:
        return False
    return (not word.endswith("ly") or word in _NO_ADVERBS) and not _is_verb(run, at)


def _is_verb(run: Sequence[str], at: int) -> bool:
    """Whether a word is a verb in this place; many are nouns elsewhere."""
    word, before = run[at].lower(), run[at - 1].lower() if at else ""
    if before.endswith("ly") and at > 1:
        before = run[at - 2].lower()
    if before in _ARTICLES:
        return False
    after_noun = before[:1].isalpha() and before not in _CLOSED
    if word.endswith("ing"):
        return not after_noun or before.endswith("s")
    # "can shrink tumors", "that alter the shape"
    if before in _MODALS or (at + 1 < len(run) and run[at + 1].lower() in _ARTICLES):
        return True
    verb = find_verb(word)
    if verb is None:
        return word.endswith("ed") and (after_noun or before in ("has", "have", "had"))
    if verb.form == "third":
        return before not in _PREPOSITIONS
    if verb.form == "base":
        return before in _BEFORE_BASE or (after_noun and before.endswith("s"))
    return after_noun or before in _BEFORE_PAST


def _cue(run: Sequence[str], at: int) -> str:
    """Name the kind of word before the phrase that starts at *at*."""
    at -= 1
    while at >= 0 and (run[at].lower() in _EMPTY or run[at].lower() in _ARTICLES):
        at -= 1
    if at < 0:
        return "subject"
    before = run[at].lower()
    if before in _PREPOSITIONS:
        told = run[at - 1].lower() if at else ""
        if not _PARTICIPLE.search(told) and find_verb(told) is None:
            return "infinitive" if before == "to" else "preposition"
        return "infinitive" if before == "to" and told in _BEFORE_INFINITIVE else "verb"
    is_object = before in ("using", "(") or (before not in _CLOSED and _is_verb(run, at))
    return "object" if is_object else "other"
