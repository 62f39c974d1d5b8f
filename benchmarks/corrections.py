"""Measure the cost of corrections: builds with a file of thousands of them, and without.

    python -m benchmarks.corrections [--pages N] [--corrections N] [--rounds N]

Nine in ten are cards that someone has kept; the others are reworded or dropped. Prints the minimum
CPU time of several rounds, because other programs on the machine can only add to it.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks._corpus import SAMPLES, generate
from benchmarks._measure import measure
from qt2anki.anki.note_content import field
from qt2anki.anki.package_reader import read_packages
from qt2anki.anki.visible_text import visible_text
from qt2anki.corrections.correction import key_order
from qt2anki.corrections.wording import made_from

_SETTLED = {"SOURCE_DATE_EPOCH": "1700000000"}
_WORD = "xylotheca"  # is on no page, so it gives nothing away
_FATES = ("drop = true", f'answer = "{_WORD}"', *("keep = true",) * 18)


def main(arguments: Sequence[str] = ()) -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corrections")
    parser.add_argument("--pages", type=int, default=1_000, help="made-up pages")
    parser.add_argument("--corrections", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        work = Path(name)
        generate(SAMPLES, work / "pages", wanted.pages)
        _cpu(work, "first", [])
        tables = list(corrections(work / "first"))[: wanted.corrections]
        (work / "corrections.toml").write_text("\n".join(tables), encoding="utf-8")
        ways = {"none": [], f"{len(tables):,}": ["--corrections", str(work / "corrections.toml")]}
        print("| build | corrections | CPU s | more |")
        print("|---|---|---|---|")
        for build in ("cold", "unchanged"):
            best = dict.fromkeys(ways, float("inf"))
            for _ in range(wanted.rounds):
                for way, options in ways.items():
                    if build == "cold":
                        shutil.rmtree(work / way, ignore_errors=True)
                    best[way] = min(best[way], _cpu(work, way, options))
            for way, seconds in best.items():
                more = seconds / best["none"] - 1
                print(f"| {build} | {way} | {seconds:.2f} | {100 * more:.1f} % |")


def corrections(packages: Path) -> Iterator[str]:
    """Yield a table for every note in some packages, in the order of the file."""
    notes = {
        note.fields[0]: note
        for package in read_packages([packages])
        for note in package.notes
        if not note.fields[0].startswith("abbr/")
    }
    for number, key in enumerate(sorted(notes, key=key_order)):
        fate = _FATES[number % len(_FATES)]
        if notes[key].note_type == "cloze" and "answer" in fate:
            (gap, *_) = re.findall(r"{{c1::(.*?)(?:::.*?)?}}", field(notes[key], "Text"))
            # New wording must share a word with the old one.
            text = f"Number {number} is {{{{c1::{visible_text(gap)} {_WORD}}}}}."
            fate = f"text = {json.dumps(text)}"
        yield f'[card."{key}"]\n{fate}\nmade_from = "{made_from(notes[key])}"\n'


def _cpu(work: Path, out: str, options: Sequence[str]) -> float:
    command = [sys.executable, "-m", "qt2anki", "build", str(work / "pages"), "--jobs", "1"]
    command += ["--out", str(work / out), "--first-release", "--quiet", *options]
    return measure(command, _SETTLED).cpu


if __name__ == "__main__":
    main(sys.argv[1:])
