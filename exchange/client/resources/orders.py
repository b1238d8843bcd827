"""Orders, own trades and the own event feed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from exchange.client.commands import Body
from exchange.client.connection import Connection
from exchange.client.models import CancelAfter, CancelledAll, FeedEvent, Order, Trade
from exchange.client.order_calls import OrderCalls
from exchange.client.problem import UnexpectedAnswerError
from exchange.client.resources.paging import every, every_item, items_of
from exchange.client.wire import decode, in_path

_NARROWING: Final = ("instrument", "side")
"""What says which of the own orders are cancelled all at once: parameters of the address."""


_OF_ONE_ORDER: Final = {"amend": "PATCH", "cancel": "DELETE"}


class Orders(OrderCalls):
    """Place, change and cancel orders, and read the own ones."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(self._by_rest)
        self._connection = connection

    async def _by_rest(
        self, operation: str, about: Body, body: Body | None, idempotency_key: str | None
    ) -> dict[str, object]:
        method, path = _address(operation, about)
        query: dict[str, str | int | None] = {name: str(about[name]) for name in _NARROWING if name in about}
        return await self._connection.change(method, path, body, idempotency_key, query or None)

    async def cancel_all_of(
        self,
        participant: str,
        instrument: str | None = None,
        *,
        side: str | None = None,
        idempotency_key: str | None = None,
    ) -> CancelledAll:
        """Cancel all open orders of a participant, narrowed down as by :meth:`cancel_all` (operator)."""
        path, named = f"/v1/participants/{in_path(participant)}/orders", {"instrument": instrument, "side": side}
        query = {name: value for name, value in named.items() if value is not None}
        return decode(CancelledAll, await self._connection.change("DELETE", path, None, idempotency_key, query or None))

    async def deadline(self) -> CancelAfter:
        """When this key's dead-man's switch goes off, None when it is not armed: what :meth:`cancel_after` has set."""
        return decode(CancelAfter, await self._connection.read("/v1/cancel-after"))

    async def get(self, order: str) -> Order:
        """One own order."""
        return decode(Order, await self._connection.read(f"/v1/orders/{in_path(order)}"))

    def every(
        self,
        status: str = "open",
        instrument: str | None = None,
        page_size: int = 100,
        *,
        side: str | None = None,
        client_order_id: str | None = None,
        day: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> AsyncIterator[Order]:
        """Own orders: ``open`` ones oldest first; ``closed``, ``all`` or a status such as ``filled`` newest first.

        ``day`` is the trading day of the placing (``yyyy-mm-dd``); with ``since`` and ``until`` (RFC 3339) they were
        placed at the one or later, and before the other. ``page_size`` come with each request, all in the end.
        """
        query: dict[str, str | int | None] = {
            "status": status,
            "instrument": instrument,
            "side": side,
            "client_order_id": client_order_id,
            "day": day,
            "since": since,
            "until": until,
            "limit": page_size,
        }
        return every(self._connection, "/v1/orders", Order, query)

    async def history(self, order: str, page_size: int = 100) -> AsyncIterator[FeedEvent]:
        """Everything that happened to an own order, oldest first; ``page_size`` entries with each request."""
        async for item in every_item(self._connection, f"/v1/orders/{in_path(order)}/events", {"limit": page_size}):
            yield _feed_event(item)


def _address(operation: str, about: Body) -> tuple[str, str]:
    """Method and path of an operation on orders; the name of an order stands in the path."""
    if operation in _OF_ONE_ORDER:
        order, client_order_id = about.get("order"), about.get("client_order_id")
        named = f"by-client-id/{in_path(str(client_order_id))}" if order is None else in_path(str(order))
        return _OF_ONE_ORDER[operation], f"/v1/orders/{named}"
    return {
        "place": ("POST", "/v1/orders"),
        "batch": ("POST", "/v1/orders/batch"),
        "cancel_all": ("DELETE", "/v1/orders"),
        "cancel_after": ("PUT", "/v1/cancel-after"),
    }[operation]


class Trades:
    """Own trades."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def every(self, page_size: int = 100, *, instrument: str | None = None) -> AsyncIterator[Trade]:
        """Own trades, newest first, in one instrument or in all."""
        return every(self._connection, "/v1/trades", Trade, {"limit": page_size, "instrument": instrument})


class Feed:
    """The own event feed: gap-free, in journal order."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def after(self, seq: int = 0, limit: int = 100) -> tuple[list[FeedEvent], int]:
        """The own events after entry ``seq``, from at most ``limit`` entries (1 to 100), and the seq to go on after.

        :meth:`every` goes on by itself. This tells besides how far one has read when nothing came.
        """
        page = await self._connection.read("/v1/events", {"after_seq": seq, "limit": limit})
        following = page.get("next_after_seq")
        if not isinstance(following, int):
            raise UnexpectedAnswerError("the feed does not say where it goes on")
        return [_feed_event(item) for item in items_of(page)], following

    async def every(self, seq: int = 0) -> AsyncIterator[FeedEvent]:
        """All own events after entry ``seq``, up to the newest one."""
        events, following = await self.after(seq)
        while events:
            for event in events:
                yield event
            events, following = await self.after(following)


def _feed_event(item: object) -> FeedEvent:
    if not isinstance(item, dict):
        raise UnexpectedAnswerError("an event of the feed is no object")
    known = {"seq", "at", "n", "type"}
    head = {name: value for name, value in item.items() if name in known}
    return decode(FeedEvent, {**head, "fields": {name: value for name, value in item.items() if name not in known}})
