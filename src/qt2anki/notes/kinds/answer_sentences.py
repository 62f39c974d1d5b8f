"""Find the sentences of a page that could answer its question, and rate them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Listing, Outline, Paragraph
from qt2anki.notes.frequency import rare_of, technical_of
from qt2anki.notes.kinds.questions import Asked, word_list
from qt2anki.notes.refusals import speaks_of_sources
from qt2anki.notes.words import roots, vague_words, word_count
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.score import Sequence

MOST_WORDS = 40
_RARE = 300  # of 10,000 pages: a word of some subjects, not of all
_SHORTEST = 8  # words of a sentence that was cut
_LONGEST = 800  # characters; longer sentences are not read, since no answer of 45 words is longer

_EMPTY = re.compile(rf"(?<![\w-])(?:{'|'.join(word_list('empty phrases'))})(?![\w-])")
_POINTS_AWAY = re.compile(
    r"(?:understanding|these|this|such|they|it|its|their|he|she|his|her|overall|through (?:these"
    r"|this)|by (?:understanding|following|these|this)|for (?:example|instance)|consider|suppose"
    r"|here|below|additionally|in addition|furthermore|moreover|however|thus|therefore|hence|also"
    r"|both|each|together|similarly|let|note|if you|you|we|your|our|those|that|one|another|then"
    r"|when you|at this|in this|finally|as a result|consequently|conversely|in contrast|despite)\b",
    re.IGNORECASE,
)
# Where a sentence may end early: the rest is left out if it contains praise.
_TRAIL = re.compile(
    r", (?:all of which|both of which|thereby|thus|ultimately|(?:and )?therefore|\w+ing|which|where"
    r"|while|as)\b"
    r"|(?<! is)(?<! are)(?<! was)(?<! were) (?:that (?:is|are) )?"
    r"(?:essential|crucial|important|vital|necessary|critical) (?:for|in|to)\b"
    r"|, (?=(?:particularly|especially|often|including|primarily)\b)"
)
# A fragment of a sentence that was cut: it starts in lower case, unlike "pH" and "mRNA".
_GOES_ON = re.compile(r"[\"“'*_]*[a-z](?![A-Z])")
_FIGURE = re.compile(r"\d|\\\(")


@dataclass(frozen=True, slots=True)
class Core:
    """One possible graded answer."""

    html: str
    text: str  # as a reader sees it
    cue: str  # the words that make it an answer
    sentence: str = ""  # the sentence of the page that it is from
    hint: str = ""  # its shape, shown with the question: "6 steps, in order"
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Told:
    """A sentence of the page, both whole and without an ending that contains only praise."""

    markdown: str
    is_deep: bool  # below a heading or a point, so it is about a part of the topic

    @cached_property
    def text(self) -> str:
        """The sentence as a reader sees it."""
        return plain_text(self.markdown)

    @cached_property
    def short(self) -> str:
        """The sentence (Markdown) without an ending that contains only praise."""
        return trimmed(self.markdown)

    @cached_property
    def said(self) -> str:
        """*short* as a reader sees it."""
        return self.text if self.short == self.markdown else plain_text(self.short)

    @property
    def points_away(self) -> bool:
        """Whether the sentence starts with a word that refers to the sentence before it."""
        return bool(_POINTS_AWAY.match(self.text))


@dataclass(frozen=True)
class PageText:
    """The content of a page: its outline, sequences, and sentences that could be answers."""

    outline: Outline
    sequences: tuple[Sequence, ...]

    @cached_property
    def sentences(self) -> tuple[Told, ...]:
        """The sentences that could be answers; many questions are answered without them."""
        return tuple(_told_by(self.outline))


def _told_by(outline: Outline) -> Iterator[Told]:
    """Yield the sentences that could be answers: opening, summary, then the rest."""
    whole = [s for paragraph in outline.lead for s in sentences(paragraph.text)]
    if outline.summary:
        whole += sentences(outline.summary.text)[:3]
    parts: list[str] = []
    for block in outline.blocks:
        match block:
            case Paragraph(text=text):
                parts += sentences(text)
            case Listing(items=items):
                parts += [s for item in items for s in sentences(item.text)[:2]]
            case _:
                pass
    opening = frozenset(whole)
    for markdown in dict.fromkeys((*whole, *parts)):
        if len(markdown) > _LONGEST or markdown[-1] in ":?" or _GOES_ON.match(markdown):
            continue
        if speaks_of_sources(markdown):
            continue
        yield Told(markdown, markdown not in opening)


def trimmed(markdown: str, *, least: int = _SHORTEST) -> str:
    """Cut off the end of a sentence if it contains only praise, but keep *least* words."""
    for cut in _TRAIL.finditer(markdown):
        head, tail = markdown[: cut.start()], markdown[cut.start() :]
        is_whole = head.count("(") == head.count(")") and head.count("**") % 2 == 0
        if is_whole and word_count(head) >= least and emptiness(tail):
            return f"{head}."
    return markdown


def emptiness(text: str) -> int:
    """Count the words and phrases of *text* that sound informative but are not."""
    return vague_words(text) + len(_EMPTY.findall(text.lower()))


def news(text: str, known: frozenset[str]) -> tuple[int, int]:
    """Count the roots of *text* that are not *known* and are rare, and the technical ones."""
    new = roots(text) - known
    figures = bool(_FIGURE.search(text))
    return len(rare_of(new, _RARE)) + figures, len(technical_of(new)) + figures


def covered(asked: Asked, text: str) -> float:
    """Return the share of the question's topic that *text* mentions."""
    return len(asked.topic & roots(text)) / max(1, len(asked.topic))


def sentence_core(markdown: str, cue: str, told: Told, known: frozenset[str], *traits: str) -> Core:
    """Make an answer from *markdown*, a part of the sentence *told*."""
    shown = markdown[:1].upper() + markdown[1:]
    text = plain_text(shown)
    rare, technical = news(text, known)
    own = {f"rare-{min(rare, 9)}", f"technical-{min(technical, 5)}", f"empty-{emptiness(text)}"}
    if told.is_deep:
        own.add("deep")
    if markdown != told.markdown:
        own.add("trimmed")
    return Core(inline_html(shown), text, cue, told.text, traits=frozenset(own.union(traits)))


def best_first(found: list[tuple[float, Core]]) -> Iterator[Core]:
    """Yield the best answers first; equal ones are in the order of the page."""
    return (core for _, core in sorted(found, key=lambda pair: -pair[0]))
