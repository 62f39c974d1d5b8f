"""How long fronts and answers are, and how many cards a page has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from qt2anki.audit.findings import Figure, Finding, Metric
from qt2anki.audit.metrics import met, percentile, share, soft
from qt2anki.audit.rendered_cards import Card
from qt2anki.model import PageId, page_order
from qt2anki.notes.words import word_count

_CLOZE_MOST = 8
_CORE_MOST = 60
_FRONT_MOST = 60
_CARDS_MOST = 24


def cloze_length(cards: Sequence[Card]) -> Metric:
    """3: what a cloze card asks for is short enough to be recalled to the letter."""
    asked = [card for card in cards if card.is_cloze]
    lengths = [max(map(word_count, card.answers), default=0) for card in asked]
    is_met = _median(lengths) <= 2 and percentile(lengths, 95) <= 4
    target = "median 1-2, 95 % <= 4, all <= 8 words"
    findings = _too_long(3, asked, lengths, _CLOZE_MOST, "hidden words")
    return soft(
        3,
        "cloze answer words",
        target,
        met(is_met and not findings),
        len(asked),
        _spread(lengths),
        findings,
    )


def core_length(cards: Sequence[Card]) -> Metric:
    """4: what a question asks for can be recalled in one go."""
    asked = [card for card in cards if not card.is_cloze]
    lengths = [word_count(card.answers[0]) for card in asked]
    is_met = _median(lengths) <= 20 and percentile(lengths, 95) <= 45
    target = "median <= 20, 95 % <= 45, all <= 60"
    findings = _too_long(4, asked, lengths, _CORE_MOST, "words in the answer")
    figures = [*_spread(lengths), *_medians(asked, lengths)]
    return soft(
        4, "core answer words", target, met(is_met and not findings), len(asked), figures, findings
    )


def front_length(cards: Sequence[Card]) -> Metric:
    """5: a front can be read in ten seconds (45 words at 238 a minute, Brysbaert 2019)."""
    lengths = [word_count(card.front) for card in cards]
    is_met = _median(lengths) <= 35 and percentile(lengths, 95) <= 45
    target = "median <= 35, 95 % <= 45, all <= 60"
    findings = _too_long(5, cards, lengths, _FRONT_MOST, "words on the front")
    figures = [*_spread(lengths), *_medians(cards, lengths)]
    return soft(
        5, "front words", target, met(is_met and not findings), len(cards), figures, findings
    )


def cards_per_page(cards: Sequence[Card], pages: Collection[PageId] | None) -> Metric:
    """6: neither too many cards a page nor pages left out; *pages* are all ids, if known."""
    counts = Counter(card.page_id for card in cards if card.page_id is not None)
    lengths = list(counts.values())
    mean = share(sum(lengths), len(lengths))
    figures = [Figure("mean", round(mean, 2)), *_spread(lengths)]
    if pages is not None:
        figures.append(Figure("pages without cards", len(set(pages) - set(counts))))
    crowded = {page_id for page_id, count in counts.items() if count > _CARDS_MOST}
    findings = [
        Finding(6, "", str(page_id), page_id, "page", f"{counts[page_id]} cards")
        for page_id in sorted(crowded, key=page_order)
    ]
    empty = sorted(set(pages or ()) - set(counts), key=page_order)
    findings += [
        Finding(6, "", str(page), page, "page", f"no card; why: qt2anki explain-card {page}")
        for page in empty
    ]
    is_met = 1 <= mean <= 4 and percentile(lengths, 95) <= 12 and not crowded
    target = "mean 1-4, 95 % <= 12, all <= 24"
    return soft(6, "cards a page", target, met(is_met), len(counts), figures, findings)


def _median(lengths: Sequence[int]) -> int:
    return percentile(lengths, 50)


def _spread(lengths: Sequence[int]) -> list[Figure]:
    return [
        Figure("median", _median(lengths)),
        Figure("95 %", percentile(lengths, 95)),
        Figure("most", max(lengths, default=0)),
    ]


def _medians(cards: Sequence[Card], lengths: Sequence[int]) -> list[Figure]:
    """Return the median of each kind, kinds by name."""
    of_kind: dict[str, list[int]] = {}
    for card, length in zip(cards, lengths, strict=True):
        of_kind.setdefault(card.kind, []).append(length)
    return [Figure(f"median of {kind}", _median(of_kind[kind])) for kind in sorted(of_kind)]


def _too_long(
    metric: int, cards: Iterable[Card], lengths: Iterable[int], most: int, what: str
) -> list[Finding]:
    return [
        card.finding(metric, f"{length} {what}, more than {most}")
        for card, length in zip(cards, lengths, strict=True)
        if length > most
    ]
