"""A corpus of any size, recombined from the pages in ``input/``: new ids, new words, same shapes.

Every page takes the form of one page in ``input/``, drawn so that shapes occur as often as on a
real site of 36,000 pages. Its opening and closing come from other pages, and a part of its longer
words is replaced by made-up ones, rare and common as words are, so that no text comes twice.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import frontmatter

SUBJECTS = 38
_TWICE = 0.07  # of the pages are listed under a second subject
# The shapes, in the order in which a page is sorted into one, with their share of a real site.
_SHARES = {"code": 0.011, "table": 0.0015, "math": 0.11, "prose": 0.11, "headings": 0.22, "list": 1}
_BREAK = "\\n\\n"
_PROSE = re.compile(r"[A-Z][^$`|<>{}*#\\]+[.]")
_LONG_WORD = re.compile(r"\b[a-z]{7,}\b")
_SYLLABLES = "ba ce di fo gu la me ni ro su ta ve li zo pha the tri ser mon gal pol dex".split()
_ENDS = ("tion", "ing", "ity", "ed", "al", "s", "ment", "in", "ase", "ous")


@dataclass(frozen=True)
class _Sample:
    shape: str
    question: str
    parts: tuple[str, ...]  # of the answer, as they stand between blank lines


def generate(source: Path, folder: Path, pages: int, *, seed: int = 1) -> None:
    """Write *pages* pages made of those in *source* below *folder*, a folder a subject."""
    chance = random.Random(seed)  # noqa: S311  # the same corpus every time
    samples = _samples(source)
    prose = [part for one in samples for part in one.parts if _PROSE.fullmatch(part)]
    for number in range(pages):
        page_id = 1_000_001 + number
        sample = _drawn(samples, chance)
        text = _page(page_id, sample, prose, chance)
        subjects = chance.sample(range(SUBJECTS), 2 if chance.random() < _TWICE else 1)
        for subject in subjects:
            place = folder / f"subject-{subject + 1:02}" / f"page-{page_id}.md"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text.replace("SUBJECT", f"Subject {subject + 1}"), encoding="utf-8")


def _samples(source: Path) -> list[_Sample]:
    found = []
    for path in sorted(source.rglob("*.md")):
        page = frontmatter.load(str(path))
        if "answer" in page:
            answer = str(page["answer"])
            parts = tuple(answer.split(_BREAK))
            found.append(_Sample(_shape(answer), str(page["question"]), parts))
    return found


def _shape(answer: str) -> str:
    signs = {"code": "```", "table": "|--", "math": "$", "headings": "#"}
    for shape, sign in signs.items():
        if sign in answer:
            return shape
    return "list" if "1." in answer else "prose"


def _drawn(samples: list[_Sample], chance: random.Random) -> _Sample:
    point = chance.random()
    for shape, share in _SHARES.items():
        point -= share
        fitting = [sample for sample in samples if sample.shape == shape]
        if point < 0 and fitting:
            return chance.choice(fitting)
    return chance.choice(samples)


def _page(page_id: int, sample: _Sample, prose: list[str], chance: random.Random) -> str:
    parts = list(sample.parts)
    for at in (0, -1):
        if _PROSE.fullmatch(parts[at]):
            parts[at] = chance.choice(prose)
    words: list[str] = []
    answer = _BREAK.join(_varied(part, words, chance) for part in parts)
    title = f"{sample.question.rstrip('?')} of {_made_up(chance)} {page_id}?"
    return _FORM.format(
        id=page_id,
        title=title,
        keywords=", ".join(dict.fromkeys(words[:10])),
        answer=answer,
    )


def _varied(part: str, words: list[str], chance: random.Random) -> str:
    """Put made-up words in the place of some; formulas and code stay as they are."""
    if re.search(r"[$`\\|<>]", part):
        return part

    def other(word: re.Match[str]) -> str:
        if chance.random() > 0.15:
            return word[0]
        words.append(_made_up(chance))
        return words[-1]

    return _LONG_WORD.sub(other, part)


def _made_up(chance: random.Random) -> str:
    """Make a word; like real ones, few are frequent and most are rare."""
    rank = int(chance.paretovariate(0.5)) % 60_000
    inner = random.Random(rank)  # noqa: S311  # the same word for a rank
    stem = "".join(inner.choice(_SYLLABLES) for _ in range(inner.randint(2, 4)))
    return stem + inner.choice(_ENDS)


def edit_one(folder: Path) -> None:
    """Add a sentence to the first page of *folder*."""
    path = next(iter(sorted(folder.rglob("*.md"))))
    text = path.read_text(encoding="utf-8")
    edited = text.replace("\nsubject:", "\\n\\nA reader added this sentence.\nsubject:", 1)
    path.write_text(edited, encoding="utf-8")


def sizes(folder: Path) -> Iterator[int]:
    """Yield the size of every file below *folder* that is a package, in bytes."""
    return (path.stat().st_size for path in folder.rglob("*.apkg"))


_FORM = """---
_schema: default
id: {id}
date: 2025-03-12
title: >-
    {title}
article_title: >-
    {title}
date_format: MMM DD, YYYY
post_on_text: Posted on
seo:
  title: generated sample
  page_description: >-
    {title}
  page_keywords: >-
    {keywords}
author: generated
question: >-
    {title}
answer: >-
    {answer}
subject: SUBJECT
file_name: page-{id}.md
url: /learn/generated/questions/page-{id}
score: 0.5
related_article1:
    id: 900002
    title: >-
        How does the body stop the bleeding from a small cut?
    subject: Nursing
    url: /learn/nursing/questions/how-does-the-body-stop-the-bleeding-from-a-small-cut
---

&nbsp;
"""
