"""Dead-man's switches: until when each key that armed one must renew it, and which of them goes off next.

One program trades with one key. A program that fails while its orders rest would leave them to a market that it no
longer sees; a switch that it renews while it lives has them cancelled when it does not (Binance and Kraken call theirs
"auto-cancel" and "cancel all orders after").
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field

from exchange.core.values import KeyId, Micros


@dataclass(slots=True)
class Deadlines:
    """The armed switches: ``of`` says when each key's goes off, ``order`` has the same in the order of time, then key.

    A switch that was disarmed or has gone off leaves nothing behind, so there are never more than there are keys.
    """

    of: dict[KeyId, Micros] = field(default_factory=dict)
    order: list[tuple[Micros, KeyId]] = field(default_factory=list)

    def arm(self, key: KeyId, deadline: Micros) -> None:
        """Set the deadline of a key, in place of one that it may have had."""
        self.disarm(key)
        self.of[key] = deadline
        insort(self.order, (deadline, key))

    def disarm(self, key: KeyId) -> bool:
        """Take the deadline of a key away; whether there was one."""
        deadline = self.of.pop(key, None)
        if deadline is None:
            return False
        del self.order[bisect_left(self.order, (deadline, key))]
        return True

    def next(self) -> Micros | None:
        """When the next switch goes off; None while none is armed."""
        return self.order[0][0] if self.order else None

    def passed(self, at: Micros) -> KeyId | None:
        """The key whose switch should have gone off first, if one should have by now."""
        return self.order[0][1] if self.order and self.order[0][0] <= at else None
