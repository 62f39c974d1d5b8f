"""Packages that somebody else made: an error message, in bounded time and memory."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from qt2anki.anki.media import files_in
from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import read_package
from qt2anki.errors import PackageError
from tests.anki_formats.decks import STAMP, deck_of, pack, qa_note, run_sql

COUNTING = (
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT 11 AS ver, x AS models,"
    " x AS decks FROM n WHERE x < 0"
)


LOOSE = (  # the table of notes without what it requires of its columns
    "CREATE TABLE loose AS SELECT * FROM notes",
    "DROP TABLE notes",
    "ALTER TABLE loose RENAME TO notes",
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "botany.apkg"
    path.write_bytes(pack(deck_of([qa_note(5)]), load_note_types(), stamp=STAMP))
    return path


def bomb(path: Path, member: str) -> None:
    """Write a package of a few megabytes that unpacks to gigabytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(member, "w", force_zip64=True) as file:
            for _ in range(1024):
                file.write(bytes(1 << 20))
        if member != "media":
            archive.writestr("media", "{}")


@pytest.mark.parametrize("member", ["collection.anki2", "0"])
def test_a_bomb_is_not_unpacked(tmp_path: Path, member: str) -> None:
    path = tmp_path / "bomb.apkg"
    bomb(path, member)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    for read in (read_package, lambda path: list(files_in(path, ["a.png"]))):
        with pytest.raises(PackageError, match="would unpack to"):
            read(path)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        pytest.param(
            ("DROP TABLE col", f"CREATE VIEW col AS {COUNTING}"), "not a table: col", id="view"
        ),
        pytest.param(
            ("CREATE TRIGGER t AFTER INSERT ON notes BEGIN SELECT 1; END",),
            "not a table: t",
            id="trigger",
        ),
        pytest.param(
            ("ALTER TABLE notes ADD COLUMN w AS (hex(zeroblob(900000000)))",), "", id="unread"
        ),
        pytest.param((*LOOSE, "UPDATE notes SET mod = NULL"), "damaged one", id="no time"),
        pytest.param(
            ("UPDATE notes SET mod = 1 << 60",),
            "an invalid modification time or id",
            id="huge time",
        ),
        pytest.param(
            ("UPDATE notes SET mod = -1",), "an invalid modification time or id", id="negative time"
        ),
        pytest.param(("UPDATE notes SET mod = 'x'",), "damaged one", id="text for a time"),
        pytest.param(
            (
                "UPDATE notes SET id = 9223372036854775807",
                "UPDATE cards SET nid = (SELECT id FROM notes)",
            ),
            "an invalid modification time or id",
            id="huge id",
        ),
        pytest.param(
            (*LOOSE, "UPDATE notes SET guid = NULL"),
            "an invalid modification time or id",
            id="no guid",
        ),
        pytest.param(
            ("UPDATE notes SET guid = x'fffe'",),
            "an invalid modification time or id",
            id="a guid of bytes",
        ),
        pytest.param(
            ("UPDATE notes SET guid = ' '",),
            "an invalid modification time or id",
            id="an empty guid",
        ),
        pytest.param((*LOOSE, "UPDATE notes SET flds = NULL"), "damaged one", id="no fields"),
        pytest.param(
            ("UPDATE notes SET flds = CAST(x'eda080' AS TEXT)",), "damaged one", id="surrogate"
        ),
        pytest.param(
            (r"""UPDATE col SET decks = replace(decks, 'Botany', '\ud800')""",),
            "damaged one",
            id="surrogate in a deck's name",
        ),
        pytest.param(("UPDATE notes SET data = 'x'",), "damaged one", id="data"),
        pytest.param(("UPDATE notes SET data = '[1]'",), "damaged one", id="data of another shape"),
        pytest.param(("UPDATE col SET models = '" + "[" * 9999 + "'",), "damaged one", id="deep"),
        pytest.param(
            ("""UPDATE col SET models = replace(models, '"mod": ', '"mod": 1e999, "m": ')""",),
            "damaged one",
            id="infinite",
        ),
        pytest.param(("DELETE FROM col",), "damaged one", id="no row"),
    ],
)
def test_a_collection_that_no_build_writes(
    package: Path, statements: tuple[str, ...], says: str
) -> None:
    for statement in statements:
        run_sql(package, statement)

    if not says:
        assert len(read_package(package).notes) == 1
        return
    with pytest.raises(PackageError, match=says) as caught:
        read_package(package)
    assert str(caught.value).startswith(package.as_posix())
    str(caught.value).encode()


def test_a_query_without_end_is_stopped(package: Path, tmp_path: Path) -> None:
    """Cards without an index, so that each note is looked for among all of them."""
    with zipfile.ZipFile(package) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(members["collection.anki2"])
        database.execute("DROP INDEX ix_cards_nid")
        numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 60000)"
        note = "x, 'g' || x, mid, mod, usn, tags, flds, sfld, csum, flags, data"
        database.execute(f"{numbers} INSERT INTO notes SELECT {note} FROM n, notes")  # noqa: S608
        columns = [row[1] for row in database.execute("PRAGMA table_info(cards)")]
        rest = ", ".join(columns[2:])
        database.execute(f"{numbers} INSERT INTO cards SELECT x, x, {rest} FROM n, cards")  # noqa: S608
        database.commit()
        members["collection.anki2"] = database.serialize()
    slow = tmp_path / "slow.apkg"
    with zipfile.ZipFile(slow, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    began = time.monotonic()

    with pytest.raises(PackageError, match="too long"):
        read_package(slow)

    assert time.monotonic() - began < 60


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes to name here")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.apkg"
    os.mkfifo(pipe)

    with pytest.raises(PackageError, match="not a regular file"):
        read_package(pipe)


@pytest.mark.parametrize("command", ["audit", "diff", "verify", "export", "build"])
def test_commands_end_with_a_message(tmp_path: Path, package: Path, command: str) -> None:
    (tmp_path / "page.md").write_text(
        "---\nid: 5\nquestion: Why?\nanswer: Rain.\nsubject: A\nurl: /a\n---\n", encoding="utf-8"
    )
    run_sql(package, "DROP TABLE col")
    run_sql(package, f"CREATE VIEW col AS {COUNTING}")
    arguments = {
        "diff": [str(package), str(package)],
        "build": ["page.md", "--previous", str(package)],
    }.get(command, [str(package)])

    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "qt2anki", command, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode in (1, 2)
    assert "not a table: col" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
