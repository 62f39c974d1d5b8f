"""Writing corrections: one table at a time, comments and order kept, nothing overwritten."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.config.values import InvalidValue
from qt2anki.corrections.correction import correction_of, table_name
from qt2anki.corrections.corrections_file import Corrections, read_corrections
from qt2anki.corrections.edit import (
    CorrectionsChangedError,
    decided,
    file_for,
    merged,
    read_text,
    set_correction,
    set_corrections,
    with_correction,
)
from qt2anki.errors import SettingsError

WRITTEN = """\
# Mine.

[card."2/qa"]
keep = true

# Two people
# agreed on this.
[card."10/qa"]  # see the book
reason = "short" # enough?
drop = true
"""


def test_a_table_is_added_in_the_order_of_pages() -> None:
    assert with_correction(WRITTEN, "4/qa", {"drop": True, "reason": "vague"}) == (
        WRITTEN.replace(
            "# Two people", '[card."4/qa"]\ndrop = true\nreason = "vague"\n\n# Two people'
        )
    )


def test_a_table_is_changed_in_its_place() -> None:
    new = with_correction(WRITTEN, "10/qa", {"reason": "short", "answer": "Two\nlines."})

    assert new == WRITTEN.replace("drop = true\n", 'answer = """Two\nlines."""\n')


def test_a_table_is_removed_with_its_comment() -> None:
    assert with_correction(WRITTEN, "10/qa", None) == WRITTEN.partition("# Two")[0]
    assert with_correction(WRITTEN, "11/qa", None) == WRITTEN


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.just("\n"))
keys = st.builds("{}/own/{}".format, st.integers(1, 30), st.sampled_from("abc"))


@given(st.lists(st.tuples(keys, texts, texts), max_size=8))
def test_what_is_written_is_what_is_read(tables: list[tuple[str, str, str]]) -> None:
    text, expected = "", {}
    for key, question, answer in tables:
        expected[key] = {"question": question, "answer": answer}
        text = with_correction(text, key, expected[key])

    assert tomllib.loads(text).get("card", {}) == expected
    assert list(expected) == [] or text.startswith("# Corrections to cards.")


def test_the_file_is_written_whole_and_only_as_it_was_read(tmp_path: Path) -> None:
    file = read_text(tmp_path / "corrections.toml")
    set_correction(file, "1/qa", {"keep": True})

    assert read_corrections([tmp_path]).by_key["1/qa"].keep
    with pytest.raises(CorrectionsChangedError, match="has changed since it was read"):
        set_correction(file, "1/qa", {"drop": True})
    set_correction(read_text(file.path), "1/qa", {"drop": True})
    assert read_corrections([tmp_path]).by_key["1/qa"].drop


def test_values_that_cannot_be_meant_are_not_written(tmp_path: Path) -> None:
    file = read_text(tmp_path / "corrections.toml")

    with pytest.raises(InvalidValue, match="mutually exclusive"):
        set_correction(file, "1/qa", {"keep": True, "drop": True})
    assert not file.path.exists()


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: is a directory"):
        read_text(tmp_path)
    (tmp_path / "a.toml").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="not UTF-8 text"):
        read_text(tmp_path / "a.toml")


@pytest.mark.parametrize(
    ("old", "verdict", "texts", "values"),
    [
        (None, "keep", {}, {"keep": True, "made_from": "00000000"}),
        ({"drop": True}, "keep", {}, {"keep": True, "made_from": "00000000"}),
        ({"answer": "a"}, "keep", {}, {"answer": "a", "keep": True, "made_from": "00000000"}),
        (
            {"answer": "a", "reason": "r"},
            "drop",
            {},
            {"reason": "r", "drop": True, "made_from": "00000000"},
        ),
        ({"drop": True}, None, {"answer": "b"}, {"answer": "b", "made_from": "00000000"}),
        (
            {"answer": "a", "proposed": True, "made_from": "ffffffff"},
            None,
            {},
            {"answer": "a", "made_from": "00000000"},
        ),
    ],
)
def test_a_decision_replaces_what_it_contradicts(
    old: dict[str, object] | None,
    verdict: str,
    texts: dict[str, str],
    values: dict[str, object],
) -> None:
    before = correction_of("1/qa", old, "", None) if old else None

    assert decided(before, verdict, texts, "00000000") == values  # type: ignore[arg-type]


def test_in_a_folder_each_subject_has_a_file(tmp_path: Path) -> None:
    (tmp_path / "old.toml").write_text('[card."1/qa"]\nkeep = true\n', "utf-8")
    known = read_corrections([tmp_path])

    assert file_for("1/qa", known, [tmp_path], "Nursing") == tmp_path / "old.toml"
    assert file_for("2/qa", known, [tmp_path], "Knife Work") == tmp_path / "knife-work.toml"
    single = tmp_path / "one.toml"
    assert file_for("2/qa", Corrections(), [single], "Nursing") == single


def git(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    person = "-c", "user.name=A", "-c", "user.email=a@example.org"
    return subprocess.run(  # noqa: S603  # words of ours
        ["git", *person, *words],  # noqa: S607
        cwd=folder,
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """Give a repository that merges corrections as the guide says."""
    driver = f"{sys.executable} -m qt2anki corrections merge %O %A %B"
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "config", "merge.corrections.driver", driver)
    (tmp_path / ".gitattributes").write_text("corrections.toml merge=corrections\n")
    (tmp_path / "corrections.toml").write_text(WRITTEN)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "Start")
    return tmp_path


def commit(team: Path, branch: str, text: str) -> None:
    git(team, "switch", "-q", "-c", branch, "main")
    (team / "corrections.toml").write_text(text)
    git(team, "commit", "-qam", branch)


def test_corrections_of_different_cards_merge(team: Path) -> None:
    ann = with_correction(WRITTEN, "5/qa", {"drop": True, "reason": "short"})
    ann = with_correction(ann, "2/qa", None)
    bob = with_correction(WRITTEN, "5/own/a", {"question": "Q?", "answer": "A b."})
    bob = with_correction(bob, "6/qa", {"drop": True, "reason": "short"})
    commit(team, "ann", ann)
    commit(team, "bob", bob)

    result = git(team, "merge", "ann")

    assert result.returncode == 0, result.stdout + result.stderr
    text = (team / "corrections.toml").read_text()
    assert list(tomllib.loads(text)["card"]) == ["5/own/a", "5/qa", "6/qa", "10/qa"]
    assert "# Two people\n# agreed on this.\n" in text
    assert text.startswith("# Mine.\n")


def test_tables_that_are_apart_merge_without_the_driver(team: Path) -> None:
    git(team, "config", "--remove-section", "merge.corrections")
    (team / ".gitattributes").unlink()
    git(team, "commit", "-qam", "No driver")
    commit(team, "ann", with_correction(WRITTEN, "1/qa", {"drop": True}))
    commit(team, "bob", with_correction(WRITTEN, "11/qa", {"keep": True}))

    assert git(team, "merge", "ann").returncode == 0
    found = read_corrections([team / "corrections.toml"]).by_key
    assert list(found) == ["1/qa", "2/qa", "10/qa", "11/qa"]


def test_two_corrections_of_one_card_are_named(team: Path) -> None:
    commit(team, "ann", with_correction(WRITTEN, "5/qa", {"drop": True}))
    commit(team, "bob", with_correction(WRITTEN, "5/qa", {"keep": True}))

    result = git(team, "merge", "ann")

    assert result.returncode == 1
    assert "Both sides have corrected 5/qa" in result.stdout + result.stderr
    with pytest.raises(SettingsError, match="a second correction to the card '5/qa'"):
        _ = read_corrections([team / "corrections.toml"]).by_key


def test_equal_corrections_merge(team: Path) -> None:
    same = with_correction(WRITTEN, "5/qa", {"drop": True})
    commit(team, "ann", same)
    commit(team, "bob", with_correction(same, "10/qa", {"keep": True}))

    assert git(team, "merge", "ann").returncode == 0
    found = read_corrections([team / "corrections.toml"]).by_key
    assert found["10/qa"].keep
    assert found["5/qa"].drop


FORMS = [
    ('[card]\n"1/qa" = { keep = true }\n', ":2: 1/qa: the file cannot be edited"),
    ('card."1/qa".keep = true\n', ":1: 1/qa: the file cannot be edited"),
    ('card = { "1/qa" = { keep = true } }\n', ":1: 1/qa: the file cannot be edited"),
    ('[card."2/qa"]\nkeep = true\n[card]\n"1/qa".keep = true\n', ":4: 1/qa: the file cannot be"),
    ('[card."1/qa"]\nkeep = tru\n', ":2: not TOML"),
    ('[card."1/qa"]\nreason = [\n  [1]\n]\n', ":2: 1/qa: the file cannot be edited"),
    ("card = 4\n", ":1: the file cannot be edited"),
    ("<<<<<<< ours\n", ":1: an unresolved merge conflict"),
]


@pytest.mark.parametrize(("text", "message"), FORMS)
@pytest.mark.parametrize("key", ["1/qa", "3/qa"])
@pytest.mark.parametrize("values", [{"drop": True}, None])
def test_a_file_in_a_different_form_is_not_touched(
    tmp_path: Path, text: str, message: str, key: str, values: dict[str, object] | None
) -> None:
    path = tmp_path / "corrections.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(SettingsError, match=f"corrections.toml{message}"):
        set_correction(read_text(path), key, values)
    assert path.read_text("utf-8") == text


def test_of_several_files_all_are_written_or_none(tmp_path: Path) -> None:
    good, bad = tmp_path / "a.toml", tmp_path / "b.toml"
    good.write_text(WRITTEN, "utf-8")
    bad.write_text('card."1/qa".keep = true\n', "utf-8")

    with pytest.raises(SettingsError, match=r"b\.toml:1: 1/qa"):
        set_corrections(
            [
                (read_text(good), {"3/qa": {"drop": True}}),
                (read_text(bad), {"4/qa": {"drop": True}}),
            ]
        )
    assert good.read_text("utf-8") == WRITTEN


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_file_keeps_the_ends_of_its_lines(tmp_path: Path, newline: str) -> None:
    path = tmp_path / "corrections.toml"
    path.write_bytes(WRITTEN.replace("\n", newline).encode())
    values: dict[str, object] = {"answer": "Two\nlines.", "reason": "short"}

    set_correction(read_text(path), "10/qa", values)
    set_correction(read_text(path), "3/qa", {"drop": True})

    found = read_corrections([path]).by_key
    assert {key: one.values for key, one in found.items()} == {
        "2/qa": {"keep": True},
        "3/qa": {"drop": True},
        "10/qa": values,
    }
    data = path.read_bytes().decode()
    assert data.count("\n") == data.count(newline)
    assert f"# agreed on this.{newline}" in data
    set_correction(read_text(path), "10/qa", None)
    assert list(read_corrections([path]).by_key) == ["2/qa", "3/qa"]


def test_what_looks_like_a_comment_or_a_header_in_a_text_stays_in_it(tmp_path: Path) -> None:
    path = tmp_path / "corrections.toml"
    path.write_text('[card."1/own/a"]\nquestion = "Q?"\nanswer = """\n[card."2/qa"]\n# x"""\n')
    path.write_text(f'{path.read_text()}[card."3/qa"]\ndrop = true\n')

    set_correction(read_text(path), "3/qa", None)

    answer = '[card."2/qa"]\n# x'
    assert read_corrections([path]).by_key["1/own/a"].answer == answer
    assert list(read_corrections([path]).by_key) == ["1/own/a"]


