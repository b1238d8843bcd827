"""How much each may ask for: token buckets, in which each request weighs something.

A participant has three buckets, shared by all its persons, keys and connections: one for orders and other changes, one
for cancels and one for reads. So whoever has sent too many orders can still take back every one of them, and a program
that reads too much stops nobody's trading. Each key has a bucket for making keys with it, since each stays in the log
and in memory for ever. Requests without a good key draw from a bucket of the address that they come from. A bucket
holds as much as flows into it in its window (:data:`WINDOW` seconds; that of keys :data:`WINDOW_OF_KEYS`); what is not
used is not saved beyond that.

What a change costs is sometimes known only when it is done: how many ranges of serials it moves. That is charged
afterwards, and may leave less than nothing, so that the next request waits.

A bucket is one integer, the instant at which it will be full again (the generic cell rate algorithm of ATM, ITU-T
I.371, read as a leaky bucket): to draw is to move it further away, and a bucket that is not there is full. Time is
counted in units of one ``quota``-th of a nanosecond, so that nothing is ever rounded. It costs about a microsecond,
awaits nothing, and keeps at most :data:`MOST_BUCKETS` integers for each policy: full ones are forgotten, and when there
are still too many, newcomers share one bucket.

The headers are those of draft-ietf-httpapi-ratelimit-headers-09 (https://datatracker.ietf.org/doc/
draft-ietf-httpapi-ratelimit-headers/): ``q`` is what a bucket holds, ``w`` in how many seconds it fills, ``r`` what is
left in it, ``t`` after how many seconds it will be full.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

WINDOW: Final = 2
"""In how many seconds an empty bucket is full again."""

WINDOW_OF_KEYS: Final = 3_600
"""The same for the bucket of keys."""

MOST_BUCKETS: Final = 16_384
"""Buckets of one policy that are remembered at a time; full ones need not be."""

SECOND: Final = 1_000_000_000

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How much flows into each kind of bucket in a second, and of ``keys`` in an hour. A request weighs at least 1."""

    orders: int = 10_000
    cancels: int = 10_000
    reads: int = 10_000
    address: int = 2_000
    keys: int = 240


@dataclass(slots=True)
class Draw:
    """What a bucket says: how much is ``left`` in it, after how many nanoseconds it will be full, and how many
    nanoseconds are missing until it has what was wanted (0: it was drawn).
    """

    left: int
    full_in: int
    wait: int


@dataclass(slots=True)
class Verdict:
    """Whether a request may go on (``retry_after`` is 0) or in how many whole seconds to ask again, and the headers
    that tell.
    """

    retry_after: int
    headers: Headers


