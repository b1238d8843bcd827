"""What the stream answers to the requests that it fulfils by itself; for orders REST has the models."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, Field

from exchange.api.outputs import Dated, TimeOut


class LoggedIn(Dated):
    """The connection is that of the key's owner now; ``replaced`` says that an older line of this name has ended."""

    replaced: bool


class Listening(Dated):
    """The channels that were named, each once."""

    channels: Annotated[list[str], Field(examples=[["book:ins-5"]])]


class Pong(Dated):
    """The time of the exchange."""

    at: TimeOut


class Attended(Dated):
    """Whether the orders of this key are cancelled when the connection ends."""

    enabled: bool


RESULTS: Final[dict[str, type[BaseModel]]] = {
    "login": LoggedIn,
    "subscribe": Listening,
    "unsubscribe": Listening,
    "ping": Pong,
    "cancel_on_disconnect": Attended,
}
"""The model of the ``body`` of each answer."""