cards = st.dictionaries(
    st.builds("{}/qa".format, st.integers(1, 6)),
    st.sampled_from([{"keep": True}, {"drop": True}, {"answer": "Two\n# lines."}]),
)
lists = st.dictionaries(
    st.integers(1, 6).map(str), st.sampled_from([{"is_sequence": True}, {"is_sequence": False}])
)
sides_of_a_merge = st.builds(lambda one, other: one | other, cards, lists)


@given(st.tuples(*[sides_of_a_merge] * 3), st.tuples(*[st.sampled_from(["\n", "\r\n"])] * 3))
def test_a_merge_loses_no_correction(
    sides: tuple[dict[str, dict[str, object]], ...], newlines: tuple[str, ...]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("base.toml", "ours.toml", "theirs.toml")]
        for path, side, newline in zip(paths, sides, newlines, strict=True):
            text = "# Mine.\n"
            for key, values in side.items():
                text = with_correction(text, key, values)
            path.write_bytes(text.replace("\n", newline).encode())

        file, conflicts = merged(*map(read_text, paths))

        assert file.newline == newlines[1] or not sides[1]
    base, ours, theirs = sides
    for key in {*base, *ours, *theirs}:
        was, mine, new = base.get(key), ours.get(key), theirs.get(key)
        expected = mine if new in (was, mine) else new
        assert (key in conflicts) == (mine != was and new not in (was, mine))
        if not conflicts:
            assert tomllib.loads(file.text).get(table_name(key), {}).get(key) == expected
        elif key in conflicts:
            assert file.text.count(f'[{table_name(key)}."{key}"]') == (mine is not None) + (
                new is not None
            )


