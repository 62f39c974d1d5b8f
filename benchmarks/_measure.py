"""Run a command and measure it with all the processes it starts."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.05  # seconds between two looks
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PROC = Path("/proc")


@dataclass(frozen=True)
class Measured:
    """What a command cost. Without /proc (Linux) memory and CPU are 0: not known."""

    wall: float  # seconds
    cpu: float  # seconds, user and system, of all processes
    memory: float  # MB, the peak of the largest process


def measure(command: Sequence[str], env: Mapping[str, str]) -> Measured:
    """Run *command* to its end; CalledProcessError when it fails."""
    cpu: dict[str, float] = {}
    memory = 0.0
    started = time.perf_counter()
    with subprocess.Popen(  # noqa: S603  # our own command
        command,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        while process.poll() is None:
            for pid in _group(process.pid):
                used = _used(pid)
                if used:
                    cpu[pid], memory = used[0], max(memory, used[1])
            time.sleep(_EVERY)
        wall = time.perf_counter() - started
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Measured(wall, sum(cpu.values()), memory)


def _group(leader: int) -> list[str]:
    """Return the processes of the session that *leader* opened."""
    found = []
    for place in _PROC.glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended since
            continue
        if int(fields[3]) == leader:  # proc(5): the session, four after the name
            found.append(place.name)
    return found


def _used(pid: str) -> tuple[float, float] | None:
    """Return the CPU seconds and the peak memory (MB) of a process so far."""
    try:
        fields = (_PROC / pid / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        status = (_PROC / pid / "status").read_text(encoding="utf-8")
    except OSError:
        return None
    peak = status.partition("VmHWM:")[2].split()
    if not peak:  # it is ending
        return None
    return (int(fields[11]) + int(fields[12])) / _TICKS, int(peak[0]) / 1024
