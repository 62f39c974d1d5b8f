"""Import two releases of decks, one over the other, into several versions of Anki.

    python scripts/try_anki_versions.py OLD NEW 2.1.54 23.12.1 24.11 26.9.3

OLD and NEW are folders of packages. Each version is installed into an environment of its own below
the cache folder, with the Python that runs this script, so it must have a wheel for it. Every card
of OLD is given a schedule before NEW is imported. The exit status is 1 if a version loses a
schedule, makes a duplicate, or finds something to repair.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

# What runs in the environment of one version; old versions have only the old importer.
STUDENT = """
import json, os, sys, tempfile
import anki.lang
anki.lang.set_lang("en_US")
from anki.collection import Collection
old, new = (json.loads(text) for text in sys.argv[1:])
col = Collection(os.path.join(tempfile.mkdtemp(), "c.anki2"))
def add(path):
    try:
        from anki.collection import ImportAnkiPackageRequest
    except ImportError:
        from anki.importing.apkg import AnkiPackageImporter
        AnkiPackageImporter(col, path).run()
    else:
        col.import_anki_package(ImportAnkiPackageRequest(package_path=path))
def cards():
    return {row[0]: row for row in col.db.all(
        "select id, nid, did, type, queue, due, ivl, factor, reps from cards")}
for path in old:
    add(path)
col.db.execute("update cards set type = 2, queue = 2, due = 50 + id % 90, ivl = 30, reps = 7")
before = cards()
for path in new + new:
    add(path)
after = cards()
print(json.dumps({
    "cards": len(before),
    "lost": sum(after.get(card) != row for card, row in before.items()),
    "new": len(after) - len(before),
    "duplicates": col.db.scalar("select count() - count(distinct guid) from notes"),
    "sound": bool(col.fix_integrity()[1]),
}), flush=True)
os._exit(0)  # some versions wait for their threads forever
"""


def python_of(version: str, cache: Path) -> Path:
    """Return the Python of an environment that has one version of Anki."""
    folder = cache / version
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        command = [str(python), "-m", "pip", "install", "-q", f"anki=={version}"]
        subprocess.run(command, check=True)  # noqa: S603
    return python


def packages(folder: Path) -> str:
    """Return the packages of a release, retired ones last, as JSON."""
    files = [*sorted(folder.glob("*.apkg")), *sorted((folder / "retired").glob("*.apkg"))]
    return json.dumps([str(file.resolve()) for file in files])


def main() -> int:
    """Print a line for each version."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("versions", nargs="+")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "anki-versions")
    given = parser.parse_args()
    is_good = True
    for version in given.versions:
        command = [python_of(version, given.cache), "-c", STUDENT]
        command += [packages(given.old), packages(given.new)]
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, timeout=600
        )
        if done.returncode:
            print(f"Anki {version}: {done.stderr.strip().splitlines()[-1]}")
            is_good = False
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        kept = found["cards"] - found["lost"]
        state = "sound" if found["sound"] else "repaired"
        print(
            f"Anki {version}: {kept} of {found['cards']} schedules kept, {found['new']} new cards,"
            f" {found['duplicates']} duplicates, database {state}"
        )
        is_good &= not found["lost"] and not found["duplicates"] and found["sound"]
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
