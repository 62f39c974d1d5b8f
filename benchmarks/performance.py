"""Speed and memory of builds as a site grows, beside the plainest program that does the same.

    python -m benchmarks.performance [--pages N ...] [--corpus PATH] [--write-docs]

Times of two machines, or of two moments on one, cannot be compared. So every number stands beside
that of a straight pipeline on the same pages in the same run (``../shared/tools/naive.py``, where
it is there), and ratios are what counts.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from benchmarks._corpus import edit_one, generate, sizes
from benchmarks._measure import Measured, measure
from benchmarks._plot import plot
from qt2anki.generate.notes import make_notes
from qt2anki.generate.plan import plan_deck
from qt2anki.package.note_types import load_note_types
from qt2anki.package.writer import pack
from qt2anki.parse.discover import discover
from qt2anki.parse.outline import read_outline
from qt2anki.parse.salvage import read_file
from qt2anki.render.blocks import blocks_html
from qt2anki.render.fragment import inline_html, plain_text
from qt2anki.settings import Settings

T = TypeVar("T")
ROOT = Path(__file__).parents[1]
NAIVE = ROOT.parent / "shared" / "tools" / "naive.py"
DOCUMENT = ROOT / "docs" / "performance.md"
DRAWING = ROOT / "docs" / "performance.svg"
PAGES = (1_000, 9_000)
PROCESSES = (1, 2)
_MOST_STAGED = 1_000  # pages that the table of stages is made of
_STAMP = "1700000000"
_BEGIN, _END = "<!-- measured -->\n", "<!-- end -->\n"


@dataclass
class Run:
    """What was measured on one corpus."""

    name: str
    pages: int
    naive: Measured | None
    builds: dict[tuple[str, int], Measured] = field(default_factory=dict)  # (what, processes)
    size: int = 0  # bytes of all packages
    naive_size: int = 0


def main(arguments: Sequence[str] = ()) -> None:
    """Measure, print the tables, and write them to the document if asked to."""
    wanted = _options(arguments)
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        runs = [_generated(pages, work) for pages in wanted.pages or PAGES]
        runs += [_measured(path.name, path, work / path.name) for path in wanted.corpus]
        stages = _stages(work / "pages-0")
    tables = f"{_runs_table(runs)}\n{_stages_table(stages)}"
    print(tables)
    if wanted.write_docs:
        _write(tables, runs)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance")
    parser.add_argument("--pages", type=int, nargs="+", help="sizes, such as 1000 9000 36000")
    parser.add_argument("--corpus", type=Path, nargs="+", default=[], help="pages of your own")
    parser.add_argument("--write-docs", action="store_true", help=f"renew {DOCUMENT.name}")
    return parser.parse_args(arguments)


def _generated(pages: int, work: Path) -> Run:
    corpus = work / f"pages-{pages}"
    generate(ROOT / "input", corpus, pages)
    first = work / "pages-0"  # what the stages are timed on
    if not first.exists():
        generate(ROOT / "input", first, min(pages, _MOST_STAGED))
    return _measured("generated", corpus, work / f"out-{pages}", may_edit=True)


def _measured(name: str, corpus: Path, work: Path, *, may_edit: bool = False) -> Run:
    naive = work / "naive"
    run = Run(name, len(list(corpus.rglob("*.md"))), None)
    if NAIVE.exists():
        command = [sys.executable, str(NAIVE), str(corpus), str(naive)]
        run.naive = measure(command, {})
        run.naive_size = sum(sizes(naive))
    for processes in PROCESSES:
        out = work / f"jobs-{processes}"
        command = [sys.executable, "-m", "qt2anki", "build", str(corpus), "--quiet"]
        command += ["--out", str(out), "--jobs", str(processes)]
        env = {"SOURCE_DATE_EPOCH": _STAMP, "PYTHONPATH": str(ROOT / "src")}
        run.builds["cold", processes] = measure(command, env)
        run.builds["unchanged", processes] = measure(command, env)
        if may_edit:
            edit_one(corpus)
            run.builds["one edited", processes] = measure(command, env)
        run.size = sum(sizes(out))
    return run


def _runs_table(runs: Sequence[Run]) -> str:
    lines = [
        "| pages | build | processes | wall s | CPU s | peak MB | wall / naive | CPU / naive |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for run in runs:
        label = f"{run.pages:,} {run.name}"
        if run.naive:
            lines.append(_row(label, "naive", 1, run.naive, None))
        lines += [_row(label, what, n, one, run.naive) for (what, n), one in run.builds.items()]
    lines.append("")
    for run in runs:
        beside = f", {run.size / run.naive_size:.2f} of naive's" if run.naive_size else ""
        lines.append(
            f"Packages of {run.pages:,} {run.name} pages: {run.size / 1e6:.1f} MB{beside}.\n"
        )
    return "\n".join(lines)


def _row(label: str, what: str, processes: int, one: Measured, naive: Measured | None) -> str:
    ratios = f"{one.wall / naive.wall:.3f} | {one.cpu / naive.cpu:.3f}" if naive else "1 | 1"
    numbers = f"{one.wall:.1f} | {one.cpu:.1f} | {one.memory:.0f}"
    return f"| {label} | {what} | {processes} | {numbers} | {ratios} |"


def _stages(corpus: Path) -> dict[str, float]:
    """Time each stage in turn on the same pages, in this process, in seconds."""
    settings = Settings()
    sources = discover([str(corpus)]).sources
    found, reading = _timed(lambda: [read_file(source).reading.page for source in sources])
    pages = [page for page in found if page]
    outlines, parsing = _timed(lambda: [read_outline(page.answer) for page in pages])
    _, rendering = _timed(lambda: [blocks_html(outline.blocks) for outline in outlines])
    inline_html.cache_clear()
    plain_text.cache_clear()
    made, making = _timed(lambda: [make_notes(page, settings) for page in pages])
    deck, _ = plan_deck("Bench", made, settings)
    types = load_note_types()
    _, packing = _timed(lambda: pack(deck, types, stamp=int(_STAMP)))
    return {
        "read files and front matter": reading,
        "parse answers": parsing,
        "render and sanitise answers": rendering,
        "generate notes": max(0.0, making - parsing - rendering),
        "pack": packing,
    }


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.process_time()
    return work(), time.process_time() - started


def _stages_table(stages: dict[str, float]) -> str:
    total = sum(stages.values())
    lines = ["| stage | CPU s | share |", "|---|---|---|"]
    lines += [f"| {name} | {used:.2f} | {used / total:.0%} |" for name, used in stages.items()]
    return "\n".join((*lines, ""))


def _write(tables: str, runs: Sequence[Run]) -> None:
    """Put the tables between the marks of the document, and draw the CPU seconds."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    python = ".".join(map(str, sys.version_info[:3]))
    where = f"Python {python}, {os.cpu_count()} processors.\n\n"
    document = f"{before}{_BEGIN}{where}{tables}{_END}{after}"
    DOCUMENT.write_text(document, encoding="utf-8")
    drawing = plot(
        dict(_lines(runs)), title="CPU seconds by pages", across="pages", up="CPU seconds"
    )
    DRAWING.write_text(drawing, encoding="utf-8")


def _lines(runs: Sequence[Run]) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    grown = [run for run in runs if run.name == "generated"]
    if all(run.naive for run in grown):
        yield "naive", [(run.pages, run.naive.cpu) for run in grown if run.naive]
    for what in ("cold", "unchanged", "one edited"):
        yield what, [(run.pages, run.builds[what, 1].cpu) for run in grown]


if __name__ == "__main__":
    main(sys.argv[1:])
