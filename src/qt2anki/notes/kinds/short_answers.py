"""The graded part of a main answer: a definition, the steps, the points, or one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Block, Heading, Listing, Outline, Paragraph
from qt2anki.notes.gates import CORE_MOST_WORDS
from qt2anki.notes.identity import without_counter
from qt2anki.notes.refusals import speaks_of_sources
from qt2anki.notes.words import roots, vague_words, word_count
from qt2anki.outline.sentences import first_sentence, sentences
from qt2anki.outline.sequence.score import Sequence

MOST_POINTS = 9
_MOST_POINTS_AT_ALL = 12
_GOOD_WORTH = 7.0
_GOOD_LENGTH = 30  # words; a longer sentence is more than one fact
_ENOUGH_NEW = 10  # roots; beyond that a sentence does not get better

_DEFINITION_QUESTION = re.compile(
    r"(?:what (?:is|are|was|were)|who (?:is|was|were)|define|what does)\s+(?P<term>[^,?]{2,70}?)"
    r"(?: mean)?\s*[?.]?$",
    re.IGNORECASE,
)
_NO_DEFINITION = re.compile(
    r"\b(?:role|importance|significance|differences?|relationship|types?|kinds?|benefits?"
    r"|advantages?|disadvantages?|effects?|impacts?|causes?|reasons?|steps?|stages?|phases?"
    r"|features?|characteristics?|components?|elements?|examples?|implications?|factors?|ways?"
    r"|methods?|strategies|challenges?|limitations?|applications?|functions?|purposes?|main|key"
    r"|some|common|primary|major)\b|^the (?!(?:concept|definition|meaning|term|idea|theory) of\b)"
    r".* of\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"\b(?:is|are|was|were|refers? to|describes?|means|denotes?|can be defined as)\b"
    r"(?! (?:crucial|essential|important|significant|vital|pivotal|fundamental|often|influenced"
    r"|multifaceted|complex|integral|central|based|characterized|marked|designed)\b)",
    re.IGNORECASE,
)
_NO_POINT = re.compile(
    r"(?:conclusions?|summary|introduction|overview|final thoughts|key takeaways?|references"
    r"|examples?)\b",
    re.IGNORECASE,
)
# Sentences that open so speak about the answer instead of giving it.
_FILLER = re.compile(
    r"(?:by \w+ing|understanding|these|this|such|overall|through these|for example|for instance"
    r"|consider|suppose|to |here|below|additionally|in addition|furthermore|moreover|however)\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(r"\b(?:compar\w+|differ\w*|distinguish\w*|contrast\w*)\b", re.IGNORECASE)
# Words by which a sentence announces an answer that stands elsewhere. Searched for in lower case:
# ignoring case while searching takes many times as long.
_ANNOUNCES = re.compile(
    r"\b(?:several|various|multifaceted|as follows|the following|can be (?:categorized|summarized"
    r"|understood|classified)|a (?:variety|number|range) of|many (?:factors|ways|aspects)"
    r"|complex)\b"
)


@dataclass(frozen=True, slots=True)
class Core:
    """One possible graded answer."""

    html: str
    text: str  # as a reader sees it
    hint: str = ""  # its shape, shown with the question: "6 steps, in order"
    points: tuple[str, ...] = ()  # where it is a list: what is to be named


def cores(outline: Outline, sequences: tuple[Sequence, ...], *, question: str) -> Iterator[Core]:
    """Yield possible cores, the best first; *question* is plain text."""
    opening = first_sentence(outline.lead[0].text) if outline.lead else ""
    if _defines(question, opening):
        yield _sentence(opening)
    if len(sequences) == 1:
        yield _steps(sequences[0])
    yield from _points(outline, [sequence.listing for sequence in sequences])
    ranked = _ranked_sentences(outline, question)
    yield from (_sentence(text) for text, worth in ranked if worth >= _GOOD_WORTH)
    yield from _long_lists(outline)
    yield from (_sentence(text) for text, _ in ranked)


def _defines(question: str, sentence: str) -> bool:
    """Whether *question* asks what a thing is, and *sentence* says so."""
    asked = _DEFINITION_QUESTION.match(question.strip())
    if asked is None or _NO_DEFINITION.search(asked["term"]) or not _may_answer(sentence):
        return False
    verb = _DEFINES.search(sentence)
    return bool(verb and roots(asked["term"]) & roots(plain_text(sentence[: verb.start()])))


def _sentence(markdown: str) -> Core:
    return Core(inline_html(markdown), plain_text(markdown))


def _steps(sequence: Sequence) -> Core:
    steps = [without_counter(item.title) for item in sequence.steps]
    # Their order is to be known even of steps whose names the question tells.
    core = replace(_list("ol", steps, f"{len(steps)} steps, in order"), points=())
    if not sequence.rest:
        return core
    names = "; ".join(inline_html(item.title) for item in sequence.rest)
    return replace(core, html=f'{core.html}<p class="qt-also">Also: {names}</p>')


def _list(tag: str, titles: list[str], hint: str) -> Core:
    items = "".join(f"<li>{inline_html(title)}</li>" for title in titles)
    points = tuple(map(plain_text, titles))
    return Core(f"<{tag}>{items}</{tag}>", " ".join(points), hint, points)


def _points(outline: Outline, ordered: list[Listing]) -> Iterator[Core]:
    """Yield the titles of the one list, or the headings with the titles below them."""
    titled = _titled_lists(outline)
    headings = _headings(outline.blocks)
    comes_first = len(headings) < 2 or (bool(titled) and titled[0].style == "headings")
    if titled and comes_first:
        yield from _list_cores(titled[0], MOST_POINTS)
    if 2 <= len(headings) <= MOST_POINTS:
        yield from _parts(outline, headings, ordered)
    if len(titled) == 1 and not comes_first:
        yield from _list_cores(titled[0], MOST_POINTS)


def _long_lists(outline: Outline) -> Iterator[Core]:
    for listing in _titled_lists(outline)[:1]:
        yield from _list_cores(listing, _MOST_POINTS_AT_ALL)


def _titled_lists(outline: Outline) -> list[Listing]:
    return [
        listing
        for listing in outline.lists
        if len(_titles(listing)) >= 2 and not _NO_POINT.match(listing.section)
    ]


def _list_cores(listing: Listing, most: int) -> Iterator[Core]:
    """Yield the titles of a list, and with their texts where the titles alone say too little."""
    titles = _titles(listing)
    if len(titles) > most:
        return
    hint = f"{len(titles)} points"
    yield _list("ul", titles, hint)
    pairs = [(item.title, first_sentence(item.text)) for item in listing.items if item.title]
    if all(said and not said.endswith(":") for _, said in pairs):
        text = " ".join(plain_text(part) for pair in pairs for part in pair)
        rows = [f"<li><b>{inline_html(t)}</b>: {inline_html(said)}</li>" for t, said in pairs]
        yield Core(f"<ul>{''.join(rows)}</ul>", text, hint)


def _titles(listing: Listing) -> list[str]:
    return [item.title for item in listing.items if item.title]


def _headings(blocks: tuple[Block, ...]) -> list[str]:
    """Return the top headings that say something about the subject."""
    headings = [block for block in blocks if isinstance(block, Heading)]
    if not headings:
        return []
    top = min(heading.level for heading in headings)
    if sum(heading.level == top for heading in headings) < 2:
        deeper = [heading.level for heading in headings if heading.level > top]
        top = min(deeper, default=top)
    return [h.text for h in headings if h.level == top and not _NO_POINT.match(h.text)]


def _parts(outline: Outline, headings: list[str], ordered: list[Listing]) -> Iterator[Core]:
    """Yield the headings with the titles below them, where that is short, and without."""
    below = {
        heading: [listing for listing in outline.lists if listing.section == heading]
        for heading in headings
    }
    hint = f"{len(headings)} parts"
    titles = [t for lists in below.values() for listing in lists for t in _titles(listing)]
    text = " ".join(map(plain_text, (*headings, *titles)))
    if word_count(text) <= CORE_MOST_WORDS:
        rows = [_part(heading, below[heading], ordered) for heading in headings]
        yield Core(f"<ul>{''.join(rows)}</ul>", text, hint)
    yield _list("ul", headings, hint)


def _part(heading: str, listings: list[Listing], ordered: list[Listing]) -> str:
    sub = "".join(_sub_points(listing, ordered) for listing in listings)
    return f"<li>{inline_html(heading)}{sub}</li>"


def _sub_points(listing: Listing, ordered: list[Listing]) -> str:
    titles = map(inline_html, map(without_counter, _titles(listing)))
    joined = (" → " if listing in ordered else " · ").join(titles)
    return f'<div class="qt-sub">{joined}</div>' if joined else ""


def _ranked_sentences(outline: Outline, question: str) -> list[tuple[str, float]]:
    """Return the sentences that could be the answer, the best first, with what they are worth."""
    opening = [s for paragraph in outline.lead[:1] for s in sentences(paragraph.text)[:2]]
    closing = sentences(outline.summary.text)[:1] if outline.summary else ()
    later = [first_sentence(b.text) for b in outline.blocks if isinstance(b, Paragraph)]
    # Whoever asks for a comparison is answered at the end, where all sides have been told.
    closing_bonus = 8 if _COMPARES.search(question) else 4
    bonus = dict.fromkeys(closing, closing_bonus) | dict.fromkeys(opening[:1], 5)
    found = [s for s in dict.fromkeys((*opening, *closing, *later)) if _may_answer(s)]
    worth = {s: _worth(plain_text(s), question) + bonus.get(s, 0) for s in found}
    return sorted(worth.items(), key=lambda pair: pair[1], reverse=True)


def _may_answer(sentence: str) -> bool:
    return bool(sentence) and not sentence.endswith(":") and not speaks_of_sources(sentence)


def _worth(text: str, question: str) -> float:
    """Weigh a sentence: what it says beyond the question, less praise, announcements, length."""
    own, asked = roots(text), roots(question)
    new = min(len(own - asked), _ENOUGH_NEW)
    shared = min(2, len(own & asked))
    empty = 3 * vague_words(text) + 3 * len(_ANNOUNCES.findall(text.lower()))
    length = max(0, word_count(text) - _GOOD_LENGTH) / 3
    return new + shared - empty - length - (5 if _FILLER.match(text) else 0)
