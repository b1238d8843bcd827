"""Who may give which command: the whole matrix of commands and roles, written out a second time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exchange.core.authority import refuse_actor
from exchange.core.codec import ACTIONS, COMMANDS
from exchange.core.commands.approvals import Propose
from exchange.core.rejections import RejectReason
from exchange.core.values import ParticipantId, PersonId
from tests.core.golden.samples import sample
from tests.support.keys import key_of
from tests.support.market import Market

MARKET = Market()
FIRM, OTHER = MARKET.firm("firm"), MARKET.firm("other")
PERSONS = {
    "trader": MARKET.traders[FIRM],
    "operator": MARKET.operator,
    "regulator": MARKET.regulator,
    "auditor": MARKET.auditor,
    "registry": MARKET.registry,
    "program": PersonId(0),
    "stranger": PersonId(999),
}

MAY_GIVE = {
    "Genesis": "program",
    "ContinueJob": "program",
    "AttestSnapshot": "program",
    "CancelUnattended": "program",
    "GiveUpWaiting": "program",
    "SendRelease": "program",
    "ContinueEncumbering": "program",
    "RegisterKey": "trader operator regulator auditor registry",
    "RotateKey": "trader operator regulator auditor registry",
    "RevokeKey": "trader operator regulator auditor registry",
    "AdmitParticipant": "operator",
    "ListInstrument": "operator",
    "HaltTrading": "operator regulator",
    "EndOfDay": "operator",
    "DepositCash": "operator",
    "PlaceOrder": "trader",
    "CancelOrder": "trader",
    "AmendOrder": "trader",
    "CancelAllOrders": "trader operator",
    "SetCancelAfter": "trader",
    "ProposeAgreement": "trader",
    "AffirmAgreement": "trader",
    "DeclineAgreement": "trader",
    "ConfirmAgreement": "operator",
    "Approve": "operator regulator",
    "RejectProposal": "trader operator regulator",
    "RequestLock": "operator",
    "StageUnits": "operator",
    "AnswerRequest": "registry",
    "CallOffRelease": "trader",
    "Encumber": "operator regulator program",
}
MAY_PROPOSE = {
    "WithdrawCash": "trader",
    "RecordIssuance": "operator",
    "AdmitLot": "trader operator",
    "AdoptRulebook": "operator regulator",
    "RegisterStaff": "operator regulator",
    "RegisterTrader": "trader operator",
    "ReplaceKeys": "trader operator regulator",
    "ResumeTrading": "operator regulator",
    "RegisterProject": "operator",
    "SetFacility": "operator regulator",
    "ReturnUnits": "trader operator",
    "CommitImport": "operator",
    "AnswerOnPaper": "operator",
    "UseUnits": "trader",
    "ReleaseUnits": "trader",
    "RevokeClaim": "operator regulator",
    "SetObligation": "operator regulator",
    "SetBudget": "operator regulator",
    "LiftEncumbrance": "operator regulator",
    "ReportReversal": "operator regulator",
    "ForceCancellation": "operator regulator",
    "WithdrawReversal": "operator regulator",
}
OWN_ONLY = {name for name, roles in MAY_GIVE.items() if "trader" in roles.split()} - {
    "RegisterKey",
    "RotateKey",
    "RevokeKey",
    "RejectProposal",
}
"""What a trader does for the own firm alone; keys and proposals are looked at by their handlers."""


SUBJECTS: dict[str, dict[str, Any]] = {
    "AdmitLot": {"owner": FIRM},
    "ReturnUnits": {"owner": FIRM},
    "ReplaceKeys": {"person": MARKET.traders[FIRM]},
}
"""What makes these actions the firm's own matter; the others name the participant."""


def refused(command: Any) -> RejectReason | None:
    """What the table says, before any handler is asked."""
    state = MARKET.state
    refusal = refuse_actor(state.register, command, key_of(state, command.actor, state.at), state.at)
    return refusal.reason if refusal else None


def given_by(kind: type, person: PersonId, firm: ParticipantId = FIRM) -> Any:
    """A command of this kind by this person, for the firm where it is for one."""
    command = replace(sample(kind), actor=person)
    return replace(command, participant=firm) if hasattr(command, "participant") else command


@pytest.mark.parametrize(
    "kind", [kind for kind in COMMANDS.table.values() if kind is not Propose], ids=lambda kind: kind.__name__
)
def test_who_may_give_a_command(kind: type) -> None:
    allowed = MAY_GIVE[kind.__name__].split()
    for role, person in PERSONS.items():
        expected = None if role in allowed else RejectReason.NOT_AUTHORISED
        assert refused(given_by(kind, person)) is expected, role


@pytest.mark.parametrize("kind", ACTIONS.table.values(), ids=lambda kind: kind.__name__)
def test_who_may_propose_an_action(kind: type) -> None:
    allowed = MAY_PROPOSE[kind.__name__].split()
    for role, person in PERSONS.items():
        action = replace(given_by(kind, person), **SUBJECTS.get(kind.__name__, {}))
        expected = None if role in allowed else RejectReason.NOT_AUTHORISED
        assert refused(Propose(person, action)) is expected, role
        assert refused(Propose(person, replace(action, actor=MARKET.second))) is RejectReason.NOT_AUTHORISED


@pytest.mark.parametrize("name", sorted(OWN_ONLY))
def test_another_firm_looks_like_none(name: str) -> None:
    kind = next(kind for kind in COMMANDS.table.values() if kind.__name__ == name)
    for firm in (OTHER, ParticipantId(999)):
        assert refused(given_by(kind, PERSONS["trader"], firm)) is RejectReason.PARTICIPANT_NOT_FOUND


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("WithdrawCash", "participant"),
        ("AdmitLot", "owner"),
        ("RegisterTrader", "participant"),
        ("UseUnits", "participant"),
        ("ReleaseUnits", "participant"),
        ("ReturnUnits", "owner"),
    ],
)
def test_a_trader_proposes_for_the_own_firm_only(name: str, field: str) -> None:
    kind = next(kind for kind in ACTIONS.table.values() if kind.__name__ == name)
    trader = PERSONS["trader"]
    for firm, expected in ((FIRM, None), (OTHER, RejectReason.NOT_AUTHORISED)):
        action = replace(given_by(kind, trader), **{field: firm})
        assert refused(Propose(trader, action)) is expected
