"""Tables as files for spreadsheets: streamed, readable in Persian, harmless to open."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

from app.core import clock

# Spreadsheets take a cell that begins so for a formula and would run what a stranger registered.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# Without it Excel reads Persian as garbage.
_BYTE_ORDER_MARK = "\ufeff"
_ROWS_AT_ONCE = 200


def csv_response(name: str, heads: Sequence[object], rows: Iterable[Sequence[object]]) -> Response:
    """Answer with a file `name-2026-11-24.csv`; rows are written while they are read."""
    filename = f"{name}-{clock.now():%Y-%m-%d}.csv"
    return Response(
        stream_with_context(_lines(heads, rows)),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{filename}"',
            "Cache-Control": "no-store",
        },
    )


def safe_cell(value: object) -> object:
    """The value as a cell that no spreadsheet calculates; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _lines(heads: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(_BYTE_ORDER_MARK)
    writer.writerow([safe_cell(head) for head in heads])
    for count, row in enumerate(rows, start=1):
        writer.writerow([safe_cell(cell) for cell in row])
        if count % _ROWS_AT_ONCE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
