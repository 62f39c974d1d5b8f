"""Measure how much of the pages is on cards (7 to 9), and whether cards add nothing (17)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from qt2anki.anki.visible_text import visible_blocks, visible_text
from qt2anki.audit.findings import (
    Figure,
    Finding,
    Metric,
    hard,
    met,
    percentile,
    share,
    share_of,
    soft,
)
from qt2anki.audit.rendered_cards import (
    PATTERNS,
    RUN,
    SEQUENCE_KINDS,
    Card,
    SourcePage,
    Sources,
    grams_of,
    without_phrases,
    word_run,
)
from qt2anki.model import Kind, PageId, page_order
from qt2anki.notes.words import word_count, words

_ARTICLES = frozenset(("a", "an", "the"))
_WHOLE_PAGE = frozenset(("qa", "summary"))
_MOST_CARDS = 24  # of a page
_LEAST_TITLES = 2  # titles of a page with points
_CLAUSE_END = re.compile(r"[.:;?!]+(?=\s|$)|[·→…▢\n]|\.\.\.|\\[()\[\]]")


def by_page(cards: Iterable[Card]) -> dict[PageId, list[Card]]:
    """Group cards by their page; cards of no page are left out."""
    groups: dict[PageId, list[Card]] = defaultdict(list)
    for card in cards:
        if card.page_id is not None:
            groups[card.page_id].append(card)
    return groups


def outline_coverage(cards: Mapping[PageId, Sequence[Card]], sources: Sources) -> Metric:
    """7: the titles of a page's points are on the back of one of its cards."""
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
            page, text = source.page, "titles not on any back"
            findings.append(Finding(7, "", page.source, page_id, "page", text, tuple(missing)))
    figures = (
        share_of("before the full answer", unfolded, total),
        share_of("anywhere", anywhere, total),
    )
    return soft(7, met(figures[0].value >= 0.95), total, figures, findings)


def item_coverage(cards: Mapping[PageId, Sequence[Card]], sources: Sources) -> Metric:
    """8: points of a page have a card of their own."""
    items = covered = steps = covered_steps = 0
    for page_id, source in _lists(cards, sources):
        own = [card for card in cards[page_id] if card.kind not in _WHOLE_PAGE]
        answers = ((card, " \n".join(card.answers)) for card in own)
        # A card "next" is about the step asked for, not about those shown before it.
        said = (a if card.kind == "next" else f"{card.front} \n {a}" for card, a in answers)
        asked = "".join(map(word_run, said))
        found = sum(word_run(title) in asked for title in source.titles)
        items += len(source.titles)
        covered += found
        if any(card.kind in SEQUENCE_KINDS for card in own):
            steps += len(source.titles)
            covered_steps += found
    figures = (
        share_of("points", covered, items),
        share_of("on pages with steps", covered_steps, steps),
    )
    return soft(8, met(figures[0].value >= 0.28), items, figures)


def keyword_coverage(cards: Mapping[PageId, Sequence[Card]], sources: Sources) -> Metric:
    """9: keywords that are in the text are an answer, or on a back before the full answer."""
    total = answers = shown = 0
    for page_id in sorted(cards.keys() & sources.keys(), key=page_order):
        asked = "".join(word_run(answer) for card in cards[page_id] for answer in card.answers)
        back = "".join(word_run(_unfolded(card)) for card in cards[page_id])
        for keyword in map(word_run, sources[page_id].page.keywords):
            if keyword in sources[page_id].text_run:
                total += 1
                answers += keyword in asked
                shown += keyword in back
    figures = (share_of("in an answer", answers, total), share_of("on a back", shown, total))
    return soft(9, "reported", total, figures)


def faithfulness(cards: Sequence[Card], sources: Sources) -> Metric:
    """17: every four words in a row on a card are in its page or in a phrase of ours.

    Retired notes, which have old text of the page, and corrected ones are not checked.
    """
    findings = []
    checked = 0
    for card in cards:
        source = sources.get(card.page_id) if card.page_id is not None else None
        is_corrected = card.kind == Kind.OWN or bool(card.note.generated)
        if source is None or card.is_retired or is_corrected:
            continue
        checked += 1
        if alien := _alien(card, source):
            findings.append(card.finding(17, f"the page does not say {alien!r}"))
    return hard(17, checked, findings)


