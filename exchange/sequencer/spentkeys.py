"""A Bloom filter over every idempotency key that was ever used, so that a new key costs no look on the disk.

B. H. Bloom, "Space/time trade-offs in hash coding with allowable errors", CACM 13 (1970); two hashes stand for all the
others as in A. Kirsch and M. Mitzenmacher, "Less hashing, same performance" (2006). It never says "new" of a used key;
of a new key it says "maybe used" about once in a hundred times. When a layer is full a larger one is put on top, so it
grows with the journal: about 10 bits a key.
"""

from __future__ import annotations

import struct
from hashlib import blake2b
from typing import Final

from exchange.core.canonical import CanonicalError

BITS_PER_KEY: Final = 10
HASHES: Final = 7
FIRST_CAPACITY: Final = 1 << 16
_TWO_WORDS: Final = struct.Struct(">QQ")
_LAYER: Final = struct.Struct(">QQ")
_SCOPE: Final = struct.Struct(">q")


class SpentKeys:
    """The set of used (scope, key) pairs, with false positives and without false negatives."""

    def __init__(self) -> None:
        """An empty filter with one small layer."""
        self._layers: list[bytearray] = []
        self._capacities: list[int] = []
        self._counts: list[int] = []
        self._grow()

    def _grow(self) -> None:
        capacity = self._capacities[-1] * 4 if self._capacities else FIRST_CAPACITY
        self._layers.append(bytearray(capacity * BITS_PER_KEY // 8))
        self._capacities.append(capacity)
        self._counts.append(0)

    def add(self, scope: int, key: str) -> None:
        """Remember a key that is used from now on."""
        if self._counts[-1] == self._capacities[-1]:
            self._grow()
        layer = self._layers[-1]
        place, step = _two_hashes(scope, key)
        for _ in range(HASHES):
            bit = place % (len(layer) * 8)
            layer[bit >> 3] |= 1 << (bit & 7)
            place += step
        self._counts[-1] += 1

    def may_hold(self, scope: int, key: str) -> bool:
        """False: the key was never used. True: ask the disk."""
        place, step = _two_hashes(scope, key)
        return any(_is_set(layer, place, step) for layer in self._layers)

    def to_bytes(self) -> bytes:
        """The whole filter, for a snapshot."""
        parts = []
        for layer, capacity, count in zip(self._layers, self._capacities, self._counts, strict=True):
            parts += [_LAYER.pack(capacity, count), bytes(layer)]
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> SpentKeys:
        """The filter that :meth:`to_bytes` wrote; raises CanonicalError on anything else."""
        filter_ = cls()
        filter_._layers, filter_._capacities, filter_._counts = [], [], []
        at = 0
        while at < len(data):
            if at + _LAYER.size > len(data):
                raise CanonicalError("a filter's layer is cut short")
            capacity, count = _LAYER.unpack_from(data, at)
            end = at + _LAYER.size + capacity * BITS_PER_KEY // 8
            if capacity == 0 or end > len(data):
                raise CanonicalError("a filter's layer has an impossible size")
            filter_._layers.append(bytearray(data[at + _LAYER.size : end]))
            filter_._capacities.append(capacity)
            filter_._counts.append(count)
            at = end
        if not filter_._layers:
            raise CanonicalError("a filter without a layer")
        return filter_


def _two_hashes(scope: int, key: str) -> tuple[int, int]:
    digest = blake2b(_SCOPE.pack(scope) + key.encode(), digest_size=16).digest()
    first, second = _TWO_WORDS.unpack(digest)
    return first, second | 1


def _is_set(layer: bytearray, place: int, step: int) -> bool:
    bits = len(layer) * 8
    for _ in range(HASHES):
        bit = place % bits
        if not layer[bit >> 3] & (1 << (bit & 7)):
            return False
        place += step
    return True
