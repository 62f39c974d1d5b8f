"""A line plot as SVG: both axes logarithmic, a line a name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

_WIDTH, _HEIGHT, _EDGE = 640, 400, 60
_COLOURS = ("#1f6feb", "#d1480f", "#2da44e", "#8250df", "#6e7781")
Points = Sequence[tuple[float, float]]


def plot(lines: Mapping[str, Points], *, title: str, across: str, up: str) -> str:
    """Return the SVG of *lines*, whose points are positive numbers."""
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
            f' font-family="sans-serif" font-size="12" role="img" aria-label="{title}">'
        ),
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_EDGE}" y="24" font-size="15">{title}</text>',
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 12}">{across}</text>',
        f'<text x="8" y="44">{up}</text>',
    ]
    for x in sorted(set(xs)):
        at = _scaled(x, xs, _EDGE, _WIDTH - 160)
        parts.append(f'<text x="{at:.0f}" y="{_HEIGHT - 36}">{x:,.0f}</text>')
    for y in (min(ys), max(ys)):
        at = _scaled(y, ys, _HEIGHT - _EDGE, _EDGE)
        parts.append(f'<text x="8" y="{at:.0f}">{y:.3g}</text>')
    for number, (name, points) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        places = [
            (_scaled(x, xs, _EDGE, _WIDTH - 160), _scaled(y, ys, _HEIGHT - _EDGE, _EDGE))
            for x, y in points
        ]
        path = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{colour}"/>' for x, y in places]
        x, y = places[-1]
        parts.append(f'<text x="{x + 8:.0f}" y="{y + 4:.0f}" fill="{colour}">{name}</text>')
    return "\n".join((*parts, "</svg>", ""))


def _scaled(value: float, values: Sequence[float], low: float, high: float) -> float:
    first, last = math.log(min(values)), math.log(max(values))
    share = (math.log(value) - first) / (last - first) if last > first else 0.5
    return low + share * (high - low)