def _alien(card: Card, source: SourcePage) -> str:
    """Return the first run of words on the back that the page does not have, "" for none."""
    for block in visible_blocks(card.back_html):
        said = block.removesuffix(card.key)  # at the foot
        # In a question about one sentence, only some parts have the same form as in the sentence.
        said = PATTERNS["question"].sub(
            lambda m: "\n".join(("", *filter(None, m.groups()), "")), said
        )
        for clause in _CLAUSE_END.split(without_phrases(said)):
            found = words(clause)
            if found and found[0] in _ARTICLES:
                found = found[1:]  # words of praise after it may be left out
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
    """Return what the back shows while the full answer is collapsed."""
    return visible_text(card.back_html.partition("<details")[0])


def cloze_length(cards: Sequence[Card]) -> Metric:
    """3: the answer of a cloze card is short enough to recall word for word."""
    asked = [card for card in cards if card.is_cloze]
    lengths = [max(map(word_count, card.answers), default=0) for card in asked]
    return _length(3, asked, lengths, (2, 4, 8), "hidden words", ())


def core_length(cards: Sequence[Card]) -> Metric:
    """4: the answer to a question is short enough to recall at once."""
    asked = [card for card in cards if not card.is_cloze]
    lengths = [word_count(card.answers[0]) for card in asked]
    return _length(4, asked, lengths, (20, 45, 60), "words in the answer", _medians(asked, lengths))


def front_length(cards: Sequence[Card]) -> Metric:
    """5: a front can be read in ten seconds (45 words at 238 a minute, Brysbaert 2019)."""
    lengths = [word_count(card.front) for card in cards]
    return _length(5, cards, lengths, (35, 45, 60), "words on the front", _medians(cards, lengths))


def _length(
    number: int,
    cards: Sequence[Card],
    lengths: Sequence[int],
    limits: tuple[int, int, int],
    what: str,
    more: Iterable[Figure],
) -> Metric:
    """Compare lengths with the *limits* of their median, of 95%, and of all."""
    median, usual, most = limits
    findings = [
        card.finding(number, f"{length} {what}, more than {most}")
        for card, length in zip(cards, lengths, strict=True)
        if length > most
    ]
    is_met = percentile(lengths, 50) <= median and percentile(lengths, 95) <= usual
    figures = [*_spread(lengths), *more]
    return soft(number, met(is_met and not findings), len(cards), figures, findings)


def cards_per_page(cards: Sequence[Card], pages: Collection[PageId] | None) -> Metric:
    """6: no page has too many cards, or none; *pages* are all ids, if known."""
    counts = Counter(card.page_id for card in cards if card.page_id is not None)
    lengths = list(counts.values())
    mean = share(sum(lengths), len(lengths))
    figures = [Figure("mean", round(mean, 2)), *_spread(lengths)]
    crowded = sorted((i for i, count in counts.items() if count > _MOST_CARDS), key=page_order)
    empty = sorted(set(pages or ()) - set(counts), key=page_order)
    if pages is not None:
        figures.append(Figure("pages without cards", len(empty)))
    said = {page_id: f"{counts[page_id]} cards" for page_id in crowded}
    said |= {page_id: f"no card; why: qt2anki explain-card {page_id}" for page_id in empty}
    findings = [Finding(6, "", f"{i}", i, "page", text) for i, text in said.items()]
    is_met = 1 <= mean <= 4 and percentile(lengths, 95) <= 12 and not crowded
    return soft(6, met(is_met), len(counts), figures, findings)


def _spread(lengths: Sequence[int]) -> list[Figure]:
    return [
        Figure("median", percentile(lengths, 50)),
        Figure("95%", percentile(lengths, 95)),
        Figure("most", max(lengths, default=0)),
    ]


def _medians(cards: Sequence[Card], lengths: Sequence[int]) -> list[Figure]:
    """Return the median of each kind, kinds by name."""
    of_kind: dict[str, list[int]] = {}
    for card, length in zip(cards, lengths, strict=True):
        of_kind.setdefault(card.kind, []).append(length)
    return [Figure(f"median of {kind}", percentile(of_kind[kind], 50)) for kind in sorted(of_kind)]
