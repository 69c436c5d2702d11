"""Stacked bars as paths of an SVG: values in, a drawing out. Pure.

Heights are true; widths are stretched to the page, so nothing in it may depend on a width. Time
runs in the direction of the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

WIDTH, HEIGHT = 600, 200
LINES = 4
# Steps of an axis that read well, in tenths of a power of ten.
_STEPS = (10, 15, 20, 25, 30, 40, 50, 75)
_FILLED = 0.68
_WIDEST = 44
# So much of a count that is there must be seen, however small it is beside the others.
_LEAST = 3


@dataclass(frozen=True, slots=True)
class Column:
    """The whole height over one period, for the pointer."""

    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template writes down: a path for each series, lines, and the numbers beside them.

    `marks` are the numbers of the axis, the greatest first.
    """

    paths: tuple[str, ...]
    lines: tuple[int, ...]
    marks: tuple[int, ...]
    columns: tuple[Column, ...]
    width: int = WIDTH
    height: int = HEIGHT


def draw(bars: Sequence[Sequence[int]], *, rtl: bool) -> Drawing:
    """Return the drawing of these bars, the oldest first; each holds one value a series."""
    top = ceiling(max((sum(bar) for bar in bars), default=0))
    cell = WIDTH / max(len(bars), 1)
    width = min(cell * _FILLED, _WIDEST)
    paths = [""] * max(map(len, bars), default=0)
    columns = []
    for number, bar in enumerate(bars):
        place = len(bars) - 1 - number if rtl else number
        columns.append(Column(_short(place * cell), _short(cell)))
        x = place * cell + (cell - width) / 2
        for series, (y, height) in enumerate(_stack(bar, top)):
            if height:
                box = f"v{_short(height)}h-{_short(width)}z"
                paths[series] += f"M{_short(x)} {_short(y)}h{_short(width)}{box}"
    step = top // LINES
    return Drawing(
        paths=tuple(paths),
        lines=tuple(HEIGHT * line // LINES for line in range(LINES)),
        marks=tuple(step * line for line in range(LINES, -1, -1)),
        columns=tuple(columns),
    )


def ceiling(greatest: int) -> int:
    """Return the least round number, of four equal steps, that nothing rises above."""
    factor = 1
    while True:
        for tenths in _STEPS:
            step, rest = divmod(tenths * factor, 10)
            if not rest and step * LINES >= greatest:
                return step * LINES
        factor *= 10


def _stack(bar: Sequence[int], top: int) -> list[tuple[float, float]]:
    """Return where each part begins and how high it is, the first one on the ground."""
    heights = [max(value * HEIGHT / top, _LEAST) if value else 0.0 for value in bar]
    # What the small ones were given beyond their share is taken from the greatest.
    surplus = max(sum(heights) - HEIGHT, 0.0)
    greatest = heights.index(max(heights, default=0.0)) if heights else 0
    heights = [
        height - surplus if place == greatest else height for place, height in enumerate(heights)
    ]
    return [
        (HEIGHT - end, height) for end, height in zip(accumulate(heights), heights, strict=True)
    ]


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
