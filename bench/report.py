"""What a measurement prints: a table of medians and ratios, and whether the goals were met."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One thing that was measured several times; `ratio` is to what `goal` speaks of."""

    what: str
    values: Sequence[float]
    unit: str
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None

    @property
    def median(self) -> float:
        """Return the middle of the values."""
        return statistics.median(self.values)


def show(title: str, rows: Sequence[Row]) -> int:
    """Print the table; return 1 when a goal was missed, else 0, for the exit code."""
    lines = [("", "median", "lowest – highest", "ratio", "goal")]
    lines += [_cells(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    print(f"\n{title}\n")
    for line in lines:
        first, *others = zip(line, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]
        print("  ".join(cells).rstrip())
    return int(any(row.met is False for row in rows))


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    extent = f"{_short(min(row.values))} – {_short(max(row.values))}"
    ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
    sign = {None: "", True: " ✓", False: " missed"}[row.met]
    return row.what, f"{_short(row.median)} {row.unit}", extent, ratio, f"{row.goal}{sign}"


def _short(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
