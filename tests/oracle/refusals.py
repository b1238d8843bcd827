"""Why the naive exchange refuses a command: every reason that applies, of which the smallest number is the answer.

Each function collects all that is wrong, without an order of its own, so that the order of the real checks is tested by
their result. A reason is left out only where it makes no sense any more: an instrument that does not exist has no band.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from exchange.core.commands import Command
from exchange.core.commands.agreements import (
    AffirmAgreement,
    AgreementKind,
    ConfirmAgreement,
    DeclineAgreement,
    ProposeAgreement,
)
from exchange.core.commands.approvals import Action, Approve, Propose, RejectProposal
from exchange.core.commands.cash import DepositCash, WithdrawCash
from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.governance import PersonRole, RevokeKey, RotateKey
from exchange.core.commands.instruments import ContinueJob, EndOfDay, Family, HaltTrading, ResumeTrading
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
from exchange.core.commands.participants import ParticipantRole
from exchange.core.rejections import RejectReason as R
from exchange.core.values import Side
from tests.oracle import key_refusals as keys
from tests.oracle.agreements import lots_of_agreement
from tests.oracle.exchange import NaiveExchange
from tests.oracle.ledger import BANK, CASH, fee_of
from tests.oracle.things import NaiveAgreement, NaiveInstrument, NaiveOrder, NaiveProposal

Reasons = Iterator[R]

TRADER, OPERATOR, REGULATOR = PersonRole.TRADER, PersonRole.OPERATOR, PersonRole.REGULATOR
AT_ONCE = (TimeInForce.IOC, TimeInForce.FOK)
MAX_QUANTITY, MAX_PRICE, MAX_CASH = 10**9, 10**8, 10**17


def reason_for(twin: NaiveExchange, command: Command) -> R | None:
    """The smallest of all reasons to refuse a command; None when there is none."""
    roles, own, reasons = _TABLE[type(command)]
    if command.actor == 0 or not roles:
        stranger = command.actor != 0 or bool(roles)
        return R.NOT_AUTHORISED if stranger else min(reasons(twin, command), default=None)
    person = twin.persons.get(command.actor)
    if person is None or person.role not in roles:
        return R.NOT_AUTHORISED
    if not twin.keys.is_good(twin.key, command.actor, twin.at):
        return R.KEY_NOT_VALID
    if own and person.role is TRADER and person.firm != command.participant:  # type: ignore[union-attr]
        return R.PARTICIPANT_NOT_FOUND
    return min(reasons(twin, command), default=None)


def _is_day(day: int) -> bool:
    try:
        _date(day)
    except ValueError:
        return False
    return True


def _date(day: int) -> datetime:
    return datetime.strptime(f"{day:08}", "%Y%m%d")  # noqa: DTZ007 (a day of the calendar, not an instant)


# -- orders --


def _place(twin: NaiveExchange, command: PlaceOrder) -> Reasons:
    terms = twin.instruments.get(command.instrument)
    if terms is None:
        yield R.INSTRUMENT_NOT_FOUND
        return
    yield from _naming(twin, command.participant, command.side, command.lots)
    yield from _phase(twin, terms)
    order = twin.new_order(command, twin.seq)
    yield from _quantity(terms, command.quantity)
    yield from _price(terms, order.price)
    yield from _times(twin, command)
    yield from _side(twin, command.participant, command.side)
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


def _naming(twin: NaiveExchange, firm: int, side: Side, lots: tuple[int, ...]) -> Reasons:
    if any(lot not in twin.tonnes.lots_of(firm) for lot in lots):
        yield R.LOT_NOT_FOUND
    if len(set(lots)) < len(lots) or len(lots) > 100 or (lots and side is Side.BUY):
        yield R.INVALID_FIELD


def _phase(twin: NaiveExchange, terms: NaiveInstrument) -> Reasons:
    if twin.phase != "open":
        yield R.MARKET_CLOSED
    if twin.halted or terms.halted:
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
    if dated and (not _is_day(command.good_til) or command.good_til < twin.day):
        yield R.GOOD_TIL_INVALID
    if not dated and command.good_til != 0:
        yield R.GOOD_TIL_INVALID
    if command.post_only and (market or at_once):
        yield R.POST_ONLY_INVALID


def _side(twin: NaiveExchange, firm: int, side: Side) -> Reasons:
    role = twin.firms[firm].role
    if side is Side.BUY and role is ParticipantRole.SELLER:
        yield R.ROLE_CANNOT_BUY
    if side is Side.SELL and role is ParticipantRole.BUYER:
        yield R.ROLE_CANNOT_SELL


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
    if not _is_day(command.next_day) or command.next_day <= twin.day:
        yield R.ENDED_DAY_NOT_LATER
    elif (_date(command.next_day) - min(_date(twin.day), _date(twin.today))).days > 31:
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
    if command.bank_reference in twin.references:
        yield R.BANK_REFERENCE_USED


def _propose(twin: NaiveExchange, command: Propose) -> Reasons:
    action = command.action
    role = twin.persons[command.actor].role
    if role not in _PROPOSERS[type(action)] or action.actor != command.actor:
        yield R.NOT_AUTHORISED
        return
    own = {WithdrawCash: "participant", AdmitLot: "owner"}.get(type(action))
    if role is TRADER and own and getattr(action, own) != twin.persons[command.actor].firm:
        yield R.PARTICIPANT_NOT_FOUND
        return
    yield from _action(twin, action)
    if isinstance(action, WithdrawCash) and action.amount > twin.available(action.participant, CASH):
        yield R.INSUFFICIENT_CASH


def _action(twin: NaiveExchange, action: Action) -> Reasons:
    """What is wrong with an action when it is proposed and, but for cover, still when it is approved."""
    if isinstance(action, WithdrawCash):
        if not 1 <= len(action.bank_account) <= 200:
            yield R.INVALID_FIELD
        if not 1 <= action.amount <= MAX_CASH:
            yield R.AMOUNT_OUT_OF_RANGE
    elif isinstance(action, ResumeTrading):
        if action.instrument and action.instrument not in twin.instruments:
            yield R.INSTRUMENT_NOT_FOUND
        elif not (twin.instruments[action.instrument].halted if action.instrument else twin.halted):
            yield R.NOT_HALTED
    elif isinstance(action, AdmitLot):
        yield from _lot(twin, action)


def _lot(twin: NaiveExchange, action: AdmitLot) -> Reasons:
    if action.owner not in twin.firms:
        yield R.PARTICIPANT_NOT_FOUND
    elif twin.firms[action.owner].role is ParticipantRole.BUYER:
        yield R.ROLE_CANNOT_SELL
    if not 1 <= len(action.lock_reference) <= 200:
        yield R.INVALID_FIELD
    lo, hi = action.serial_lo, action.serial_hi
    if not (1 <= lo < hi <= 2**62 and hi - lo <= MAX_QUANTITY):
        yield R.SERIALS_INVALID
    issuance = twin.issuances.get(action.issuance)
    if issuance is None:
        yield R.ISSUANCE_NOT_FOUND
        return
    serials, issued = set(range(lo, hi)), set(range(issuance.lo, issuance.hi))
    if any(serials & issued & set(range(lot.lo, lot.hi)) for lot in twin.lots.values()):
        yield R.SERIALS_OVERLAP
    if not serials <= issued:
        yield R.OUTSIDE_ISSUANCE
    if action.lock_reference.lower() in [known.lower() for known in twin.locks]:
        yield R.LOCK_REFERENCE_USED


def _approve(twin: NaiveExchange, command: Approve) -> Reasons:
    proposal = twin.proposals.get(command.proposal)
    if proposal is None:
        yield R.PROPOSAL_NOT_FOUND
        return
    if not proposal.open:
        # What was decided is not judged again.
        yield R.PROPOSAL_CLOSED
        return
    yield from _action(twin, proposal.action)
    if proposal.proposer == command.actor:
        yield R.SAME_PERSON
    if twin.persons[command.actor].role not in _APPROVERS[type(proposal.action)]:
        yield R.APPROVER_NOT_ENTITLED
    if proposal.action_hash != command.action_hash:
        yield R.HASH_MISMATCH
    evidence = proposal.action.lock_reference if isinstance(proposal.action, AdmitLot) else ""
    if evidence != command.evidence:
        yield R.EVIDENCE_MISMATCH


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
    if not _may_reject(proposal, command.actor, person.role):
        yield R.APPROVER_NOT_ENTITLED


def _may_reject(proposal: NaiveProposal, actor: int, role: PersonRole) -> bool:
    return role is TRADER or actor == proposal.proposer or role in _APPROVERS[type(proposal.action)]


# -- agreed trades --


def _propose_agreement(twin: NaiveExchange, command: ProposeAgreement) -> Reasons:
    if command.counterparty not in twin.firms or command.counterparty == command.participant:
        yield R.PARTICIPANT_NOT_FOUND
        return
    if twin.halted:
        yield R.INSTRUMENT_HALTED
    early = command.kind is AgreementKind.PRE_ISSUANCE
    yield from _naming(twin, command.participant, command.side, command.lots)
    if len(command.project) > 200 or (early and command.lots):
        yield R.INVALID_FIELD
    if not 1 <= command.quantity <= MAX_QUANTITY:
        yield R.QUANTITY_OUT_OF_RANGE
    other = Side.SELL if command.side is Side.BUY else Side.BUY
    yield from _side(twin, command.participant, command.side)
    yield from _side(twin, command.counterparty, other)
    if twin.firms[command.participant].group == twin.firms[command.counterparty].group:
        yield R.SAME_OWNER_GROUP
    if command.family is not (Family.FORESTRY_CCER if early else Family.OTHER_SINK):
        yield R.FAMILY_MISMATCH
    if not 1 <= command.total <= MAX_QUANTITY * MAX_PRICE:
        yield R.TOTAL_OUT_OF_RANGE
    buyer, seller = (command.participant, command.counterparty)[:: 1 if command.side is Side.BUY else -1]
    terms = NaiveAgreement(
        buyer,
        seller,
        command.participant,
        command.kind,
        command.family,
        command.project,
        command.quantity,
        command.total,
        twin.fee,
    )
    yield from _agreement_cover(twin, terms, command.side, command.lots)


def _agreement_cover(
    twin: NaiveExchange, terms: NaiveAgreement, side: Side, lots: tuple[int, ...] | tuple[Any, ...]
) -> Reasons:
    """What is missing for a side to consent; before issuance nothing is needed."""
    if terms.kind is AgreementKind.PRE_ISSUANCE:
        return
    if side is Side.BUY:
        if terms.total + fee_of(terms.rate, max(0, terms.total)) > twin.available(terms.buyer, CASH):
            yield R.INSUFFICIENT_CASH
        return
    named = [int(lot) for lot in lots if lot in twin.lots]
    if any(twin.lots[lot].good[0] != terms.family for lot in named):
        yield R.FAMILY_MISMATCH
    if any(terms.project not in ("", twin.lots[lot].good[1]) for lot in named):
        yield R.LOT_NOT_ELIGIBLE
    quantity = terms.quantity
    if quantity > 0 and len(twin.pick(terms.seller, named or lots_of_agreement(twin, terms), quantity)) < quantity:
        yield R.INSUFFICIENT_TONNES


def _affirm(twin: NaiveExchange, command: AffirmAgreement) -> Reasons:
    agreement = twin.agreements.get(command.agreement)
    if any(lot not in twin.tonnes.lots_of(command.participant) for lot in command.lots):
        yield R.LOT_NOT_FOUND
    counterparty = agreement and {agreement.buyer, agreement.seller} - {agreement.proposer}
    if agreement is None or counterparty != {command.participant}:
        yield R.AGREEMENT_NOT_FOUND
        return
    if twin.halted:
        yield R.INSTRUMENT_HALTED
    side = Side.SELL if agreement.proposer == agreement.buyer else Side.BUY
    yield from _naming(twin, command.participant, side, command.lots)
    if agreement.kind is AgreementKind.PRE_ISSUANCE and command.lots:
        yield R.INVALID_FIELD
    if agreement.status != "proposed":
        yield R.AGREEMENT_CLOSED
    if command.quantity != agreement.quantity or command.total != agreement.total:
        yield R.TERMS_MISMATCH
    yield from _agreement_cover(twin, agreement, side, command.lots)


def _decline(twin: NaiveExchange, command: DeclineAgreement) -> Reasons:
    agreement = twin.agreements.get(command.agreement)
    if agreement is None or command.participant not in (agreement.buyer, agreement.seller):
        yield R.AGREEMENT_NOT_FOUND
    elif agreement.status in ("settled", "ended"):
        yield R.AGREEMENT_CLOSED
    elif agreement.status == "agreed":
        yield R.AGREEMENT_BINDING


def _confirm(twin: NaiveExchange, command: ConfirmAgreement) -> Reasons:
    agreement = twin.agreements.get(command.agreement)
    if agreement is None:
        yield R.AGREEMENT_NOT_FOUND
        return
    if twin.halted and command.accept:
        yield R.INSTRUMENT_HALTED
    if agreement.status in ("settled", "ended"):
        yield R.AGREEMENT_CLOSED
    if agreement.status == "proposed":
        yield R.AGREEMENT_NOT_AFFIRMED
    if agreement.kind is AgreementKind.PRE_ISSUANCE:
        yield R.NOT_DELIVERABLE


_PROPOSERS = {WithdrawCash: (TRADER,), AdmitLot: (TRADER, OPERATOR), ResumeTrading: (OPERATOR, REGULATOR)}
_APPROVERS = {WithdrawCash: (OPERATOR,), AdmitLot: (OPERATOR,), ResumeTrading: (OPERATOR, REGULATOR)}

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
    ProposeAgreement: ((TRADER,), True, _propose_agreement),
    AffirmAgreement: ((TRADER,), True, _affirm),
    DeclineAgreement: ((TRADER,), True, _decline),
    ConfirmAgreement: ((OPERATOR,), False, _confirm),
}
"""Who may give a command, whether traders only for the own firm, and what else may be wrong with it."""
