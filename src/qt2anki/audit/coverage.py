"""How much of the pages is on cards (7 to 9), and whether cards say only what pages say (17)."""

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
    RUN,
    SEQUENCE_KINDS,
    Card,
    SourcePage,
    Sources,
    grams_of,
    keywords_in,
    without_phrases,
    word_run,
)
from qt2anki.model import Kind, PageId, page_order
from qt2anki.notes.words import word_count, words

_ARTICLES = frozenset(("a", "an", "the"))
_WHOLE_PAGE = frozenset(("qa", "summary"))
_LEAST_TITLES = 2  # what makes a page a list
_CLAUSE_END = re.compile(r"[.:;?!]+(?=\s|$)|[·→…▢\n]|\.\.\.|\\[()\[\]]")

# A question about one sentence has an auxiliary, and a verb whose form may differ from the page's:
# at its end, or before its object where it asks how, or what something is turned into.
_BE = "(?:is|are|was|were)"
_DO = "(?:do|does|did|can|may|might|must|will|could)"
_PARTICLE = (
    "(?:about|along|around|as|at|between|by|do|for|from|in|into|of|off|on|through|to|upon|with)"
)
_ADVERB = r"(?:[\w-]+ly|often|usually|sometimes|always|generally|not|be)"
_TURN = "(?:convert|transform|divide|split|turn|translate|break|organize)"
_QUESTION = re.compile(
    rf"\b(?i:what|how|when|where|why|who) (?:{_BE}|{_DO}) (?:it|they)\b[^?:]*\?"
    rf"|\b(?i:how|why) (?:{_DO}|{_BE})\b[^?:]*\?|\b(?i:whereas)\b"
    rf"|\b(?i:which) (?P<members>(?:two|three|four|five)[^?:]*?) (?:{_DO}|{_BE})\b"
    rf"(?P<of>[^?:]*?) [\w-]+(?: {_PARTICLE})*\?"
    rf"|\b(?i:what) {_DO}\b(?P<maker>[^?:]*?) {_TURN}(?P<moved> [^?:]*?) into\?"
    r"|, who\b(?=[^?:]*\?)"
    rf"|\b(?i:what|when|where|from what to what) (?:{_DO}\b|(?<=ere ){_BE}\b|(?<=hen ){_BE}\b)"
    rf"(?P<subject>[^?:]*?) (?:{_ADVERB} )*[\w-]+(?: (?:up )?{_PARTICLE})*"
    r"(?: in (?:the )?\d{4}s?)?\?"
    rf"|\b(?i:what|who) {_BE}\b(?P<thing>[^?:]*?)"
    rf"(?: (?:{_ADVERB} )*[\w-]+(?: {_PARTICLE})+| also called)?\?"
)


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
            page, text = source.page, "titles on no back"
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
        for keyword in keywords_in(sources[page_id]):
            total += 1
            answers += word_run(keyword) in asked
            shown += word_run(keyword) in back
    figures = (share_of("in an answer", answers, total), share_of("on a back", shown, total))
    return soft(9, "reported", total, figures)


def faithfulness(cards: Sequence[Card], sources: Sources) -> Metric:
    """17: every four words in a row on a card are in its page or in a phrase of ours.

    A retired note says what the page said once, and a corrected one what a person wrote.
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


def _without_questions(text: str) -> str:
    """Leave of each question about one sentence what the sentence has in the same form."""
    return _QUESTION.sub(
        lambda found: "\n".join(("", *(part for part in found.groups() if part), "")), text
    )


def _alien(card: Card, source: SourcePage) -> str:
    """Return the first run of words on the back that the page does not have, "" for none."""
    for block in visible_blocks(card.back_html):
        said = block.removesuffix(card.key)  # at the foot
        for clause in _CLAUSE_END.split(without_phrases(_without_questions(said))):
            found = words(clause)
            if found and found[0] in _ARTICLES:
                found = found[1:]  # words of praise behind it may be left out
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


_CLOZE_MOST = 8
_CORE_MOST = 60
_FRONT_MOST = 60
_CARDS_MOST = 24


def cloze_length(cards: Sequence[Card]) -> Metric:
    """3: what a cloze card asks for is short enough to be recalled to the letter."""
    asked = [card for card in cards if card.is_cloze]
    lengths = [max(map(word_count, card.answers), default=0) for card in asked]
    is_met = _median(lengths) <= 2 and percentile(lengths, 95) <= 4
    findings = _too_long(3, asked, lengths, _CLOZE_MOST, "hidden words")
    return soft(3, met(is_met and not findings), len(asked), _spread(lengths), findings)


def core_length(cards: Sequence[Card]) -> Metric:
    """4: what a question asks for can be recalled in one go."""
    asked = [card for card in cards if not card.is_cloze]
    lengths = [word_count(card.answers[0]) for card in asked]
    is_met = _median(lengths) <= 20 and percentile(lengths, 95) <= 45
    findings = _too_long(4, asked, lengths, _CORE_MOST, "words in the answer")
    figures = [*_spread(lengths), *_medians(asked, lengths)]
    return soft(4, met(is_met and not findings), len(asked), figures, findings)


def front_length(cards: Sequence[Card]) -> Metric:
    """5: a front can be read in ten seconds (45 words at 238 a minute, Brysbaert 2019)."""
    lengths = [word_count(card.front) for card in cards]
    is_met = _median(lengths) <= 35 and percentile(lengths, 95) <= 45
    findings = _too_long(5, cards, lengths, _FRONT_MOST, "words on the front")
    figures = [*_spread(lengths), *_medians(cards, lengths)]
    return soft(5, met(is_met and not findings), len(cards), figures, findings)


def cards_per_page(cards: Sequence[Card], pages: Collection[PageId] | None) -> Metric:
    """6: neither too many cards a page nor pages left out; *pages* are all ids, if known."""
    counts = Counter(card.page_id for card in cards if card.page_id is not None)
    lengths = list(counts.values())
    mean = share(sum(lengths), len(lengths))
    figures = [Figure("mean", round(mean, 2)), *_spread(lengths)]
    crowded = sorted((i for i, count in counts.items() if count > _CARDS_MOST), key=page_order)
    empty = sorted(set(pages or ()) - set(counts), key=page_order)
    if pages is not None:
        figures.append(Figure("pages without cards", len(empty)))
    said = {page_id: f"{counts[page_id]} cards" for page_id in crowded}
    said |= {page_id: f"no card; why: qt2anki explain-card {page_id}" for page_id in empty}
    findings = [Finding(6, "", f"{i}", i, "page", text) for i, text in said.items()]
    is_met = 1 <= mean <= 4 and percentile(lengths, 95) <= 12 and not crowded
    return soft(6, met(is_met), len(counts), figures, findings)


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
