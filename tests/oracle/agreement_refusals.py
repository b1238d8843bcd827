"""Why the naive exchange refuses what is asked of agreed trades; see :mod:`tests.oracle.refusals`."""

from __future__ import annotations

from typing import Any

from exchange.core.commands.agreements import (
    AffirmAgreement,
    AgreementKind,
    ConfirmAgreement,
    DeclineAgreement,
    ProposeAgreement,
)
from exchange.core.commands.instruments import Family
from exchange.core.rejections import RejectReason as R
from exchange.core.values import Side
from tests.oracle.agreements import lots_of_agreement
from tests.oracle.common_refusals import MAX_PRICE, MAX_QUANTITY, Reasons, naming, side_of
from tests.oracle.exchange import NaiveExchange
from tests.oracle.ledger import CASH, fee_of
from tests.oracle.things import NaiveAgreement


def refuse_proposal(twin: NaiveExchange, command: ProposeAgreement) -> Reasons:
    """To another firm of another owner, and the cover of the side that proposes."""
    if command.counterparty not in twin.firms:
        yield R.PARTICIPANT_NOT_FOUND
        return
    if twin.is_halted():
        yield R.INSTRUMENT_HALTED
    early = command.kind is AgreementKind.PRE_ISSUANCE
    yield from naming(twin, command.participant, command.side, command.lots)
    if len(command.project) > 200 or (early and command.lots):
        yield R.INVALID_FIELD
    if not 1 <= command.quantity <= MAX_QUANTITY:
        yield R.QUANTITY_OUT_OF_RANGE
    other = Side.SELL if command.side is Side.BUY else Side.BUY
    yield from side_of(twin, command.participant, command.side)
    yield from side_of(twin, command.counterparty, other)
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


def refuse_affirmation(twin: NaiveExchange, command: AffirmAgreement) -> Reasons:
    """By the counterparty, with the terms entered again."""
    agreement = twin.agreements.get(command.agreement)
    if any(lot not in twin.tonnes.lots_of(command.participant) for lot in command.lots):
        yield R.LOT_NOT_FOUND
    counterparty = agreement and {agreement.buyer, agreement.seller} - {agreement.proposer}
    if agreement is None or counterparty != {command.participant}:
        yield R.AGREEMENT_NOT_FOUND
        return
    if twin.is_halted():
        yield R.INSTRUMENT_HALTED
    side = Side.SELL if agreement.proposer == agreement.buyer else Side.BUY
    yield from naming(twin, command.participant, side, command.lots)
    if agreement.kind is AgreementKind.PRE_ISSUANCE and command.lots:
        yield R.INVALID_FIELD
    if agreement.status != "proposed":
        yield R.AGREEMENT_CLOSED
    if command.quantity != agreement.quantity or command.total != agreement.total:
        yield R.TERMS_MISMATCH
    yield from _agreement_cover(twin, agreement, side, command.lots)


def refuse_leaving(twin: NaiveExchange, command: DeclineAgreement) -> Reasons:
    """By a party, while it is not binding."""
    agreement = twin.agreements.get(command.agreement)
    if agreement is None or command.participant not in (agreement.buyer, agreement.seller):
        yield R.AGREEMENT_NOT_FOUND
    elif agreement.status in ("settled", "ended"):
        yield R.AGREEMENT_CLOSED
    elif agreement.status == "agreed":
        yield R.AGREEMENT_BINDING


def refuse_confirming(twin: NaiveExchange, command: ConfirmAgreement) -> Reasons:
    """By the venue, when both have agreed."""
    agreement = twin.agreements.get(command.agreement)
    if agreement is None:
        yield R.AGREEMENT_NOT_FOUND
        return
    if twin.is_halted() and command.accept:
        yield R.INSTRUMENT_HALTED
    if agreement.status in ("settled", "ended"):
        yield R.AGREEMENT_CLOSED
    if agreement.status == "proposed":
        yield R.AGREEMENT_NOT_AFFIRMED
    if agreement.kind is AgreementKind.PRE_ISSUANCE:
        yield R.NOT_DELIVERABLE
