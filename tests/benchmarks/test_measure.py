"""What a command cost is all that it and its processes used, however they end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks._measure import CommandFailedError, measure
from benchmarks._stages import SAMPLER, STAGES, naive_shares, stage_of, stage_shares

linux = pytest.mark.skipif(sys.platform != "linux", reason="a subreaper is a thing of Linux")
BUSY = "import time\nwhile time.process_time() < {}: pass\n"
# A process that its parent leaves behind.
ORPHAN = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', {!r}])"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_cpu_time_and_output_of_the_command() -> None:
    one, printed = measure(python(BUSY.format(0.3) + "print('done')"), {})

    assert printed == "done\n"
    assert 0.3 <= one.cpu < 1.5
    assert one.wall >= 0.3


@linux
def test_a_process_left_behind_counts() -> None:
    code = ORPHAN.format(BUSY.format(0.4) + "b'x' * 1; data = bytearray(60_000_000)")

    one, _ = measure(python(code), {})

    assert one.cpu >= 0.4
    assert one.memory > 60
    assert one.wall < one.cpu, "the time until the command itself had ended"


def test_memory_is_that_of_the_largest_process_not_ours() -> None:
    ours = bytearray(200_000_000)

    one, _ = measure(python("data = bytearray(40_000_000)"), {})

    assert len(ours) > 0
    assert 40 < one.memory < 120


def test_memory_is_what_the_system_tells() -> None:
    code = "data = bytearray(50_000_000)"
    tell = "; import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"

    one, printed = measure(python(code + tell), {})

    unit = 1024 if sys.platform == "linux" else 1
    assert one.memory == pytest.approx(int(printed) * unit / 1e6, rel=0.1)


def test_a_command_that_fails_says_what_it_printed() -> None:
    with pytest.raises(CommandFailedError, match="no such page"):
        measure(python("raise SystemExit('no such page')"), {})


@pytest.mark.parametrize(
    ("file", "stage"),
    [
        ("parse/frontmatter.py", "read"),
        ("reading.py", "read"),
        ("parse/sequence/items.py", "parse"),
        ("render/markdown.py", "render"),
        ("render/sanitize.py", "sanitise"),
        ("generate/kinds/steps.py", "generate"),
        ("package/writer.py", "write"),
        ("cache/database.py", "cache"),
        ("pipeline.py", "other"),
        ("import", "start"),
    ],
)
def test_every_file_has_its_stage(file: str, stage: str) -> None:
    assert stage_of(file) == stage


def test_samples_tell_the_stages_of_a_build(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    samples = tmp_path / "samples"
    samples.mkdir()
    paths = os.pathsep.join(map(str, (root / "src", SAMPLER)))
    env = {**os.environ, "PYTHONPATH": paths, "QT2ANKI_SAMPLES": str(samples)}
    build = [sys.executable, "-m", "qt2anki", "build", str(root / "input")]

    options = ["--out", str(tmp_path / "out"), "--jobs", "1"]
    done = subprocess.run(  # noqa: S603  # our own command
        [*build, *options], env=env, check=False, capture_output=True
    )

    assert done.returncode == 0, done.stderr

    shares = stage_shares(samples)
    assert list(shares) == list(STAGES)
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["start"] > 0.05


def test_the_plain_program_tells_its_stages() -> None:
    printed = "6 notes {'frontmatter': 1.0, 'render': 2.0, 'package': 1.0}\n"

    assert naive_shares(printed) == {"read": 0.25, "render": 0.5, "write": 0.25}
    assert naive_shares("silent") == {}
