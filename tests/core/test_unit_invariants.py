"""The invariants about units notice what they are there for, as in :mod:`tests.core.test_invariants`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from exchange.core.credits.claims import Claim, ClaimStatus
from exchange.core.credits.encumbrance import EVERY_VINTAGE, Reversal
from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.events.credits import ParcelState
from exchange.core.image import decode_state, encode_state
from exchange.core.invariants import InvariantBrokenError, check_all
from exchange.core.serials import SerialRange
from exchange.core.state import ExchangeState
from exchange.core.values import ParticipantId, ProjectId, ReversalId, Tonnes
from tests.core.unit_story import told

Spoil = Callable[[ExchangeState], None]

UNITS_IMAGE = encode_state(told().state)
"""Of a market in which units stand in every state."""


def a_claim(state: ExchangeState, status: ClaimStatus) -> Claim:
    """The last claim in a phase."""
    return [claim for claim in state.claims.claims.values() if claim.status is status][-1]


def claim_twice(state: ExchangeState) -> None:
    a_claim(state, ClaimStatus.FULFILLED).units = a_claim(state, ClaimStatus.REVOKED).units


def forget_claim(state: ExchangeState) -> None:
    del state.claims.claims[a_claim(state, ClaimStatus.REVOKED).claim]


def fulfil_early(state: ExchangeState) -> None:
    a_claim(state, ClaimStatus.PROPOSED).status = ClaimStatus.FULFILLED


def share_ground(state: ExchangeState) -> None:
    projects = state.credits.projects
    old = projects.projects[projects.codes["u0"]]
    old.terms = replace(old.terms, site_parcels=("inm/u1/3",))


def issue_unverified(state: ExchangeState) -> None:
    last = max(state.credits.issuances.values(), key=lambda issuance: issuance.serials.hi)
    last.serials.hi += 1_000


def verify_otherwise(state: ExchangeState) -> None:
    next(iter(state.credits.projects.periods.values())).verified -= 1  # type: ignore[assignment]


def forget_lock(state: ExchangeState) -> None:
    locks = (one for one in state.requests.by_id.values() if one.status is RequestStatus.CONFIRMED)
    next(locks).status = RequestStatus.OPEN


def encumber_silently(state: ExchangeState) -> None:
    next(parcel for own in state.parcels.aside.values() for parcel in own if parcel.encumbered).encumbered += 1


def forget_encumbrance(state: ExchangeState) -> None:
    del state.encumbrances.standing[min(state.encumbrances.standing)]


def hold_what_is_gone(state: ExchangeState) -> None:
    (lot, _), own = next(iter(state.parcels.gone.items()))
    made = next(iter(state.encumbrances.standing.values()))
    made.units.hold(lot, SerialRange(own[0].lo, own[0].hi))


def adjust_silently(state: ExchangeState) -> None:
    next(iter(state.budgets.adjustments.values())).quantity += 1


def forget_adjustment(state: ExchangeState) -> None:
    del state.budgets.adjustments[next(key for key, sum_ in state.budgets.adjustments.items() if sum_.quantity)]


def lose(state: ExchangeState, project: ProjectId, firm: ParticipantId, vintage: int, tonnes: int) -> None:
    lost = Reversal(ReversalId(7), project, vintage, firm, Tonnes(tonnes), Tonnes(0), Tonnes(0), "fire")
    state.encumbrances.reversals[lost.reversal] = lost


def lose_more_than_came_in(state: ExchangeState) -> None:
    lot = next(iter(state.credits.lots.values()))
    project = state.credits.issuances[lot.issuance].project
    lose(state, project, lot.brought_by, lot.vintage, state.brought_in(project, lot.brought_by)[lot.vintage] + 1)


def lose_what_waits(state: ExchangeState) -> None:
    """Of one vintage, though not of all together: its units have not been locked here."""
    lot = next(lot for lot in state.credits.lots.values() if lot.vintage == 2022)
    project = state.credits.issuances[lot.issuance].project
    assert state.brought_in(project, lot.brought_by).keys() == {2023}
    lose(state, project, lot.brought_by, lot.vintage, 1)


def charge_a_buyer(state: ExchangeState) -> None:
    """Who brought none of it in."""
    lot, _ = next(iter(state.credits.lots.items()))
    project = state.credits.issuances[state.credits.lots[lot].issuance].project
    buyer = next(firm for firm in state.register.participants if not state.brought_in(project, firm))
    lose(state, project, buyer, EVERY_VINTAGE, 1)


def lose_aside(state: ExchangeState) -> None:
    own = next(iter(state.parcels.aside.values()))
    own[0].state = ParcelState.RETIRED


def retire_twice(state: ExchangeState) -> None:
    retired = next(own for own in state.parcels.gone.values() if own[0].state is ParcelState.RETIRED)
    retired[0].state = ParcelState.CANCELLED


UNIT_SWEEPS: list[tuple[str, Spoil]] = [
    ("INV-01", lose_aside),
    ("INV-05", claim_twice),
    ("INV-05", forget_claim),
    ("INV-05", fulfil_early),
    ("INV-07", share_ground),
    ("INV-07", issue_unverified),
    ("INV-07", verify_otherwise),
    ("INV-09", forget_lock),
    ("INV-10", retire_twice),
    ("INV-11", encumber_silently),
    ("INV-11", forget_encumbrance),
    ("INV-11", hold_what_is_gone),
    ("INV-70", adjust_silently),
    ("INV-70", forget_adjustment),
    ("INV-71", lose_more_than_came_in),
    ("INV-71", lose_what_waits),
    ("INV-71", charge_a_buyer),
]
"""What is spoiled in a market with units in every state."""


@pytest.mark.parametrize(("invariant", "spoil"), UNIT_SWEEPS, ids=[f"{name} {f.__name__}" for name, f in UNIT_SWEEPS])
def test_the_sweep_finds_among_units(invariant: str, spoil: Spoil) -> None:
    state = decode_state(UNITS_IMAGE)
    check_all(state)
    spoil(state)
    with pytest.raises(InvariantBrokenError, match=f"^{invariant} "):
        check_all(state)
