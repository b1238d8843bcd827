"""Lists that come in pages behind an opaque cursor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TypeVar

from exchange.client.connection import Connection, Query
from exchange.client.problem import UnexpectedAnswerError
from exchange.client.wire import decode

T = TypeVar("T")


async def every(connection: Connection, path: str, kind: type[T], query: Query | None = None) -> AsyncIterator[T]:
    """All items of a list, page after page, fetched as they are asked for."""
    async for item in every_item(connection, path, query):
        yield decode(kind, item)


async def every_item(connection: Connection, path: str, query: Query | None = None) -> AsyncIterator[object]:
    """The same as JSON has them."""
    asked = dict(query or {})
    while True:
        page = await connection.read(path, asked)
        for item in items_of(page):
            yield item
        cursor = page.get("next_cursor")
        if not isinstance(cursor, str):
            return
        asked["cursor"] = cursor


def items_of(page: dict[str, object]) -> list[object]:
    """The items of one page."""
    items = page.get("items")
    if not isinstance(items, list):
        raise UnexpectedAnswerError("a page has no list of items")
    return items