class Buckets:
    """The buckets of one policy."""

    def __init__(self, name: str, quota: int, window: int = WINDOW, most: int = MOST_BUCKETS) -> None:
        """``quota`` is what each of them holds, and what flows into it in ``window`` seconds."""
        assert quota >= 1 and window >= 1 and most >= 1
        self.encoded: Final = name.encode()
        self.policy: Final = (b"ratelimit-policy", b'"%b";q=%d;w=%d' % (self.encoded, quota, window))
        """The header that tells of them."""
        self.quota: Final = quota
        self.window: Final = window
        self._piece: Final = window * SECOND
        self._depth: Final = quota * self._piece
        self._most: Final = most
        self._full_at: Final[dict[Hashable, int]] = {}
        self._swept = 0

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._full_at)

    def draw(self, who: Hashable, weight: int, now: int) -> Draw:
        """Take ``weight`` out of somebody's bucket at an instant in nanoseconds, all of it or nothing.

        What weighs more than a bucket holds takes a full one.
        """
        known = self._full_at
        if len(known) >= self._most and who not in known:
            who = self._place_for(who, now)
        quota, piece, depth = self.quota, self._piece, self._depth
        instant = now * quota
        full_at = known.get(who, 0)
        fills = full_at - instant if full_at > instant else 0
        wanted = min(weight, quota) * piece
        missing = fills + wanted - depth
        if missing > 0:
            return Draw(max(0, depth - fills) // piece, -(-fills // quota), -(-missing // quota))
        fills += wanted
        known[who] = instant + fills
        return Draw((depth - fills) // piece, -(-fills // quota), 0)

    def charge(self, who: Hashable, weight: int, now: int) -> Draw:
        """Take what was found out afterwards, more than is there if need be: what comes next waits until that is paid.

        What weighs more than a bucket holds takes a full one.
        """
        if len(self._full_at) >= self._most and who not in self._full_at:
            who = self._place_for(who, now)
        instant = now * self.quota
        fills = max(0, self._full_at.get(who, 0) - instant) + min(weight, self.quota) * self._piece
        self._full_at[who] = instant + fills
        return Draw(max(0, self._depth - fills) // self._piece, -(-fills // self.quota), 0)

    def give_back(self, who: Hashable, weight: int) -> None:
        """Put back what was drawn a moment ago."""
        if who in self._full_at:
            self._full_at[who] -= min(weight, self.quota) * self._piece

    def wait(self, who: Hashable, weight: int, now: int) -> int:
        """In how many nanoseconds the bucket will have ``weight``; nothing is taken."""
        known = self._full_at
        if len(known) >= self._most and who not in known:
            who = self._place_for(who, now)
        fills = max(0, known.get(who, 0) - now * self.quota)
        return max(0, -(-(fills + min(weight, self.quota) * self._piece - self._depth) // self.quota))

    def _place_for(self, who: Hashable, now: int) -> Hashable:
        """Forget the buckets that are full, at most once a second; ``None``, a shared one, where that is not enough."""
        if now - self._swept >= SECOND:
            self._swept = now
            instant = now * self.quota
            for full in [key for key, full_at in self._full_at.items() if full_at <= instant]:
                del self._full_at[full]
        return who if len(self._full_at) < self._most else None


Deposit = tuple[Buckets, Hashable, int]
"""Whose bucket was drawn from before it was known what a request asks for, and how much."""


class RateLimiter:
    """All buckets of the exchange."""

    def __init__(self, rates: Rates, now: Callable[[], int] = time.monotonic_ns) -> None:
        """``now`` gives nanoseconds of a clock that never goes back."""
        self.orders: Final = Buckets("orders", rates.orders * WINDOW)
        self.cancels: Final = Buckets("cancels", rates.cancels * WINDOW)
        self.reads: Final = Buckets("reads", rates.reads * WINDOW)
        self.address: Final = Buckets("address", rates.address * WINDOW)
        self.keys: Final = Buckets("keys", rates.keys, WINDOW_OF_KEYS)
        self.refused = 0
        """How many requests were told to come later."""
        self._now: Final = now

    def draw(self, buckets: Buckets, who: Hashable, weight: int) -> Verdict:
        """Draw from one bucket."""
        return self._draw(buckets, who, weight, self._now())

    def charge(self, buckets: Buckets, who: Hashable, weight: int) -> Headers:
        """Draw for what is done already, be it more than is left; the headers that tell."""
        return _headers(buckets, buckets.charge(who, weight, self._now()))

    def draw_both(self, who: Hashable, orders: int, cancels: int) -> Verdict:
        """Draw from the buckets of orders and of cancels, from both or from none; a weight of 0 asks for nothing."""
        parts = [(each, weight) for each, weight in ((self.orders, orders), (self.cancels, cancels)) if weight]
        now = self._now()
        lacking = [part for part in parts if part[0].wait(who, part[1], now)]
        verdicts = [self._draw(each, who, weight, now) for each, weight in lacking or parts]
        retry_after = max((each.retry_after for each in verdicts), default=0)
        return Verdict(retry_after, _joined(verdicts))

    def settle(self, deposit: Deposit, orders: int, cancels: int) -> Verdict:
        """Draw from both as :meth:`draw_both` does, with what was drawn as a deposit taken into account. Where there is
        not enough, the deposit stays drawn.
        """
        buckets, who, weight = deposit
        now = self._now()
        buckets.give_back(who, weight)
        if any(each.wait(who, n, now) for each, n in ((self.orders, orders), (self.cancels, cancels)) if n):
            buckets.draw(who, weight, now)
        return self.draw_both(who, orders, cancels)

    def _draw(self, buckets: Buckets, who: Hashable, weight: int, now: int) -> Verdict:
        drawn = buckets.draw(who, weight, now)
        if drawn.wait:
            self.refused += 1
        return Verdict(-(-drawn.wait // SECOND), _headers(buckets, drawn))


def _headers(buckets: Buckets, drawn: Draw) -> Headers:
    """What tells of a bucket and of what is left in it."""
    state = b'"%b";r=%d;t=%d' % (buckets.encoded, drawn.left, -(-drawn.full_in // SECOND))
    return buckets.policy, (b"ratelimit", state)


def _joined(verdicts: list[Verdict]) -> Headers:
    """The members of each header as one list."""
    names = dict.fromkeys(name for each in verdicts for name, _ in each.headers)
    return tuple(
        (name, b", ".join(value for each in verdicts for header, value in each.headers if header == name))
        for name in names
    )
