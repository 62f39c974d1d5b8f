"""A cache makes no difference to packages, whatever was edited before and in which order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import EXAMPLES
from tests.site import TEA, Site, edited, with_settings

SINCE_EVER = -(10**15)  # nanoseconds

EDITS = ("text", "title", "drop", "back", "subject", "alone", "settings", "copy", "nothing")


@settings(
    max_examples=EXAMPLES // 5,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(st.tuples(st.sampled_from(EDITS), st.integers(1, 5)), min_size=1, max_size=6),
    are_trusted=st.booleans(),
)
def test_no_history_of_edits_makes_a_difference(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, int]],
    are_trusted: bool,
) -> None:
    """Build after each edit, once with a cache that lives on and once without any.

    The times of files are trusted, or they count as written just now.
    """
    sites = [Site(tmp_path_factory.mktemp("site")) for _ in range(2)]
    sites[1].is_cached = False
    with pytest.MonkeyPatch.context() as patch:
        if are_trusted:
            patch.setattr("qt2anki.build.source_files.RACY", SINCE_EVER)
        for site in sites:
            for number in range(1, 6):
                site.process(number, subject="Cooking" if number % 2 else "Botany")
            site.build()
            for step in steps:
                edit(site, *step)
    assert packages(sites[0]) == packages(sites[1])


def edit(site: Site, what: str, number: int) -> None:
    subjects = ("Cooking", "Botany") if number % 2 else ("Botany", "Cooking")
    if what == "settings":
        with_settings(site, base_url=f"https://example.org/{number}")
    elif what in {"drop", "subject"}:
        site.path(number, subjects[0]).unlink(missing_ok=True)
    steps = {
        "text": edited(TEA, 2, text=f"{number} heaped spoons of dark leaf fall into the warm pot."),
        "title": edited(TEA, 1, title="Heat the Pot"),
        "alone": TEA[:4],
    }.get(what, TEA)
    written = {"copy": subjects, "subject": subjects[1:]}.get(what, subjects[:1])
    if what not in {"drop", "settings", "nothing"}:
        for subject in written:
            site.process(number, steps, subject=subject)
    site.build(subjects=written if what == "alone" else (), may_retire=True)


def packages(site: Site) -> dict[str, bytes]:
    return {name: data for name, (data, _) in site.files().items()}
