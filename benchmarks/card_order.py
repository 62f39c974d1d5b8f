"""Compare the order of new cards with one card of each page in turn.

``python -m benchmarks.card_order`` reads the pages in ``../shared/corpus`` (or ``QT2ANKI_CORPUS``),
and makes a deck of each subject, and one of all pages, which is as large as real subjects are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, zip_longest
from statistics import median

from benchmarks.ranker import CORPUS, read_pages
from qt2anki.config import Settings
from qt2anki.model import Note, Page, PageId, page_order
from qt2anki.notes.deck_plan import plan_deck
from qt2anki.notes.features import card_texts
from qt2anki.notes.kinds.abbreviations import Abbreviations
from qt2anki.notes.make_notes import make_notes
from qt2anki.notes.new_card_order import NEAR, is_extra, tier_rank
from qt2anki.notes.repeats import find_repeats
from qt2anki.notes.words import roots
from qt2anki.topics.find_topics import find_topics
from qt2anki.topics.page_likeness import SimilarPages

A_DAY = 20

Deck = Sequence[Note]


def main() -> None:
    """Print one row for each profile, set of decks and order."""
    pages = read_pages(CORPUS)
    by_subject = defaultdict(list)
    for page in pages:
        by_subject[page.subjects[0]].append(page)
    print("profile   decks  notes  order    days most   pairs    told    late")
    for profile in ("standard", "full"):
        settings = Settings(profile=profile)
        for groups in (by_subject.values(), [pages]):
            topics = [find_topics("Subject", group) for group in groups]
            decks = [new_deck(group, settings) for group in groups]
            for name, made in (("in turn", list(map(in_turn, decks))), ("lessons", decks)):
                print(f"{profile:9} {len(decks):5} {sum(map(len, decks)):6}  {name:7}", end="")
                print(row(made, topics))


def new_deck(pages: Sequence[Page], settings: Settings) -> Deck:
    """Return the notes of *pages* in the order of new cards."""
    topics = find_topics("Subject", pages)
    similar = SimilarPages(pages, topics)
    made = [make_notes(page, settings) for page in pages]
    meanings = chain.from_iterable(one.meanings for one in made)
    shared = Abbreviations({}, settings).choose(meanings)
    deck = plan_deck(
        "Subject", made, settings, find_repeats("Subject", made), shared, topics, similar
    )
    return deck.notes


def in_turn(notes: Iterable[Note]) -> Deck:
    """Take one note of each page in turn."""
    ordered = zip_longest(*by_page(notes))
    return [note for note in chain.from_iterable(ordered) if note is not None]


def by_page(notes: Iterable[Note]) -> list[Deck]:
    """Return the notes of each page, pages by id."""
    groups: dict[PageId, list[Note]] = defaultdict(list)
    for note in notes:
        groups[note.page_id].append(note)
    return [groups[page_id] for page_id in sorted(groups, key=page_order)]


def row(decks: Sequence[Deck], topics: Sequence[Mapping[PageId, str]]) -> str:
    """Return the figures of some decks.

    Days from a page's first note to its last, median and most; pairs of near notes of which one
    gives the other away; notes in such a pair; pairs of a core and an extra note of one topic in
    which the extra note is first.
    """
    days = [one for deck in decks for one in spans(deck)]
    near = [pair for deck in decks for pair in near_pairs(deck)]
    told = [pair for pair in near if pair[2]]
    in_pairs = {guid for one, other, _ in told for guid in (one, other)}
    of_decks = zip(decks, topics, strict=True)
    late = [is_late for deck, named in of_decks for is_late in late_pairs(deck, named)]
    return (
        f" {median(days):4} {max(days):4} {share(len(told), len(near))}"
        f" {share(len(in_pairs), sum(map(len, decks)))} {share(sum(late), len(late))}"
    )


def share(part: int, whole: int) -> str:
    """Write a share in percent; 0 if there is nothing."""
    return f"{part / max(whole, 1):7.2%}"


def spans(deck: Deck) -> Iterator[int]:
    """Yield the number of days on which each page of two notes or more is learned."""
    places: dict[PageId, list[int]] = defaultdict(list)
    for place, note in enumerate(deck):
        places[note.page_id].append(place // A_DAY)
    return (own[-1] - own[0] + 1 for own in places.values() if len(own) > 1)


def near_pairs(deck: Deck) -> Iterator[tuple[str, str, bool]]:
    """Yield all pairs of near notes, and whether one has the whole answer of the other."""
    texts = []
    for note in deck:
        context, question, answer = card_texts(note)
        told = roots(context)
        texts.append((note.guid, roots(answer) - told, told | roots(question) | roots(answer)))
    for at, (guid, secret, shown) in enumerate(texts):
        for other, hidden, seen in texts[at + 1 : at + 1 + NEAR]:
            tells = (secret and secret <= seen) or (hidden and hidden <= shown)
            yield guid, other, bool(tells)


def late_pairs(deck: Deck, topics: Mapping[PageId, str]) -> Iterator[bool]:
    """Yield for each pair of a core and an extra note of a topic whether the extra one is first."""
    by_topic: dict[str, list[Note]] = defaultdict(list)
    for note in deck:
        by_topic[topics.get(note.page_id, "")].append(note)
    for notes in by_topic.values():
        for one, other in combinations(notes, 2):
            if is_extra(one) != is_extra(other) and 0 in map(tier_rank, (one, other)):
                yield is_extra(one)


if __name__ == "__main__":
    main()
