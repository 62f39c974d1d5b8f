"""How costs grow with the pages, by least squares, and what a million pages cost by that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks._results import COLD, NAIVE, UNCHANGED, Results, Site

MILLION = 1_000_000
FULL_SUBJECTS = 5  # a site of fewer has subjects of any size
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Line:
    """A straight line: *base* at no pages, and *slope* more with every page."""

    base: float
    slope: float

    def at(self, pages: float) -> float:
        """Return the value at a number of pages."""
        return self.base + self.slope * pages


def fit(points: Points) -> Line:
    """Return the line with the least squared distances from two points or more."""
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    return Line(mean_y - slope * mean_x, slope)


def points_of(sites: Iterable[Site], build: str, processes: int, what: str) -> Points:
    """Return pages and a cost (``wall``, ``cpu``, ``memory``) of one build, for each site."""
    found = ((site.pages, site.best(build, processes)) for site in sites)
    return [(pages, getattr(best, what)) for pages, best in found if best]


def million_table(results: Results, processes: int) -> str:
    """Return what a million pages cost by the slope; "" with less than two sizes."""
    sites = results.grown
    if len(sites) < 2:
        return ""
    sized = [site for site in sites if site.sizes.get("packages")]
    rows: list[tuple[str, Points, Callable[[float], str]]] = [
        (
            f"cold build, {processes} processes",
            points_of(sites, COLD, processes, "wall"),
            duration,
        ),
        ("CPU time of it", points_of(sites, COLD, processes, "cpu"), duration),
        ("CPU time of naive", points_of(sites, NAIVE, 1, "cpu"), duration),
        ("unchanged rebuild", points_of(sites, UNCHANGED, processes, "wall"), duration),
        ("peak memory of the largest process", _memory(sites, processes), _megabytes),
        ("the same, in an unchanged rebuild", _memory(sites, processes, UNCHANGED), _megabytes),
        ("packages", [(s.pages, s.sizes["packages"] / 1e6) for s in sized], _megabytes),
        ("cache beside them", [(s.pages, s.sizes["cache"] / 1e6) for s in sized], _megabytes),
    ]
    lines = ["| | 1,000 pages more | a million pages |", "|---|---|---|"]
    for label, points, shown in rows:
        if len(points) > 1:
            line = fit(points)
            each, all_of_it = shown(line.slope * 1000), shown(line.at(MILLION))
            lines.append(f"| {label} | {each} | {all_of_it} |")
    return "\n".join((*lines, ""))


def _memory(sites: Sequence[Site], processes: int, build: str = COLD) -> Points:
    """Return the peaks of sites whose subjects have their full size, which sets the peak."""
    full = [site for site in sites if site.subjects >= FULL_SUBJECTS]
    return points_of(full if len(full) > 1 else sites, build, processes, "memory")


def duration(seconds: float) -> str:
    """Show seconds as people say them: ``0.82 s``, ``14 min``, ``2 h 5 min``."""
    if seconds < 120:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _megabytes(size: float) -> str:
    if abs(size) >= 1000:
        return f"{size / 1000:.1f} GB"
    return f"{size:.2g} MB" if abs(size) < 10 else f"{size:.0f} MB"
