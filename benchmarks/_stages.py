"""The CPU time of a build by stage, from samples of where its processes were."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePath

SAMPLER = Path(__file__).with_name("_sampler")
STAGES = ("start", "read", "parse", "render", "sanitise", "generate", "write", "cache", "other")
# The first that a file of the package matches says which stage it belongs to.
_FILES = (
    ("import", "start"),
    ("start", "start"),
    ("parse/discover", "read"),
    ("parse/frontmatter", "read"),
    ("parse/salvage", "read"),
    ("parse/mend", "read"),
    ("parse/own_keys", "read"),
    ("parse/page", "read"),
    ("parse/catalog", "read"),
    ("reading", "read"),
    ("parse/", "parse"),
    ("render/sanitize", "sanitise"),
    ("render/", "render"),
    ("generate/", "generate"),
    ("package/", "write"),
    ("cache/", "cache"),
)
_TOLD = re.compile(r"notes (\{.*\})")
_NAIVES = {"frontmatter": "read", "package": "write"}  # as the plain program names its stages


def stage_of(file: str) -> str:
    """Return the stage that a file of the package, named from its folder, belongs to."""
    name = PurePath(file).as_posix()
    return next((stage for start, stage in _FILES if name.startswith(start)), "other")


def stage_shares(samples: Path) -> dict[str, float]:
    """Return each stage's share of the CPU time, from the files of samples in a folder."""
    count: Counter[str] = Counter()
    for path in sorted(samples.iterdir()):
        count.update(stage_of(line) for line in path.read_text(encoding="utf-8").splitlines())
    total = sum(count.values()) or 1
    return {stage: count[stage] / total for stage in STAGES}


def naive_shares(printed: str) -> dict[str, float]:
    """Return the plain program's shares, from the seconds it says it spent; none if it is silent.

    It renders, sanitises and makes notes in one go: that is under ``render``.
    """
    told = _TOLD.search(printed)
    seconds: Mapping[str, float] = ast.literal_eval(told[1]) if told else {}
    total = sum(seconds.values())
    return {_NAIVES.get(name, name): used / total for name, used in seconds.items()}
