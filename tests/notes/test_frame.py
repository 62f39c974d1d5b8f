from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from qt2anki.config import Settings
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Kind
from qt2anki.notes.frame import frame_for, numbered, tag_part
from qt2anki.notes.identity import guid_for
from tests.notes.card_text import fields, page_of

PAGE = replace(
    page_of("How does *rye* rise?\nSlowly."),
    page_id=-13,
    subjects=("Baking & Milling", "Food"),
    url="/rye?a=1&b=2",
    date=datetime.date(2025, 2, 6),
)


def test_a_note_has_all_fields_of_its_type() -> None:
    frame = frame_for(PAGE, Settings())
    qa = frame.qa(Kind.QA, "qa", question="Q", answer="A", extra="E")
    cloze = frame.cloze(Kind.NEXT, "step/x/next", text="T", title="t")

    assert tuple(fields(qa)) == QA_FIELDS
    assert tuple(fields(cloze)) == CLOZE_FIELDS
    assert (fields(qa)["Key"], fields(qa)["Answer"], fields(qa)["Extra"]) == ("-13/qa", "A", "E")
    assert (fields(cloze)["Text"], fields(cloze)["Title"]) == ("T", "t")
    assert (qa.guid, cloze.guid) == (guid_for(-13, "qa"), guid_for(-13, "step/x/next"))
    assert (qa.mod, qa.page_id, qa.kind, qa.note_type) == (0, -13, Kind.QA, "qa")


def test_a_field_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="no field for reverse"):
        frame_for(PAGE, Settings()).cloze(Kind.NEXT, "k", text="T", reverse="R")


def test_context() -> None:
    frame = frame_for(replace(PAGE, subjects=("Baking & Milling",)), Settings())

    assert frame.context() == "Baking &amp; Milling · How does <em>rye</em> rise?"
    assert frame.context("Step *one*").endswith(" · Step <em>one</em>")
    assert frame.context_text("Step *one*") == "Baking & Milling · How does rye rise? · Step one"


def test_the_context_names_no_subject_that_a_deck_may_not_have() -> None:
    frame = frame_for(replace(PAGE, subjects=("Baking", "Chemistry")), Settings())

    assert frame.context() == "How does <em>rye</em> rise?"


def test_source() -> None:
    assert frame_for(PAGE, Settings(base_url="https://example.org")).source == (
        '<a class="qt-src" href="https://example.org/rye?a=1&amp;b=2">Source</a>'
        " <span>2025-02-06 · -13</span>"
    )
    whole = replace(PAGE, url="http://example.net/x", date=None)
    assert 'href="http://example.net/x"' in frame_for(whole, Settings()).source
    assert frame_for(replace(whole, url=""), Settings()).source == "<span>-13</span>"


@pytest.mark.parametrize(
    ("template", "address"),
    [
        ("https://e.org/report?page={page}", "https://e.org/report?page=-13"),
        (
            "mailto:help@e.org?subject={url}",
            "mailto:help@e.org?subject=https%3A%2F%2Fe.org%2Frye%3Fa%3D1%26b%3D2",
        ),
        ("https://e.org/a?b=1&c={page}", "https://e.org/a?b=1&amp;c=-13"),
    ],
)
def test_a_link_to_report_an_error(template: str, address: str) -> None:
    source = frame_for(PAGE, Settings(base_url="https://e.org", report_link=template)).source

    assert source.endswith(f'</span> <a class="qt-report" href="{address}">Report an error</a>')


def test_tags_name_all_subjects_page_and_kind() -> None:
    note = frame_for(PAGE, Settings(tag_root="Course")).cloze(Kind.NEXT, "k", text="T")

    assert note.tags == tuple(
        sorted(
            [
                "Course::kind::step::next",
                "Course::page::-13",
                "Course::subject::Baking_&_Milling",
                "Course::subject::Food",
            ]
        )
    )


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Food Science", "Food_Science"),
        ("C++ & C-like", "C++_&_C-like"),
        ('a::b "c"', "a_b_c"),
        ("Ζύμη", "Ζύμη"),
        ("\u3000", "_"),
        ("::", "_"),
    ],
)
def test_tag_part(name: str, part: str) -> None:
    assert tag_part(name) == part


def test_numbers_are_two_digits() -> None:
    frame = frame_for(PAGE, Settings())
    made = [frame.qa(Kind.QA, f"k{n}", question="Q", answer="A") for n in range(11)]
    notes = numbered([(note, "core") for note in made], "qt")

    assert [fields(note)["Order"] for note in notes][::10] == ["-13.01", "-13.11"]
    assert "qt::tier::core" in notes[0].tags
