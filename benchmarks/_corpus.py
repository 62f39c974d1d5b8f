"""Make a site of any size from the sample pages, with different words.

Each page has the structure of one page in ``input/``; about a third of its long words are replaced
by invented ones, the same word by the same word on the whole page. The same size gives the same
bytes.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import frontmatter

SAMPLES = Path(__file__).parents[1] / "input"
PER_SUBJECT = 950  # pages, as on a site of 36,000 pages in 38 subjects
_TWICE = 0.07  # of the pages are listed under a second subject
_REPLACED = 0.35  # of the long words
_FIRST_ID = 1_000_001
_RANKS = 60_000  # invented words
_LONG_WORD = re.compile(r"(?<![\\<$])\b[a-z]{7,}\b")
_FORMAL = re.compile(r"[$`|<>]")  # formulas, code and tables keep their text
_BREAK = "\\n\\n"  # as answers in front matter write it
_SYLLABLES = """
al an ar bel bo cal cor dan del dor el en fal fen gar gen har hel in is jan kel kor lan lem lor
mal men mor nal nor ol or pal per por qua ral ren ros sal sen sor tal ten tor ul um val ver vor
""".split()


@dataclass(frozen=True)
class Sample:
    """The parts of a page of ``input/`` from which a page is made up."""

    question: str
    keywords: str
    answer: str


def generate(
    source: Path, folder: Path, pages: int, *, per_subject: int = PER_SUBJECT, seed: int = 1
) -> None:
    """Write *pages* files below *folder*, about *per_subject* of them in each subject's folder.

    A page that is listed under two subjects has two files, as on a real site. *source* is the
    folder of the sample pages. If *per_subject* is the number of *pages*, there is one subject.
    """
    samples = read_samples(source)
    subjects = 1 if per_subject == pages else max(2, round(pages / per_subject))
    for subject in range(1, subjects + 1):
        (folder / f"subject-{subject:03}").mkdir(parents=True, exist_ok=True)
    number = written = 0
    while written < pages:
        chance = random.Random(f"{seed} {number}")  # noqa: S311  # the same corpus every time
        text = _page(_FIRST_ID + number, chance, chance.choice(samples))
        twice = chance.random() < _TWICE and subjects > 1
        listed = chance.sample(range(1, subjects + 1), 2 if twice else 1)
        for subject in listed[: pages - written]:
            place = folder / f"subject-{subject:03}" / f"page-{_FIRST_ID + number}.md"
            place.write_text(text.replace("SUBJECT", f"Subject {subject}"), encoding="utf-8")
            written += 1
        number += 1


def read_samples(source: Path) -> list[Sample]:
    """Return the sample pages of a folder, sorted by path."""
    samples = []
    for path in sorted(source.rglob("*.md")):
        page: dict[str, Any] = frontmatter.load(str(path)).metadata
        if "answer" in page and "seo" in page:
            keywords = str(page["seo"]["page_keywords"])
            samples.append(Sample(str(page["question"]), keywords, str(page["answer"])))
    return samples


def _page(page_id: int, chance: random.Random, sample: Sample) -> str:
    words: dict[str, str] = {}

    def replaced(match: re.Match[str]) -> str:
        word = match[0]
        if word not in words:
            words[word] = _invented(_rank(chance)) if chance.random() < _REPLACED else word
        return words[word]

    parts = [
        part if _FORMAL.search(part) else _LONG_WORD.sub(replaced, part)
        for part in sample.answer.split(_BREAK)
    ]
    title = f"{_LONG_WORD.sub(replaced, sample.question).rstrip('?')} of {_invented(page_id)}?"
    return _FORM.format(
        id=page_id,
        title=title,
        keywords=_LONG_WORD.sub(replaced, sample.keywords),
        answer=_BREAK.join(parts),
        related=_FIRST_ID + chance.randrange(1000),
    )


def _rank(chance: random.Random) -> int:
    """Choose the rank of a word: as in real texts, few words are frequent and most are rare."""
    return int(chance.paretovariate(0.5)) % _RANKS


@cache
def _invented(rank: int) -> str:
    inner = random.Random(rank)  # noqa: S311  # the same word for a rank
    return "".join(inner.choices(_SYLLABLES, k=inner.randint(3, 5)))


_FORM = """---
_schema: default
id: {id}
date: 2025-03-12
title: >-
    {title}
seo:
  title: Made-up pages | SUBJECT
  page_keywords: >-
    {keywords}
question: >-
    {title}
answer: >-
    {answer}
subject: SUBJECT
file_name: page-{id}.md
url: /learn/made-up/questions/page-{id}
score: 0.5
related_article1:
    id: {related}
    title: >-
        {title}
    subject: SUBJECT
    url: /learn/made-up/questions/page-{related}
---

&nbsp;
"""
