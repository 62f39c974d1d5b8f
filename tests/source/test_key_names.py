from __future__ import annotations

import datetime
from pathlib import Path

from qt2anki.config.settings import PAGE_KEYS
from qt2anki.messages import format_problem
from qt2anki.source.discover import Source
from tests.reading import read_one, read_only

NAMES = (
    ("answer", "body.text"),
    ("date", "written.on"),
    ("id", "number"),
    ("keywords", "meta.words"),
    ("question", "prompt"),
    ("score", "rank"),
    ("subject", "course"),
    ("topic", "chapter"),
    ("url", "link"),
)
OTHER = """\
---
number: 12
prompt: Why does rye bread keep?
question: what nobody reads
course: Baking
link: /rye
body:
  text: Pentosans hold water.
written:
  on: 2026-05-01
rank: 0
chapter: Bread
meta:
  words: [rye, bread]
related_article1: {id: 9, title: x}
related_article2: {id: none}
related_article3: {id: 8}
related_article4: {id: 9}
---
"""


def test_pages_with_other_keys_are_read() -> None:
    page = read_one(OTHER, "rye.md", NAMES).page

    assert page is not None
    assert (page.page_id, page.question, page.answer) == (
        12,
        "Why does rye bread keep?",
        "Pentosans hold water.",
    )
    assert (page.subjects, page.keywords, page.related) == (("Baking",), ("rye", "bread"), (9, 8))
    assert (page.url, page.date, page.score, page.topic) == (
        "/rye",
        datetime.date(2026, 5, 1),
        0,
        "Bread",
    )


def test_all_keys_that_can_have_other_names_are_tried() -> None:
    assert {name for name, _ in NAMES} == set(PAGE_KEYS)


def test_messages_name_the_keys_that_pages_have() -> None:
    text = OTHER.replace("prompt: Why does rye bread keep?", "promt: Why?").replace(
        "  text: Pentosans hold water.", "  text: 5"
    )

    problems = read_one(text, "rye.md", NAMES).problems

    assert [format_problem(problem) for problem in problems] == [
        (
            "rye.md:1: error QT120: there is no prompt\n"
            "  hint: Line 3 has 'promt': did you mean 'prompt'?"
        ),
        (
            "rye.md:8:9: error QT121: body.text is 5, which YAML reads as an integer; it must "
            "be text\n"
            '  hint: Write body.text: "5"'
        ),
    ]


def test_messages_about_optional_keys_name_the_keys_that_pages_have() -> None:
    text = OTHER.replace("link: /rye", "link: rye").replace("rank: 0", "rank: high")
    text = text.replace("on: 2026-05-01", "on: soon").replace("words: [rye, bread]", "words: 5")

    problems = read_one(text, "rye.md", NAMES).problems

    assert [(problem.text.partition(" is ")[0], problem.hint) for problem in problems] == [
        ("link", "Write it in full (https://...) or starting with a slash (/learn/...)."),
        ("written.on", "Use a line such as written.on: 2025-02-06"),
        ("rank", "Use a line such as rank: 4.5"),
        ("meta.words", "Write them as a single string: meta.words: first, second"),
    ]


def test_messages_quote_values_as_they_are_and_name_each_key_once() -> None:
    dated = OTHER.replace("on: 2026-05-01", "on: 'see date: soon'")
    (date,) = read_one(dated, "rye.md", NAMES).problems
    swapped = (("answer", "text"), ("question", "answer"))
    (missing, *_) = read_one(
        "---\nid: 1\ntext: So.\nsubject: X\nurl: /x\n---\n", "x.md", swapped
    ).problems

    assert "see date: soon" in date.text
    assert missing.text == "there is no answer"


def test_the_id_of_a_faulty_page_is_known_by_its_other_key(tmp_path: Path) -> None:
    path = tmp_path / "rye.md"
    path.write_text(OTHER.replace("prompt:", "x:").replace("link:", "url:"), encoding="utf-8")

    assert read_only(Source("rye.md", path), NAMES).page_id == 12
    assert read_only(Source("rye.md", path)).page_id is None
