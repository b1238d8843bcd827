"""Tables as CSV (RFC 4180), streamed in bounded memory and safe to open in a spreadsheet.

A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection); a number is never
changed, be it negative.

A client may take its time. While it does, a download holds a place here and nothing in the database: its rows are read
page by page (:meth:`exchange.api.ports.History.stream_deals`). One who stops reading loses the connection after a
while (:mod:`exchange.bootstrap.connections`), and the place is free again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Final, TypeVar

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from exchange.api.operations import Call, Document

T = TypeVar("T")

ROWS_AT_ONCE: Final = 200
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
"""Without it Excel reads a file in the code page of the machine, and shows no Chinese on many; a program that reads
plain UTF-8 would take it for a part of the first column's name, so that only who asks for it is given one.
"""

# Spreadsheets take the wide forms of a Chinese keyboard for the others.
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


class Download(StreamingResponse):
    """An answer whose ``end`` is called when it is over, however that comes: all was sent, the client left, a fault."""

    def __init__(self, portions: AsyncGenerator[bytes, None], headers: dict[str, str], end: Callable[[], None]) -> None:
        super().__init__(portions, headers=headers)
        self._portions = portions
        self._end = end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            async with aclosing(self._portions):
                await super().__call__(scope, receive, send)
        finally:
            self._end()


def cell(value: object) -> str:
    """A value as the text of a cell; true and false are spelt as in JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("false", "true")[value]
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int) else text


def _lines(rows: Sequence[Sequence[object]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([cell(value) for value in row] for row in rows)
    return buffer.getvalue().encode()


async def csv_response(
    call: Call,
    name: str,
    columns: Sequence[str],
    rows: AsyncGenerator[T, None],
    document: Callable[[T], Document],
    mark: bytes = b"",
    heads: Sequence[str] = (),
) -> Response:
    """A download of all rows behind a ``mark``, under ``heads`` or else the columns' own names. The first portion is
    read before the answer begins, so that a failure is a problem.

    Raises:
        ProblemError: when too many downloads run already, of this person or in all.
        ConnectionError: when the database cannot be asked.
    """
    downloads, person = call.services.downloads, call.who.person
    downloads.take(person)
    portions = _portions(columns, rows, document, heads or columns)
    try:
        first = await anext(portions)
    except BaseException:
        downloads.give_back(person)
        raise
    headers = {
        "content-type": "text/csv; charset=utf-8; header=present",
        "content-disposition": f'attachment; filename="{name}.csv"',
    }
    return Download(_with_first(mark + first, portions), headers, lambda: downloads.give_back(person))


async def _portions(
    columns: Sequence[str], rows: AsyncGenerator[T, None], document: Callable[[T], Document], heads: Sequence[str]
) -> AsyncGenerator[bytes, None]:
    """The header, then the rows, some at a time."""
    portion: list[Sequence[object]] = [heads]
    async with aclosing(rows):
        async for row in rows:
            shown = document(row)
            portion.append([shown[column] for column in columns])
            if len(portion) >= ROWS_AT_ONCE:
                yield _lines(portion)
                portion = []
    yield _lines(portion)


async def _with_first(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(rest):
        yield first
        async for portion in rest:
            yield portion
