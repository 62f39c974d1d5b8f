"""Check the releases of constraints.txt for known vulnerabilities, if possible.

Run by ``make audit-deps``. Exit status 1 means a known vulnerability; without a network or
pip-audit, it prints a message and passes.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

_CONSTRAINTS = Path(__file__).resolve().parents[1] / "constraints.txt"
_FOUND = re.compile(r"Found \d+ known vulnerabilit")


def main() -> int:
    """Run pip-audit, and distinguish a vulnerability from a machine that cannot check."""
    program = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip"]
    done = subprocess.run(  # noqa: S603
        [*program, "--requirement", str(_CONSTRAINTS)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr[-4000:])
    if done.returncode == 0:
        unknown = (done.stdout + done.stderr).count("could not be audited")
        if unknown:
            sys.stderr.write(f"\n{unknown} releases could not be asked about from this machine.\n")
        return 0
    if _FOUND.search(done.stderr + done.stdout):
        return 1
    sys.stderr.write("\nNothing was audited: pip-audit is missing or its data is out of reach.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
