"""The steps that this proof lets a tonne take, written out here by itself.

The core has such a table (:mod:`exchange.core.credits.states`), PostgreSQL has one, and the proof by SQL has one
(:mod:`exchange.store.double_count_rules`). None of them is made from another: a row that is wrong in one of them is
found by the others, and whoever changes the rule changes it in all. A test holds them beside each other.
"""

from __future__ import annotations

from typing import Final

from exchange.core.events.credits import Cause, MarketTag, ParcelState

_NATIONAL: Final = int(MarketTag.NATIONAL)
_REGIONAL: Final = int(MarketTag.REGIONAL)

_NEW: Final = (0, 0)
_WAITING: Final = (_NATIONAL, int(ParcelState.ADMITTED))
_ASKED: Final = (_NATIONAL, int(ParcelState.LOCK_REQUESTED))
_UNKNOWN: Final = (_NATIONAL, int(ParcelState.LOCK_UNKNOWN))
_OUT: Final = (_NATIONAL, int(ParcelState.OUT))
_RETURNING: Final = (_NATIONAL, int(ParcelState.RETURN_REQUESTED))
_HERE: Final = (_REGIONAL, int(ParcelState.ACTIVE))
_LEAVING: Final = (_REGIONAL, int(ParcelState.PENDING_OUT))
_ENDING: Final = (_REGIONAL, int(ParcelState.PENDING_CANCEL))

STEPS: Final[dict[Cause, tuple[tuple[tuple[int, int], tuple[int, int]], ...]]] = {
    Cause.ADMITTED_FOR_LOCK: ((_NEW, _WAITING),),
    Cause.ADMITTED_HERE: ((_NEW, _HERE),),
    Cause.LOCK_REQUESTED: ((_WAITING, _ASKED),),
    Cause.LOCK_CONFIRMED: ((_ASKED, _HERE), (_UNKNOWN, _HERE), (_RETURNING, _HERE)),
    Cause.LOCK_REFUSED: ((_ASKED, _WAITING), (_UNKNOWN, _WAITING)),
    Cause.LOCK_UNANSWERED: ((_ASKED, _UNKNOWN),),
    Cause.USE_PROPOSED: ((_HERE, _ENDING),),
    Cause.USE_WITHDRAWN: ((_ENDING, _HERE),),
    Cause.USE_REFUSED: ((_ENDING, _HERE),),
    Cause.RETIRED: ((_ENDING, (_REGIONAL, int(ParcelState.RETIRED))),),
    Cause.CANCELLED: ((_ENDING, (_REGIONAL, int(ParcelState.CANCELLED))),),
    Cause.EXPORTED: ((_ENDING, (_REGIONAL, int(ParcelState.EXPORTED))),),
    Cause.RELEASE_PROPOSED: ((_HERE, _LEAVING),),
    Cause.RELEASE_WITHDRAWN: ((_LEAVING, _HERE),),
    Cause.RELEASE_REFUSED: ((_LEAVING, _HERE),),
    Cause.RELEASED: ((_LEAVING, _OUT),),
    Cause.RETURN_REQUESTED: ((_OUT, _RETURNING),),
    Cause.RETURN_REFUSED: ((_RETURNING, _OUT),),
}
"""By what is told as the cause: from which tag and state (0 and 0: new) to which."""
