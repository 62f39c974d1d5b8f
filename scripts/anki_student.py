"""Study release after release of decks, with the version of Anki of this Python.

    python scripts/anki_student.py new|old SEED RELEASE...

*new* and *old* name the importer. RELEASE is a folder of packages; its name is its time in seconds
since 1970. After each import most new cards get a schedule and some notes an edit, a minute later
than the release. Prints as JSON what happened to them; nothing if this version has no such
importer. It uses only functions that old versions of Anki also have.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import sys
import tempfile
import zipfile
from pathlib import Path

import anki.lang
from anki.collection import Collection

SCHEDULE = "type, queue, due, ivl, factor, reps, lapses, flags"


try:
    from anki.collection import ImportAnkiPackageRequest
except ImportError:
    ImportAnkiPackageRequest = None
try:
    from anki.importing.apkg import AnkiPackageImporter
except ImportError:
    AnkiPackageImporter = None


def import_package(col: Collection, path: Path, importer: str) -> None:
    """Import a package with the default options of the dialog."""
    if importer == "old":
        AnkiPackageImporter(col, str(path)).run()
    elif ImportAnkiPackageRequest is None:  # before Anki 23.10
        col.import_anki_package(str(path))
    else:
        col.import_anki_package(ImportAnkiPackageRequest(package_path=str(path)))


def times_in(packages: list[Path]) -> dict[str, int]:
    """Return the time of each note in some packages, the newest if several have it."""
    times: dict[str, int] = {}
    for path in packages:
        with tempfile.NamedTemporaryFile() as file, zipfile.ZipFile(path) as archive:
            file.write(archive.read("collection.anki2"))
            file.flush()
            for guid, mod in sqlite3.connect(file.name).execute("SELECT guid, mod FROM notes"):
                times[guid] = max(mod, times.get(guid, 0))
    return times


def studied(col: Collection) -> dict[int, list[int]]:
    """Return the schedules of all cards that have one."""
    return {row[0]: row for row in col.db.all(f"SELECT id, {SCHEDULE} FROM cards WHERE reps > 0")}  # noqa: S608


def edited(col: Collection, mark: str) -> set[str]:
    """Return the GUIDs of all notes that have *mark* in a field."""
    return set(col.db.list("SELECT guid FROM notes WHERE instr(flds, ?)", mark))


def study(col: Collection, dice: random.Random) -> None:
    """Give most new cards a schedule."""
    for card in col.db.list("SELECT id FROM cards WHERE reps = 0 ORDER BY id"):
        if dice.random() < 0.7:
            values = (50 + dice.randrange(90), dice.randrange(1, 99), dice.randrange(1, 9), card)
            query = "UPDATE cards SET type = 2, queue = 2, due = ?, ivl = ?, reps = ? WHERE id = ?"
            col.db.execute(query, *values)


def edit(col: Collection, dice: random.Random, mark: str, now: int) -> None:
    """Add *mark* to the last field of a twentieth of the notes, a minute after *now*."""
    for note, fields in col.db.all("SELECT id, flds FROM notes ORDER BY id"):
        if dice.random() < 0.05 and mark not in fields:
            query = "UPDATE notes SET flds = ?, mod = ? WHERE id = ?"
            col.db.execute(query, fields + mark, now + 60, note)


def main() -> None:
    """Print what happened to schedules and edits."""
    importer, seed, *names = sys.argv[1:]
    has_new, has_old = hasattr(Collection, "import_anki_package"), AnkiPackageImporter is not None
    if not (has_new if importer == "new" else has_old):
        print({})
        return
    anki.lang.set_lang("en_US")
    dice, mark = random.Random(seed), " [my own words]"  # noqa: S311
    col: Collection = Collection(str(Path(tempfile.mkdtemp(), "collection.anki2")))
    known: dict[str, int] = {}
    found = {"schedules": 0, "lost": 0, "edits": 0, "overwritten": 0}
    for folder in map(Path, names):
        packages = [*sorted(folder.glob("*.apkg")), *sorted((folder / "retired").glob("*.apkg"))]
        times, before, own = times_in(packages), studied(col), edited(col, mark)
        for path in packages:
            import_package(col, path, importer)
        after = studied(col)
        unchanged = {guid for guid in own if times.get(guid) == known[guid]}
        found["schedules"] += len(before)
        found["lost"] += sum(after.get(card) != row for card, row in before.items())
        found["edits"] += len(unchanged)
        found["overwritten"] += len(unchanged - edited(col, mark))
        known |= times
        study(col, dice)
        edit(col, dice, mark, int(folder.name))
    found["duplicates"] = col.db.scalar("SELECT count() - count(DISTINCT guid) FROM notes")
    found["unsound"] = int(not col.fix_integrity()[1])
    print(json.dumps(found), flush=True)
    os._exit(0)  # some versions wait for their threads forever


if __name__ == "__main__":
    main()
