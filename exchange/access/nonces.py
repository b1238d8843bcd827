"""Which nonces were used: a signature is good once.

**How long.** A signature lives a minute at most, so a nonce is forgotten when its signature has expired; before that a
repeat is refused.

**How many.** Of each key at most a fixed number are remembered. When a key has more, its earliest signatures are
forgotten, and from then on nothing of that key that was made as early, or earlier, is taken (a *floor*). So memory is
bounded, a repeat is never taken, and whoever signs very much hinders nobody else.

**After a start** nothing is remembered, so the floor of all keys is the time of the start: what was signed before must
be signed anew. What was dated ahead, by a clock that is a few seconds fast, could be sent twice over a restart. It
does nothing: the idempotency key is covered by the signature, and the sequencer answers a repeat from its journal.
"""

from __future__ import annotations

import heapq
from typing import Final

NONCES_PER_KEY: Final = 1_024
_KEYS_TO_SWEEP: Final = 256


class _NoncesOfKey:
    """The nonces of one key: expiry by nonce, and a heap of (created, nonce) to find the earliest."""

    __slots__ = ("by_time", "expires", "floor", "last_expiry")

    def __init__(self, floor: int) -> None:
        self.floor = floor
        self.last_expiry = 0
        self.expires: dict[str, int] = {}
        self.by_time: list[tuple[int, str]] = []

    def remember(self, nonce: str, created: int, expires: int) -> None:
        self.expires[nonce] = expires
        self.last_expiry = max(self.last_expiry, expires)
        heapq.heappush(self.by_time, (created, nonce))

    def forget_expired(self, now: int) -> None:
        self.expires = {nonce: expires for nonce, expires in self.expires.items() if expires >= now}
        self.by_time = [entry for entry in self.by_time if entry[1] in self.expires]
        heapq.heapify(self.by_time)

    def forget_earliest(self) -> None:
        created, nonce = heapq.heappop(self.by_time)
        del self.expires[nonce]
        self.floor = max(self.floor, created)


class Nonces:
    """The nonces of all keys. Times are whole seconds since 1970."""

    __slots__ = ("_keys", "_limit", "_started", "_sweep_at")

    def __init__(self, started: int, limit: int = NONCES_PER_KEY) -> None:
        """Nothing is taken that was signed in the second ``started`` or before; ``limit`` is how many a key may have at
        once.
        """
        self._keys: dict[str, _NoncesOfKey] = {}
        self._limit = limit
        self._started = started
        self._sweep_at = _KEYS_TO_SWEEP

    def __len__(self) -> int:
        """How many are remembered."""
        return sum(len(key.expires) for key in self._keys.values())

    def use(self, key_id: str, nonce: str, created: int, expires: int, now: int) -> bool:
        """Whether it is the first time; it is remembered then. Ask only behind a good signature that is in time."""
        key = self._keys.get(key_id)
        if created <= (self._started if key is None else key.floor):
            return False
        if key is None:
            self._sweep(now)
            key = self._keys[key_id] = _NoncesOfKey(self._started)
        if nonce in key.expires:
            return False
        self._make_room(key, now)
        key.remember(nonce, created, expires)
        return True

    def _make_room(self, key: _NoncesOfKey, now: int) -> None:
        if len(key.expires) >= self._limit:
            key.forget_expired(now)
        if len(key.expires) >= self._limit:
            key.forget_earliest()

    def _sweep(self, now: int) -> None:
        """Forget the keys whose last signature has expired, now and then: each time as many came as were left over.

        A floor is the time of a signature that the key made, so it is below the last expiry and may go with it.
        """
        if len(self._keys) >= self._sweep_at:
            self._keys = {name: key for name, key in self._keys.items() if key.last_expiry >= now}
            self._sweep_at = max(_KEYS_TO_SWEEP, 2 * len(self._keys))
