"""The tables are complete: whatever can be said has a tag, a handler, an authority; whatever is refused has a text."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from exchange.core.approvals import APPROVERS, PROPOSERS, approvers_of
from exchange.core.authority import AUTHORITY, SYSTEM
from exchange.core.codec import ACTIONS, COMMANDS
from exchange.core.commands import Command
from exchange.core.commands.approvals import Action
from exchange.core.commands.credits import CommitImport, ImportRow, StageUnits
from exchange.core.commands.governance import PersonRole
from exchange.core.commands.instruments import Family
from exchange.core.commands.projects import RegisterProject
from exchange.core.handlers import approvals
from exchange.core.machine import HANDLERS
from exchange.core.rejections import TEXTS, ReasonText, RejectReason
from exchange.core.values import ImportId
from exchange.rulebooks import load
from tests.support.market import VERIFIED, Market

COMMAND_KINDS, ACTION_KINDS = set(get_args(Command)), set(get_args(Action))
RULES = {rule.rule for rule in load().rules}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_command_has_a_tag_a_handler_and_an_authority() -> None:
    assert set(COMMANDS.table.values()) == set(HANDLERS) == set(AUTHORITY) == COMMAND_KINDS


def test_every_action_has_a_tag_a_proposer_an_approver_and_steps() -> None:
    assert set(ACTIONS.table.values()) == set(PROPOSERS) == set(APPROVERS) == set(approvals.ACTIONS) == ACTION_KINDS


def test_no_action_can_be_done_as_a_command_of_its_own() -> None:
    assert not COMMAND_KINDS & ACTION_KINDS


def test_the_auditor_neither_proposes_nor_approves_and_a_trader_never_approves() -> None:
    for table in (PROPOSERS, APPROVERS):
        assert all(PersonRole.AUDITOR not in roles and roles for roles in table.values())
    assert all(PersonRole.TRADER not in roles for roles in APPROVERS.values())


@pytest.mark.parametrize("family", Family)
def test_a_quota_is_issued_by_the_regulator_and_everything_else_by_another_operator(family: Family) -> None:
    market = Market()
    owner = market.firm("firm")
    project = RegisterProject(market.operator, market.project_terms("P9", family))
    issuance = market.issuance(1, 11, family, "P8")
    code = market.state.credits.projects.projects[issuance.project].terms.code
    row = ImportRow(2, code, 20230101, 20231231, VERIFIED, 20240101, "S", "", 1, 11, owner, "lock")
    staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), (row,))).created)
    state = market.state
    for action in (project, issuance, CommitImport(market.operator, staged, b"")):
        expected = PersonRole.REGULATOR if family is Family.REDUCTION_QUOTA else PersonRole.OPERATOR
        things = state.credits.projects, state.imports, state.encumbrances
        assert approvers_of(state.register, *things, action) == (expected,)


def test_what_touches_the_national_market_or_budgets_is_approved_by_the_regulator() -> None:
    by_regulator = {kind.__name__ for kind, roles in APPROVERS.items() if roles == (PersonRole.REGULATOR,)}
    assert by_regulator == {
        "AdoptRulebook",
        "SetFacility",
        "SetObligation",
        "SetBudget",
        "RevokeClaim",
        "ForceCancellation",
        "WithdrawReversal",
    }


def test_who_may_be_the_second_person_may_give_the_command() -> None:
    approve = next(authority for kind, authority in AUTHORITY.items() if kind.__name__ == "Approve")
    needed = {role for roles in APPROVERS.values() for role in roles}
    assert needed == set(approve.roles)
    propose = next(authority for kind, authority in AUTHORITY.items() if kind.__name__ == "Propose")
    assert {role for roles in PROPOSERS.values() for role in roles} == set(propose.roles)


def test_only_the_program_itself_opens_continues_attests_and_stands_in_for_who_is_lost() -> None:
    own = {kind.__name__ for kind, authority in AUTHORITY.items() if authority is SYSTEM}
    assert own == {
        "Genesis",
        "ContinueJob",
        "AttestSnapshot",
        "CancelUnattended",
        "GiveUpWaiting",
        "SendRelease",
        "ContinueEncumbering",
    }
    assert all(authority.roles for authority in AUTHORITY.values() if authority is not SYSTEM)


@pytest.mark.parametrize("reason", RejectReason, ids=lambda reason: reason.name)
def test_every_refusal_says_what_to_do_in_both_languages(reason: RejectReason) -> None:
    text: ReasonText = TEXTS[reason]
    assert text.en.endswith(".") and not CHINESE.search(text.en)
    assert text.zh.endswith("。") and CHINESE.search(text.zh)
    assert text.rule == "" or text.rule in RULES


def test_no_two_refusals_say_the_same() -> None:
    assert len({text.en for text in TEXTS.values()}) == len({text.zh for text in TEXTS.values()}) == len(RejectReason)


def test_refusals_stand_in_the_order_of_their_numbers() -> None:
    numbers = [int(reason) for reason in RejectReason]
    assert numbers == sorted(numbers)
    assert all(100 < number < 900 for number in numbers)