@pytest.mark.parametrize(("text", "message"), FORMS)
@pytest.mark.parametrize("at", range(3))
def test_a_file_in_a_different_form_is_not_merged(
    tmp_path: Path, text: str, message: str, at: int
) -> None:
    files = [read_text(tmp_path / name) for name in ("base.toml", "ours.toml", "theirs.toml")]
    files = [replace(file, text=WRITTEN) for file in files]
    files[at] = replace(files[at], text=text)

    with pytest.raises(SettingsError, match=f"{files[at].path.name}{message}"):
        merged(*files)


def test_a_merge_that_is_refused_is_a_conflict_of_git(team: Path) -> None:
    ours = with_correction(WRITTEN, "5/qa", {"drop": True})
    commit(team, "ann", '[card]\n"6/qa" = { keep = true }\n')
    commit(team, "bob", ours)

    result = git(team, "merge", "ann")

    assert result.returncode == 1
    assert " (theirs):2: 6/qa: the file cannot be edited" in result.stdout + result.stderr
    assert git(team, "status", "--short").stdout.startswith("UU corrections.toml")
    assert (team / "corrections.toml").read_text() == ours


def test_a_link_to_a_file_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target.toml", tmp_path / "corrections.toml"
    target.write_text(WRITTEN, "utf-8")
    link.symlink_to(target)
    set_correction(read_text(link), "3/qa", {"keep": True})

    assert link.is_symlink()
    assert "3/qa" in read_corrections([target]).by_key


def test_several_writers_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "corrections.toml"

    def write(key: str) -> None:
        while True:
            try:
                set_correction(read_text(path), key, {"keep": True})
            except CorrectionsChangedError:
                continue
            return

    keys = [f"{number}/qa" for number in range(60)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, keys))

    assert set(tomllib.loads(path.read_text("utf-8"))["card"]) == set(keys)
