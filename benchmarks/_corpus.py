"""A site of any size, in which shapes, lengths and words are spread as on a real one.

Most pages are made of frames (``_answers.py``); those whose shape no frame has (steps in an order,
comparisons, code, tables) take their form from a page in ``input/``. The same size gives the same
bytes: chance starts anew from the number of every page.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import frontmatter

from benchmarks._answers import Sample, draw_sample, make_answer, make_question
from benchmarks._language import Topic

SAMPLES = Path(__file__).parents[1] / "input"
PER_SUBJECT = 950  # pages, as on a site of 36,000 pages in 38 subjects
_TWICE = 0.07  # of the pages are listed under a second subject
_FIRST_ID = 1_000_001


def generate(
    source: Path, folder: Path, pages: int, *, per_subject: int = PER_SUBJECT, seed: int = 1
) -> None:
    """Write *pages* files below *folder*, about *per_subject* of them in each subject's folder.

    A page that is listed under two subjects is two files, as on a real site. *source* is
    the folder of the sample pages.
    """
    samples = read_samples(source)
    subjects = max(2, round(pages / per_subject))
    for subject in range(subjects):
        (folder / f"subject-{subject + 1:03}").mkdir(parents=True, exist_ok=True)
    number = written = 0
    while written < pages:
        chance = random.Random(f"{seed} {number}")  # noqa: S311  # the same corpus every time
        text, listed = _page(number, chance, samples, subjects)
        for subject in listed[: pages - written]:
            place = folder / f"subject-{subject:03}" / f"page-{_FIRST_ID + number}.md"
            place.write_text(text.replace("SUBJECT", f"Subject {subject}"), encoding="utf-8")
            written += 1
        number += 1


def read_samples(source: Path) -> Mapping[str, Sample]:
    """Return the pages of *source* by the names of their files."""
    found = {}
    for path in sorted(source.rglob("*.md")):
        page = frontmatter.load(str(path))
        if "answer" in page:
            parts = str(page["answer"]).split("\\n\\n")
            found[path.stem] = Sample(str(page["question"]), tuple(parts))
    return found


def _page(
    number: int, chance: random.Random, samples: Mapping[str, Sample], subjects: int
) -> tuple[str, list[int]]:
    """Return the text of a page, and the numbers of the subjects it is listed under."""
    page_id = _FIRST_ID + number
    topic = Topic(chance)
    sample = draw_sample(chance, samples)
    listed = chance.sample(range(1, subjects + 1), 2 if chance.random() < _TWICE else 1)
    separator = ", " if chance.random() < 0.9 else ","
    text = _FORM.format(
        id=page_id,
        title=make_question(topic, sample),
        description=topic.sentences(35),
        keywords=separator.join(topic.terms),
        answer=make_answer(topic, sample),
        related="".join(_related(topic, chance)),
    )
    return text, listed


def _related(topic: Topic, chance: random.Random) -> Iterator[str]:
    count = 0 if chance.random() < 0.28 else chance.randint(3, 5)
    for number in range(1, count + 1):
        page = f"page-{_FIRST_ID + chance.randrange(1000)}"
        yield _RELATED.format(number=number, id=page[5:], title=topic.pick("questions"), page=page)


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
  title: Made-up pages | SUBJECT
  page_description: >-
    {description}
  page_keywords: >-
    {keywords}
author: nobody
question: >-
    {title}
answer: >-
    {answer}
subject: SUBJECT
file_name: page-{id}.md
url: /learn/made-up/questions/page-{id}
score: 0.5
{related}---

&nbsp;
"""
_RELATED = """related_article{number}:
    id: {id}
    title: >-
        {title}
    subject: SUBJECT
    url: /learn/made-up/questions/{page}
"""
