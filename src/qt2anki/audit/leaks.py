"""Find cards that show their answer or ask for nothing new, and gaps that several words fit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import starmap

from qt2anki.anki.visible_text import visible_text
from qt2anki.audit.findings import Figure, Finding, Metric, hard, met, rare, share, share_of, soft
from qt2anki.audit.rendered_cards import PATTERNS, Card, code_parts, math_parts, word_run
from qt2anki.messages import plural
from qt2anki.model import PageId
from qt2anki.notes.frequency import rarest
from qt2anki.notes.words import content_words, root, roots, words

_ACRONYM = re.compile(r"\b[A-Z]{3,8}s?\b")
_CLAUSE_END = re.compile(r"[.,;:?!·()→\n]")
_MATH_MARK = re.compile(r"\\[()\[\]]")
_NEAR = 20  # places in the order of new cards
_MOST_TOLD = 0.5
_LIST_ITEM = re.compile(r"<li>((?:[^<]|<(?!/?[ou]l>|/?li>))*+)")
_SHORTEST_BASE = 5


def leak_metric(cards: Sequence[Card]) -> Metric:
    """1: the front shows no word of an answer, apart from the topic, and not all of it."""
    findings = [found for card in cards if (found := _leak(card))]
    return hard(1, len(cards), findings)


def _leak(card: Card) -> Finding | None:
    if card.is_short:
        seen = roots(card.seen)
        told = f"of {card.answers[-1]!r}"
        if shown := set().union(*(_residual(card, answer) & seen for answer in card.answers)):
            return card.finding(1, f"the front shows part {told}", shown)
        if derived := _derived_words(card):
            return card.finding(
                1, f"the front shows a word derived from {card.answers[-1]!r}", derived
            )
        shared = [_acronyms_shared(answer, card.seen) for answer in card.answers]
        if letters := set().union(*shared):
            return card.finding(1, f"the front shows the initials {told}", letters)
    whole = next((answer for answer in card.answers if _is_shown(card, answer)), None)
    return card.finding(1, f"the front shows the answer {whole!r}") if whole else None


def _residual(card: Card, answer: str) -> frozenset[str]:
    return roots(answer) - roots(card.known)


def _is_shown(card: Card, answer: str) -> bool:
    """Whether the whole answer is on the front."""
    if math_parts(answer):
        return _bare_tex(answer) in _bare_tex(card.seen)
    if card.is_short and not _residual(card, answer):
        return False
    return bool(words(answer)) and word_run(answer) in word_run(card.seen)


def _bare_tex(text: str) -> str:
    return "".join(_MATH_MARK.sub("", text).casefold().split())


def _derived_words(card: Card) -> set[str]:
    """Return words of the front from which a word of the answer is derived, or vice versa."""
    told = roots(card.known)
    hidden = {
        word for answer in card.answers for word in content_words(answer) if root(word) not in told
    }
    return {
        seen
        for seen in content_words(card.seen)
        for word in hidden
        if root(seen) != root(word)
        and any(starmap(_is_derived, ((seen, word), (root(seen), word), (seen, root(word)))))
    }


def _is_derived(one: str, other: str) -> bool:
    base, longer = sorted((one, other), key=len)
    base = base.removesuffix("e")
    if not longer.startswith(base):
        return False
    ending = longer[len(base) :]
    is_long_enough = len(base) >= _SHORTEST_BASE or (len(base) == 4 and ending == "ation")
    return is_long_enough and PATTERNS["derived"].fullmatch(ending) is not None


def _acronyms_shared(answer: str, seen: str) -> set[str]:
    """Return acronyms in one text that abbreviate words of the other."""
    hidden, shown = ({s.removesuffix("s") for s in _ACRONYM.findall(t)} for t in (answer, seen))
    told = [_initials(part) for part in _CLAUSE_END.split(seen)]
    letters = _initials(answer)
    found = {name for name in hidden if any(name.lower() in run for run in told)}
    return found | {name for name in shown if letters == name.lower()}


def _initials(text: str) -> str:
    return "".join(word[0] for word in content_words(text))


def trivial_metric(cards: Sequence[Card]) -> Metric:
    """2: an answer says something that is not in the question, title or context."""
    findings = []
    for card in cards:
        answer, shown = " ".join(card.answers), _bare_tex(card.known)
        kept = [*math_parts(answer), *code_parts(card.answer_html)]
        if not _residual(card, answer) and all(_bare_tex(part) in shown for part in kept):
            text = f"the question gives away {' / '.join(card.answers)!r}"
            findings.append(card.finding(2, text))
    return hard(2, len(cards), findings)


def told_points_metric(cards: Sequence[Card]) -> Metric:
    """21: a question that asks for a list does not give away half of its points."""
    findings: list[Finding] = []
    asked = 0
    for card in cards:
        items = [] if card.is_cloze else _LIST_ITEM.findall(card.answer_html)
        points = [point for point in map(visible_text, items) if roots(point)]
        asked += len(points) > 1
        told = [point for point in points if roots(point) <= roots(card.known)]
        if len(points) > 1 and share(len(told), len(points)) >= _MOST_TOLD:
            text = f"the question names {len(told)} of {len(points)} points: {'; '.join(told)}"
            findings.append(card.finding(21, text))
    return rare(21, "lists at least half given away", findings, asked, most=0.01)


def neighbour_metric(cards: Sequence[Card]) -> Metric:
    """15: no card is answered on the front of a card shown shortly before or after it."""
    by_page: dict[tuple[str, PageId | None], list[Card]] = defaultdict(list)
    for card in cards:
        by_page[card.package, card.page_id].append(card)
    findings = []
    for group in by_page.values():
        for card in group:
            teller = _teller(card, group) if card.is_short else None
            if teller is not None:
                away = plural(abs(teller.place - card.place), "card")
                text = f"{card.answers[-1]!r} is on the front of {teller.key}, {away} away"
                findings.append(card.finding(15, text))
    return rare(15, "given away by a nearby card", findings, len(cards), most=0.05)


def _teller(card: Card, group: Iterable[Card]) -> Card | None:
    secret = _residual(card, card.answers[-1])
    near = (o for o in group if o.guid != card.guid and abs(o.place - card.place) < _NEAR)
    return next((other for other in near if secret <= roots(other.seen)), None) if secret else None


_COMMON_RATE = 100  # pages of 10,000
_LEAST_LEFT = 5
_MOST_HIDDEN = 0.2


def ambiguity_metric(cards: Sequence[Card]) -> Metric:
    """12: the words around a gap determine its answer."""
    gapped = [card for card in cards if card.is_cloze and card.kind not in ("next", "name")]
    named = [card for card in cards if card.kind == "name"]
    asked = [*gapped, *named]
    never = [*_faults(gapped, _member, _example), *_other_answers(gapped)]
    seldom = [*_faults(asked, _too_little_left), *_faults(gapped, _common)]
    doubtful = share_of("ambiguous", len({finding.guid for finding in seldom}), len(asked))
    figures = (Figure("one of several", len(never)), doubtful)
    is_met = not never and doubtful.value <= 0.05
    return soft(12, met(is_met), len(asked), figures, [*never, *seldom])


def _faults(cards: Sequence[Card], *faults: Callable[[Card], str]) -> Iterable[Finding]:
    return (card.finding(12, text) for fault in faults for card in cards if (text := fault(card)))


def _member(card: Card) -> str:
    if card.answers[0][:1].isupper() or any(char.isdigit() for char in card.answers[0]):
        return ""
    found = PATTERNS["member"].search(card.asks)
    return f"the gap is one of several: {found[0].strip()!r}" if found else ""


def _example(card: Card) -> str:
    found = PATTERNS["example"].search(card.asks)
    return f"the gap is an example: {found[0].strip()!r}" if found else ""


def _other_answers(cards: Iterable[Card]) -> list[Finding]:
    by_text: dict[str, list[Card]] = defaultdict(list)
    for card in cards:
        by_text[card.asks.casefold()].append(card)
    return [
        card.finding(12, f"{group[0].key} has the same text and a different answer")
        for group in by_text.values()
        for card in group[1:]
        if card.answers != group[0].answers
    ]


def _too_little_left(card: Card) -> str:
    # Without the question at the end of a "name" card, and the name that it asks for.
    is_name = card.kind == "name"
    clue = card.asks.partition("Which step?")[0] if is_name else card.asks
    left = len(content_words(clue))
    hidden = sum(map(len, map(content_words, card.answers[:-1] if is_name else card.answers)))
    if left < _LEAST_LEFT:
        return f"only {plural(left, 'word')} left as context"
    if share(hidden, hidden + left) > _MOST_HIDDEN:
        return f"{hidden} of {hidden + left} words are hidden"
    return ""


def _common(card: Card) -> str:
    hidden = roots(" ".join(card.answers)) - roots(card.known)
    if not hidden or any(char.isdigit() for char in card.answers[0]):
        return ""
    is_common = rarest(hidden) >= _COMMON_RATE
    return f"{card.answers[0]!r} is a common word, used in many subjects" if is_common else ""
