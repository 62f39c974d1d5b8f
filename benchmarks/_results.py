"""What was measured, kept as JSON while it is measured."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

NAIVE, COLD, UNCHANGED, NEW_TIMES, EDITED = (
    "naive",
    "cold",
    "unchanged",
    "unchanged, new times",
    "one edited",
)
DASK = "cold, with Dask"
MADE_UP, REAL = "made-up", "real"


@dataclass(frozen=True)
class Measurement:
    """What one run cost; several of the same build are taken on small sites."""

    build: str
    processes: int
    wall: float  # seconds
    cpu: float  # seconds
    memory: float  # MB, of the largest process
    # CPU seconds by stage for cold builds; as it says itself for naive
    stages: Mapping[str, float] = field(default_factory=dict)


@dataclass
class Site:
    """One corpus and what its builds cost."""

    name: str  # MADE_UP or REAL
    pages: int  # files
    subjects: int
    taken: list[Measurement] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)  # bytes: packages, naive, cache
    checks: dict[str, bool] = field(default_factory=dict)  # what must hold -> whether it does

    def best(self, build: str, processes: int) -> Measurement | None:
        """Return the least wall time, CPU time and memory of the runs of a build."""
        runs = [one for one in self.taken if (one.build, one.processes) == (build, processes)]
        if not runs:
            return None
        least = min(runs, key=lambda one: one.cpu)
        return Measurement(
            build,
            processes,
            min(one.wall for one in runs),
            least.cpu,
            min(one.memory for one in runs),
            least.stages,
        )

    def builds(self) -> list[tuple[str, int]]:
        """Return the builds there are with their processes, the plain program first."""
        order = (NAIVE, COLD, DASK, UNCHANGED, NEW_TIMES, EDITED)
        found = {(one.build, one.processes) for one in self.taken}
        return sorted(
            found, key=lambda one: (one[1] if one[0] != NAIVE else 0, order.index(one[0]))
        )

    def check(self, text: str, *, holds: bool) -> None:
        """Note whether *text* holds; what failed once stays failed."""
        self.checks[text] = self.checks.get(text, True) and holds


@dataclass
class Results:
    """All sites of a run, and the machine it was on."""

    sites: list[Site] = field(default_factory=list)
    python: str = ".".join(map(str, sys.version_info[:3]))
    processors: int = os.cpu_count() or 1
    help_time: float = 0.0  # seconds until ``qt2anki --help`` has ended
    is_complete: bool = False

    @property
    def grown(self) -> list[Site]:
        """The made-up sites, the smallest first."""
        made_up = (site for site in self.sites if site.name == MADE_UP)
        return sorted(made_up, key=lambda site: site.pages)


def write_results(results: Results, path: Path) -> None:
    """Write *results*, so that a stopped run leaves what it had."""
    text = json.dumps(dataclasses.asdict(results), indent=1)
    fresh = path.with_suffix(".part")
    fresh.write_text(f"{text}\n", encoding="utf-8")
    fresh.replace(path)


def read_results(paths: Iterable[Path]) -> Results:
    """Read the results of one run or of several, whose sites are put together."""
    joined = Results(is_complete=True)
    for path in paths:
        told = json.loads(path.read_text(encoding="utf-8"))
        for site in told.pop("sites"):
            taken = [Measurement(**one) for one in site.pop("taken")]
            joined.sites.append(Site(**site, taken=taken))
        joined.is_complete = joined.is_complete and told["is_complete"]
        joined.python, joined.processors = told["python"], told["processors"]
        joined.help_time = told["help_time"] or joined.help_time
    return joined
