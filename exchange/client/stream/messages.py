"""From frames to messages: each channel's frames have one form."""

from __future__ import annotations

from typing import Final

from exchange.client.models.stream import (
    BookMessage,
    CandlesMessage,
    PrivateMessage,
    StreamMessage,
    TickerMessage,
    TradesMessage,
)
from exchange.client.problem import UnexpectedAnswerError
from exchange.client.wire import decode

PRIVATE: Final = "private"

FORMS: Final[dict[str, type[StreamMessage]]] = {
    "book": BookMessage,
    "trades": TradesMessage,
    "ticker": TickerMessage,
    "candles": CandlesMessage,
    PRIVATE: PrivateMessage,
}


def read_message(frame: dict[str, object]) -> StreamMessage:
    """The message of a channel.

    Raises:
        UnexpectedAnswerError: when it is of no channel that this client knows, or not of its form.
    """
    channel = frame.get("channel")
    form = FORMS.get(channel.partition(":")[0]) if isinstance(channel, str) else None
    if form is None:
        raise UnexpectedAnswerError("a frame of no known channel")
    return decode(form, frame)
