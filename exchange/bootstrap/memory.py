"""How the service treats its heap: what is there after the start stays, so the collector need not look at it again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_NEVER: Final = 2**31 - 1
_YOUNG: Final = 200
_MIDDLE: Final = 2


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
    so a portion holds several times what its limit says; 2,000 and then 20,000 were pauses of 4 and of 50 ms, 200 and
    then 400 stay below 5 ms, and the sum of all pauses is the same.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)
    gc.enable()
