"""Import random histories of releases into several versions of Anki.

    python -m scripts.try_anki_versions 2.1.54 23.12.1 24.11 26.9.3
    python -m scripts.try_anki_versions --releases OLD NEW -- 26.9.3

The pages in input/ are edited at random and built, release after release. Students import all or
some of the releases, with the new and the old importer, study and edit between them. Or the
releases are those named by --releases. Each version is installed into an environment of its own
below the cache folder, with the Python that runs this script, so it must have a wheel for it. The
exit status is 1 if a student loses a schedule or an edit of a note that did not change, or gets a
duplicate, or if Anki finds something to repair.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
STUDENT = Path(__file__).with_name("anki_student.py")
FIRST_DAY = 1_780_000_000  # in 2026
DAY = 86_400
_TITLE = re.compile(r"\*\*([^*]+)\*\*")
_WORD = re.compile(r"(?<=[a-z] )[a-z]{6,}(?=[ .,;])")


def python_of(version: str, cache: Path) -> Path | None:
    """Return the Python of an environment that has one version of Anki, None if it has no wheel."""
    folder = cache / version
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "-qq", f"anki=={version}"]
        # Its modules were made by a protoc whose output later releases refuse.
        command += ["protobuf<3.21"] if version.startswith("2.1.4") else []
        if subprocess.run(command, check=False).returncode:  # noqa: S603
            return None
        (folder / "installed").touch()
    return python


def misspell(text: str, dice: random.Random) -> str:
    """Swap two letters of a word."""
    found = dice.choice(list(_WORD.finditer(text)) or [None])
    if found is None:
        return text
    at = found.start() + dice.randrange(1, 4)
    return f"{text[:at]}{text[at + 1]}{text[at]}{text[at + 2 :]}"


def retitle(text: str, dice: random.Random) -> str:
    """Give a step or a point a different title."""
    titles = _TITLE.findall(text)
    new = f"**{dice.choice(('First', 'Second', 'Third', 'Last'))} Stage {dice.randrange(99)}**"
    return text.replace(f"**{dice.choice(titles)}**", new, 1) if titles else text


def exchange(text: str, dice: random.Random) -> str:
    """Exchange two titles."""
    titles = sorted(set(_TITLE.findall(text)))
    if len(titles) < 2:
        return text
    one, other = dice.sample(titles, 2)
    swapped = {f"**{one}**": f"**{other}**", f"**{other}**": f"**{one}**"}
    return _TITLE.sub(lambda found: swapped.get(found[0], found[0]), text)


def drop_line(text: str, dice: random.Random) -> str:
    """Remove a line."""
    lines = text.split(r"\n")
    del lines[dice.randrange(1, len(lines)) if len(lines) > 3 else len(lines) :]
    return r"\n".join(lines)


def move_line(text: str, dice: random.Random) -> str:
    """Move a line to a different place."""
    lines = text.split(r"\n")
    lines.insert(dice.randrange(len(lines)), lines.pop(dice.randrange(len(lines))))
    return r"\n".join(lines)


EDITS: tuple[Callable[[str, random.Random], str], ...] = (
    misspell,
    retitle,
    exchange,
    drop_line,
    move_line,
)


def edit_pages(pages: Path, dice: random.Random) -> None:
    """Edit the answers of some pages, and remove a page or bring it back."""
    for path in dice.sample(sorted(pages.rglob("*.md")), 12):
        lines = path.read_text(encoding="utf-8").split("\n")
        at = lines.index("answer: >-") + 1
        lines[at] = f"    {dice.choice(EDITS)(lines[at].strip(), dice)}"
        path.write_text("\n".join(lines), encoding="utf-8")
    path = dice.choice(sorted(pages.rglob("*.md")))
    path.rename(path.with_suffix(".gone"))
    gone = sorted(pages.rglob("*.gone"))
    if len(gone) > 2:
        path = dice.choice(gone)
        path.rename(path.with_suffix(".md"))


def history(folder: Path, number: int, releases: int) -> Iterator[Path]:
    """Build a random history below *folder*; yield the folder of each release."""
    dice = random.Random(number)  # noqa: S311
    pages, out = folder / "pages", folder / "out"
    shutil.copytree(ROOT / "input", pages, ignore=shutil.ignore_patterns("README.md"))
    for turn in range(releases):
        if turn:
            edit_pages(pages, dice)
        stamp = FIRST_DAY + turn * DAY
        command = [sys.executable, "-m", "qt2anki", "build", str(pages), "--out", str(out)]
        command += ["--quiet", "--json", "--no-cache"]
        command += ["--allow-retire"] if turn else ["--first-release"]
        environment = os.environ | {"SOURCE_DATE_EPOCH": str(stamp)}
        done = subprocess.run(  # noqa: S603
            command, env=environment, check=False, capture_output=True, text=True
        )
        if not done.stdout:  # a page with an error is one more edit, but this build was refused
            sys.exit(done.stderr)
        yield Path(shutil.copytree(out, folder / str(stamp)))


def given_releases(folder: Path, releases: list[Path]) -> Iterator[Path]:
    """Copy releases below *folder*, named by invented times; yield the copies."""
    for turn, release in enumerate(releases):
        yield Path(shutil.copytree(release, folder / str(FIRST_DAY + turn * DAY)))


def study(
    python: Path, importer: str, releases: list[Path], number: int, student: int
) -> dict[str, int]:
    """Let a student import releases, the first student all of them; return what was found."""
    dice = random.Random(f"{number} {student}")  # noqa: S311
    taken = [release for release in releases if not student or dice.random() < 0.6]
    command = [str(python), str(STUDENT), importer, f"{number} {student}", *map(str, taken)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)  # noqa: S603
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return {"failed": 1}
    found: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return found


def report(name: str, total: Counter[str]) -> bool:
    """Print what the students of a version found, and return whether nothing was lost."""
    if not total:
        print(f"{name}: not in this version", flush=True)
        return True
    if total["failed"]:
        print(f"{name}: {total['failed']} students stopped with an error", flush=True)
        return False
    schedules, edits = total["schedules"], total["edits"]
    print(
        f"{name}: {schedules - total['lost']:,} of {schedules:,} schedules and"
        f" {edits - total['overwritten']:,} of {edits:,} edits kept,"
        f" {total['duplicates']} duplicates, {total['unsound']} collections to repair",
        flush=True,
    )
    return not any(total[fault] for fault in ("lost", "overwritten", "duplicates", "unsound"))


def main() -> int:
    """Print a line for each version and importer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("versions", nargs="+", help="versions of the package anki")
    parser.add_argument("--releases", nargs="+", type=Path, help="folders of packages")
    parser.add_argument("--histories", type=int, default=1, help="number of random histories")
    parser.add_argument("--length", type=int, default=12, help="releases in a history")
    parser.add_argument("--students", type=int, default=5, help="students of a history")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "anki-versions")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        histories = []
        for number in range(1 if given.releases else given.histories):
            folder = Path(temporary, str(number))
            folder.mkdir()
            if given.releases:
                histories.append(list(given_releases(folder, given.releases)))
            else:
                histories.append(list(history(folder, number, given.length)))
        is_good = True
        for version in given.versions:
            python = python_of(version, given.cache)
            if python is None:
                print(f"Anki {version}: it cannot be installed with this Python", flush=True)
                is_good = False
                continue
            for importer in ("new", "old"):
                total: Counter[str] = Counter()
                for number, releases in enumerate(histories):
                    for student in range(given.students):
                        total.update(study(python, importer, releases, number, student))
                is_good &= report(f"Anki {version}, {importer} importer", total)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
