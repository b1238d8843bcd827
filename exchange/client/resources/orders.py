"""Orders, own trades and the own event feed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from exchange.client.connection import Connection
from exchange.client.models import CancelledAll, FeedEvent, Order, OrderAnswer, Trade
from exchange.client.problem import UnexpectedAnswerError
from exchange.client.resources.paging import every, items_of
from exchange.client.wire import Money, decode, money_text


class Orders:
    """Place, change and cancel orders."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def place(
        self,
        instrument: str,
        side: str,
        quantity: int,
        price: Money | None = None,
        *,
        kind: str = "LIMIT",
        time_in_force: str = "GFD",
        post_only: bool | None = None,
        self_trade_prevention: str | None = None,
        good_til: str | None = None,
        client_order_id: str | None = None,
        lots: Sequence[str] | None = None,
        idempotency_key: str | None = None,
    ) -> OrderAnswer:
        """Place an order: ``side`` BUY or SELL, price in CNY a tonne, quantity in tonnes."""
        body: dict[str, object] = {
            "instrument": instrument,
            "client_order_id": client_order_id,
            "side": side,
            "kind": kind,
            "time_in_force": time_in_force,
            "price": None if price is None else money_text(price),
            "quantity": quantity,
            "post_only": post_only,
            "self_trade_prevention": self_trade_prevention,
            "good_til": good_til,
            "lots": None if lots is None else list(lots),
        }
        return decode(OrderAnswer, await self._connection.change("POST", "/v1/orders", body, idempotency_key))

    async def buy(self, instrument: str, quantity: int, price: Money, time_in_force: str = "GFD") -> OrderAnswer:
        """Place a limit order to buy."""
        return await self.place(instrument, "BUY", quantity, price, time_in_force=time_in_force)

    async def sell(self, instrument: str, quantity: int, price: Money, time_in_force: str = "GFD") -> OrderAnswer:
        """Place a limit order to sell."""
        return await self.place(instrument, "SELL", quantity, price, time_in_force=time_in_force)

    async def amend(
        self,
        order: str,
        *,
        price: Money | None = None,
        quantity: int | None = None,
        idempotency_key: str | None = None,
    ) -> OrderAnswer:
        """Change price or total quantity; only a lower quantity at the same price keeps the place in the queue."""
        body: dict[str, object] = {"price": None if price is None else money_text(price), "quantity": quantity}
        return decode(OrderAnswer, await self._connection.change("PATCH", f"/v1/orders/{order}", body, idempotency_key))

    async def cancel(self, order: str, *, idempotency_key: str | None = None) -> OrderAnswer:
        """Cancel what is left of an order."""
        return decode(
            OrderAnswer, await self._connection.change("DELETE", f"/v1/orders/{order}", None, idempotency_key)
        )

    async def cancel_all(self, instrument: str | None = None, *, idempotency_key: str | None = None) -> CancelledAll:
        """Cancel all own open orders, in one instrument or in all."""
        return await self._cancel_all("/v1/orders", instrument, idempotency_key)

    async def cancel_all_of(
        self, participant: str, instrument: str | None = None, *, idempotency_key: str | None = None
    ) -> CancelledAll:
        """Cancel all open orders of a participant (operator)."""
        return await self._cancel_all(f"/v1/participants/{participant}/orders", instrument, idempotency_key)

    async def _cancel_all(self, path: str, instrument: str | None, idempotency_key: str | None) -> CancelledAll:
        query = {"instrument": instrument} if instrument else {}
        return decode(CancelledAll, await self._connection.change("DELETE", path, None, idempotency_key, query))

    async def get(self, order: str) -> Order:
        """One own order."""
        return decode(Order, await self._connection.read(f"/v1/orders/{order}"))

    def every(self, status: str = "open", instrument: str | None = None, limit: int = 100) -> AsyncIterator[Order]:
        """Own orders: ``open``, ``closed`` or ``all``."""
        query = {"status": status, "instrument": instrument, "limit": limit}
        return every(self._connection, "/v1/orders", Order, query)


class Trades:
    """Own trades."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def every(self, limit: int = 100) -> AsyncIterator[Trade]:
        """Own trades, newest first."""
        return every(self._connection, "/v1/trades", Trade, {"limit": limit})


class Feed:
    """The own event feed: gap-free, in journal order."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def after(self, seq: int = 0, limit: int = 100) -> tuple[list[FeedEvent], int]:
        """The own events after entry ``seq``, from at most ``limit`` entries (1 to 100), and the seq to go on after."""
        page = await self._connection.read("/v1/events", {"after_seq": seq, "limit": limit})
        following = page.get("next_after_seq")
        if not isinstance(following, int):
            raise UnexpectedAnswerError("the feed does not say where it goes on")
        return [_feed_event(item) for item in items_of(page)], following


def _feed_event(item: object) -> FeedEvent:
    if not isinstance(item, dict):
        raise UnexpectedAnswerError("an event of the feed is no object")
    known = {"seq", "at", "n", "type"}
    head = {name: value for name, value in item.items() if name in known}
    return decode(FeedEvent, {**head, "fields": {name: value for name, value in item.items() if name not in known}})
