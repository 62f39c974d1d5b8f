"""Results: kept, read again, shown as tables and as a plot, with what a million pages cost."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks._growth import duration, fit, million_table
from benchmarks._plot import Panel, plot
from benchmarks._results import (
    COLD,
    MADE_UP,
    NAIVE,
    UNCHANGED,
    Measurement,
    Results,
    Site,
    read_results,
    write_results,
)
from benchmarks._tables import aims_table, all_tables, runs_table, stages_table

numbers = st.floats(-1e6, 1e6)


def site(pages: int, *, name: str = MADE_UP, memory: float = 100) -> Site:
    each = pages / 1000
    return Site(
        name,
        pages,
        max(2, pages // 950),
        [
            Measurement(NAIVE, 1, 10 * each, 10 * each, 40, {"read": 1.0, "write": 2.0}),
            Measurement(NAIVE, 1, 11 * each, 11 * each, 40, {}),
            Measurement(COLD, 2, 1.5 * each, 5 * each, memory, {"start": 0.5, "read": 0.25}),
            Measurement(UNCHANGED, 2, 0.05 * each, 0.05 * each, 50),
        ],
        {"packages": 2_000 * pages, "naive": 10_000 * pages, "cache": 100 * pages},
        {"the same packages": True},
    )


def test_a_row_tells_ratios_and_whether_the_aim_is_met() -> None:
    table = runs_table(Results([site(1000)]))

    assert (
        "| 1,000 made-up | naive | 1 | 10.0 | 10.0 | 40 | 1.000 | 1.000 | 2 runs, 10% apart |"
        in (table)
    )
    assert "| 0.150 | 0.500 | wall ≤ 0.2 met, CPU ≤ 0.4 **missed** |" in table
    assert "| 0.005 | 0.005 | ≤ 0.01 met |" in table


def test_without_the_plain_program_there_are_no_ratios() -> None:
    one = site(1000)
    del one.taken[:2]

    assert "| 1,000 made-up | cold | 2 | 1.50 | 5.00 | 100 | ? | ? |  |" in runs_table(
        Results([one])
    )


@pytest.mark.parametrize(("memory", "verdict"), [(105, "met"), (120, "**missed**")])
def test_memory_may_not_grow_with_the_site(memory: float, verdict: str) -> None:
    table = aims_table(Results([site(36_000, memory=memory), site(9_000)]))

    assert f"| it grows by less than 10% from 9,000 pages | {memory - 100:+.0f}% | {verdict} |" in (
        table
    )
    assert "≤ 400 MB at 36,000 pages" in table


def test_a_check_that_failed_is_an_aim_missed() -> None:
    bad = site(9_000)
    bad.check("the same packages", holds=False)
    bad.check("the same packages", holds=True)

    table = aims_table(Results([site(1_000), bad]))

    assert "| the same packages | not with 9,000 | **missed** |" in table


def test_the_size_of_packages_stands_beside_naives() -> None:
    table = aims_table(Results([site(1_000)]))

    assert "| 2.0 MB, 0.200; the cache beside them 0.1 MB | met |" in table


def test_stages_of_each_cold_build() -> None:
    table = stages_table(Results([site(1_000)]))

    assert "| stage | 1,000 naive | 1,000 on 2 |" in table
    assert "| read | 1.00 | 0.25 |" in table
    assert "| start |  | 0.50 |" in table


def test_a_million_pages_by_the_slope() -> None:
    table = million_table(Results([site(1_000), site(9_000), site(500, name="real")]), 2)

    assert "| cold build, 2 processes | 1.5 s | 25 min |" in table
    assert "| CPU time of it | 5 s | 83 min |" in table
    assert "| peak memory of the largest process | 0 MB | 100 MB |" in table
    assert "| packages | 2 MB | 2.0 GB |" in table
    assert million_table(Results([site(1_000)]), 2) == ""


def test_memory_is_reckoned_from_sites_of_whole_subjects() -> None:
    sites = [site(1_000, memory=40), site(9_000, memory=100), site(36_000, memory=101)]

    table = million_table(Results(sites), 2)

    assert "| peak memory of the largest process | 0.037 MB | 137 MB |" in table


def test_a_busy_machine_is_told() -> None:
    one = site(1_000)
    one.taken.append(Measurement(NAIVE, 1, 15.0, 10.0, 40))

    assert "not quiet**: naive's runs are up to 50% apart" in all_tables(Results([one]))
    assert "not quiet" not in all_tables(Results([site(1_000)]))


@given(st.tuples(numbers, numbers), st.lists(st.integers(0, 10**6), min_size=2, unique=True))
def test_points_on_a_line_give_that_line(line: tuple[float, float], xs: list[int]) -> None:
    base, slope = line

    found = fit([(x, base + slope * x) for x in xs])

    for x in xs:
        assert found.at(x) == pytest.approx(base + slope * x, abs=1e-3, rel=1e-6)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.123, "0.12 s"), (47.4, "47 s"), (1500, "25 min"), (7500, "2 h 5 min")],
)
def test_durations_as_people_say_them(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    small, large = Results([site(1_000)], help_time=0.1), Results([site(9_000)], is_complete=True)
    write_results(small, tmp_path / "a.json")
    write_results(large, tmp_path / "b.json")

    joined = read_results([tmp_path / "a.json", tmp_path / "b.json"])

    assert joined.sites == [*small.sites, *large.sites]
    assert joined.help_time == 0.1
    assert not joined.is_complete
    assert "stopped before its end" in all_tables(joined)


def test_a_plot_is_an_image_with_a_name_at_every_line() -> None:
    lines = {"<cold>": [(1_000, 2.0), (36_000, 80.0)], "naive": [(1_000, 10.0), (36_000, 81.0)]}

    panels = [Panel("CPU", lines), Panel("MB", lines, is_logarithmic=False, limit=400)]
    drawn = ET.fromstring(plot(panels, across="pages"))  # noqa: S314  # our own text

    texts = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert texts.count("<cold>") == 2
    assert texts.count("naive") == 2
    assert {"1,000", "36,000", "CPU", "MB", "400 allowed"} <= set(texts)


def test_names_in_a_plot_do_not_cover_each_other() -> None:
    lines = {name: [(1, 5.0), (2, 7.0)] for name in "abcd"}

    drawn = plot([Panel("CPU", lines)], across="pages")

    heights = sorted(
        int(found[1]) for found in re.finditer(r'class="name\d" x="\d+" y="(\d+)"', drawn)
    )
    assert all(b - a >= 14 for a, b in pairwise(heights))
