"""Results as tables in Markdown; what is aimed at stands beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks._growth import FULL_SUBJECTS, million_table
from benchmarks._results import (
    COLD,
    DASK,
    EDITED,
    MADE_UP,
    NAIVE,
    NEW_TIMES,
    UNCHANGED,
    Measurement,
    Results,
    Site,
)
from benchmarks._stages import STAGES

# Ratios of wall time to that of naive, on two processes.
_WALL_AIMS = {UNCHANGED: 0.010, NEW_TIMES: 0.010, EDITED: 0.030}
_COLD_AIMS = {True: 0.20, False: 0.25}  # made-up pages, real pages
_CPU_AIM = 0.40
_SIZE_AIM = 0.25
_MEMORY_AIM = 400  # MB
_GROWTH_AIM = 0.10  # more memory, from a quarter of the pages on
_HELP_AIM = 0.120  # seconds
_QUIET = 0.15  # as far as the runs of one program are apart on a machine that does little else
_STAGES_LINE = (
    "CPU seconds of cold builds by stage (naive renders, sanitises and makes notes in one go):\n\n"
)


def all_tables(results: Results) -> str:
    """Return all tables with a line on each before it."""
    processes = max(n for site in results.sites for _, n in site.builds())
    parts = [
        _machine(results),
        runs_table(results),
        "What was aimed at besides:\n\n" + aims_table(results),
        _STAGES_LINE + stages_table(results),
    ]
    million = million_table(results, processes)
    if million:
        parts.append("By the slope of the sizes above (least squares):\n\n" + million)
    return "\n".join(parts)


def _machine(results: Results) -> str:
    said = [f"Python {results.python}, {results.processors} processors."]
    if not results.is_complete:
        said.append("The run was stopped before its end.")
    drift = max((_drift(site) for site in results.sites), default=0.0)
    if drift > _QUIET:
        said.append(f"**The machine was not quiet**: naive's runs are up to {drift:.0%} apart.")
    return " ".join(said) + "\n"


def runs_table(results: Results) -> str:
    """Return what each build cost, and its ratios to the plain program on the same pages."""
    lines = [
        "| pages | build | processes | wall s | CPU s | peak MB | wall / naive | CPU / naive | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for site in results.sites:
        naive = site.best(NAIVE, 1)
        for build, processes in site.builds():
            one = site.best(build, processes)
            assert one is not None
            lines.append(_run_row(site, one, naive))
    return "\n".join((*lines, ""))


def _run_row(site: Site, one: Measurement, naive: Measurement | None) -> str:
    ratios = f"{one.wall / naive.wall:.3f} | {one.cpu / naive.cpu:.3f}" if naive else "? | ?"
    numbers = f"{_seconds(one.wall)} | {_seconds(one.cpu)} | {one.memory:.0f}"
    aim = _runs(site) if one.build == NAIVE else _aim(site, one, naive)
    label = f"{site.pages:,} {site.name} | {one.build} | {one.processes}"
    return f"| {label} | {numbers} | {ratios} | {aim} |"


def _runs(site: Site) -> str:
    count = sum(one.build == NAIVE for one in site.taken)
    return f"{count} runs, {_drift(site):.0%} apart" if count > 1 else "1 run"


def _drift(site: Site) -> float:
    """Return how far the runs of the plain program were apart: what chance does to the ratios."""
    walls = [one.wall for one in site.taken if one.build == NAIVE]
    return max(walls) / min(walls) - 1 if walls else 0.0


def _aim(site: Site, one: Measurement, naive: Measurement | None) -> str:
    if naive is None or one.build == DASK:
        return ""
    if one.build != COLD:
        return _judged("", one.wall / naive.wall, _WALL_AIMS[one.build])
    judged = [_judged("CPU ", one.cpu / naive.cpu, _CPU_AIM)]
    if one.processes > 1:
        aim = _COLD_AIMS[site.name == MADE_UP]
        judged.insert(0, _judged("wall ", one.wall / naive.wall, aim))
    return ", ".join(judged)


def _judged(label: str, value: float, most: float) -> str:
    return f"{label}≤ {most:.3g} {_verdict(is_met=value <= most)}"


def _verdict(*, is_met: bool) -> str:
    return "met" if is_met else "**missed**"


def aims_table(results: Results) -> str:
    """Return the aims that are no ratio of times, with what was measured."""
    lines = ["| aim | measured | |", "|---|---|---|"]
    for aim, measured, is_met in _aims(results):
        lines.append(f"| {aim} | {measured} | {_verdict(is_met=is_met)} |")
    return "\n".join((*lines, ""))


def _aims(results: Results) -> Iterator[tuple[str, str, bool]]:
    for site in results.sites:
        packages, naive = site.sizes.get("packages", 0), site.sizes.get("naive", 0)
        label = f"{site.pages:,} {site.name} pages"
        if packages and naive:
            measured = f"{packages / 1e6:.1f} MB, {packages / naive:.3f}"
            cache = f"; the cache beside them {site.sizes['cache'] / 1e6:.1f} MB"
            aim = f"{label}: packages ≤ {_SIZE_AIM} of naive's"
            yield aim, measured + cache, packages / naive <= _SIZE_AIM
    for check in dict.fromkeys(check for site in results.sites for check in site.checks):
        sites = [site for site in results.sites if check in site.checks]
        failed = [f"not with {site.pages:,}" for site in sites if not site.checks[check]]
        sizes = ", ".join(f"{site.pages:,}" for site in sites)
        yield check, ", ".join(failed) or f"so with {sizes} pages", not failed
    yield from _memory_aims(results.grown)
    if results.help_time:
        aim = f"`qt2anki --help` ≤ {_HELP_AIM * 1000:.0f} ms"
        yield aim, f"{results.help_time * 1000:.0f} ms", results.help_time <= _HELP_AIM


def _memory_aims(sites: list[Site]) -> Iterator[tuple[str, str, bool]]:
    peaks = {site.pages: _peak(site) for site in sites if site.taken}
    if not peaks:
        return
    pages = max(peaks)
    aim = f"peak of the largest process ≤ {_MEMORY_AIM} MB at {pages:,} pages, any build"
    yield aim, f"{peaks[pages]:.0f} MB", peaks[pages] <= _MEMORY_AIM
    full = (site for site in sites if site.pages in peaks and site.subjects >= FULL_SUBJECTS)
    quarters = [site for site in full if site.pages * 3 < pages]
    if quarters:
        before = quarters[-1].pages
        growth = peaks[pages] / peaks[before] - 1
        aim = f"it grows by less than {_GROWTH_AIM:.0%} from {before:,} pages"
        yield aim, f"{growth:+.0%}", growth < _GROWTH_AIM


def _peak(site: Site) -> float:
    return max((one.memory for one in site.taken if one.build != NAIVE), default=0.0)


def stages_table(results: Results) -> str:
    """Return the CPU seconds of cold builds by stage, with those of the plain program."""
    columns = [
        (site, build, processes)
        for site in results.sites
        for build, processes in site.builds()
        if build in {NAIVE, COLD}
    ]
    heads = (f"{site.pages:,} {_way(build, n)}" for site, build, n in columns)
    lines = [f"| stage | {' | '.join(heads)} |", "|---|" + "---|" * len(columns)]
    for stage in STAGES:
        cells = (_stage_cell(site, build, n, stage) for site, build, n in columns)
        lines.append(f"| {stage} | {' | '.join(cells)} |")
    return "\n".join((*lines, ""))


def _way(build: str, processes: int) -> str:
    return NAIVE if build == NAIVE else f"on {processes}"


def _stage_cell(site: Site, build: str, processes: int, stage: str) -> str:
    best = site.best(build, processes)
    used = best.stages.get(stage) if best else None
    return "" if used is None else _seconds(used)


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.1f}"
