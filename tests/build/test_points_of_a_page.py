"""Points of a page whose titles are reworded or change places, through whole builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.anki.note_content import field
from tests.site import Site, kinds, with_settings

Points = tuple[tuple[str, str], ...]
SHORE: Points = (
    ("Curlew", "Long curved bills reach lugworms that hide a hand's breadth below the mud."),
    ("Limpet", "Conical shells clamp to wave-beaten rock and graze algae off it at high tide."),
    ("Samphire", "Fleshy green stems store salt in their cells and turn crimson every autumn."),
    ("Ragworm", "Burrowing predators pump oxygen through their tunnels with rippling bodies."),
    ("Eelgrass", "Ribbon leaves slow the current and shelter young plaice from hungry cod."),
    ("Shelduck", "Chestnut-banded parents nest in rabbit holes and lead chicks across dunes."),
)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path, is_cached=False)


def write(site: Site, points: Points) -> None:
    listed = "\n".join(f"- **{title}**: {text}" for title, text in points)
    answer = (
        f"The shore lives in the band between the tides. Here are some inhabitants:\n\n{listed}\n"
    )
    site.page(1, "Where is life on the shore?", answer)


def exchanged(one: int, other: int) -> Points:
    points = list(SHORE)
    points[one] = (SHORE[other][0], SHORE[one][1])
    points[other] = (SHORE[one][0], SHORE[other][1])
    return tuple(points)


def texts(site: Site) -> dict[str, str]:
    """Return what each GUID explains."""
    notes = site.notes().values()
    return {n.guid: field(n, "Answer") for n in notes if n.key.startswith("point/")}


def test_a_narrower_profile_settles_after_titles_changed_places(site: Site) -> None:
    with_settings(site, profile="full")
    write(site, SHORE)
    site.build()
    with_settings(site, profile="standard")
    write(site, exchanged(0, 4))

    site.build(may_retire=True)

    assert [kinds(site.build(may_retire=True)) for _ in range(3)] == [{}, {}, {}]


@pytest.mark.parametrize("one", range(3))
@pytest.mark.parametrize("other", range(3, 6))
def test_titles_that_change_places_leave_each_history_with_its_text(
    site: Site, one: int, other: int
) -> None:
    write(site, SHORE)
    site.build()
    before = texts(site)

    write(site, exchanged(one, other))
    site.build()

    assert texts(site) == before


def test_a_renamed_point_stays_where_not_all_points_are_asked(site: Site) -> None:
    write(site, SHORE[:3])
    site.build()
    write(site, SHORE)
    site.build()
    before = texts(site)

    write(site, (*SHORE[:2], ("Glasswort", SHORE[2][1]), *SHORE[3:]))
    site.build()

    assert texts(site) == before
