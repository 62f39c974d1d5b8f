r"""Markup that was left over or is broken (18): what should have become HTML and did not.

Looked at is the text of both sides outside code; formulas are looked at by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from qt2anki.anki.cloze import every_deletion, hidden_parts, read_deletions
from qt2anki.anki.visible_text import visible_text
from qt2anki.audit.findings import Finding, Metric, hard
from qt2anki.audit.rendered_cards import Card, math_parts, prose, without_math

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_VOID = frozenset(("br", "hr", "img"))
_EMPTY = re.compile(r"<(li|p|td|th|b|strong|em|span|h[1-6])(?: [^<>]*)?>\s*</\1>")
_MAY_BE_EMPTY = frozenset(("td", "th"))
_TEXT_FAULTS = (
    ("bold marks", re.compile(r"\*\*(?=\w)|(?<=\w)\*\*|__(?=[A-Z])")),
    ("a heading's marks", re.compile(r"^#{2,6} \w")),
    ("a literal \\n", re.compile(r"\\n(?![a-z])")),
    ("a math delimiter", re.compile(r"\\[()\[\]]")),
    ("dollar signs of math", re.compile(r"\$\$|\$(?=[\\A-Za-z({])[^$\s]{1,40}\$")),
    ("a link's marks", re.compile(r"\]\((?:https?:|/)")),
    ("a cloze mark", re.compile(r"\{\{c[0-9]")),
    ("a raw tag", re.compile(r"</?(?:b|i|em|p|br|li|ul|ol|div|span|strong|sub|sup)\b[^<>]*>")),
    ("a character of no font", re.compile("[\ufffd\U00100000-\U0010ffff]")),
)
_MATH_FAULTS = (
    ("a literal \\n in math", re.compile(r"\\n(?![A-Za-z])")),
    ("a dollar sign in math", re.compile(r"(?<!\\)\$")),
)


def markup_metric(cards: Sequence[Card]) -> Metric:
    """18: no markup is seen, HTML and math are balanced, and nothing is empty."""
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
            yield f"{field} has braces that Anki reads as a deletion"
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
    for side in (card.front_html, card.back_html):
        for text in prose(side):
            outside = without_math(text)
            yield from _matching(outside, _TEXT_FAULTS)
            for formula in math_parts(text):
                yield from _matching(formula[2:-2], _MATH_FAULTS)


def _matching(text: str, faults: Sequence[tuple[str, re.Pattern[str]]]) -> Iterator[str]:
    for name, pattern in faults:
        found = pattern.search(text)
        if found:
            around = text[max(0, found.start() - 15) : found.end() + 15].strip()
            yield f"{name} can be seen: {around!r}"


_CHECKS: tuple[Callable[[Card], Iterator[str]], ...] = (_emptiness, _clozes, _balance, _text)


def same_everywhere(cards: Sequence[Card]) -> Metric:
    """20: a note that is in several packages is the same in all of them."""
    first: dict[tuple[str, int], Card] = {}
    findings: list[Finding] = []
    for card in cards:
        earlier = first.setdefault((card.guid, card.ord), card)
        is_same = (earlier.note.fields, earlier.note.tags) == (card.note.fields, card.note.tags)
        if not is_same:
            findings.append(
                card.finding(20, f"differs between {earlier.package} and {card.package}")
            )
    return hard(20, len(cards), findings)
