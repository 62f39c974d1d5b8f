"""Run a command and print the cost of it and all processes that it started, as JSON.

    python -I -S benchmarks/_launch.py OUTPUT COMMAND...

This is a separate program for two reasons. It becomes the *subreaper* of what it starts (prctl(2),
Linux), so processes that outlive their parent, such as those of a fork server, become its children,
and wait4(2) returns what each of them used: nothing is polled, nothing is missed. And the peak
memory that Linux reports for a process includes the process it was forked from, before exec(2).
"""

import ctypes
import json
import os
import subprocess
import sys
import time

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_UNIT = 1024 if sys.platform == "linux" else 1  # bytes of ru_maxrss (getrusage(2))


def main(output: str, command: list[str]) -> int:
    """Run *command*, its output written to *output*; return its exit status."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    started = time.perf_counter()
    with open(output, "wb") as stream:  # noqa: PTH123  # pathlib takes longer than the rest
        process = subprocess.Popen(command, stdout=stream, stderr=stream)  # noqa: S603
    wall, status, cpu, peak = 0.0, 0, 0.0, 0
    while True:
        try:
            pid, code, usage = os.wait4(-1, 0)
        except ChildProcessError:  # all have ended
            break
        if pid == process.pid:
            wall, status = time.perf_counter() - started, os.waitstatus_to_exitcode(code)
            process.returncode = status
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss * _UNIT)
    sys.stdout.write(json.dumps({"wall": wall, "cpu": cpu, "memory": peak / 1e6}))
    return abs(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
