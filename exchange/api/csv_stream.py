"""Tables as CSV (RFC 4180), streamed in bounded memory and safe to open in a spreadsheet.

A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection); numbers here are
never negative, so no number is changed by that.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final, TypeVar

from starlette.responses import Response, StreamingResponse

from exchange.api.operations import Document
from exchange.api.ports import Services
from exchange.api.problem_tables import OVERLOADED
from exchange.api.problems import ProblemError

T = TypeVar("T")

ROWS_AT_ONCE: Final = 200
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> str:
    """A value as the text of a cell."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _lines(rows: Sequence[Sequence[object]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([cell(value) for value in row] for row in rows)
    return buffer.getvalue().encode()


async def csv_response(
    services: Services, name: str, columns: Sequence[str], rows: AsyncIterator[T], document: Callable[[T], Document]
) -> Response:
    """A download of all rows. The first portion is read before the answer begins, so that a failure is a problem.

    Raises:
        ProblemError: when too many downloads run already.
        ConnectionError: when the database cannot be asked.
    """
    if services.downloads.locked():
        raise ProblemError(OVERLOADED, headers={"retry-after": "5"})
    portions = _portions(services, columns, rows, document)
    first = await anext(portions)
    headers = {
        "content-type": "text/csv; charset=utf-8; header=present",
        "content-disposition": f'attachment; filename="{name}.csv"',
    }
    return StreamingResponse(_with_first(first, portions), headers=headers)


async def _portions(
    services: Services, columns: Sequence[str], rows: AsyncIterator[T], document: Callable[[T], Document]
) -> AsyncIterator[bytes]:
    """The header, then the rows, some at a time."""
    async with services.downloads:
        portion: list[Sequence[object]] = [columns]
        async for row in rows:
            shown = document(row)
            portion.append([shown[column] for column in columns])
            if len(portion) >= ROWS_AT_ONCE:
                yield _lines(portion)
                portion = []
        yield _lines(portion)


async def _with_first(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for portion in rest:
        yield portion
