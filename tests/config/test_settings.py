from __future__ import annotations

import os
import pickle
from dataclasses import fields
from pathlib import Path

import pytest

from qt2anki.config import Settings, resolve_settings
from qt2anki.config.load import toml_text
from qt2anki.config.settings import TopicSettings
from qt2anki.config.values import Condition
from qt2anki.errors import SettingsError

ALL = """\
# every setting there is
deck_root = "Kitchen :: School"
tag_root = "Kitchen::School"
base_url = "https://example.org/school/"
language = "pt-BR"
profile = "full"
card_threshold = 650
kinds = ["next", "qa"]
sequence_threshold = 2
report_link = "https://example.org/report?page={page}"
subject_order = ["Baking", "Knife Work"]
default_subject = "Cooking"
corrections = "cards/corrections.toml"
only_reviewed = true

[sequences]
42 = false
-13 = true
7 = true

[subject_aliases]
"Baking & Bread" = "Baking"
Bakery = "Baking"

[front_matter]
question = "prompt"
keywords = "meta.words"

[topics.names]
"Memory" = "Remembering"

[topics.pages]
"Bread" = [7, { keyword = "rye" }]
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_every_setting_is_read(tmp_path: Path) -> None:
    write(tmp_path / "qt2anki.toml", ALL)

    settings = resolve_settings(tmp_path).settings

    assert settings == Settings(
        deck_root="Kitchen::School",
        tag_root="Kitchen::School",
        base_url="https://example.org/school",
        language="pt-BR",
        sequence_threshold=2.0,
        sequences=((-13, True), (7, True), (42, False)),
        profile="full",
        card_threshold=650,
        kinds=("qa", "next"),
        subject_aliases=(("Bakery", "Baking"), ("Baking & Bread", "Baking")),
        report_link="https://example.org/report?page={page}",
        subject_order=("Baking", "Knife Work"),
        front_matter=(("keywords", "meta.words"), ("question", "prompt")),
        default_subject="Cooking",
        corrections="cards/corrections.toml",
        only_reviewed=True,
        topics=TopicSettings(
            names=(("Memory", "Remembering"),),
            pages=(
                (
                    "Bread",
                    (
                        Condition(ids=(7,), written="7", word="7"),
                        Condition(keywords=("rye",), written='{keyword = "rye"}', word="rye"),
                    ),
                ),
            ),
        ),
    )
    names = {field.name for field in fields(Settings)}
    assert [name for name in names if getattr(settings, name) == getattr(Settings(), name)] == []


def test_settings_can_be_sent_to_workers_and_remembered() -> None:
    settings = Settings(sequences=((1, True),))

    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301  # our own bytes
    assert hash(settings) != hash(Settings())


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    write(tmp_path / "qt2anki.toml", 'tag_root = "Top"')
    write(deep / "pyproject.toml", "[tool.other]\nx = 1")
    assert resolve_settings(deep).settings.tag_root == "Top"

    write(tmp_path / "a/pyproject.toml", '[tool.qt2anki]\ntag_root = "Project"')
    assert resolve_settings(deep).settings.tag_root == "Project"

    write(tmp_path / "a/qt2anki.toml", 'tag_root = "Own"')
    assert resolve_settings(deep).settings.tag_root == "Own"

    chosen = write(tmp_path / "chosen.toml", 'tag_root = "Chosen"')
    assert resolve_settings(deep, chosen).settings.tag_root == "Chosen"
    assert resolve_settings(deep, tmp_path / "a/pyproject.toml").settings.tag_root == "Project"


def test_a_broken_project_file_that_is_not_about_us_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "qt2anki.toml", 'tag_root = "Top"')
    write(tmp_path / "a/pyproject.toml", "[tool.other\n")

    assert resolve_settings(tmp_path / "a").settings.tag_root == "Top"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            'tag_root = "x"\ndeck_rot = "x"',
            "2: deck_rot: there is no such setting\n  hint: Did you mean 'deck_root'?",
            id="misspelt",
        ),
        pytest.param(
            "[paint]\nx = 1",
            "1: paint: there is no such setting\n  hint: The settings are base_url, "
            "card_threshold, corrections, course, deck_root, default_subject, front_matter, kinds, "
            "language, only_reviewed, profile, report_link, sequence_threshold, sequences, "
            "subject_aliases, subject_order, tag_root, topics.",
            id="unknown-table",
        ),
        pytest.param(
            'profile = "ful"',
            "1: profile: there is no 'ful'\n  hint: Did you mean 'full'?",
            id="profile",
        ),
        pytest.param(
            'kinds = ["qa", "zzz"]',
            "1: kinds: there is no 'zzz'\n  hint: The choices are qa, next, explain, name,",
            id="kind",
        ),
        pytest.param('kinds = "qa"', "1: kinds: text, not a list", id="kinds"),
        pytest.param("\ndeck_root = 1", "2: deck_root: a number, not text", id="type"),
        pytest.param("deck_root = [1]", "1: deck_root: a list, not text", id="list"),
        pytest.param("deck_root = 2025-01-01", "1: deck_root: a date or time, not text", id="date"),
        pytest.param('deck_root = " "', "1: deck_root: empty", id="empty"),
        pytest.param('deck_root = "A::::B"', "1: deck_root: a level of the", id="empty-level"),
        pytest.param(
            'deck_root = "A\\u0000"', "1: deck_root: contains a character that", id="control"
        ),
        pytest.param('tag_root = "a b"', "1: tag_root: not a valid tag", id="tag-with-blank"),
        pytest.param('tag_root = "a::"', "1: tag_root: not a valid tag", id="tag-with-empty-level"),
        pytest.param('base_url = "example.org"', "1: base_url: not a URL", id="address"),
        pytest.param('language = "english"', "1: language: not a language tag", id="language"),
        pytest.param(
            'sequence_threshold = "3"', "1: sequence_threshold: text, not a number", id="number"
        ),
        pytest.param(
            "sequence_threshold = true", "1: sequence_threshold: true or false, not", id="bool"
        ),
        pytest.param("card_threshold = 1001", "1: card_threshold: a number, not", id="score"),
        pytest.param("sequence_threshold = 1000", "1: sequence_threshold: a number", id="points"),
        pytest.param("sequence_threshold = nan", "1: sequence_threshold: a number", id="nan"),
        pytest.param("sequences = true", "1: sequences: true or false, not a table", id="table"),
        pytest.param(
            '[sequences]\n1 = true\n"0 7" = true',
            "3: sequences.0 7: not the id of a page",
            id="page-id",
        ),
        pytest.param(
            "[sequences]\n1 = 1", "2: sequences.1: a number, not true or false", id="choice"
        ),
        pytest.param(
            'sequences = {1 = "yes"}', "1: sequences.1: text, not true or false", id="inline-table"
        ),
        pytest.param(
            'subject_aliases."A B" = 3', "1: subject_aliases.A B: a number, not text", id="alias"
        ),
        pytest.param(
            'subject_aliases.A = "::"',
            "1: subject_aliases.A: not a subject",
            id="colons",
        ),
        pytest.param(
            'tag_root = "My::subject::Cards"',
            '1: tag_root: has the level "subject", which qt2anki uses',
            id="tag-level",
        ),
        pytest.param('tag_root = "x', "1: not TOML: ", id="broken"),
        pytest.param('report_link = "report"', "1: report_link: not a URL", id="report"),
        pytest.param(
            'report_link = "https://e.org/{card}"', "1: report_link: there is no {card}", id="place"
        ),
        pytest.param(
            'report_link = "https://e.org/{page"', "1: report_link: unmatched brace", id="brace"
        ),
        pytest.param('subject_order = "A"', "1: subject_order: text, not a list", id="order"),
        pytest.param(
            "topics = 3",
            '1: topics: a number, not a table\n  hint: Use a table, or "off" for flat decks.',
            id="topics",
        ),
        pytest.param(
            "[topics]\nname = {}",
            "1: topics: there is no such key\n  hint: Did you mean 'names'?",
            id="key-of-topics",
        ),
        pytest.param(
            '[topics.names]\nMemory = "A::B"',
            "1: topics.names: Memory: not one level of a deck name\n  hint: Leave '::' out.",
            id="name-of-topic",
        ),
        pytest.param(
            '[front_matter]\nquestio = "q"',
            "2: front_matter.questio: there is no 'questio'\n  hint: Did you mean 'question'?",
            id="front-matter",
        ),
        pytest.param("x = " + "[" * 9999, "not TOML: nested too deeply", id="deep"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    own = write(tmp_path / "own" / "qt2anki.toml", text)
    with pytest.raises(SettingsError) as caught:
        resolve_settings(own.parent)
    assert str(caught.value).startswith((f"{own}:{said}", f"{own}: {said}"))


def test_lines_are_those_of_the_project_file(tmp_path: Path) -> None:
    text = (
        '[project]\nname = "x"\n\n[tool.qt2anki]\ntag_root = "x"\n[tool.qt2anki.sequences]\n1 = 2'
    )
    path = write(tmp_path / "pyproject.toml", text)

    with pytest.raises(SettingsError) as caught:
        resolve_settings(tmp_path)

    assert str(caught.value) == f"{path}:7: sequences.1: a number, not true or false"


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'tag_root = "\xe9"')
    project = write(tmp_path / "pyproject.toml", "[project]")
    flat = write(tmp_path / "flat" / "pyproject.toml", "[tool]\nqt2anki = 1")
    cases = {
        tmp_path / "none.toml": "cannot be read: no such file or directory",
        latin: "not UTF-8 text",
        project: "there is no table [tool.qt2anki]",
        flat: "tool.qt2anki is not a table",
    }
    for path, said in cases.items():
        with pytest.raises(SettingsError) as caught:
            resolve_settings(tmp_path, path)
        assert said in str(caught.value)


def test_options_go_before_variables_before_the_file(tmp_path: Path) -> None:
    own = write(tmp_path / "qt2anki.toml", 'profile = "core"\nlanguage = "fr"\ntag_root = "File"')
    environ = {"QT2ANKI_LANGUAGE": "de", "QT2ANKI_TAG_ROOT": "Env", "QT2ANKI_DECK_ROOT": ""}

    found = resolve_settings(tmp_path, environ=environ, options={"tag_root": "Option"})

    assert found.settings == Settings(profile="core", language="de", tag_root="Option")
    assert found.origins["profile"] == f"{own.as_posix()}:1"
    assert found.origins["language"] == "QT2ANKI_LANGUAGE"
    assert found.origins["tag_root"] == "--tag-root"
    assert found.origins["deck_root"] == "default"
    assert set(found.origins) == {field.name for field in fields(Settings)}


def test_variables_of_every_shape(tmp_path: Path) -> None:
    environ = {
        "QT2ANKI_KINDS": "next, qa",
        "QT2ANKI_SEQUENCE_THRESHOLD": "2.5",
        "QT2ANKI_CARD_THRESHOLD": "700",
        "QT2ANKI_SEQUENCES": "{42 = true}",
        "QT2ANKI_SUBJECT_ORDER": "Knife Work,Baking",
        "QT2ANKI_SOMETHING_ELSE": "is not ours",
        "HOME": "/",
    }

    assert resolve_settings(tmp_path, environ=environ).settings == Settings(
        kinds=("qa", "next"),
        sequence_threshold=2.5,
        card_threshold=700,
        sequences=((42, True),),
        subject_order=("Knife Work", "Baking"),
    )


@pytest.mark.parametrize(("text", "flag"), [("true", True), ("false", False)])
def test_flags_and_numbers_in_variables(tmp_path: Path, text: str, flag: bool) -> None:
    environ = {"QT2ANKI_ONLY_REVIEWED": text, "QT2ANKI_SEQUENCE_THRESHOLD": ".5"}

    found = resolve_settings(tmp_path, environ=environ).settings

    assert found == Settings(only_reviewed=flag, sequence_threshold=0.5)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "QT2ANKI_PROFIL",
            "core",
            "there is no such setting\n  hint: Did you mean 'QT2ANKI_PROFILE'?",
        ),
        ("QT2ANKI_PROFILE", "ful", "there is no 'ful'\n  hint: Did you mean 'full'?"),
        ("QT2ANKI_SEQUENCES", "42", "a number, not a table"),
        ("QT2ANKI_SEQUENCES", "{'a b' = true}", "a b: not the id of a page"),
        ("QT2ANKI_SEQUENCES", "{", "not a TOML table"),
        ("QT2ANKI_SEQUENCE_THRESHOLD", "many", "text, not a number of points"),
    ],
)
def test_variables_that_cannot_be_used_are_refused(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        resolve_settings(tmp_path, environ={name: text})
    assert str(caught.value).startswith(f"{name}: {said}")


def test_defaults_hold_where_there_is_no_file(tmp_path: Path) -> None:
    assert resolve_settings(tmp_path).settings == Settings()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes to name here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "qt2anki.toml"
    os.mkfifo(pipe)

    with pytest.raises(SettingsError, match="a pipe"):
        toml_text(pipe)
