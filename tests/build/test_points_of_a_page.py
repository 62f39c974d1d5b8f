"""Points of a page whose titles are reworded or change places, through whole builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.anki.note_content import field
from qt2anki.anki.note_types import load_note_types
from qt2anki.build.card_candidates import explain_cards
from qt2anki.build.job import Job
from tests.site import Site, kinds, with_settings

SLACK = 100
"""So much less a published card needs: with it, a threshold is the least score that is kept."""

Points = tuple[tuple[str, str], ...]
SHORE: Points = (
    ("Curlew", "A wading bird whose curved bill reaches lugworms a hand's breadth below the mud."),
    ("Limpet", "A conical mollusc that grazes algae off wave-beaten rock at high tide."),
    (
        "Samphire",
        "A fleshy halophyte that stores salt in its cells and turns crimson in autumn.",
    ),
    (
        "Ragworm",
        "A burrowing polychaete that pumps oxygen down its tunnel by rippling its body.",
    ),
    (
        "Eelgrass",
        "A flowering plant whose ribbon leaves slow the tide and shelter young plaice.",
    ),
    ("Shelduck", "A chestnut-banded waterfowl that nests in rabbit holes among the dunes."),
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


def scores(site: Site) -> list[int]:
    """Return the scores of all points of the page, the lowest first."""
    job = Job((str(site.pages),), site.out, site.settings, load_note_types(), stamp=1)
    return sorted(card.score for card in explain_cards("1/point", job))


def test_fewer_cards_settle_after_titles_changed_places(site: Site) -> None:
    write(site, SHORE)
    site.build()
    write(site, exchanged(0, 4))
    _, second, *_ = sorted(set(scores(site)))
    with_settings(site, card_threshold=second + SLACK)

    site.build(may_retire=True)

    assert 0 < len(texts(site)) < len(SHORE)
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
    assert len(before) == len(SHORE)


def test_a_renamed_point_stays_where_not_all_points_are_asked(site: Site) -> None:
    write(site, SHORE[:3])
    site.build()
    with_settings(site, card_threshold=scores(site)[-1] + SLACK)
    write(site, SHORE)
    site.build(may_retire=True)
    before = texts(site)
    asked = [at for at, (_, text) in enumerate(SHORE) if text.rstrip(".") in before.values()]
    assert 0 < len(asked) < len(SHORE)

    points = list(SHORE)
    points[asked[0]] = ("Glasswort", SHORE[asked[0]][1])
    write(site, tuple(points))
    site.build()

    assert texts(site) == before
