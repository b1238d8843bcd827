"""The own account, put together of the parts in which the exchange sends it."""

from __future__ import annotations

from dataclasses import replace

from exchange.client.models.stream import PrivateMessage, StreamMessage
from exchange.client.problem import UnexpectedAnswerError


class Parts:
    """What came so far of a snapshot."""

    def __init__(self) -> None:
        self._came: list[PrivateMessage] = []

    def forget(self) -> None:
        """The next snapshot begins anew."""
        self._came = []

    def add(self, message: StreamMessage) -> StreamMessage | None:
        """The message as its reader gets it; None while further parts of it are to come.

        Raises:
            UnexpectedAnswerError: when it does not follow the part before it.
        """
        if not isinstance(message, PrivateMessage):
            return message
        came = self._came
        if message.part != len(came) + 1 or (came and (message.seq, message.parts) != (came[0].seq, came[0].parts)):
            raise UnexpectedAnswerError("a part of an account that does not follow the one before it")
        if message.parts == 1:
            return message
        came.append(message)
        if message.part < message.parts:
            return None
        self.forget()
        orders = tuple(order for part in came for order in part.orders)
        balances = tuple(balance for part in came for balance in part.balances)
        return replace(message, orders=orders, balances=balances, part=1, parts=1)
