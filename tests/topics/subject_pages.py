"""Pages of a large subject, made from a few words each."""

from __future__ import annotations

from collections.abc import Sequence

from qt2anki.model import Page

WORDS = {
    "Memory": "memory recall amnesia forgetting mnemonic",
    "Heart and circulation": "heart artery vein hypertension aorta",
    "Plants and photosynthesis": "leaf photosynthesis chlorophyll pollination stomata",
    "Rome": "Rome Caesar Augustus gladiator Pompeii",
    "Marketing": "marketing brand advertising customer retail",
    "Geometry and shapes": "triangle polygon circle perimeter geometry",
    "Poetry": "poem sonnet stanza rhyme haiku",
}
"""Words by the heading of the thesaurus that they point to."""


def page(
    page_id: int,
    question: str,
    keywords: Sequence[str] = (),
    *,
    subject: str = "Everything",
    topic: str = "",
    related: Sequence[int] = (),
) -> Page:
    return Page(
        source=f"{page_id}.md",
        page_id=page_id,
        question=question,
        answer="",
        subjects=(subject,),
        url="",
        date=None,
        keywords=tuple(keywords),
        score=None,
        related=tuple(related),
        topic=topic,
    )


def pages_about(heading: str, number: int, start: int = 1) -> list[Page]:
    """Return pages that belong to a heading of the thesaurus; their ids are 100 apart."""
    words = WORDS[heading].split()
    return [
        page(
            100 * (start + at),
            f"How does number {start + at} of {words[at % len(words)]} come about?",
            [words[(at + 1) % len(words)], f"case {start + at}"],
        )
        for at in range(number)
    ]


def large_subject(each: int = 10) -> list[Page]:
    """Return so many pages about each heading."""
    return [
        one
        for place, heading in enumerate(WORDS)
        for one in pages_about(heading, each, start=1000 * (place + 1))
    ]
