"""Order entry by the stream: the calls of REST, without a new connection, header and key for each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from exchange.client.commands import Body
from exchange.client.connection import new_idempotency_key
from exchange.client.order_calls import OrderCalls

Send = Callable[[dict[str, object]], Awaitable[dict[str, object]]]


class OrderEntry(OrderCalls):
    """Place, change and cancel orders by the stream.

    Several calls may wait for their answers at once; the exchange takes them in the order in which they were made. A
    call whose connection is lost is sent again on the next one under the same idempotency key, so it happens once.
    """

    def __init__(self, send: Send) -> None:
        super().__init__(self._by_stream)
        self._send = send

    async def _by_stream(
        self, operation: str, about: Body, body: Body | None, idempotency_key: str | None
    ) -> dict[str, object]:
        request: Body = {"op": operation, "idempotency_key": idempotency_key or new_idempotency_key()}
        if operation == "cancel_all":
            request["body"] = about  # what narrows it stands in the address of REST, and in the body here
        else:
            request |= about
        if body is not None:
            request["body"] = body
        return await self._send(request)
