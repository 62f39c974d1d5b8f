"""Words, stems, sentences and cues for cards in languages other than English."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise, repeat
from operator import itemgetter
from typing import Any, Literal

import snowballstemmer

from qt2anki.html.per_thread import PerThread
from qt2anki.notes.phrases import ENGLISH, language_table
from qt2anki.notes.words import STOP_WORDS, word_count
from qt2anki.outline.sentences import sentences
from qt2anki.source.spans import find_spans, outside

LANGUAGES = ("en", "es", "de", "fr", "pt", "pl", "ar", "zh", "ja", "hi")
"""The languages that cards are made in, by their codes in ISO 639."""

_LETTERS_A_WORD = 2  # of Chinese and Japanese
_SCRIPTS = {
    "ar": re.compile(r"[\u0600-\u06ff]+"),
    "hi": re.compile(r"[\u0900-\u097f]+"),
    "ja": re.compile(r"[\u3040-\u30ff\u3400-\u9fff々]+"),
}
_KANA = re.compile(r"[\u3040-\u30ff]")
_OF_WORDS = 0.25  # of an Italian or Catalan text, 0.2 are stop words of Spanish or French
_FEWEST_HITS = 3
_NEVER = re.compile(r"(?!)")
# Vowel signs of Arabic and Indian scripts are not letters to Python, but belong to words.
_WORD = re.compile(
    r"(?:[^\W_]|[\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957])+"
)
# The words of a text without spaces: runs of Chinese characters, of katakana, and of others.
# Hiragana are mostly endings and particles.
_UNSPACED = re.compile(r"[\u3400-\u9fff々]+|[\u30a1-\u30ff]+|[A-Za-z0-9\u00c0-\u024f]+")
_LETTER = re.compile(r"[^\W_]")
_LATIN_RUN = re.compile(r"[A-Za-z0-9\u00c0-\u024f]+")
_MARK = re.compile(r'<div lang="([\w-]+)"')
_END = re.compile(r"(?<=[。！？؟।])(?![」』）)”\"*_])\s*")


@dataclass(frozen=True, slots=True)
class Language:
    """A language of cards; its patterns are matched at the start or searched for."""

    code: str  # the name of its file
    tag: str  # as on the page: "pt-BR"
    direction: Literal["ltr", "rtl"]
    has_spaces: bool  # between words
    stemmer: str  # the name of its Snowball stemmer, "" for none
    stop_words: frozenset[str]
    abbreviation: re.Pattern[str]  # at the end of a text that is not a whole sentence
    set_question: re.Pattern[str]
    definition: re.Pattern[str]
    open_sets: re.Pattern[str]
    steps: re.Pattern[str]
    command: re.Pattern[str]
    stock: re.Pattern[str]
    points_back: re.Pattern[str]
    refusal: re.Pattern[str]

    @property
    def is_english(self) -> bool:
        """Whether the rules for English apply."""
        return self.code == ENGLISH

    def marked(self, html: str) -> str:
        """Mark a fragment of HTML with its language and direction; "" stays empty."""
        if not html or self.is_english:
            return html
        return f'<div lang="{self.tag}" dir="{self.direction}">{html}</div>'

    def size(self, text: str) -> int:
        """Count the words of *text*; without spaces, two characters count as one word."""
        if self.has_spaces:
            return word_count(text)
        latin = len(_LATIN_RUN.findall(text))
        letters = len(_LETTER.findall(_LATIN_RUN.sub(" ", text)))
        return latin + -(-letters // _LETTERS_A_WORD)

    def stems(self, text: str) -> frozenset[str]:
        """Return the stems of content words; without spaces, pairs of characters."""
        plain = unicodedata.normalize("NFC", text).casefold()
        if not self.has_spaces:
            return frozenset(self._pairs(plain))
        found = set(_WORD.findall(plain)) - self.stop_words
        words = {word for word in found if len(word) > 1 or word.isdigit()}
        return frozenset(_stem(self.stemmer, word) for word in words)

    def _pairs(self, plain: str) -> Iterator[str]:
        # The longest first, so that the order is the same everywhere.
        for word in sorted(self.stop_words, key=lambda word: (-len(word), word)):
            plain = plain.replace(word, " ")
        for run in _UNSPACED.findall(plain):
            if run[0] < "\u0250" or len(run) == 1:
                yield run
            else:
                yield from map("".join, pairwise(run))

    def sentences(self, text: str) -> tuple[str, ...]:
        """Return the sentences of *text*, in order."""
        ends = list(outside(find_spans(text), _END.finditer(text)))
        starts = [0, *(end.end() for end in ends)]
        stops = [*(end.start() for end in ends), len(text)]
        found: list[str] = []
        parts: list[str] = []
        for start, stop in zip(starts, stops, strict=True):
            for part in sentences(text[start:stop]):
                parts.append(part)
                if not self.abbreviation.search(part):
                    found.append(" ".join(parts))
                    parts = []
        found += [" ".join(parts)] if parts else []
        return tuple(found)


def language_of(tag: str) -> Language | None:
    """Return the language of a tag such as "de" or "pt-BR"; None if it is not supported."""
    return read_language(tag) if _code_of(tag) in LANGUAGES else None


def language_marked_in(fragments: Iterable[str]) -> str:
    """Return the code of the language that :meth:`Language.marked` named, English by default."""
    tags = (_MARK.match(html) for html in fragments)
    found = next((language_of(one[1]) for one in tags if one), None)
    return found.code if found else ENGLISH


def _code_of(tag: str) -> str:
    return tag.partition("-")[0].lower()


@cache
def read_language(tag: str) -> Language:
    """Read the language of a tag, which must be supported."""
    code = _code_of(tag)
    table = language_table(code)
    return Language(
        code=code,
        tag=tag,
        direction=table.get("direction", "ltr"),
        has_spaces=table.get("has_spaces", True),
        stemmer=table.get("stemmer", ""),
        stop_words=frozenset(table.get("stop_words", "").casefold().split()),
        abbreviation=_ends_in(table.get("abbreviations", "").split()),
        set_question=_cue(table, "set_question"),
        definition=_cue(table, "definition"),
        open_sets=_cue(table, "open_sets"),
        steps=_cue(table, "steps"),
        command=_cue(table, "command"),
        stock=_cue(table, "stock"),
        points_back=_cue(table, "points_back"),
        refusal=_cue(table, "refusal"),
    )


def guess_language(text: str) -> str:
    """Return the code of the probable language of a text, "" if it is not clear."""
    words = _WORD.findall(text.casefold())
    if not text.isascii():
        half = sum(map(len, words)) / 2
        for code, script in _SCRIPTS.items():
            if sum(map(len, script.findall(text))) > half:
                return "zh" if code == "ja" and not _KANA.search(text) else code
    found = Counter(chain.from_iterable(map(_languages_by_word().get, words, repeat(()))))
    best, hits = max(found.items(), key=itemgetter(1), default=("", 0))
    return best if hits >= max(_FEWEST_HITS, _OF_WORDS * len(words)) else ""


@cache
def _languages_by_word() -> dict[str, tuple[str, ...]]:
    """Return the languages that have each word among their stop words."""
    by_word = defaultdict(list)
    for code in LANGUAGES:
        own = language_table(code).get("stop_words", "").casefold().split()
        for word in STOP_WORDS if code == ENGLISH else frozenset(own):
            by_word[word].append(code)
    return {word: tuple(codes) for word, codes in by_word.items()}


def _cue(table: Any, name: str) -> re.Pattern[str]:  # noqa: ANN401  # a table of TOML
    return re.compile(table[name], re.IGNORECASE) if name in table else _NEVER


def _ends_in(words: list[str]) -> re.Pattern[str]:
    if not words:
        return _NEVER
    return re.compile(rf"(?:^|[\s(])(?:{'|'.join(words)})\.$", re.IGNORECASE)


def _stem(stemmer: str, word: str) -> str:
    if not stemmer:
        return word
    known = _stemmers()
    if stemmer not in known:
        known[stemmer] = snowballstemmer.stemmer(stemmer)
    stem: str = known[stemmer].stemWord(word)
    return stem


@PerThread
def _stemmers() -> dict[str, Any]:
    return {}
