"""Claims and releases, with what becomes of the serials that were chosen for them.

A claim takes each of its steps at most once, so each step is a change of its own; the tables of the database hold them
to their order. Of a claim's serials those are gone that the last step names, and all others are freed; of a release's
those that the registry has let go, each with its own answer (:mod:`exchange.store.projections.registry`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from exchange.core.credits.claims import ClaimStatus, ReleaseStatus
from exchange.core.credits.spelling import folded, folded_number
from exchange.core.events.uses import (
    ClaimApproved,
    ClaimEnded,
    ClaimFulfilled,
    ClaimMade,
    ClaimRevoked,
    LotRanges,
    ReleaseApproved,
    ReleaseDone,
    ReleaseEnded,
    ReleaseMade,
    ReleaseSent,
)
from exchange.sequencer.journal import Leaf
from exchange.store.projections.happened import History, Rows
from exchange.store.tables.uses import RangeStatus

_CLAIMS: Final = (ClaimMade, ClaimApproved, ClaimEnded, ClaimFulfilled, ClaimRevoked)
EVENTS: Final = (*_CLAIMS, ReleaseMade, ReleaseApproved, ReleaseEnded, ReleaseSent, ReleaseDone)

WRITES: Final = (
    "claims",
    "claim_ranges",
    "claims_approved",
    "claims_fulfilled",
    "claims_ended",
    "claims_revoked",
    "claim_ranges_gone",
    "claim_ranges_freed",
    "releases",
    "release_ranges",
    "releases_approved",
    "releases_sent",
    "releases_done",
    "releases_ended",
    "release_ranges_freed",
)


def project(history: History) -> Rows:
    """New claims and releases, their steps, and what becomes of their serials."""
    rows: Rows = {name: [] for name in WRITES}
    for leaf, event in history:
        if isinstance(event, _CLAIMS):
            _claim(rows, leaf, event)
        else:
            _release(rows, leaf, event)
    return rows


def _claim(rows: Rows, leaf: Leaf, event: Any) -> None:
    when = (leaf.seq, leaf.at)
    if type(event) is ClaimMade:
        rows["claims"].append(_claim_row(leaf, event))
        rows["claim_ranges"] += _chosen(leaf, event.claim, event.units)
    elif type(event) is ClaimApproved:
        rows["claims_approved"].append((event.claim, *when))
    elif type(event) is ClaimRevoked:
        rows["claims_revoked"].append((event.claim, event.reason, leaf.seq, *when))
    elif type(event) is ClaimEnded:
        rows["claims_ended"].append((event.claim, *when))
        rows["claim_ranges_freed"].append((event.claim, leaf.seq))
    else:
        amounts = (event.day, event.quantity, event.covers)
        rows["claims_fulfilled"].append((event.claim, *amounts, leaf.seq, *when))
        rows["claim_ranges_gone"] += _gone(leaf, event.claim, event.units)
        rows["claim_ranges_freed"].append((event.claim, leaf.seq))


def _claim_row(leaf: Leaf, event: ClaimMade) -> tuple[Any, ...]:
    details = event.details
    return (
        event.claim,
        event.proposal or None,
        event.participant,
        event.purpose,
        details.beneficiary_en,
        details.beneficiary_zh,
        details.beneficiary_code,
        folded(details.beneficiary_code),
        details.facility,
        folded_number(details.facility),
        details.year,
        details.project,
        details.intensity,
        details.neutrality,
        details.event,
        details.event_day,
        details.province,
        details.league,
        event.quantity,
        event.quantity,
        event.ratio,
        event.covers,
        event.reversal or None,
        ClaimStatus.PROPOSED,
        None,
        None,
        leaf.seq,
        leaf.at,
        None,
        None,
        leaf.seq,
        leaf.at,
    )


def _release(rows: Rows, leaf: Leaf, event: Any) -> None:
    when = (leaf.seq, leaf.at)
    if type(event) is ReleaseMade:
        about = (event.proposal, event.participant, event.quantity, event.national_account)
        rows["releases"].append((event.release, *about, ReleaseStatus.PROPOSED, None, None, 0, *when, *when))
        rows["release_ranges"] += _chosen(leaf, event.release, event.units)
    elif type(event) is ReleaseApproved:
        rows["releases_approved"].append((event.release, event.callable_until, event.leaves_at, *when))
    elif type(event) is ReleaseSent:
        rows["releases_sent"].append((event.release, *when))
    elif type(event) is ReleaseEnded:
        rows["releases_ended"].append((event.release, *when))
        rows["release_ranges_freed"].append((event.release, leaf.seq))
    else:
        status = ReleaseStatus.DONE if event.units else ReleaseStatus.ENDED
        rows["releases_done"].append((event.release, status, event.quantity, *when))
        rows["release_ranges_freed"].append((event.release, leaf.seq))


def _chosen(leaf: Leaf, number: int, units: Sequence[LotRanges]) -> list[tuple[Any, ...]]:
    status = (RangeStatus.CHOSEN, leaf.seq, leaf.seq)
    return [(number, part.lot, serials.lo, serials.hi, *status) for part in units for serials in part.ranges]


def _gone(leaf: Leaf, number: int, units: Sequence[LotRanges]) -> list[tuple[Any, ...]]:
    """The serials that are gone: the registry speaks of each range that was chosen as a whole."""
    return [(number, part.lot, serials.lo, serials.hi, leaf.seq) for part in units for serials in part.ranges]
