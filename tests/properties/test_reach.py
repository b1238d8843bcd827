"""What the random lives of units come to: a walk that never gets to a rule says nothing about it.

Hypothesis varies what it has drawn already, so a hundred lives are often one life with little changed. Here each has a
seed of its own: they are the same lives every time, and far apart. What none of them comes to is written down with why.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar, Final, get_args

import pytest
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from exchange.core.events import AgreementEnded, AgreementSettled, Event, Rejected, UnitsStaged
from exchange.core.events.encumbrances import EncumbranceLifted, EncumbranceSet
from exchange.core.handlers import encumbering
from exchange.core.rejections import RejectReason
from exchange.core.rejections import RejectReason as R
from exchange.core.values import NOBODY
from tests.properties.test_units import MORNING, SMALL_PORTION, UnitMachine

LIVES: Final = 80
STEPS: Final = 50

OF_UNITS: Final = {"credits", "encumbrances", "registry", "uses"}
"""The files of events that tell of units."""

NO_MATTER_OF_UNITS: Final = {
    *(R.SCOPE_MISSING, R.KEY_NOT_VALID, R.KEY_SPENT, R.KEY_REUSED, R.COMMAND_QUARANTINED, R.PERSON_NOT_FOUND),
    *(R.KEY_NOT_FOUND, R.ORDER_NOT_FOUND, R.AGREEMENT_NOT_FOUND, R.ALREADY_OPENED, R.MARKET_CLOSED, R.NOT_HALTED),
    *(R.AGREEMENT_CLOSED, R.AGREEMENT_NOT_AFFIRMED, R.NOT_DELIVERABLE, R.ENDED_DAY_NOT_LATER, R.JOB_NOT_FOUND),
    *(R.AGREEMENT_BINDING, R.NEXT_DAY_TOO_FAR, R.CANCEL_AFTER_NOT_DUE, R.CODE_TAKEN, R.SYMBOL_TAKEN, R.BASKET_TAKEN),
    *(R.TOO_MANY_OPERATORS, R.RULEBOOK_INCOMPLETE, R.LEGAL_BASIS_MISSING, R.TICK_OUT_OF_RANGE, R.KEY_TOO_WIDE),
    *(R.SECRET_USED, R.TOO_MANY_KEYS, R.TOO_MANY_KEYS_MADE, R.KEY_REPLACED, R.PROPOSER_KEY_REVOKED),
    *(R.QUANTITY_NOT_LOT_MULTIPLE, R.PRICE_OUT_OF_RANGE, R.PRICE_NOT_ON_TICK, R.PRICE_OUTSIDE_BAND),
    *(R.TIME_IN_FORCE_INVALID, R.GOOD_TIL_INVALID, R.POST_ONLY_INVALID, R.ROLE_CANNOT_BUY, R.CLIENT_ORDER_ID_TAKEN),
    *(R.TOO_MANY_OPEN_ORDERS, R.POST_ONLY_WOULD_TAKE, R.NOT_FILLABLE, R.AMEND_CHANGES_NOTHING, R.AMEND_BELOW_FILLED),
    *(R.TOO_MANY_FILLS, R.SAME_OWNER_GROUP, R.TERMS_MISMATCH, R.FAMILY_MISMATCH, R.TOTAL_OUT_OF_RANGE),
    *(R.TOO_MANY_OPEN_AGREEMENTS, R.LOT_NOT_ELIGIBLE, R.AMOUNT_OUT_OF_RANGE, R.BANK_REFERENCE_USED),
    R.INSUFFICIENT_CASH,
}
"""Persons, keys, days, orders and money: what is random there is in ``test_exchange``."""

TOO_FAR: Final = {
    R.TOO_MANY_OPEN_PROPOSALS: "a firm may have more open ones than a life has steps",
    R.TOO_MANY_RANGES: "a use may have five hundred ranges, and all units here are fewer tonnes",
}
"""Bounds that no small market comes to."""

MOST_MISSED: Final = 4
"""So many of the other refusals may be missed by these lives, since each change of a rule gives others."""


@dataclass(slots=True)
class Reached:
    """In how many lives something has happened."""

    events: Counter[type] = field(default_factory=Counter)
    reasons: Counter[RejectReason] = field(default_factory=Counter)
    covered: Counter[str] = field(default_factory=Counter)

    def note(self, told: list[Event]) -> None:
        """One life is over."""
        refused = {event.reason for event in told if isinstance(event, Rejected)}
        left_out = {row.reason for event in told if isinstance(event, UnitsStaged) for row in event.refused}
        self.reasons.update(map(RejectReason, refused | left_out))
        self.events.update({type(event) for event in told})
        of_source = {
            event.encumbrance
            for event in told
            if isinstance(event, EncumbranceSet) and event.by == NOBODY and event.project
        }
        lifted = {event.encumbrance for event in told if isinstance(event, EncumbranceLifted)}
        self.covered.update(set=bool(of_source), years=len(of_source) > 1, lifted=bool(of_source & lifted))


class Watched(UnitMachine):
    """A life whose events are counted when it is over."""

    reached: ClassVar[Reached] = Reached()

    def __init__(self) -> None:
        """Open a new market."""
        super().__init__()
        self.begun = len(self.market.told)

    def teardown(self) -> None:
        """As the machine does, and then what has happened."""
        super().teardown()
        self.reached.note(self.market.told[self.begun :])


@pytest.fixture(scope="module")
def reached() -> Reached:
    """What all the lives come to."""
    # Of two lives with one seed the first one is always the shortest that there is.
    lived = settings(max_examples=2, stateful_step_count=STEPS, database=None, phases=[Phase.generate])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encumbering, "CHUNK", SMALL_PORTION)
        patch.setattr(MORNING.twin, "held_at_once", SMALL_PORTION)
        for number in range(LIVES):
            run_state_machine_as_test(seed(number)(Watched), settings=lived)
    return Watched.reached


def test_everything_that_can_happen_to_units_happens(reached: Reached) -> None:
    of_units = [kind for kind in get_args(Event) if kind.__module__.rpartition(".")[2] in OF_UNITS]
    assert len(of_units) > 30
    assert not [kind.__name__ for kind in of_units if kind not in reached.events]


def test_nearly_everything_that_units_are_refused_for_is_met(reached: Reached) -> None:
    wanted = set(RejectReason) - NO_MATTER_OF_UNITS - TOO_FAR.keys()
    missed = wanted - reached.reasons.keys()
    assert len(missed) <= MOST_MISSED, sorted(missed)
    assert not TOO_FAR.keys() & reached.reasons.keys(), "then it is not too far"


def test_plants_are_found_covered_after_their_quota_was_issued(reached: Reached) -> None:
    assert reached.covered["set"] >= 10
    assert reached.covered["years"] >= 5, "several years of one plant in one entry"
    assert reached.covered["lifted"] >= 5
    assert min(reached.reasons[reason] for reason in (R.SOURCE_COVERED, R.UNITS_ENCUMBERED, R.INSTRUMENT_HALTED)) >= 3


def test_promised_units_are_held_fast(reached: Reached) -> None:
    """No firm leaves an agreement here: it ends because its units are held."""
    assert reached.events[AgreementEnded] >= 3
    assert reached.events[AgreementSettled] >= 3
