"""How the service treats its heap: what is there after the start stays, so the collector need not look at it again."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sized
from contextlib import contextmanager
from typing import Final

_NEVER: Final = 2**31 - 1
_YOUNG: Final = 200
_MIDDLE: Final = 2
_PORTION: Final = 64
_OLDER: Final = 4


@contextmanager
def quiet_start() -> Iterator[None]:
    """The start: millions of objects come into being and stay, so nobody looks for garbage among them.

    What lies about from before is collected first, while the heap is small. The collector works again behind
    :func:`calm_the_collector`, or at the end of this if the start fails.
    """
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def calm_the_collector() -> None:
    """Freeze what is in memory now and never run a full collection by itself.

    A full collection of a market with a million orders takes 8 s when it is the first one, and it would find nothing:
    commands, events, orders and what a recovery makes of a journal form no cycles that are let go of
    (``tests/sequencer/test_recovery.py`` counts them). So nothing is collected before the freeze. Young garbage is
    still collected later, in small portions: objects are looked at where they lie, mostly outside the caches, which
    takes a microsecond each with a million orders around them. Orders that end give back what was counted for others,
    so a portion holds many times what its limit says; 2,000 and then 20,000 were pauses of 4 and of 50 ms, 200 and then
    400 are shorter. :class:`PortionedCollector` sees to it that they stay short.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)
    gc.enable()


class PortionedCollector:
    """Has the collector look at what is young after every 64 entries, and at what is a little older every fourth time.

    By itself it looks when 200 more objects were made than let go of. In a market where as many orders end as come, the
    difference wanders about zero for long, and all the while young objects gather: with 400,000 orders at rest the
    collector looked at tens of thousands at once, in pauses of up to 16 ms. Looked at by the number of entries, objects
    are few and still in the processor's caches: pauses below 1 ms, and a third of the time in all.
    """

    def __init__(self) -> None:
        self._entries = 0
        self._portions = 0

    def __call__(self, entries: Sized) -> None:
        """These have been done; called with every batch that is durable."""
        self._entries += len(entries)
        if self._entries < _PORTION:
            return
        self._entries = 0
        self._portions += 1
        gc.collect(0 if self._portions % _OLDER else 1)
