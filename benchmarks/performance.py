"""Speed and memory of builds as a site grows, beside the plainest program that does the same.

    python -m benchmarks.performance [--pages N ...] [--corpus PATH ...] [--write-docs]

Times of two machines, or of two moments on one, cannot be compared. So every number stands beside
that of a straight pipeline of the same libraries on the same pages in the same run ("naive"), and
ratios are what counts. With 36,000 pages naive takes about five minutes.

A run can be stopped: with --results FILE each measurement is kept as it is made, and --read FILE
makes the tables of it, of several files together if there are.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks._builds import PLAIN, ROOT, Plan, has_dask, help_time, measure_site
from benchmarks._corpus import PER_SUBJECT, SAMPLES, generate
from benchmarks._growth import points_of
from benchmarks._measure import CommandFailedError
from benchmarks._plot import Panel, plot
from benchmarks._results import (
    COLD,
    EDITED,
    MADE_UP,
    NAIVE,
    REAL,
    UNCHANGED,
    Measurement,
    Results,
    Site,
    read_results,
    write_results,
)
from benchmarks._tables import all_tables
from benchmarks.proportions import SAMPLE, proportions_table

DOCUMENT = ROOT / "docs" / "performance.md"
DRAWING = ROOT / "docs" / "performance.svg"
PAGES = (1_000, 9_000)
PROCESSES = (1, 2)
_MANY, _NAIVES_PAGES_A_MINUTE = 10_000, 7_000
_ROUNDS, _FEW = 3, 2_000  # rounds of sites of few pages, where chance counts for more
_MEMORY_ALLOWED = 400  # MB
_INTERRUPTED = 130  # as shells tell of Ctrl-C


def main(arguments: Sequence[str] = ()) -> None:
    """Measure, print the tables, and write them to the document if asked to."""
    wanted = _options(arguments)
    try:
        results = read_results(wanted.read) if wanted.read else _measured(wanted)
    except CommandFailedError as error:
        raise SystemExit(f"stopped: {error}") from error
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None
    tables = all_tables(results)
    print(tables)
    if wanted.write_docs:
        _write_docs(tables, results)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance")
    add = parser.add_argument
    add("--pages", type=int, nargs="*", default=PAGES, help="sizes of made-up sites")
    add("--pages-per-subject", type=int, default=PER_SUBJECT, help="of made-up sites")
    add("--corpus", type=Path, nargs="+", default=[], help="folders of real pages")
    add("--processes", type=int, nargs="+", default=PROCESSES, help="numbers of processes")
    add("--rounds", type=int, help="how often to measure; small sites 3 times, others once")
    add("--dask", action=argparse.BooleanOptionalAction, help="build with Dask, too")
    add("--keep", type=Path, help="folder for made-up pages, used again in later runs")
    add("--results", type=Path, help="file to keep measurements in as they are made")
    add("--read", type=Path, nargs="+", help="make the tables of such files; measure nothing")
    add("--write-docs", action="store_true", help=f"renew docs/{DOCUMENT.name} and its plot")
    return parser.parse_args(arguments)


def _measured(wanted: argparse.Namespace) -> Results:
    results = Results()
    log = _Log(results, wanted.results)
    if not PLAIN.exists():
        log.say(f"{PLAIN.name} is not there: no ratios")
    with_dask = has_dask() if wanted.dask is None else wanted.dask
    with contextlib.ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        for number, (name, corpus) in enumerate(_corpora(wanted, work, log)):
            files = list(corpus.rglob("*.md"))
            site = Site(name, len(files), len({file.parent for file in files}))
            results.sites.append(site)
            if site.pages > _MANY:
                minutes = site.pages / _NAIVES_PAGES_A_MINUTE
                log.say(f"{site.pages:,} pages: naive alone takes about {minutes:.0f} minutes")
            rounds = wanted.rounds or (_ROUNDS if site.pages <= _FEW else 1)
            plan = Plan(wanted.processes, rounds, with_dask=with_dask and number == 0)
            measure_site(site, corpus, work / f"site-{number}", plan, log.note)
            shutil.rmtree(work / f"site-{number}", ignore_errors=True)
    results.help_time = help_time()
    results.is_complete = True
    log.keep()
    return results


def _corpora(wanted: argparse.Namespace, work: Path, log: _Log) -> Iterator[tuple[str, Path]]:
    """Yield each site to measure, of which pages may be changed: name and folder."""
    for folder in wanted.corpus:
        copy = work / "real" / folder.name
        _copy_files(folder, copy)
        yield REAL, copy
    for pages in wanted.pages:
        yield MADE_UP, _made_up(pages, wanted.pages_per_subject, wanted.keep or work, log)


def _copy_files(folder: Path, copy: Path) -> None:
    """Copy files alone: those of a folder that is only to be read may be changed in the copy."""
    for path in folder.rglob("*"):
        if path.is_file():
            place = copy / path.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def _made_up(pages: int, per_subject: int, place: Path, log: _Log) -> Path:
    """Make a site in a folder whose name tells all that its pages depend on."""
    made_by = hashlib.sha256()
    makers = ("_corpus.py", "_answers.py", "_language.py", "phrases.toml")
    here = Path(__file__).parent
    for source in (*(here / maker for maker in makers), *sorted(SAMPLES.rglob("*.md"))):
        made_by.update(source.read_bytes())
    folder = place / f"pages-{pages}-{per_subject}-{made_by.hexdigest()[:12]}"
    if not folder.exists():
        started = time.perf_counter()
        fresh = folder.with_suffix(".part")
        shutil.rmtree(fresh, ignore_errors=True)
        generate(SAMPLES, fresh, pages, per_subject=per_subject)
        fresh.rename(folder)
        log.say(f"{pages:,} pages made in {time.perf_counter() - started:.0f} s")
    return folder


class _Log:
    """Tells of measurements on stderr, and keeps them in a file if there is one."""

    def __init__(self, results: Results, path: Path | None) -> None:
        self._results = results
        self._path = path

    def say(self, text: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)

    def note(self, site: Site, one: Measurement) -> None:
        """Tell of one measurement."""
        cost = f"{one.wall:.2f} s, CPU {one.cpu:.2f} s, {one.memory:.0f} MB"
        self.say(f"{site.pages:,} {site.name}: {one.build} on {one.processes}: {cost}")
        self.keep()

    def keep(self) -> None:
        """Write what there is so far."""
        if self._path:
            write_results(self._results, self._path)


def _write_docs(tables: str, results: Results) -> None:
    """Put the tables between the marks of the document, and draw the growth."""
    text = DOCUMENT.read_text(encoding="utf-8")
    text = _between_marks(text, "measured", tables)
    if SAMPLE.is_dir():
        text = _between_marks(text, "proportions", proportions_table([SAMPLE]))
    DOCUMENT.write_text(text, encoding="utf-8")
    if len(results.grown) > 1:
        DRAWING.write_text(_drawing(results), encoding="utf-8")


def _between_marks(text: str, name: str, content: str) -> str:
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    before, _, rest = text.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise SystemExit(f"{DOCUMENT}: no marks for {name}")
    return f"{before}{begin}\n{content}\n{end}{after}"


def _drawing(results: Results) -> str:
    sites = results.grown
    processes = max(n for site in sites for _, n in site.builds())
    builds = {"naive": (NAIVE, 1), f"cold, on {processes}": (COLD, processes)}
    builds |= {what: (what, processes) for what in (UNCHANGED, EDITED)}
    panels = [
        Panel(
            "CPU seconds",
            {name: points_of(sites, *build, "cpu") for name, build in builds.items()},
        ),
        Panel(
            "Peak memory of the largest process, MB",
            {name: points_of(sites, *build, "memory") for name, build in builds.items()},
            is_logarithmic=False,
            limit=_MEMORY_ALLOWED,
        ),
    ]
    return plot(panels, across="pages")


if __name__ == "__main__":
    main(sys.argv[1:])
