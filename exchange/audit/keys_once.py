"""INV-24: within its scope an idempotency key stands in one entry of the whole log.

Exact in bounded memory by two readings: the first finds the keys that a Bloom filter has perhaps seen before
(:mod:`exchange.sequencer.spentkeys`: every real repetition, and about one new key in two hundred), the second looks at
these alone.
"""

from __future__ import annotations

from exchange.core.values import Seq
from exchange.sequencer.journal import JournalCorruptError, Leaf
from exchange.sequencer.spentkeys import SpentKeys


class KeysOnce:
    """Follows the keys of a log that is read twice."""

    def __init__(self) -> None:
        """Nothing read yet."""
        self._seen = SpentKeys()
        self._suspects: dict[tuple[int, str], Seq] = {}

    def note(self, leaf: Leaf) -> None:
        """An entry of the first reading."""
        scope, key = leaf.scope, leaf.idempotency_key
        if not key:
            return
        if self._seen.may_hold(scope, key):
            self._suspects[scope, key] = Seq(0)
        else:
            self._seen.add(scope, key)

    def check(self, seq: Seq, leaf: Leaf) -> None:
        """The entry ``seq`` of the second reading.

        Raises:
            JournalCorruptError: when an earlier entry has its key.
        """
        known = scope, key = leaf.scope, leaf.idempotency_key
        earlier = self._suspects.get(known)
        if earlier is None:
            return
        if earlier:
            raise JournalCorruptError(
                f"entry {seq} has the idempotency key {key!r} of entry {earlier}, scope {scope}",
                f"第 {seq} 条与第 {earlier} 条用了同一幂等键 {key!r}，范围 {scope}",
            )
        self._suspects[known] = seq
