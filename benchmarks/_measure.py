"""Run a command and measure it with all the processes it starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LAUNCHER = Path(__file__).with_name("_launch.py")


@dataclass(frozen=True)
class Measured:
    """The cost of a command."""

    wall: float  # seconds until the command itself had ended
    cpu: float  # seconds, user and system, of all processes
    memory: float  # MB (10**6 bytes), the peak of the largest process


class CommandFailedError(Exception):
    """The measured command failed; the message has the end of its output."""


def measure(command: Sequence[str], env: Mapping[str, str]) -> Measured:
    """Run *command* and return its cost.

    Raises CommandFailedError if its exit status is not 0.
    """
    with tempfile.TemporaryDirectory() as place:
        output = Path(place) / "output"
        launched = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "-I", "-S", str(_LAUNCHER), str(output), *command],
            env={**os.environ, **env},
            stdout=subprocess.PIPE,
            check=False,
        )
        printed = output.read_text(encoding="utf-8", errors="replace")
    if launched.returncode:
        raise CommandFailedError(f"{' '.join(command)}\nended with an error:\n{printed[-2000:]}")
    return Measured(**json.loads(launched.stdout))
