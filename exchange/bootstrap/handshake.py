"""The opening handshake of a WebSocket (RFC 6455, 4.2), on a request that was read as HTTP."""

from __future__ import annotations

from collections.abc import Iterable

from websockets.datastructures import Headers
from websockets.http11 import Request
from websockets.server import ServerProtocol

from exchange.api.problem_tables import UPGRADE_REQUIRED
from exchange.api.problems import ProblemError

_SWITCHING = 101


def shake_hands(method: bytes, target: bytes, version: str, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The answer that opens the connection, without any extension or subprotocol.

    Raises:
        ProblemError: 426, when it is no handshake of version 13.
    """
    named = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])
    request = Request(target.decode("latin-1"), named, method.decode("latin-1"), f"HTTP/{version}")
    answer = ServerProtocol().accept(request)
    if answer.status_code != _SWITCHING:
        raise ProblemError(UPGRADE_REQUIRED, headers={"upgrade": "websocket", "sec-websocket-version": "13"})
    return answer.serialize()
