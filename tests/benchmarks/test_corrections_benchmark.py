"""The benchmark of corrections, on a site that is built in a moment."""

from __future__ import annotations

import pytest

from benchmarks.corrections import main


def test_the_table_compares_builds_with_and_without(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--pages", "6", "--corrections", "10", "--rounds", "1"])

    rows = [line.split("|")[1:3] for line in capsys.readouterr().out.splitlines()[2:]]
    assert [[part.strip() for part in row] for row in rows] == [
        ["cold", "none"],
        ["cold", "10"],
        ["unchanged", "none"],
        ["unchanged", "10"],
    ]
