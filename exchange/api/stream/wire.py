"""What a session needs of the connection that carries it; :mod:`exchange.bootstrap` has the real one."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, Protocol

NORMAL: Final = 1000
GOING_AWAY: Final = 1001
POLICY: Final = 1008
TRY_AGAIN_LATER: Final = 1013
"""Close codes (RFC 6455, 7.4.1, and the IANA registry of close codes)."""


class Standing(IntEnum):
    """What a client has done so far, which says how long its connection may last and how large its frames may be."""

    SILENT = 0
    """Nothing that would need a connection: it is closed soon."""

    LISTENING = 1
    """It listens to public channels; it makes place when all places are taken."""

    KNOWN = 2
    """It has logged in."""

    SPARE = 3
    """It has logged in, and its owner has many others: it makes place, after those of the unknown."""


class Wire(Protocol):
    """One connection, in frames of text."""

    @property
    def address(self) -> str:
        """Where the client is."""
        ...

    def write(self, frames: list[bytes]) -> None:
        """Send texts, each as a frame of its own."""
        ...

    @property
    def is_writable(self) -> bool:
        """Whether the client has taken enough of what was written; when it has not, the visitor is told later."""
        ...

    def ping(self) -> None:
        """Ask for a sign of life; closes the connection when none has come since the last time."""
        ...

    def stands(self, standing: Standing) -> None:
        """Say what the client has done so far."""
        ...

    def hold(self, held: bool) -> None:
        """Take no more from the client, or go on."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Close, behind everything that was written. To close twice is no harm."""
        ...


class Visitor(Protocol):
    """What the connection tells: a session, as its wire sees it."""

    def received(self, text: bytes) -> None:
        """A whole message came: text, of which it is not known yet whether it is UTF-8."""
        ...

    def go_on(self) -> None:
        """The client has taken enough of what was written."""
        ...

    def ended(self, too_slow: bool) -> None:
        """The connection is closed or lost, or given up because its client did not read; nothing comes any more. Told
        once.
        """
        ...
