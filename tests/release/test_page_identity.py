"""Whether a page is the published one, rewritten, or a different one under its id."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.config import Settings
from qt2anki.model import Page
from qt2anki.notes.make_notes import make_notes
from qt2anki.release.page_identity import other_page
from qt2anki.release.previous_release import PublishedPage
from qt2anki.source.discover import discover
from qt2anki.source.read_file import read_file
from tests.release.at_hand import published

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
PER_PAGE = 5  # random pages that take its id, and random edits


def read(folder: Path) -> list[Page]:
    found = (
        read_file(source, Settings().page_format) for source in discover([str(folder)]).sources
    )
    pages = {one.page.page_id: one.page for file in found for one in file if one.page}
    return list(pages.values())


def publish(page: Page) -> PublishedPage:
    """Return *page* as it is published: of a good page, cards that ask little are enough."""
    notes = make_notes(page, Settings(card_threshold=0)).notes
    return PublishedPage(tuple(map(published, notes)))


SAMPLES = [(page, publish(page)) for page in read(ROOT / "input")]
PUBLISHED = [(replace(page, page_id=7), of_page) for page, of_page in SAMPLES if of_page.live]


def sentences(text: str) -> list[str]:
    return [line for line in text.replace(". ", ".\n").split("\n") if line]


def half_rewritten(page: Page, other: Page, chance: random.Random) -> Page:
    """Replace half of the sentences, and half of the words of the question."""
    said, new = sentences(page.answer), sentences(other.answer)
    for at in chance.sample(range(len(said)), len(said) // 2):
        said[at] = chance.choice(new)
    words, more = page.question.split(), other.question.split()
    for at in chance.sample(range(len(words)), len(words) // 2):
        words[at] = chance.choice(more)
    return replace(page, question=" ".join(words), answer="\n".join(said))


@given(st.data(), st.randoms(use_true_random=False))
def test_a_different_page_is_told_from_a_rewritten_one(
    data: st.DataObject, chance: random.Random
) -> None:
    page, of_page = data.draw(st.sampled_from(PUBLISHED))
    other, _ = data.draw(st.sampled_from([one for one in PUBLISHED if one[0] is not page]))

    assert other_page(other, of_page) is not None
    assert other_page(page, of_page) is None
    assert other_page(half_rewritten(page, other, chance), of_page) is None
    assert other_page(replace(page, answer=other.answer), of_page) is None
    assert other_page(replace(page, question=other.question), of_page) is None


def test_short_pages_are_told_apart() -> None:
    page = Page("p.md", 7, "What is the capital of France?", "Paris.", ("A",), "", None, (), None)
    other = replace(page, question="Who wrote Emma?", answer="Jane Austen.")
    of_page = publish(page)

    assert other_page(replace(page, question="Which city rules France?"), of_page) is None
    assert other_page(replace(page, answer="The city of Paris."), of_page) is None
    assert other_page(other, of_page) is not None


def test_pages_without_spaces_between_words_are_told_apart() -> None:
    page = Page(
        "p.md",
        7,
        "光合作用是什么？",
        "植物利用阳光把水和二氧化碳变成糖和氧气。",
        ("A",),
        "",
        None,
        (),
        None,
    )
    other = replace(page, question="长城有多长？", answer="明代的长城全长约八千八百多公里。")
    of_page = publish(replace(page, language="zh"))

    assert of_page.live
    assert other_page(replace(page, question="什么叫光合作用？"), of_page) is None
    assert other_page(other, of_page) is not None


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the real pages are not here")
def test_real_pages_are_told_apart() -> None:
    chance = random.Random(7)  # noqa: S311  # the same pairs in every run
    pages = [replace(page, page_id=7) for page in read(CORPUS)[::6]]
    missed = refused = count = 0
    for page in pages:
        of_page = publish(page)
        for _ in range(PER_PAGE if of_page.live else 0):
            other = chance.choice([one for one in pages if one is not page])
            count += 1
            missed += other_page(other, of_page) is None
            refused += other_page(half_rewritten(page, other, chance), of_page) is not None
    assert count > 100
    assert (missed, refused) == (0, 0)
