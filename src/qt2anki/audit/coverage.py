"""How much of the pages is on cards (7 to 9), and whether cards say only what pages say (17)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from qt2anki.anki.visible_text import visible_blocks, visible_text
from qt2anki.audit.card_text import word_run
from qt2anki.audit.findings import Figure, Finding, Metric
from qt2anki.audit.metrics import hard, met, share, soft
from qt2anki.audit.phrases import without_phrases
from qt2anki.audit.rendered_cards import SEQUENCE_KINDS, Card
from qt2anki.audit.source_pages import RUN, SourcePage, Sources, grams_of, keywords_in
from qt2anki.model import PageId, page_order
from qt2anki.notes.words import words

_WHOLE_PAGE = frozenset(("qa", "summary"))
_LEAST_TITLES = 2  # what makes a page a list
_CLAUSE_END = re.compile(r"[.:;?!]+(?=\s|$)|[·→…▢\n]|\.\.\.|\\[()\[\]]")


def by_page(cards: Iterable[Card]) -> dict[PageId, list[Card]]:
    """Group cards by their page; cards of no page are left out."""
    groups: dict[PageId, list[Card]] = defaultdict(list)
    for card in cards:
        if card.page_id is not None:
            groups[card.page_id].append(card)
    return groups


def outline_coverage(cards: Mapping[PageId, Sequence[Card]], sources: Sources) -> Metric:
    """7: the titles of a page's points stand on the back of one of its cards."""
    total = unfolded = anywhere = 0
    findings = []
    for page_id, source in _lists(cards, sources):
        shown = "".join(word_run(_unfolded(card)) for card in cards[page_id])
        folded = "".join(word_run(visible_text(card.back_html)) for card in cards[page_id])
        missing = [title for title in source.titles if word_run(title) not in folded]
        total += len(source.titles)
        anywhere += len(source.titles) - len(missing)
        unfolded += sum(word_run(title) in shown for title in source.titles)
        if missing:
            findings.append(_page_finding(7, source, "titles on no back", missing))
    figures = (
        Figure("before the full answer", share(unfolded, total), is_share=True),
        Figure("anywhere", share(anywhere, total), is_share=True),
    )
    is_met = figures[0].value >= 0.95
    return soft(7, "outline coverage", ">= 95 %", met(is_met), total, figures, findings)


def item_coverage(cards: Mapping[PageId, Sequence[Card]], sources: Sources) -> Metric:
    """8: points of a page have a card of their own."""
    items = covered = steps = covered_steps = 0
    for page_id, source in _lists(cards, sources):
        own = [card for card in cards[page_id] if card.kind not in _WHOLE_PAGE]
        asked = "".join(word_run(_subject_of(card)) for card in own)
        found = sum(word_run(title) in asked for title in source.titles)
        items += len(source.titles)
        covered += found
        if any(card.kind in SEQUENCE_KINDS for card in own):
            steps += len(source.titles)
            covered_steps += found
    figures = (
        Figure("points", share(covered, items), is_share=True),
        Figure("on pages with steps", share(covered_steps, steps), is_share=True),
    )
    is_met = figures[0].value >= 0.28
    return soft(8, "item coverage", ">= 28 % (full 75 %)", met(is_met), items, figures)


def keyword_coverage(cards: Mapping[PageId, Sequence[Card]], sources: Sources) -> Metric:
    """9: keywords that are in the text are an answer, or on a back before the full answer."""
    total = answers = shown = 0
    for page_id in sorted(cards.keys() & sources.keys(), key=page_order):
        asked = "".join(word_run(answer) for card in cards[page_id] for answer in card.answers)
        back = "".join(word_run(_unfolded(card)) for card in cards[page_id])
        for keyword in keywords_in(sources[page_id]):
            total += 1
            answers += word_run(keyword) in asked
            shown += word_run(keyword) in back
    figures = (
        Figure("in an answer", share(answers, total), is_share=True),
        Figure("on a back", share(shown, total), is_share=True),
    )
    return soft(9, "keyword coverage", "", "reported", total, figures)


def faithfulness(cards: Sequence[Card], sources: Sources) -> Metric:
    """17: every run of four words on a card stands in its page or is a phrase of ours.

    A retired note says what the page said once.
    """
    findings = []
    checked = 0
    for card in cards:
        source = sources.get(card.page_id) if card.page_id is not None else None
        if source is None or card.is_retired:
            continue
        checked += 1
        alien = _alien(card, source)
        if alien:
            findings.append(card.finding(17, f"the page does not say {alien!r}"))
    return hard(17, "faithful", checked, findings)


def _alien(card: Card, source: SourcePage) -> str:
    """Return the first run of words on the back that the page does not have, "" for none."""
    for block in visible_blocks(card.back_html):
        for clause in _CLAUSE_END.split(without_phrases(block)):
            found = words(clause)
            for gram in grams_of(found) if len(found) >= RUN else ():
                if gram not in source.grams:
                    return " ".join(gram)
    return ""


def _lists(
    cards: Mapping[PageId, Sequence[Card]], sources: Sources
) -> Iterable[tuple[PageId, SourcePage]]:
    for page_id in sorted(cards.keys() & sources.keys(), key=page_order):
        if len(sources[page_id].titles) >= _LEAST_TITLES:
            yield page_id, sources[page_id]


def _unfolded(card: Card) -> str:
    """Return what the back shows before the folded full answer is opened."""
    return visible_text(card.back_html.partition("<details")[0])


def _subject_of(card: Card) -> str:
    """Return what a card is about: of ``next`` the step asked for, not those shown before it."""
    answer = " \n".join(card.answers)
    return answer if card.kind == "next" else f"{card.front} \n {answer}"


def _page_finding(metric: int, source: SourcePage, text: str, titles: Sequence[str]) -> Finding:
    page = source.page
    return Finding(metric, "", page.source, page.page_id, "page", text, tuple(titles))
