"""What quota stands on, in the database alone: events made by hand, beside each refusal what the guard lets pass.

Claim 50 is a conversion of ten tonnes. Six tonnes of quota are issued against it, four of which are Anna's lot 70.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from exchange.core.commands.encumbrances import EncumbranceKind
from exchange.core.credits.encumbrance import RECONCILIATION
from exchange.core.events import Event
from exchange.core.events.credits import ParcelsMoved
from exchange.core.events.encumbrances import EncumbranceLifted, EncumbranceSet, UnitsEncumbered, UnitsFreed
from exchange.core.events.uses import ClaimApproved, ClaimRevoked
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, EncumbranceId, LotId, ParticipantId, PersonId, ProjectId, TransactionId
from tests.store.bypass import ANNA, BERT, Bypass
from tests.store.test_double_counting_guards import CONVERTED, SINK, conversion, sink
from tests.store.test_held_units import agreed
from tests.store.unit_events import Range, claimed
from tests.support.entries import admission

QUOTA: Final = (60_000, 60_004)
"""The serials of lot 70."""

REVOKED: Final = ClaimRevoked(ClaimId(50), "never cancelled")
MORE: Final = sink(7, 2)
"""Some more quota against the same cancellation."""


def suspended(number: int, serials: Range = CONVERTED, by: int = 0, reference: str = "M-9") -> EncumbranceSet:
    """Serials of lot 8 are suspended; by the program where nobody is named."""
    scope = (ProjectId(0), 0, LotId(8), *serials)
    return EncumbranceSet(EncumbranceId(number), EncumbranceKind.SUSPENSION, *scope, reference, PersonId(by))


FOUND: Final = suspended(90, (3_001, 3_002), 1, f"{RECONCILIATION}OTHER_STATE")
"""A person has sent in what a reconciliation with the registry has found about one of the serials."""


def held(number: int) -> UnitsEncumbered:
    """It holds the quota."""
    return UnitsEncumbered(EncumbranceId(number), LotId(70), (SerialRange(*QUOTA),))


def let_go(number: int) -> tuple[Event, ...]:
    """It lets the quota go and is over, as two persons have agreed."""
    freed = UnitsFreed(EncumbranceId(number), LotId(70), (SerialRange(*QUOTA),))
    return (*agreed(number), freed, EncumbranceLifted(EncumbranceId(number)))


def rest(seq: int) -> tuple[Event, ...]:
    """What is left of what was issued comes in."""
    return admission(seq, 71, 6, ANNA, 60_004, 60_006)


def sold(seq: int) -> ParcelsMoved:
    """Some of the quota goes to somebody else."""
    return ParcelsMoved(
        TransactionId(seq), LotId(70), ParticipantId(ANNA), ParticipantId(BERT), (SerialRange(60_000, 60_001),)
    )


@pytest.fixture
async def market(forest: Bypass) -> Bypass:
    """Quota was issued against a cancellation, and most of it has come in."""
    await forest.send((SINK,))
    await forest.send(*conversion(forest.seq), (sink(6, 6),))
    await forest.send(admission(forest.seq, 70, 6, ANNA, *QUOTA))
    return forest


async def test_nothing_is_issued_against_a_cancellation_in_doubt(market: Bypass) -> None:
    await market.send((suspended(90), held(90)))
    await market.refuse("issuances_of_sound_conversions", (MORE,))
    await market.send(let_go(90))
    await market.send((MORE,))


async def test_nothing_comes_in_against_a_cancellation_in_doubt(market: Bypass) -> None:
    await market.send((suspended(90), held(90)))
    await market.refuse("lots_of_sound_conversions", rest(market.seq))
    await market.send(let_go(90))
    await market.send(rest(market.seq))


async def test_nothing_comes_in_against_a_cancellation_that_was_revoked(market: Bypass) -> None:
    await market.send((REVOKED, suspended(90), held(90)))
    await market.refuse("lots_of_sound_conversions", rest(market.seq))


async def test_quota_comes_in_for_the_firm_whose_ccer_were_cancelled(market: Bypass) -> None:
    await market.refuse("lots_of_who_converted", admission(market.seq, 71, 6, BERT, 60_004, 60_006))
    await market.refuse("lots_of_who_converted", (MORE,), admission(market.seq + 1, 71, 7, BERT, 70_000, 70_002))
    await market.send(rest(market.seq))


async def test_all_of_it_is_looked_at_when_the_batch_is_whole(market: Bypass) -> None:
    """A doubt that comes in the same batch counts for the entries behind it, and for none before."""
    await market.refuse("issuances_of_sound_conversions", (suspended(90), held(90)), (MORE,))
    await market.send((MORE,), (suspended(90), held(90)))


async def test_what_a_reconciliation_has_found_is_a_doubt_whoever_sends_it_in(market: Bypass) -> None:
    await market.send((FOUND, held(90)))
    await market.refuse("issuances_of_sound_conversions", (MORE,))
    await market.refuse("lots_of_sound_conversions", rest(market.seq))
    await market.send((REVOKED,))
    await market.refuse("freed_ranges_of_sound_conversions", let_go(90))


OF_PROJECT: Final = replace(FOUND, project=ProjectId(6), lot=LotId(0), serial_lo=0, serial_hi=0)
"""The like of it about a project; of such a thing no reconciliation speaks."""


@pytest.mark.parametrize(
    "doubt",
    [
        suspended(90, by=1),
        suspended(90, (3_011, 3_021)),
        replace(FOUND, kind=EncumbranceKind.FREEZE),
        replace(FOUND, reference=FOUND.reference.upper()),
        OF_PROJECT,
    ],
)
async def test_other_suspensions_are_no_matter(market: Bypass, doubt: EncumbranceSet) -> None:
    await market.send((doubt,))
    await market.send((MORE,), (sold(market.seq + 1),))
    await market.send(rest(market.seq))


async def test_quota_in_doubt_is_not_sold_even_where_nothing_holds_it(market: Bypass) -> None:
    await market.send((sold(market.seq),))
    await market.send((suspended(90),))
    await market.refuse("movements_of_sound_conversions", (sold(market.seq),))
    await market.send((*agreed(90), EncumbranceLifted(EncumbranceId(90))))
    await market.send((sold(market.seq),))


async def test_quota_in_doubt_is_not_used_even_where_nothing_holds_it(market: Bypass) -> None:
    await market.send((claimed(60, QUOTA, 70),), (suspended(90),))
    await market.refuse("claims_of_free_units", (ClaimApproved(ClaimId(60)),))
    await market.send((*agreed(90), EncumbranceLifted(EncumbranceId(90))))
    await market.send((ClaimApproved(ClaimId(60)),))


async def test_a_claim_is_revoked_together_with_its_quota(market: Bypass) -> None:
    await market.refuse("claims_revoked_with_their_quota", (REVOKED,))
    await market.refuse("claims_revoked_with_their_quota", (REVOKED, suspended(90, by=1), held(90)))
    await market.send((suspended(91), held(91)), let_go(91))
    await market.refuse("claims_revoked_with_their_quota", (REVOKED,))
    await market.send((REVOKED, suspended(92), held(92)))


async def test_a_claim_without_quota_is_revoked_alone(forest: Bypass) -> None:
    await forest.send((SINK,))
    await forest.send(*conversion(forest.seq), (sink(6, 6),), (REVOKED,))


async def test_quota_that_nothing_stands_behind_is_never_let_go(market: Bypass) -> None:
    await market.send((suspended(90), held(90)), (suspended(91, by=1), held(91)))
    await market.send((REVOKED,))
    await market.refuse("freed_ranges_of_sound_conversions", let_go(90))
    await market.send(let_go(91))
