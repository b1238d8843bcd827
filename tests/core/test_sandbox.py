"""What a sandbox gives: recorded as at a real venue, refused before anything is done, never twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from exchange.core.commands.approvals import Propose
from exchange.core.commands.cash import DepositCash
from exchange.core.commands.instruments import Family
from exchange.core.commands.participants import AdmitParticipant, ParticipantRole
from exchange.core.commands.projects import RegisterProject
from exchange.core.credits.registry_lock import is_national
from exchange.core.events import Booked, CashDeposited, IssuanceRecorded, LotAdmitted, ParcelsMoved, ParcelsReshaped
from exchange.core.events.credits import ProjectRegistered, UnitsChanged
from exchange.core.handlers.sandbox import PLAY_CATEGORY, PLAY_LEAGUE, PLAY_VINTAGE, SANDBOX
from exchange.core.image import decode_state, encode_state
from exchange.core.rejections import RejectReason
from exchange.core.values import Fen, Seq, derived_id
from tests.support.market import Market

CASH, TONNES = 12_345, 678


def admitting(market: Market, role: ParticipantRole = ParticipantRole.BOTH, code: str = "new") -> AdmitParticipant:
    """The command that admits a firm."""
    return AdmitParticipant(market.operator, code, code, code, role, "")


def test_everything_that_is_given_is_told_booked_and_of_the_firm() -> None:
    market = Market(sandbox=(CASH, TONNES))
    outcome = market.done(admitting(market))
    assert outcome.created == derived_id(market.state.seq)
    kinds = [type(event) for event in outcome.events[1:]]
    lot = [IssuanceRecorded, LotAdmitted, Booked, ParcelsMoved, ParcelsReshaped, UnitsChanged]
    assert kinds == [CashDeposited, Booked, ProjectRegistered, *lot, ProjectRegistered, *lot]
    issuances = market.state.credits.issuances.values()
    ccer, quota = (market.state.credits.project_of(issuance).terms for issuance in issuances)
    assert (ccer.code, ccer.family) == (SANDBOX, Family.FORESTRY_CCER)
    assert (quota.source_category, quota.league) == (PLAY_CATEGORY, PLAY_LEAGUE)
    assert {(one.serials.tonnes, one.vintage) for one in issuances} == {(TONNES, PLAY_VINTAGE)}
    kinds = [type(event) for event in market.done(admitting(market, code="next")).events[1:]]
    assert kinds == [CashDeposited, Booked, *lot, *lot]
    assert [name for name in market.state.credits.spaces if name.startswith(SANDBOX)] == [
        "SANDBOX-CCER",
        "SANDBOX-QUOTA",
    ]


def test_what_it_gives_is_remembered_by_the_state() -> None:
    market = Market(sandbox=(CASH, TONNES))
    market.state = decode_state(encode_state(market.state))
    firm = market.firm("firm")
    assert market.cash(firm) == (CASH, CASH)


@pytest.mark.parametrize("name", ["SANDBOX", "sandbox", " Sand Box", "ＳＡＮＤＢＯＸ"])
def test_a_real_venue_has_no_project_of_a_sandbox(name: str) -> None:
    """No registry would ever be asked for the locks of its units."""
    for market, reason in ((Market(), RejectReason.INVALID_FIELD), (Market(sandbox=(CASH, TONNES)), None)):
        action = RegisterProject(market.operator, replace(market.project_terms("wood"), registry=name))
        assert market.give(Propose(market.operator, action)).reason is reason


def test_of_play_units_the_registry_knows_nothing_in_a_sandbox_alone() -> None:
    """Should such a project ever be there, its units wait for a lock at a real venue."""
    terms = replace(Market().project_terms("wood"), registry=SANDBOX)
    assert [is_national(terms, in_sandbox) for in_sandbox in (True, False)] == [False, True]


def one_ahead(market: Market) -> int:
    """The id of the firm that the command after the next one admits."""
    return derived_id(Seq(market.state.seq + 2))


def bank_reference_used(market: Market) -> None:
    """Somebody deposited money under the reference that the grant would have."""
    firm = next(iter(market.state.register.participants))
    market.done(DepositCash(market.operator, firm, Fen(1), f"SANDBOX-{one_ahead(market)}"))


def lock_used(market: Market) -> None:
    """Somebody admitted a lot with the lock reference that the grant would have; that takes three commands."""
    firm = next(iter(market.state.register.participants))
    issuance = market.issue(1, 10, space="elsewhere")
    reference = f"SANDBOX-QUOTA-{derived_id(Seq(market.state.seq + 4))}"
    market.admit(issuance, firm, 1, 10, reference)


def space_full(market: Market) -> None:
    """Somebody recorded the last serials of the space."""
    market.issue(2**62 - 5, 2**62, space="SANDBOX-CCER")


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (bank_reference_used, RejectReason.BANK_REFERENCE_USED),
        (lock_used, RejectReason.LOCK_REFERENCE_USED),
        (space_full, RejectReason.SERIALS_INVALID),
    ],
)
def test_who_cannot_be_given_it_all_is_not_admitted(prepare: Callable[[Market], None], reason: RejectReason) -> None:
    market = Market(sandbox=(CASH, TONNES))
    market.firm("first")
    prepare(market)
    before = encode_state(market.state)
    assert market.give(admitting(market)).reason is reason
    assert encode_state(market.state)[16:] == before[16:]
    assert market.give(admitting(market, code="first")).reason is RejectReason.CODE_TAKEN
    assert market.give(admitting(market, code="")).reason is RejectReason.INVALID_FIELD


def test_after_a_name_that_was_taken_the_next_firm_is_admitted() -> None:
    market = Market(sandbox=(CASH, TONNES))
    market.firm("first")
    bank_reference_used(market)
    assert market.give(admitting(market)).reason is RejectReason.BANK_REFERENCE_USED
    market.done(admitting(market))
