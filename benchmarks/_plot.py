"""A figure of line plots as SVG, readable on light and on dark ground; a panel beside the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 460, 360  # of a panel
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 118, 52, 46  # what the axes and the names of lines need
_LEAST_APART = 15  # names of lines that end at one height
# Lines in the order they are given; the second of each pair is for dark ground.
_COLOURS = (
    ("#57606a", "#9ba5b0"),
    ("#0b62d6", "#6cb0ff"),
    ("#b3400b", "#ff9a5c"),
    ("#1a7f37", "#56d364"),
    ("#7a3fd0", "#c79bff"),
)
Points = Sequence[tuple[float, float]]
Scale = Callable[[float], float]


@dataclass(frozen=True)
class Panel:
    """One plot: a line a name; *limit* is drawn as a dashed line. Scales are alike both ways."""

    title: str
    lines: Mapping[str, Points]
    is_logarithmic: bool = True
    limit: float | None = None


def plot(panels: Sequence[Panel], *, across: str) -> str:
    """Return the SVG of *panels*, of which the same is *across*."""
    width = _WIDTH * len(panels)
    label = escape("; ".join(panel.title for panel in panels), quote=True)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" role="img"'
            f' font-family="system-ui, sans-serif" font-size="12" aria-label="{label}">'
        ),
        f"<style>{_style()}</style>",
        f'<rect class="ground" width="{width}" height="{_HEIGHT}" rx="6"/>',
    ]
    for number, panel in enumerate(panels):
        parts.append(f'<g transform="translate({number * _WIDTH} 0)">')
        parts += _panel(panel, across)
        parts.append("</g>")
    return "\n".join((*parts, "</svg>", ""))


def _style() -> str:
    light, dark = (
        "".join(
            f".line{n}{{stroke:{pair[at]}}}.name{n}{{fill:{pair[at]}}}"
            for n, pair in enumerate(_COLOURS)
        )
        for at in (0, 1)
    )
    return (
        ".ground{fill:#fff}text{fill:#24292f}.grid{stroke:#d8dee4}.limit{stroke:#24292f}"
        f"polyline{{fill:none;stroke-width:2}}{light}"
        "@media(prefers-color-scheme:dark){.ground{fill:#0d1117}text{fill:#e6edf3}"
        f".grid{{stroke:#30363d}}.limit{{stroke:#e6edf3}}{dark}}}"
    )


def _panel(panel: Panel, across: str) -> Iterator[str]:
    xs = sorted({x for points in panel.lines.values() for x, _ in points})
    ys = [y for points in panel.lines.values() for _, y in points]
    ys += [panel.limit] if panel.limit else []
    ticks = _powers(ys) if panel.is_logarithmic else _steps(max(ys))
    over = _scale(xs, _LEFT, _WIDTH - _RIGHT, is_logarithmic=panel.is_logarithmic)
    up = _scale(ticks, _HEIGHT - _BOTTOM, _TOP, is_logarithmic=panel.is_logarithmic)
    yield f'<text x="{_LEFT - 46}" y="26" font-size="15">{escape(panel.title)}</text>'
    for tick in ticks:
        yield _grid(_LEFT, up(tick), _WIDTH - _RIGHT, up(tick))
        yield f'<text x="{_LEFT - 8}" y="{up(tick) + 4:.0f}" text-anchor="end">{tick:,g}</text>'
    for x in xs:
        yield _grid(over(x), _TOP, over(x), _HEIGHT - _BOTTOM)
        yield f'<text x="{over(x):.0f}" y="{_HEIGHT - 26}" text-anchor="middle">{x:,.0f}</text>'
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    yield f'<text x="{middle:.0f}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>'
    if panel.limit:
        yield _grid(_LEFT, up(panel.limit), _WIDTH - _RIGHT, up(panel.limit), "limit")
        yield f'<text x="{_LEFT + 4}" y="{up(panel.limit) - 5:.0f}">{panel.limit:,g} allowed</text>'
    yield from _lines(panel.lines, over, up)


def _lines(lines: Mapping[str, Points], over: Scale, up: Scale) -> Iterator[str]:
    drawn = [(name, points) for name, points in lines.items() if points]
    for number, (_, points) in enumerate(drawn):
        path = " ".join(f"{over(x):.0f},{up(y):.0f}" for x, y in points)
        yield f'<polyline class="line{number}" points="{path}"/>'
        for x, y in points:
            yield f'<circle class="name{number}" cx="{over(x):.0f}" cy="{up(y):.0f}" r="3"/>'
    heights = _apart([up(points[-1][1]) for _, points in drawn])
    for number, ((name, points), height) in enumerate(zip(drawn, heights, strict=True)):
        x = over(points[-1][0]) + 8
        place = f'x="{x:.0f}" y="{height + 4:.0f}"'
        yield f'<text class="name{number}" {place}>{escape(name)}</text>'


def _apart(heights: Sequence[float]) -> list[float]:
    """Move heights down as far as names at them need."""
    moved = list(heights)
    below = -math.inf
    for at in sorted(range(len(moved)), key=moved.__getitem__):
        below = moved[at] = max(moved[at], below + _LEAST_APART)
    return moved


def _grid(x1: float, y1: float, x2: float, y2: float, kind: str = "grid") -> str:
    dashes = ' stroke-dasharray="4 4"' if kind == "limit" else ""
    return f'<path class="{kind}" d="M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}"{dashes}/>'


def _powers(values: Sequence[float]) -> list[float]:
    """Return the powers of ten around positive *values*."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def _steps(most: float) -> list[float]:
    """Return round numbers from 0 to above *most*, four to eight."""
    unit = 10.0 ** math.floor(math.log10(most))
    step = next(size * unit for size in (0.2, 0.5, 1, 2) if most <= 7 * size * unit)
    return [step * number for number in range(math.ceil(most / step) + 1)]


def _scale(values: Sequence[float], low: float, high: float, *, is_logarithmic: bool) -> Scale:
    way = math.log if is_logarithmic else float
    first, last = way(min(values)), way(max(values))

    def scaled(value: float) -> float:
        share = (way(value) - first) / (last - first) if last > first else 0.5
        return low + share * (high - low)

    return scaled
