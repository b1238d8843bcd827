"""Pages over rows of the committed view: keyset by id, behind a cursor that says nothing to the client."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TypeVar

from exchange.api.fields import PageQuery
from exchange.api.operations import Document
from exchange.api.validation import invalid
from exchange.store.queries import Page as HistoryPage

T = TypeVar("T")

_PREFIX = "v1:"


def cursor_of(number: int) -> str:
    """A cursor that goes on after this id."""
    return base64.urlsafe_b64encode(f"{_PREFIX}{number}".encode()).decode().rstrip("=")


def number_of(cursor: str | None) -> int:
    """The id after which a cursor goes on, 0 for no cursor; raises the problem of a cursor that was not given out."""
    if cursor is None:
        return 0
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        raise invalid("query/cursor", "CURSOR") from None
    digits = text.removeprefix(_PREFIX)
    if not (text.startswith(_PREFIX) and digits.isdigit() and cursor == cursor_of(int(digits[:20]))):
        raise invalid("query/cursor", "CURSOR")
    return int(digits)


def history_page(found: HistoryPage[T], document: Callable[[T], Document]) -> Document:
    """A page of the store's, with its cursor."""
    return {"items": [document(row) for row in found.rows], "next_cursor": found.next_cursor}


def page(
    rows: Iterable[T], number: Callable[[T], int], document: Callable[[T], Document], query: PageQuery
) -> Document:
    """One page of rows that come in ascending order of their ids."""
    after = number_of(query.cursor)
    found = list(islice((row for row in rows if number(row) > after), query.limit + 1))
    return _page(found, number, document, query.limit)


def page_of(
    rows: Sequence[T], number: Callable[[T], int], document: Callable[[T], Document], query: PageQuery
) -> Document:
    """The same of a sequence, which is not walked through from its beginning."""
    begin = bisect_right(rows, number_of(query.cursor), key=number)
    return _page(rows[begin : begin + query.limit + 1], number, document, query.limit)


def _page(found: Sequence[T], number: Callable[[T], int], document: Callable[[T], Document], limit: int) -> Document:
    """Of rows of which one more was looked for than there is room for."""
    shown = found[:limit]
    more = len(found) > len(shown)
    return {"items": [document(row) for row in shown], "next_cursor": cursor_of(number(shown[-1])) if more else None}
