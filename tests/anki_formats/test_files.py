"""Files written whole or not at all, and their names."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.anki.files import package_file_name, publish, stage, sweep_parts, write_atomically
from qt2anki.errors import PackageError

SUBJECTS = st.text(max_size=60) | st.sampled_from(
    ["C", "C++", "C#", "c", "con", "NUL", "..", ".", "", " ", "a/b", "a b", "a-b", "a_b", "ﬁ", "fi"]
)


def test_a_file_is_written_and_an_equal_one_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "new" / "botany.apkg"

    assert write_atomically(target, b"one") is True
    os.utime(target, (1, 1))
    assert write_atomically(target, b"one") is False
    assert target.stat().st_mtime == 1
    assert write_atomically(target, b"two") is True

    assert target.read_bytes() == b"two"
    assert [path.name for path in target.parent.iterdir()] == ["botany.apkg"]


@pytest.mark.parametrize("is_staged", [False, True])
def test_the_file_behind_a_link_is_written(tmp_path: Path, *, is_staged: bool) -> None:
    shared, link = tmp_path / "shared" / "botany.apkg", tmp_path / "botany.apkg"
    shared.parent.mkdir()
    shared.write_bytes(b"one")
    link.symlink_to("shared/botany.apkg")

    assert (
        publish(stage(link, lambda file: file.write(b"two")))
        if is_staged
        else write_atomically(link, b"two")
    )

    assert link.is_symlink()
    assert shared.read_bytes() == b"two"
    assert [path.name for path in shared.parent.iterdir()] == ["botany.apkg"]


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "botany.apkg"
    link.symlink_to(link)

    with pytest.raises(PackageError, match="cannot be written"):
        write_atomically(link, b"one")


def test_others_may_read_the_file(tmp_path: Path) -> None:
    target = tmp_path / "botany.apkg"
    target.with_name("plain").write_bytes(b"")

    write_atomically(target, b"x")

    assert target.stat().st_mode == target.with_name("plain").stat().st_mode


def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "botany.apkg"
    target.write_bytes(b"old")

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(PackageError) as caught:
        write_atomically(target, b"new")

    assert "botany.apkg: the file cannot be written: No space left on device" in str(caught.value)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "botany.apkg").mkdir()

    with pytest.raises(PackageError, match="the file cannot be written"):
        write_atomically(tmp_path / "botany.apkg", b"x")

    assert [path.name for path in tmp_path.iterdir()] == ["botany.apkg"]


def test_a_killed_run_leaves_the_old_file_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    target = tmp_path / "botany.apkg"
    target.write_bytes(b"old")
    program = f"""
import os, time
from pathlib import Path
from qt2anki.anki.files import write_atomically
def stop(_):
    print("writing", flush=True)
    time.sleep(60)
os.fsync = stop
write_atomically(Path({str(target)!r}), b"new")
"""
    source = Path(__file__).parents[2] / "src"
    with subprocess.Popen(  # noqa: S603  # our own interpreter and a program of ours
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(source)},
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"writing\n"
        run.send_signal(signal.SIGKILL)

    assert target.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2
    assert write_atomically(target, b"old") is False
    assert list(tmp_path.iterdir()) == [target]


def test_a_sweep_takes_part_files_of_any_target(tmp_path: Path) -> None:
    for name in (".qt2anki-0011223344-abc.part", ".qt2anki-own", "notes.part", "a.apkg"):
        (tmp_path / name).write_bytes(b"")

    sweep_parts(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".qt2anki-own",
        "a.apkg",
        "notes.part",
    ]


def test_there_may_be_no_folder_to_sweep(tmp_path: Path) -> None:
    sweep_parts(tmp_path / "none")

    assert not (tmp_path / "none").exists()


def test_a_writer_survives_the_sweep_of_another_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeps = iter([True, True, False])

    def sweep_twice(_: int) -> None:
        if next(sweeps, False):
            sweep_parts(tmp_path)

    monkeypatch.setattr("os.fsync", sweep_twice)

    assert write_atomically(tmp_path / "botany.apkg", b"new") is True
    assert [path.name for path in tmp_path.iterdir()] == ["botany.apkg"]
    assert next(sweeps, None) is None  # both sweeps came in between


def test_endless_sweeps_end_in_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _: sweep_parts(tmp_path))

    with pytest.raises(PackageError, match="the file cannot be written: No such file"):
        write_atomically(tmp_path / "botany.apkg", b"x")


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Nursing", "nursing.apkg"),
        ("Art History and Literature", "art-history-and-literature.apkg"),
        ("Education Studies", "education-studies.apkg"),
        ("Education studies", "education-studies.apkg"),
        ("Ökologie", "ökologie.apkg"),
        ("数学", "数学.apkg"),
        ("हिन्दी", "हिन्दी.apkg"),
    ],
)
def test_names_of_usual_subjects(subject: str, name: str) -> None:
    assert package_file_name(subject) == name


@pytest.mark.parametrize(
    ("subject", "start"),
    [
        ("C++", "c_"),
        ("Health & Care", "health-care_"),
        ("../../etc/passwd", "etc-passwd_"),
        (".hidden", "hidden_"),
        ("CON", "con_"),
        ("com1", "com1_"),
        ("", "subject_"),
        ("///", "subject_"),
        ("long " * 99, "long-long-"),
        ("numerus Ⅳ", "numerus-ⅳ_"),
    ],
)
def test_names_of_odd_subjects_get_a_digest(subject: str, start: str) -> None:
    name = package_file_name(subject)

    assert name.startswith(start)
    assert re.search(r"_[0-9a-f]{10}\.apkg$", name)


@given(SUBJECTS)
def test_a_name_is_safe_everywhere(subject: str) -> None:
    name = package_file_name(subject)

    assert Path(name).name == name
    assert name.endswith(".apkg")
    assert not name.startswith((".", "-", "_", " "))
    assert len(name.encode("utf-8")) <= 130
    assert not re.search(r'[\x00-\x20<>:"/\\|?*\x7f]', name)
    assert name.partition(".")[0] not in {"con", "prn", "aux", "nul", "com1", "lpt9"}


@given(SUBJECTS, SUBJECTS)
def test_two_subjects_never_share_a_name(one: str, other: str) -> None:
    is_same = one.casefold() == other.casefold()

    assert (package_file_name(one) == package_file_name(other)) is is_same
