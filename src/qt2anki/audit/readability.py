"""Find leftover or broken markup, similar fronts, and answers that say too little."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from qt2anki.anki.cloze import every_deletion, hidden_parts, read_deletions
from qt2anki.anki.visible_text import visible_text
from qt2anki.audit.findings import Figure, Finding, Metric, hard, met, rare, share, share_of, soft
from qt2anki.audit.rendered_cards import (
    PATTERN_FILE,
    PATTERNS,
    Card,
    math_parts,
    prose,
    without_math,
    without_shape,
)
from qt2anki.notes.words import roots, vague_words, words

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_VOID = frozenset(("br", "hr", "img"))
_EMPTY = re.compile(r"<(li|p|td|th|b|strong|em|span|h[1-6])(?: [^<>]*)?>\s*</\1>")
_MAY_BE_EMPTY = frozenset(("td", "th"))
_TEXT_FAULTS = PATTERN_FILE.patterns("text_faults")
_MATH_FAULTS = PATTERN_FILE.patterns("math_faults")


def markup_metric(cards: Sequence[Card]) -> Metric:
    """18: no markup is visible, HTML and math are balanced, and nothing is empty."""
    findings = [
        card.finding(18, text)
        for card in cards
        for text in dict.fromkeys(fault for find in _CHECKS for fault in find(card))
    ]
    return hard(18, len(cards), findings)


def _emptiness(card: Card) -> Iterator[str]:
    if not visible_text(card.front_html):
        yield "the front is empty"
    if any(not answer for answer in card.answers) or not card.answers:
        yield "the answer is empty"
    for field, value in card.values.items():
        found = _EMPTY.search(value)
        if found and found[1] not in _MAY_BE_EMPTY:
            yield f"{field} has an empty {found[0]}"


def _clozes(card: Card) -> Iterator[str]:
    if not card.is_cloze:
        return
    for field, value in card.values.items():
        if field != "Text" and "{{" in value:
            yield f"{field} has braces that Anki reads as a cloze deletion"
    deletions = every_deletion(read_deletions(card.values["Text"]))
    numbers = {number for one in deletions for number in one.numbers}
    if numbers != {1}:
        yield f"the deletions are numbered {sorted(numbers)}, not 1"
    if any(part.count("{") != part.count("}") for part in hidden_parts(card.values["Text"], 1)):
        yield "a deletion is cut short: its braces do not pair up"
    for side in (card.front_html, card.back_html):
        if "}}" in side or "{{" in side:
            yield "braces are left on the card: a deletion ended too early"


def _balance(card: Card) -> Iterator[str]:
    for field, value in card.values.items():
        open_ones: list[str] = []
        for tag in _TAG.finditer(value):
            name = tag[2].lower()
            if name in _VOID:
                continue
            if not tag[1]:
                open_ones.append(name)
            elif not open_ones or open_ones.pop() != name:
                yield f"{field} closes <{name}>, which is not open"
                open_ones.clear()
                break
        if open_ones:
            yield f"{field} never closes <{open_ones[-1]}>"


def _text(card: Card) -> Iterator[str]:
    for text in chain(prose(card.front_html), prose(card.back_html)):
        yield from _matching(without_math(text), _TEXT_FAULTS)
        for formula in math_parts(text):
            yield from _matching(formula[2:-2], _MATH_FAULTS)


def _matching(text: str, faults: Mapping[str, re.Pattern[str]]) -> Iterator[str]:
    for name, pattern in faults.items():
        if found := pattern.search(text):
            around = text[max(0, found.start() - 15) : found.end() + 15].strip()
            yield f"{name} can be seen: {around!r}"


_CHECKS: tuple[Callable[[Card], Iterator[str]], ...] = (_emptiness, _clozes, _balance, _text)


def same_everywhere(cards: Sequence[Card]) -> Metric:
    """20: a note in several packages is the same in all of them."""
    first: dict[tuple[str, int], Card] = {}
    findings: list[Finding] = []
    for card in cards:
        earlier = first.setdefault((card.guid, card.ord), card)
        if (earlier.note.fields, earlier.note.tags) != (card.note.fields, card.note.tags):
            text = f"differs between {earlier.package} and {card.package}"
            findings.append(card.finding(20, text))
    return hard(20, len(cards), findings)


_ALIKE = 0.8
_COMMONEST = 50


def duplicate_fronts(cards: Sequence[Card]) -> Metric:
    """10: no two notes of one package have the same question."""
    first: dict[tuple[str, str], Card] = {}
    findings = []
    for card in cards:
        front = visible_text(without_shape(card.front_html)).casefold().rstrip(" ?.!:")
        earlier = first.setdefault((card.package, front), card)
        if earlier.guid != card.guid:
            findings.append(card.finding(10, f"has the same question as {earlier.key}"))
    return hard(10, len(cards), findings)


def near_duplicate_fronts(cards: Sequence[Card]) -> Metric:
    """11: few cards of different pages ask nearly the same (Jaccard of their roots >= 0.8).

    Cards of one page share its question, and are left out. The exact measure is taken instead of
    MinHash: only fronts that share one of their rarest words need to be compared.
    """
    findings = [
        card.finding(11, f"asks nearly the same question as {other.key}")
        for group in _by_package(cards).values()
        for card, other in _alike(group)
    ]
    return rare(11, "alike", findings, len(cards), most=0.01)


def _by_package(cards: Iterable[Card]) -> dict[str, list[Card]]:
    groups: dict[str, list[Card]] = defaultdict(list)
    for card in cards:
        groups[card.package].append(card)
    return groups


def _alike(cards: Sequence[Card]) -> Iterator[tuple[Card, Card]]:
    """Yield each card similar to earlier ones of different pages, with the first of these."""
    sets = [roots(card.seen) for card in cards]
    counts = Counter(root for found in sets for root in found)
    seen_at: dict[str, list[int]] = defaultdict(list)
    for at, found in enumerate(sets):
        rarest = sorted(found, key=lambda root: (counts[root], root))
        # Two such similar sets share one of the first n - ceil(0.8 n) + 1 words in any order.
        prefix = rarest[: len(found) - math.ceil(_ALIKE * len(found)) + 1]
        near = sorted({other for root in prefix for other in seen_at[root]})
        for other in near:
            is_other_page = cards[other].page_id != cards[at].page_id
            left = sets[other]
            if is_other_page and share(len(left & found), len(left | found)) >= _ALIKE:
                yield cards[at], cards[other]
                break
        for root in prefix:
            seen_at[root].append(at)


def answer_concentration(cards: Sequence[Card]) -> Metric:
    """13: few cards of a subject have an answer that many others also have."""
    findings = []
    asked = [card for card in cards if card.is_short]
    for group in _by_package(asked).values():
        pages = {(_answer(card), card.page_id) for card in group}
        counts = Counter(answer for answer, _ in pages)
        common = {answer for answer, count in counts.most_common(_COMMONEST) if count > 1}
        findings += [
            card.finding(13, f"{counts[_answer(card)]} pages have the answer {card.answers[-1]!r}")
            for card in group
            if _answer(card) in common
        ]
    return rare(13, "with a common answer", findings, len(asked), most=0.05)


def _answer(card: Card) -> str:
    """Fold an answer; of the notes of one step, only one counts against a neighbor."""
    return f"{card.kind} {' '.join(words(card.answers[-1]))}"


def vague_metric(cards: Sequence[Card]) -> Metric:
    """14: no clues and few answers contain praise (two or more words such as "crucial")."""
    clues = [card for card in cards if card.is_short]
    backs = [card for card in cards if not card.is_short]
    findings = [
        card.finding(14, "the clue has more filler than information")
        for card in clues
        if vague_words(card.asks) > 1
    ]
    vague = [card for card in backs if vague_words(card.answers[0]) > 1]
    figures = (
        share_of("clues", len(findings), len(clues)),
        share_of("answers", len(vague), len(backs)),
    )
    findings += [card.finding(14, "the answer has more filler than information") for card in vague]
    is_met = not figures[0].value and figures[1].value <= 0.1
    return soft(14, met(is_met), len(cards), figures, findings)


def self_containedness(cards: Sequence[Card]) -> Metric:
    """16: no front starts with a word that refers to something that is not shown."""
    findings = []
    for card in cards:
        found = _points_back(card)
        if found is not None:
            word = found[0].strip()
            text = f"the front starts with {word!r}, which refers to nothing"
            findings.append(card.finding(16, text, (word,)))
        elif card.kind == "qa" and (found := PATTERNS["elsewhere"].search(card.asks)):
            text = "the question is about something that is not on the page"
            findings.append(card.finding(16, text, (found[0].lower(),)))
    return soft(16, met(not findings), len(cards), (Figure("found", len(findings)),), findings)


def _points_back(card: Card) -> re.Match[str] | None:
    has_frame = not card.is_short or card.kind == "next" or card.values.get("Title")
    if has_frame or (card.kind != "cloze" and PATTERNS["this"].match(card.asks)):
        return None
    return PATTERNS["points_back"].match(card.asks)
