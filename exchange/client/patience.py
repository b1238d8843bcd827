"""How long a request is repeated, and how long is waited between two tries.

A try that brought no answer, a 503 and a 429 are repeated; every other answer is an answer. The waits double, each
drawn between its half and its whole, so that programs that were cut off together do not come back together. Whatever
``Retry-After`` asks for is waited in full. No wait begins that would end after the deadline.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

TOO_MANY_REQUESTS: Final = 429
SERVICE_UNAVAILABLE: Final = 503
REPEATED: Final = frozenset({TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE})
"""The statuses after which the exchange did nothing, or asks to be asked again with the same idempotency key."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a request is tried; everything but ``attempts`` in seconds.

    One try lasts ``timeout`` at most and all of them with their waits ``deadline``. Waits double from ``first_wait`` to
    ``longest_wait``, unless the exchange asks for more.
    """

    attempts: int = 8
    first_wait: float = 0.05
    longest_wait: float = 2.0
    timeout: float = 10.0
    deadline: float = 30.0

    def wait(self, attempt: int, asked: float | None = None) -> float:
        """Seconds to wait after the ``attempt``-th try (from 1): never less than what was ``asked`` for."""
        doubled = min(self.first_wait * float(2 ** min(attempt - 1, 32)), self.longest_wait)
        drawn = doubled * random.uniform(0.5, 1.0)
        # Everybody who was refused at once was told the same, so what is drawn comes on top of it.
        return drawn + (asked or 0.0)


def seconds_of(retry_after: str | None) -> float | None:
    """The seconds that a ``Retry-After`` asks for, in either of its forms (RFC 9110, section 10.2.3); None for none."""
    if not retry_after:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(until.timestamp() - time.time(), 0.0)


def asks_again(status: int) -> bool:
    """Whether a request with this answer is repeated."""
    return status in REPEATED


def retry_after(headers: Mapping[str, str]) -> float | None:
    """In how many seconds to come back, as an answer's headers (names in lower case) say."""
    return seconds_of(headers.get("retry-after"))
