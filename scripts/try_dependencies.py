"""Run the tests with the oldest and with the newest declared version of every dependency.

    python -m scripts.try_dependencies 3.11 3.14
    python -m scripts.try_dependencies 3.12 --tests tests/html tests/cli

uv (https://docs.astral.sh/uv) finds or downloads each Python, and makes two environments for it. In
addition, the newest versions build the sample pages over decks that the oldest ones have built; no
package may change. The exit status is 1 if something fails.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def environment(folder: Path, python: str, resolution: str) -> Path:
    """Make an environment and return its Python."""
    made = folder / resolution
    subprocess.run(["uv", "venv", "--quiet", "--python", python, made], check=True)  # noqa: S603, S607
    command = ["uv", "pip", "install", "--quiet", "--python", made, "--resolution", resolution]
    subprocess.run([*command, "-e", ".[all]", "--group", "tests"], cwd=ROOT, check=True)  # noqa: S603
    return made / "bin" / "python"


def packages(python: Path, out: Path) -> dict[str, bytes]:
    """Build the sample pages and return the packages."""
    command = [python, "-m", "qt2anki", "build", "input", "--out", out, "--first-release", "-q"]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603
    return {path.name: path.read_bytes() for path in out.glob("*.apkg")}


def main() -> int:
    """Print a line for each environment."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pythons", nargs="+", metavar="PYTHON", help="versions, or paths")
    parser.add_argument("--tests", nargs="+", default=["tests"], help="what pytest is given")
    given = parser.parse_args()
    is_good = True
    for name in given.pythons:
        with tempfile.TemporaryDirectory() as folder:
            built = []
            for resolution in ("lowest-direct", "highest"):
                python = environment(Path(folder), name, resolution)
                tests = [python, "-m", "pytest", "-q", "-n", "auto", *given.tests]
                has_passed = subprocess.run(tests, cwd=ROOT, check=False).returncode == 0  # noqa: S603
                built.append(packages(python, Path(folder, "decks")))
                result = "passed" if has_passed else "failed"
                print(f"Python {name}, {resolution} versions: tests {result}", flush=True)
                is_good &= has_passed
            if built[0] != built[1]:
                print(f"Python {name}: the newest versions write different packages", flush=True)
                is_good = False
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
