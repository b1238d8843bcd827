"""Why the naive exchange refuses a command: every reason that applies, of which the smallest number is the answer.

Each function collects all that is wrong, without an order of its own, so that the order of the real checks is tested by
their result. A reason is left out only where it makes no sense any more: an instrument that does not exist has no band.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from exchange.core.commands import Command
from exchange.core.commands.agreements import (
    AffirmAgreement,
    ConfirmAgreement,
    DeclineAgreement,
    ProposeAgreement,
)
from exchange.core.commands.approvals import Action, Approve, Propose, RejectProposal
from exchange.core.commands.cash import DepositCash, WithdrawCash
from exchange.core.commands.credits import AdmitLot, CommitImport, ReturnUnits
from exchange.core.commands.encumbrances import (
    Encumber,
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
    WithdrawReversal,
)
from exchange.core.commands.governance import PersonRole, RevokeKey, RotateKey
from exchange.core.commands.instruments import ContinueJob, EndOfDay, HaltTrading, ResumeTrading
from exchange.core.commands.orders import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    CancelUnattended,
    OrderKind,
    PlaceOrder,
    SetCancelAfter,
    TimeInForce,
)
from exchange.core.commands.projects import RecordIssuance, RegisterProject, SetFacility
from exchange.core.commands.registry import AnswerOnPaper
from exchange.core.commands.uses import ReleaseUnits, RevokeClaim, SetBudget, SetObligation, UseUnits
from exchange.core.rejections import RejectReason as R
from exchange.core.values import Side
from tests.oracle import agreement_refusals as agreed
from tests.oracle import key_refusals as keys
from tests.oracle import origin_refusals, unit_refusals
from tests.oracle.common_refusals import (
    MAX_CASH,
    MAX_PRICE,
    MAX_QUANTITY,
    OPERATOR,
    REGULATOR,
    TRADER,
    Reasons,
    date_of,
    is_day,
    naming,
    side_of,
)
from tests.oracle.exchange import NaiveExchange
from tests.oracle.ledger import BANK, CASH, fee_of
from tests.oracle.origins import is_quota, known_as
from tests.oracle.things import NaiveInstrument, NaiveOrder, NaiveProposal, evidence_of, firm_of

AT_ONCE = (TimeInForce.IOC, TimeInForce.FOK)


def reason_for(twin: NaiveExchange, command: Command) -> R | None:
    """The smallest of all reasons to refuse a command; None when there is none."""
    return min(reasons_for(twin, command), default=None)


def reasons_for(twin: NaiveExchange, command: Command) -> set[R]:
    """All reasons to refuse a command; who may not give it at all is told nothing else."""
    roles, own, reasons = _TABLE[type(command)]
    if command.actor == 0 or not roles:
        # The program itself holds units fast where a registry says something else.
        stranger = command.actor != 0 or (bool(roles) and not isinstance(command, Encumber))
        return {R.NOT_AUTHORISED} if stranger else set(reasons(twin, command))
    person = twin.persons.get(command.actor)
    if person is None or person.role not in roles:
        return {R.NOT_AUTHORISED}
    if isinstance(command, Propose):
        action = command.action
        if person.role not in _PROPOSERS[type(action)] or action.actor != command.actor:
            return {R.NOT_AUTHORISED}
        if person.role is TRADER and firm_of(action) not in (0, person.firm):
            return {R.NOT_AUTHORISED}
    if not twin.keys.is_good(twin.key, command.actor, twin.at):
        return {R.KEY_NOT_VALID}
    if own and person.role is TRADER and person.firm != command.participant:  # type: ignore[union-attr]
        return {R.PARTICIPANT_NOT_FOUND}
    return set(reasons(twin, command))


# -- orders --


def _place(twin: NaiveExchange, command: PlaceOrder) -> Reasons:
    terms = twin.instruments.get(command.instrument)
    if terms is None:
        yield R.INSTRUMENT_NOT_FOUND
        return
    yield from naming(twin, command.participant, command.side, command.lots)
    yield from _phase(twin, terms)
    order = twin.new_order(command, twin.seq)
    yield from _quantity(terms, command.quantity)
    yield from _price(terms, order.price)
    yield from _times(twin, command)
    yield from side_of(twin, command.participant, command.side)
    mine = [o for o in twin.orders.values() if o.firm == command.participant]
    if command.client_order_id and command.client_order_id in [o.name for o in mine]:
        yield R.CLIENT_ORDER_ID_TAKEN
    if len(command.client_order_id) > 36:
        yield R.INVALID_FIELD
    if len(mine) >= twin.cap:
        yield R.TOO_MANY_OPEN_ORDERS
    if command.post_only and twin.best_against(order):
        yield R.POST_ONLY_WOULD_TAKE
    yield from _sweep(twin, order)
    yield from _order_cover(twin, command, order.price)


def _sweep(twin: NaiveExchange, order: NaiveOrder) -> Reasons:
    """An order that takes too many others; of one that does not, whether it takes enough."""
    if order.leaves <= 0:
        return
    taken, left = twin.trial(order)
    if taken > twin.most:
        yield R.TOO_MANY_FILLS
    elif left > 0 and order.time_in_force is TimeInForce.FOK:
        yield R.NOT_FILLABLE


def _order_cover(twin: NaiveExchange, command: PlaceOrder, price: int) -> Reasons:
    firm, quantity = command.participant, int(command.quantity)
    if command.side is Side.BUY:
        if price * quantity + fee_of(twin.fee, max(0, price * quantity)) > twin.available(firm, CASH):
            yield R.INSUFFICIENT_CASH
        return
    good = twin.instruments[command.instrument].good
    named = [int(lot) for lot in command.lots if lot in twin.lots]
    if any(twin.lots[lot].good != good for lot in named):
        yield R.LOT_NOT_ELIGIBLE
    if quantity > 0 and len(twin.pick(firm, named or twin.lots_to_sell(firm, good), quantity)) < quantity:
        yield R.INSUFFICIENT_TONNES


def _phase(twin: NaiveExchange, terms: NaiveInstrument) -> Reasons:
    if twin.phase != "open":
        yield R.MARKET_CLOSED
    if twin.is_halted() or terms.halted:
        yield R.INSTRUMENT_HALTED


def _quantity(terms: NaiveInstrument, quantity: int) -> Reasons:
    if not 1 <= quantity <= MAX_QUANTITY:
        yield R.QUANTITY_OUT_OF_RANGE
    if quantity % terms.size:
        yield R.QUANTITY_NOT_LOT_MULTIPLE


def _price(terms: NaiveInstrument, price: int) -> Reasons:
    if not 1 <= price <= MAX_PRICE:
        yield R.PRICE_OUT_OF_RANGE
    if price % terms.tick:
        yield R.PRICE_NOT_ON_TICK
    if not terms.lowest <= price <= terms.highest:
        yield R.PRICE_OUTSIDE_BAND


def _times(twin: NaiveExchange, command: PlaceOrder) -> Reasons:
    market, at_once = command.kind is OrderKind.MARKET, command.time_in_force in AT_ONCE
    if market and not at_once:
        yield R.TIME_IN_FORCE_INVALID
    dated = command.time_in_force is TimeInForce.GTD
    if dated and (not is_day(command.good_til) or command.good_til < twin.day):
        yield R.GOOD_TIL_INVALID
    if not dated and command.good_til != 0:
        yield R.GOOD_TIL_INVALID
    if command.post_only and (market or at_once):
        yield R.POST_ONLY_INVALID


def _cancel(twin: NaiveExchange, command: CancelOrder) -> Reasons:
    if twin.named(command) is None:
        yield R.ORDER_NOT_FOUND


def _amend(twin: NaiveExchange, command: AmendOrder) -> Reasons:
    order = twin.named(command)
    if order is None:
        yield R.ORDER_NOT_FOUND
        return
    terms = twin.instruments[order.instrument]
    price, quantity = command.price or order.price, command.quantity or order.quantity
    yield from _phase(twin, terms)
    yield from _quantity(terms, quantity)
    yield from _price(terms, price)
    met = [o.price for o in twin.opposite(order)]
    taken = any(p <= price for p in met) if order.side is Side.BUY else any(p >= price for p in met)
    if order.post_only and price != order.price and taken:
        yield R.POST_ONLY_WOULD_TAKE
    if (price, quantity) == (order.price, order.quantity):
        yield R.AMEND_CHANGES_NOTHING
    if quantity <= order.filled:
        yield R.AMEND_BELOW_FILLED
        return
    yield from _sweep(twin, replace(order, price=price, quantity=quantity))
    more = quantity - order.quantity
    if order.side is Side.BUY:
        needed = order.money_needed(price, quantity - order.filled) - twin.need_of(order)
        if needed > twin.available(order.firm, CASH):
            yield R.INSUFFICIENT_CASH
    elif more > 0 and len(twin.pick(order.firm, twin.lots_for(order), more)) < more:
        yield R.INSUFFICIENT_TONNES


def _cancel_all(twin: NaiveExchange, command: CancelAllOrders) -> Reasons:
    if command.participant not in twin.firms:
        yield R.PARTICIPANT_NOT_FOUND
    if command.instrument and command.instrument not in twin.instruments:
        yield R.INSTRUMENT_NOT_FOUND


# -- the venue --


def _end_day(twin: NaiveExchange, command: EndOfDay) -> Reasons:
    if twin.phase != "open":
        yield R.MARKET_CLOSED
    if not is_day(command.next_day) or command.next_day <= twin.day:
        yield R.ENDED_DAY_NOT_LATER
    elif (date_of(command.next_day) - min(date_of(twin.day), date_of(twin.today))).days > 31:
        yield R.NEXT_DAY_TOO_FAR


def _continue(twin: NaiveExchange, command: ContinueJob) -> Reasons:
    if command.job not in twin.jobs:
        yield R.JOB_NOT_FOUND


def _halt(twin: NaiveExchange, command: HaltTrading) -> Reasons:
    if command.instrument and command.instrument not in twin.instruments:
        yield R.INSTRUMENT_NOT_FOUND
    if not 1 <= len(command.reason) <= 200:
        yield R.INVALID_FIELD


def _deposit(twin: NaiveExchange, command: DepositCash) -> Reasons:
    if command.participant not in twin.firms:
        yield R.PARTICIPANT_NOT_FOUND
    if not 1 <= len(command.bank_reference) <= 200:
        yield R.INVALID_FIELD
    if not 1 <= command.amount <= MAX_CASH + twin.ledger.balance(BANK, CASH):
        yield R.AMOUNT_OUT_OF_RANGE
    if known_as(command.bank_reference) in twin.references:
        yield R.BANK_REFERENCE_USED


def _propose(twin: NaiveExchange, command: Propose) -> Reasons:
    action = command.action
    yield from _ACTIONS[type(action)](twin, action)
    if isinstance(action, WithdrawCash) and action.amount > twin.available(action.participant, CASH):
        yield R.INSUFFICIENT_CASH


def _withdrawal(twin: NaiveExchange, action: WithdrawCash) -> Reasons:
    """What is wrong with it when it is proposed and, but for cover, still when it is approved."""
    if not 1 <= len(action.bank_account) <= 200:
        yield R.INVALID_FIELD
    if not 1 <= action.amount <= MAX_CASH:
        yield R.AMOUNT_OUT_OF_RANGE


def _resume(twin: NaiveExchange, action: ResumeTrading) -> Reasons:
    if action.instrument and action.instrument not in twin.instruments:
        yield R.INSTRUMENT_NOT_FOUND
    elif not (twin.instruments[action.instrument].halted if action.instrument else twin.halted):
        yield R.NOT_HALTED


def _approve(twin: NaiveExchange, command: Approve) -> Reasons:
    proposal = twin.proposals.get(command.proposal)
    if proposal is None:
        yield R.PROPOSAL_NOT_FOUND
        return
    if not proposal.open:
        # What was decided is not judged again.
        yield R.PROPOSAL_CLOSED
        return
    kind = type(proposal.action)
    if kind in unit_refusals.AGAIN:
        yield from unit_refusals.AGAIN[kind](twin, command.proposal)
    else:
        yield from _ACTIONS[kind](twin, proposal.action)
    if proposal.proposer == command.actor:
        yield R.SAME_PERSON
    if twin.persons[command.actor].role not in _approvers(twin, proposal.action):
        yield R.APPROVER_NOT_ENTITLED
    if proposal.action_hash != command.action_hash:
        yield R.HASH_MISMATCH
    if evidence_of(proposal.action) != command.evidence:
        yield R.EVIDENCE_MISMATCH


def _approvers(twin: NaiveExchange, action: Action) -> tuple[PersonRole, ...]:
    """Only a regulator lets reduction quota come into being, and lets go what a regulator holds fast."""
    if is_quota(twin, action):
        return (REGULATOR,)
    if isinstance(action, LiftEncumbrance):
        made = twin.encumbrances.get(action.encumbrance)
        if made is not None and (
            made.is_doubt or made.is_of_source or made.reconciled or twin.persons[made.by].role is REGULATOR
        ):
            return (REGULATOR,)
    return _APPROVERS[type(action)]


def _reject(twin: NaiveExchange, command: RejectProposal) -> Reasons:
    proposal = twin.proposals.get(command.proposal)
    person = twin.persons[command.actor]
    if proposal is None or (person.role is TRADER and person.firm != proposal.firm):
        yield R.PROPOSAL_NOT_FOUND
        return
    if not proposal.open:
        yield R.PROPOSAL_CLOSED
    if len(command.reason) > 200:
        yield R.INVALID_FIELD
    if not _may_reject(twin, proposal, command.actor, person.role):
        yield R.APPROVER_NOT_ENTITLED


def _may_reject(twin: NaiveExchange, proposal: NaiveProposal, actor: int, role: PersonRole) -> bool:
    return role is TRADER or actor == proposal.proposer or role in _approvers(twin, proposal.action)


_ACTIONS: dict[type, Callable[[NaiveExchange, Any], Reasons]] = {
    WithdrawCash: _withdrawal,
    ResumeTrading: _resume,
    **origin_refusals.ACTIONS,
    **unit_refusals.ACTIONS,
}

_EITHER, _STAFF = (TRADER, OPERATOR), (OPERATOR, REGULATOR)

_PROPOSERS: dict[type, tuple[PersonRole, ...]] = {
    WithdrawCash: (TRADER,),
    AdmitLot: _EITHER,
    ResumeTrading: _STAFF,
    RegisterProject: (OPERATOR,),
    RecordIssuance: (OPERATOR,),
    SetFacility: _STAFF,
    ReturnUnits: _EITHER,
    CommitImport: (OPERATOR,),
    AnswerOnPaper: (OPERATOR,),
    UseUnits: (TRADER,),
    ReleaseUnits: (TRADER,),
    RevokeClaim: _STAFF,
    SetObligation: _STAFF,
    SetBudget: _STAFF,
    LiftEncumbrance: _STAFF,
    ReportReversal: _STAFF,
    ForceCancellation: _STAFF,
    WithdrawReversal: _STAFF,
}
_APPROVERS: dict[type, tuple[PersonRole, ...]] = {
    WithdrawCash: (OPERATOR,),
    AdmitLot: (OPERATOR,),
    ResumeTrading: _STAFF,
    RegisterProject: (OPERATOR,),
    RecordIssuance: (OPERATOR,),
    SetFacility: (REGULATOR,),
    ReturnUnits: (OPERATOR,),
    CommitImport: (OPERATOR,),
    AnswerOnPaper: (OPERATOR,),
    UseUnits: (OPERATOR,),
    ReleaseUnits: (OPERATOR,),
    RevokeClaim: (REGULATOR,),
    SetObligation: (REGULATOR,),
    SetBudget: (REGULATOR,),
    LiftEncumbrance: _STAFF,
    ReportReversal: _STAFF,
    ForceCancellation: (REGULATOR,),
    WithdrawReversal: (REGULATOR,),
}

_TABLE: dict[type, tuple[tuple[PersonRole, ...], bool, Callable[[NaiveExchange, Any], Reasons]]] = {
    PlaceOrder: ((TRADER,), True, _place),
    CancelOrder: ((TRADER,), True, _cancel),
    AmendOrder: ((TRADER,), True, _amend),
    CancelAllOrders: ((TRADER, OPERATOR), True, _cancel_all),
    SetCancelAfter: ((TRADER,), True, keys.refuse_set_cancel_after),
    CancelUnattended: ((), False, keys.refuse_cancel_unattended),
    RotateKey: (tuple(PersonRole), False, keys.refuse_rotate),
    RevokeKey: (tuple(PersonRole), False, keys.refuse_revoke),
    EndOfDay: ((OPERATOR,), False, _end_day),
    ContinueJob: ((), False, _continue),
    HaltTrading: ((OPERATOR, REGULATOR), False, _halt),
    DepositCash: ((OPERATOR,), False, _deposit),
    Propose: ((TRADER, OPERATOR, REGULATOR), False, _propose),
    Approve: ((OPERATOR, REGULATOR), False, _approve),
    RejectProposal: ((TRADER, OPERATOR, REGULATOR), False, _reject),
    ProposeAgreement: ((TRADER,), True, agreed.refuse_proposal),
    AffirmAgreement: ((TRADER,), True, agreed.refuse_affirmation),
    DeclineAgreement: ((TRADER,), True, agreed.refuse_leaving),
    ConfirmAgreement: ((OPERATOR,), False, agreed.refuse_confirming),
    **origin_refusals.COMMANDS,
    **unit_refusals.COMMANDS,
}
"""Who may give a command, whether traders only for the own firm, and what else may be wrong with it."""
