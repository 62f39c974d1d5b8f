from __future__ import annotations

from qt2anki.source.entry import Entry
from qt2anki.source.front_matter import read_front_matter


def test_entries_keep_what_is_written_and_where() -> None:
    text = '\n---\nid: 0x1F\nflag: yes\nseo:\n  title: "a\\r\\nb"\nlist:\n  - =\n  - ~\n---\n'

    front, problems = read_front_matter(text, "page.md")

    assert problems == ()
    assert front is not None
    assert front.line == 2
    title = Entry("text", "a\nb", 6, column=10, style='"')
    items = (Entry("text", "=", 8, column=5), Entry("nothing", "~", 9, column=5))
    assert front.entries == {
        "id": Entry("integer", "0x1F", 3, column=5),
        "flag": Entry("true or false", "yes", 4, column=7),
        "seo": Entry("mapping", "", 6, entries={"title": title}, column=3),
        "list": Entry("list", "", 8, items=items, column=3),
    }


def test_a_refused_key_leaves_the_others_readable() -> None:
    front, problems = read_front_matter("---\na: !!set {x}\nb: 1\n---\n", "page.md")

    assert [problem.code for problem in problems] == ["QT115"]
    assert front is not None
    assert front.entries["b"] == Entry("integer", "1", 3, column=4)


def test_a_control_character_is_reported_where_it_is() -> None:
    front, problems = read_front_matter("---\nx: 🍞é\x01\n---\n", "page.md")

    assert front is None
    (problem,) = problems
    assert (problem.code, problem.line, problem.column) == ("QT107", 2, 6)


def test_longer_fences_and_blank_lines_around_them_are_read() -> None:
    front, problems = read_front_matter("----\n\n\nid: 1\n-----  \n\n&nbsp;\n", "page.md")

    assert problems == ()
    assert front is not None
    assert front.entries == {"id": Entry("integer", "1", 4, column=5)}
