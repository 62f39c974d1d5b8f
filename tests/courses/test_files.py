from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from qt2anki.config.load import find_settings_file
from qt2anki.config.values import Condition
from qt2anki.courses.course_files import all_courses, choose_courses, course_template
from qt2anki.errors import SettingsError

FULL = """\
title = "Kitchen :: Basics"
description = "Twelve *evenings*."
profile = "core"

[[unit]]
title = "Drinks"
order = "date"
take = [
  900001,
  "how-is-tea-made",
  "drinks/*.md",
  { subject = "Cooking", keyword = ["tea", "cocoa"] },
  { text = "hot", from = 2026-01-01, until = 2026-06-30 },
  { related_to = 900001 },
]
exclude = [900002]

[[unit]]
title = "Herbs"
take = ["herbs/*"]
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def conditions(*values: Condition) -> list[dict[str, object]]:
    names = ("ids", "slugs", "paths", "subjects", "keywords", "texts", "related_to")
    every = (*names, "since", "until")
    return [{n: getattr(v, n) for n in every if getattr(v, n)} for v in values]


def test_everything_a_course_file_can_say(tmp_path: Path) -> None:
    write(tmp_path / "courses" / "basics.toml", FULL)

    (course,) = choose_courses(["basics"], tmp_path, None)

    assert (course.name, course.title, course.cards.profile) == (
        "basics",
        "Kitchen::Basics",
        "core",
    )
    assert course.description == "Twelve *evenings*."
    assert [unit.title for unit in course.units] == ["Drinks", "Herbs"]
    drinks = course.units[0]
    assert drinks.order == "date"
    assert conditions(*drinks.take) == [
        {"ids": (900001,)},
        {"slugs": ("how-is-tea-made",)},
        {"paths": ("drinks/*.md",)},
        {"subjects": ("Cooking",), "keywords": ("tea", "cocoa")},
        {
            "texts": ("hot",),
            "since": datetime.date(2026, 1, 1),
            "until": datetime.date(2026, 6, 30),
        },
        {"related_to": (900001,)},
    ]
    assert conditions(*drinks.exclude) == [{"ids": (900002,)}]
    assert course.line("unit", 0, "take", word="900001") == 9
    assert course.line("unit", 1, "take") == 20


def test_courses_may_stand_beside_the_settings(tmp_path: Path) -> None:
    settings = 'profile = "core"\n[[course]]\ntitle = "Tea & Herbs"\n[[course.unit]]\n'
    write(tmp_path / "qt2anki.toml", settings + 'title = "One"\ntake = [1]\n')
    write(tmp_path / "courses" / "basics.toml", FULL)
    source = find_settings_file(tmp_path / "deep")

    courses = all_courses(Path("elsewhere"), source)

    assert list(courses) == ["basics", "tea-herbs"]
    assert courses["tea-herbs"].line("unit", 0, "take") == 6


def test_a_course_may_be_named_by_its_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a" / "mine.toml", FULL)

    assert choose_courses([str(path)], tmp_path, None)[0].name == "mine"


def test_the_template_is_a_course_file(tmp_path: Path) -> None:
    write(tmp_path / "courses" / "new.toml", course_template("new", 'The "New" \\ One', (900001,)))

    (course,) = choose_courses(["new"], tmp_path, None)

    assert course.title == 'The "New" \\ One'
    assert course.units[0].title == "First week"
    assert conditions(*course.units[0].take) == [{"ids": (900001,)}]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('profile = "core"', 'profil = "core"', "3: profil: there is no such key\n  hint: Did you"),
        ('profile = "core"', 'profile = "cor"', "3: profile: there is no 'cor'"),
        ('title = "Drinks"\n', "", "5: there is no title"),
        ('"Drinks"', '"A::B"', "6: title: '::' would split the deck into levels"),
        ('order = "date"', 'order = "size"', "7: order: there is no 'size'"),
        ("{ related_to = 900001 }", "{ relatedto = 1 }", "8: take: relatedto: there is no such"),
        ("{ related_to = 900001 }", "{}", "8: take: an empty condition"),
        ("{ related_to = 900001 }", "true", "8: take: true or false, not the id of a page"),
        ("from = 2026-01-01", 'from = "May"', "8: take: from: text, not a day"),
        ("exclude = [900002]", "exclude = 900002", "16: exclude: a number, not a list"),
        ("[[unit]]", "[unit]", "18: not TOML"),
        ('take = ["herbs/*"]', 'take = ["herbs/*"', "21: not TOML"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in FULL
    path = write(tmp_path / "courses" / "basics.toml", FULL.replace(old, new, 1))

    with pytest.raises(SettingsError) as caught:
        choose_courses(["basics"], tmp_path, None)
    assert str(caught.value).startswith(f"{path.as_posix()}:{said}")


def test_a_course_without_units_is_refused(tmp_path: Path) -> None:
    for text in ('title = "A"', 'title = "A"\nunit = 3', 'title = "A"\nunit = [3]'):
        write(tmp_path / "courses" / "basics.toml", text)
        with pytest.raises(SettingsError, match="unit"):
            choose_courses(["basics"], tmp_path, None)


def test_unknown_courses_are_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="qt2anki course new NAME"):
        choose_courses(["basics"], tmp_path, None)
    write(tmp_path / "courses" / "basics.toml", FULL)
    with pytest.raises(SettingsError, match="Did you mean 'basics'"):
        choose_courses(["basic"], tmp_path, None)


def test_two_courses_of_one_name_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "courses" / "a.toml", 'name = "same"\n' + FULL)
    write(tmp_path / "courses" / "b.toml", 'name = "same"\n' + FULL)

    with pytest.raises(
        SettingsError, match=r"b\.toml:1: there is a second course 'same', in .*a\."
    ):
        all_courses(tmp_path, None)
