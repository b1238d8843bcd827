"""The forms of what a client sends over the stream. Each is one frame of text with one JSON object.

They are decoded as strictly as the bodies of requests (:mod:`exchange.api.decoder`), and what is wrong with a field is
told in the same words. The ``body`` of an order request is the body of the REST operation, checked there.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field, WithJsonSchema

from exchange.api.fields import Body, FromText, Whole
from exchange.marketdata.hub import Bounds

MOST_CHANNELS: Final = Bounds().channels
"""Channels that one connection may listen to, and that one request may name."""

LONGEST_ID: Final = 36
_LONGEST_TEXT: Final = 512
_LAST_SEQ: Final = (1 << 63) - 1


def _text(most: int, code: str, example: str) -> FromText:
    schema = {"minLength": 1, "maxLength": most, "examples": [example]}
    return FromText(lambda text: text if 0 < len(text) <= most and text.isprintable() else None, code, schema)


RequestId = Annotated[str, _text(LONGEST_ID, "REQUEST_ID", "1")]
"""The client's own name for a request; the answer has it."""

LineName = Annotated[str, _text(LONGEST_ID, "LINE_NAME", "desk-1")]
ChannelName = Annotated[str, _text(64, "INVALID", "book:ins-5")]
Name = Annotated[str, _text(64, "ID", "ord-1027")]
Authorization = Annotated[str, _text(_LONGEST_TEXT, "INVALID", "Bearer key-12.c2VjcmV0")]
IdempotencyKey = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[!-~]{1,255}$", "examples": ["a-1"]})]
AfterSeq = Annotated[int, Whole(0, _LAST_SEQ, 1027)]


class Request(Body):
    """What every request has: an ``id`` of up to 36 characters, which the one answer to it repeats."""

    id: RequestId


class Login(Request):
    """Say who this connection is, once, with the value of the ``Authorization`` header unless the handshake had it.

    ``line`` is a name of the client's choice. A line of the same key that has this name already is closed (1008), and
    when it had asked for ``cancel_on_disconnect``, its orders are cancelled before this login is answered.
    """

    op: Literal["login"]
    authorization: Authorization
    line: LineName | None = None


class Subscription(Body):
    """A channel, and the entry up to which the reader has it already. Without ``after_seq`` a snapshot comes first."""

    channel: ChannelName
    after_seq: AfterSeq | None = None


class Subscribe(Request):
    """Listen to channels: all of them, or none when one of them cannot be. Joining again changes nothing."""

    op: Literal["subscribe"]
    channels: Annotated[list[Subscription], Field(min_length=1, max_length=MOST_CHANNELS)]


class Unsubscribe(Request):
    """Listen no longer. Frames that are on their way still come."""

    op: Literal["unsubscribe"]
    channels: Annotated[list[ChannelName], Field(min_length=1, max_length=MOST_CHANNELS)]


class Ping(Request):
    """Ask for the time of the exchange."""

    op: Literal["ping"]


class CancelOnDisconnect(Request):
    """Have the open orders that were entered with this key cancelled when this connection ends, in whatever way.

    It does not act after a crash of the exchange itself: the orders stay then, so use ``cancel_after`` as well.
    """

    op: Literal["cancel_on_disconnect"]
    enabled: bool


class OrderRequest(Request):
    """What every request has that changes something: its ``idempotency_key``, as over REST."""

    idempotency_key: IdempotencyKey | None = None


class Place(OrderRequest):
    """Place an order: ``body`` is that of ``POST /v1/orders``."""

    op: Literal["place"]
    body: dict[str, Any]


class Amend(OrderRequest):
    """Amend an order: ``body`` is that of ``PATCH /v1/orders/{order}``."""

    op: Literal["amend"]
    order: Name | None = None
    client_order_id: Name | None = None
    body: dict[str, Any]


class Cancel(OrderRequest):
    """Cancel an order, named by its id or by the name that its owner gave it."""

    op: Literal["cancel"]
    order: Name | None = None
    client_order_id: Name | None = None


class Batch(OrderRequest):
    """Many orders at once: ``body`` is that of ``POST /v1/orders/batch``."""

    op: Literal["batch"]
    body: dict[str, Any]


class CancelAll(OrderRequest):
    """Cancel all own open orders; ``body`` may narrow them by the parameters of ``DELETE /v1/orders``."""

    op: Literal["cancel_all"]
    body: dict[str, Any] = Field(default_factory=dict)


class CancelAfter(OrderRequest):
    """Set the dead-man's switch of this key: ``body`` is that of ``PUT /v1/cancel-after``."""

    op: Literal["cancel_after"]
    body: dict[str, Any]


REQUESTS: Final[dict[str, type[Request]]] = {
    "login": Login,
    "subscribe": Subscribe,
    "unsubscribe": Unsubscribe,
    "ping": Ping,
    "cancel_on_disconnect": CancelOnDisconnect,
    "place": Place,
    "amend": Amend,
    "cancel": Cancel,
    "batch": Batch,
    "cancel_all": CancelAll,
    "cancel_after": CancelAfter,
}
"""The form of each operation."""
