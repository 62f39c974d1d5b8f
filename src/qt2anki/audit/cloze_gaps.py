"""Gaps that more than one word would fill (12)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from qt2anki.audit.findings import Figure, Finding, Metric, met, share, soft
from qt2anki.audit.rendered_cards import GAP, Card
from qt2anki.notes.frequency import rarest
from qt2anki.notes.words import content_words, roots

_COMMON_RATE = 100  # pages of 10,000
_LEAST_LEFT = 5
_MOST_HIDDEN = 0.2
_EXAMPLE = re.compile(
    rf"\b(?:such as|including|include|like|e\.g\.,?|especially|for example,?)\s+{GAP}",
    re.IGNORECASE,
)
# One member of a list; "and" before a verb joins sentences, and the gap is not one of several.
_MEMBER = re.compile(
    rf"\w\s*,?\s+(?:and|or|&)\s+{GAP}(?=\s*(?:[,.;:)]|$))"
    rf"|(?:^|[,:]|\b(?:of|as|both|either|between|with|by|the))\s+{GAP}\s*,?\s+(?:and|or|&)\s+"
    r"(?!(?:is|are|was|were|can|has|have|then|thus|therefore|also|it|this|they|to)\b)"
    rf"|,\s+{GAP}\s*,[^.;]{{0,200}}?\b(?:and|or)\b",
    re.IGNORECASE,
)


def ambiguity_metric(cards: Sequence[Card]) -> Metric:
    """12: the words around a gap determine its answer."""
    gapped = [card for card in cards if card.is_cloze and card.kind not in ("next", "name")]
    named = [card for card in cards if card.kind == "name"]
    never = [*_where(gapped, _member), *_where(gapped, _example), *_other_answers(gapped)]
    seldom = [*_where([*gapped, *named], _too_little_left), *_where(gapped, _common)]
    doubtful = share(len({finding.guid for finding in seldom}), len(gapped) + len(named))
    figures = (
        Figure("one of several", len(never)),
        Figure("hard to tell", doubtful, is_share=True),
    )
    return soft(
        12,
        met(not never and doubtful <= 0.05),
        len(gapped) + len(named),
        figures,
        [*never, *seldom],
    )


def _where(cards: Iterable[Card], fault: Callable[[Card], str]) -> list[Finding]:
    return [card.finding(12, text) for card in cards if (text := fault(card))]


def _member(card: Card) -> str:
    if card.answers[0][:1].isupper() or any(char.isdigit() for char in card.answers[0]):
        return ""
    found = _MEMBER.search(card.asks)
    return f"the gap is one of several: {found[0].strip()!r}" if found else ""


def _example(card: Card) -> str:
    found = _EXAMPLE.search(card.asks)
    return f"the gap is an example: {found[0].strip()!r}" if found else ""


def _other_answers(cards: Iterable[Card]) -> list[Finding]:
    by_text: dict[str, list[Card]] = defaultdict(list)
    for card in cards:
        by_text[card.asks.casefold()].append(card)
    return [
        card.finding(12, f"{group[0].key} has the same text and another answer")
        for group in by_text.values()
        for card in group[1:]
        if card.answers != group[0].answers
    ]


def _too_little_left(card: Card) -> str:
    left = len(content_words(_clue(card)))
    hidden = sum(len(content_words(answer)) for answer in _in_clue(card))
    if left < _LEAST_LEFT:
        return f"only {left} words are left to find it by"
    if share(hidden, hidden + left) > _MOST_HIDDEN:
        return f"{hidden} of {hidden + left} words are hidden"
    return ""


def _clue(card: Card) -> str:
    return card.asks.partition("Which step?")[0] if card.kind == "name" else card.asks


def _in_clue(card: Card) -> tuple[str, ...]:
    """Return the hidden texts, but for the name that a ``name`` card asks for at its end."""
    return card.answers[:-1] if card.kind == "name" else card.answers


def _common(card: Card) -> str:
    hidden = roots(" ".join(card.answers)) - roots(card.known)
    if not hidden or any(char.isdigit() for char in card.answers[0]):
        return ""
    is_common = rarest(hidden) >= _COMMON_RATE
    return f"{card.answers[0]!r} is a word of many subjects" if is_common else ""
