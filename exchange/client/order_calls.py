"""Everything one can say about own orders, whatever way it goes: REST and the stream have these calls from here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from exchange.client.commands import Amend, Body, Cancel, Command, Place
from exchange.client.models import BatchAnswer, CancelAfter, CancelledAll, OrderAnswer
from exchange.client.wire import Money, decode

Way = Callable[[str, Body, Body | None, str | None], Awaitable[dict[str, object]]]
"""Sends an operation: its name, what it is about, its body, and an idempotency key or None for a new one."""


class OrderCalls:
    """Place, change and cancel orders.

    Each call may be given an ``idempotency_key``, under which it can be asked for again with the same result. Raised
    are :class:`ExchangeProblem` for a refusal and :class:`NoAnswerError` when nothing was heard.
    """

    def __init__(self, way: Way) -> None:
        self._way = way

    async def place(
        self,
        instrument: str,
        side: str,
        quantity: int,
        price: Money | None = None,
        *,
        kind: str = "LIMIT",
        time_in_force: str | None = None,
        post_only: bool | None = None,
        self_trade_prevention: str | None = None,
        good_til: str | None = None,
        client_order_id: str | None = None,
        lots: Sequence[str] | None = None,
        idempotency_key: str | None = None,
    ) -> OrderAnswer:
        """Place an order: ``side`` BUY or SELL, price in CNY a tonne, quantity in tonnes."""
        order = Place(
            instrument,
            side,
            quantity,
            price,
            kind,
            time_in_force,
            post_only,
            self_trade_prevention,
            good_til,
            client_order_id,
            lots,
        )
        return decode(OrderAnswer, await self._way("place", {}, order.body(), idempotency_key))

    async def buy(
        self,
        instrument: str,
        quantity: int,
        price: Money,
        time_in_force: str | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> OrderAnswer:
        """Place a limit order to buy."""
        return await self.place(
            instrument, "BUY", quantity, price, time_in_force=time_in_force, idempotency_key=idempotency_key
        )

    async def sell(
        self,
        instrument: str,
        quantity: int,
        price: Money,
        time_in_force: str | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> OrderAnswer:
        """Place a limit order to sell."""
        return await self.place(
            instrument, "SELL", quantity, price, time_in_force=time_in_force, idempotency_key=idempotency_key
        )

    async def amend(
        self,
        order: str | None = None,
        *,
        client_order_id: str | None = None,
        price: Money | None = None,
        quantity: int | None = None,
        idempotency_key: str | None = None,
    ) -> OrderAnswer:
        """Change price or total quantity; only a lower quantity at the same price keeps the place in the queue."""
        change = Amend(order, price, quantity, client_order_id)
        return decode(OrderAnswer, await self._way("amend", change.named(), change.body(), idempotency_key))

    async def cancel(
        self, order: str | None = None, *, client_order_id: str | None = None, idempotency_key: str | None = None
    ) -> OrderAnswer:
        """Cancel what is left of an order, named by its id or by the own ``client_order_id``."""
        end = Cancel(order, client_order_id)
        return decode(OrderAnswer, await self._way("cancel", end.named(), None, idempotency_key))

    async def batch(self, commands: Sequence[Command], *, idempotency_key: str | None = None) -> BatchAnswer:
        """Do 1 to 500 commands one right after the other; each has its own result, and none depends on another."""
        body: Body = {"commands": [command.item() for command in commands]}
        return decode(BatchAnswer, await self._way("batch", {}, body, idempotency_key))

    async def cancel_all(
        self, instrument: str | None = None, *, side: str | None = None, idempotency_key: str | None = None
    ) -> CancelledAll:
        """Cancel all own open orders, in one instrument or in all, of one ``side`` (``BUY`` or ``SELL``) or both.

        Orders placed later stay.
        """
        named = {"instrument": instrument, "side": side}
        about: Body = {name: value for name, value in named.items() if value is not None}
        return decode(CancelledAll, await self._way("cancel_all", about, None, idempotency_key))

    async def cancel_after(self, seconds: int, *, idempotency_key: str | None = None) -> CancelAfter:
        """Arm the dead-man's switch of this key, or put it off: when ``seconds`` (5 to 86,400) pass without another
        call, its open orders are cancelled. 0 disarms it.
        """
        return decode(CancelAfter, await self._way("cancel_after", {}, {"seconds": seconds}, idempotency_key))
