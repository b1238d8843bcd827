"""Agreed trades from proposal to settlement; each side's cover is held from the moment it consents.

A halt of the whole market stops them too, but for leaving one: an agreement delivers like any trade.
"""

from __future__ import annotations

from exchange.core import holds
from exchange.core.commands.agreements import (
    AffirmAgreement,
    AgreementKind,
    ConfirmAgreement,
    DeclineAgreement,
    ProposeAgreement,
)
from exchange.core.commands.instruments import Family
from exchange.core.credits.allocation import delivery_order
from exchange.core.events.agreements import AgreementAffirmed, AgreementEnded, AgreementProposed, AgreementSettled
from exchange.core.events.participants import Posting
from exchange.core.handlers.cover import choose_of, refuse_cash, refuse_foreign_lots, refuse_naming
from exchange.core.handlers.execution import deliver
from exchange.core.handlers.scattered import refuse_scattered
from exchange.core.handlers.step import Step
from exchange.core.ledger import posting
from exchange.core.ledger.chart import CNY
from exchange.core.negotiated.agreed import Agreement, AgreementStatus, agreed_family
from exchange.core.orders import LotHold
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.risk import refuse_side
from exchange.core.settlement.dvp import pay
from exchange.core.state import ExchangeState
from exchange.core.values import (
    MAX_QUANTITY,
    MAX_TEXT,
    MAX_TOTAL,
    NOBODY,
    AgreementId,
    Fen,
    LotId,
    PersonId,
    Side,
    derived_id,
    share,
)

MAX_OPEN_AGREEMENTS = 1_000
"""That one participant has proposed: pre-issuance agreements cost nothing and stay for ever."""


def propose_agreement(step: Step, command: ProposeAgreement) -> Refusal | None:
    """Offer a trade at an agreed total to a named counterparty."""
    state = step.state
    refusal = _refuse_parties(state, command) or _refuse_terms(state, command)
    if refusal is not None:
        return refusal
    agreement = _new_agreement(step, command)
    consent = _cover(state, agreement, command.side, command.lots)
    if isinstance(consent, Refusal):
        return consent
    # -- everything is checked; nothing below may fail --
    step.new_id()
    state.agreements[agreement.agreement] = agreement
    state.register.participants[agreement.proposer].open_agreements += 1
    step.created = agreement.agreement
    step.emit(_proposed(agreement))
    _hold(step, agreement, command.side, consent)
    return None


def is_halted(state: ExchangeState) -> bool:
    """Whether no units can change hands: the market is halted, or some units are just being held fast."""
    return state.session.halted or bool(state.encumbrances.working)


def _refuse_parties(state: ExchangeState, command: ProposeAgreement) -> Refusal | None:
    if command.counterparty not in state.register.participants:
        return Refusal(RejectReason.PARTICIPANT_NOT_FOUND)
    refusal = refuse_foreign_lots(state, command.participant, command.lots)
    if refusal is not None:
        return refusal
    if is_halted(state):
        return Refusal(RejectReason.INSTRUMENT_HALTED)
    if len(command.project) > MAX_TEXT:
        return Refusal(RejectReason.INVALID_FIELD)
    return _refuse_naming(command.kind, command.side, command.lots)


def _refuse_naming(kind: AgreementKind, side: Side, lots: tuple[LotId, ...]) -> Refusal | None:
    """Before issuance there is no lot that could be named."""
    if kind is AgreementKind.PRE_ISSUANCE and lots:
        return Refusal(RejectReason.INVALID_FIELD)
    return refuse_naming(side, lots)


def _refuse_terms(state: ExchangeState, command: ProposeAgreement) -> Refusal | None:
    if not 1 <= command.quantity <= MAX_QUANTITY:
        return Refusal(RejectReason.QUANTITY_OUT_OF_RANGE, (("lowest", 1), ("highest", MAX_QUANTITY)))
    refusal = _refuse_roles(state, command)
    if refusal is not None:
        return refusal
    if not agreed_family(command.kind, command.family) or _foreign_family(state, command.family, command.lots):
        return Refusal(RejectReason.FAMILY_MISMATCH)
    if not 1 <= command.total <= MAX_TOTAL:
        return Refusal(RejectReason.TOTAL_OUT_OF_RANGE, (("lowest_cash", 1), ("highest_cash", MAX_TOTAL)))
    if state.register.participants[command.participant].open_agreements >= MAX_OPEN_AGREEMENTS:
        return Refusal(RejectReason.TOO_MANY_OPEN_AGREEMENTS, (("highest", MAX_OPEN_AGREEMENTS),))
    return None


def _refuse_roles(state: ExchangeState, command: ProposeAgreement) -> Refusal | None:
    """The buyer is asked first, whoever of the two proposes, and then whether they are two at all."""
    proposer = state.register.participants[command.participant]
    other = state.register.participants[command.counterparty]
    buyer, seller = (proposer, other) if command.side is Side.BUY else (other, proposer)
    refusal = refuse_side(buyer, Side.BUY) or refuse_side(seller, Side.SELL)
    if refusal is None and buyer.group == seller.group:
        return Refusal(RejectReason.SAME_OWNER_GROUP)
    return refusal


def _foreign_family(state: ExchangeState, family: Family, lots: tuple[LotId, ...]) -> bool:
    """Whether a named lot is of another family than the agreed one."""
    return any(state.credits.lots[lot].basket[0] != family for lot in lots)


def _new_agreement(step: Step, command: ProposeAgreement) -> Agreement:
    return Agreement(
        AgreementId(derived_id(step.seq)),
        command.participant,
        command.counterparty,
        command.side,
        command.kind,
        command.family,
        command.project,
        command.quantity,
        command.total,
        step.state.rulebook.fee,
        AgreementStatus.PROPOSED,
        Fen(0),
        [],
    )


def _proposed(agreement: Agreement) -> AgreementProposed:
    return AgreementProposed(
        agreement.agreement,
        agreement.proposer,
        agreement.counterparty,
        agreement.side,
        agreement.kind,
        agreement.family,
        agreement.project,
        agreement.quantity,
        agreement.total,
    )


def _fee(agreement: Agreement) -> Fen:
    return share(agreement.fee_rate, agreement.total)


def _cover(state: ExchangeState, agreement: Agreement, side: Side, named: tuple[LotId, ...]) -> list[LotHold] | Refusal:
    """What the consenting side must hold: lots for the seller; a buyer's cash is only checked here."""
    if agreement.kind is AgreementKind.PRE_ISSUANCE:
        return []
    if side is Side.BUY:
        return refuse_cash(state, agreement.buyer, agreement.total + _fee(agreement)) or []
    if agreement.project and any(state.credits.lots[lot].basket[1] != agreement.project for lot in named):
        return Refusal(RejectReason.LOT_NOT_ELIGIBLE)
    return choose_of(state, agreement.seller, named or _lots_in_order(state, agreement), agreement.quantity)


def _lots_in_order(state: ExchangeState, agreement: Agreement) -> list[LotId]:
    """The seller's lots of the agreed family and, where one is named, project, in the order of delivery."""
    baskets = state.parcels.lots_of.get(agreement.seller, {})
    fitting = [
        lot
        for basket, lots in baskets.items()
        if basket[0] == agreement.family and agreement.project in ("", basket[1])
        for lot in lots
    ]
    return [lot.lot for lot in sorted(fitting, key=delivery_order)]


def _hold(step: Step, agreement: Agreement, side: Side, lots: list[LotHold]) -> None:
    if agreement.kind is AgreementKind.PRE_ISSUANCE:
        return
    postings: list[Posting] = []
    if side is Side.BUY:
        agreement.cash_held = Fen(agreement.total + _fee(agreement))
        posting.hold(agreement.buyer, CNY, agreement.cash_held, postings)
    else:
        agreement.lots_held = lots
        holds.hold_lots(agreement.seller, lots, postings)
    step.book(postings)


def affirm_agreement(step: Step, command: AffirmAgreement) -> Refusal | None:
    """Consent as the counterparty, entering quantity and total again; a pre-issuance agreement stands from now on."""
    state = step.state
    agreement = state.agreements.get(command.agreement)
    refusal = refuse_foreign_lots(state, command.participant, command.lots)
    if refusal is not None:
        return refusal
    if agreement is None or agreement.counterparty != command.participant:
        return Refusal(RejectReason.AGREEMENT_NOT_FOUND)
    if is_halted(state):
        return Refusal(RejectReason.INSTRUMENT_HALTED)
    refusal = _refuse_affirmation(state, agreement, command)
    if refusal is not None:
        return refusal
    side = agreement.side.opposite
    consent = _cover(state, agreement, side, command.lots)
    if isinstance(consent, Refusal):
        return consent
    # -- everything is checked; nothing below may fail --
    agreement.status = AgreementStatus.AGREED
    step.emit(AgreementAffirmed(agreement.agreement, command.actor))
    _hold(step, agreement, side, consent)
    return None


def _refuse_affirmation(state: ExchangeState, agreement: Agreement, command: AffirmAgreement) -> Refusal | None:
    if agreement.status is not AgreementStatus.PROPOSED:
        return Refusal(RejectReason.AGREEMENT_CLOSED)
    refusal = _refuse_naming(agreement.kind, agreement.side.opposite, command.lots)
    if refusal is not None:
        return refusal
    if (command.quantity, command.total) != (agreement.quantity, agreement.total):
        return Refusal(RejectReason.TERMS_MISMATCH)
    if _foreign_family(state, agreement.family, command.lots):
        return Refusal(RejectReason.FAMILY_MISMATCH)
    return None


def decline_agreement(step: Step, command: DeclineAgreement) -> Refusal | None:
    """Leave an agreement that the other side has not affirmed, or that the own side has not."""
    agreement = step.state.agreements.get(command.agreement)
    if agreement is None or command.participant not in (agreement.proposer, agreement.counterparty):
        return Refusal(RejectReason.AGREEMENT_NOT_FOUND)
    if not agreement.open:
        return Refusal(RejectReason.AGREEMENT_CLOSED)
    if agreement.status is AgreementStatus.AGREED:
        return Refusal(RejectReason.AGREEMENT_BINDING)
    # -- everything is checked; nothing below may fail --
    _end(step, agreement, command.actor)
    return None


def _release(agreement: Agreement, postings: list[Posting]) -> None:
    posting.release(agreement.buyer, CNY, agreement.cash_held, postings)
    holds.release_lots(agreement.seller, agreement.lots_held, postings)
    agreement.cash_held, agreement.lots_held = Fen(0), []


def _close(state: ExchangeState, agreement: Agreement, status: AgreementStatus) -> None:
    agreement.status = status
    state.register.participants[agreement.proposer].open_agreements -= 1


def _end(step: Step, agreement: Agreement, by: PersonId) -> None:
    postings: list[Posting] = []
    _release(agreement, postings)
    _close(step.state, agreement, AgreementStatus.ENDED)
    step.emit(AgreementEnded(agreement.agreement, by))
    step.book(postings)


def end_uncovered(step: Step, number: AgreementId) -> None:
    """End an agreement whose tonnes are taken away from the seller, if it is still open; the venue's act."""
    agreement = step.state.agreements[number]
    if agreement.open:
        _end(step, agreement, PersonId(NOBODY))


def confirm_agreement(step: Step, command: ConfirmAgreement) -> Refusal | None:
    """The venue's word: settle an affirmed spot agreement, or refuse it and release what it holds (T14)."""
    agreement = step.state.agreements.get(command.agreement)
    if agreement is None:
        return Refusal(RejectReason.AGREEMENT_NOT_FOUND)
    if command.accept and is_halted(step.state):
        return Refusal(RejectReason.INSTRUMENT_HALTED)
    if not agreement.open:
        return Refusal(RejectReason.AGREEMENT_CLOSED)
    if agreement.status is AgreementStatus.PROPOSED:
        return Refusal(RejectReason.AGREEMENT_NOT_AFFIRMED)
    if agreement.kind is AgreementKind.PRE_ISSUANCE:
        return Refusal(RejectReason.NOT_DELIVERABLE)
    if command.accept:
        refusal = refuse_scattered(step.state, [(agreement.seller, part) for part in agreement.lots_held])
        if refusal is not None:
            return refusal
    # -- everything is checked; nothing below may fail --
    if command.accept:
        _settle(step, agreement)
    else:
        _end(step, agreement, command.actor)
    return None


def _settle(step: Step, agreement: Agreement) -> None:
    """Both legs in one ledger transaction, paid from the holds."""
    buyer, seller, fee = agreement.buyer, agreement.seller, _fee(agreement)
    delivered = agreement.lots_held
    postings: list[Posting] = []
    _release(agreement, postings)
    pay(buyer, seller, agreement.total, fee, fee, postings)
    for part in delivered:
        posting.move(seller, buyer, part.lot, part.quantity, postings)
    _close(step.state, agreement, AgreementStatus.SETTLED)
    transaction = step.book(postings)
    deliver(step, transaction, seller, buyer, delivered)
    step.emit(
        AgreementSettled(agreement.agreement, transaction, buyer, seller, agreement.quantity, agreement.total, fee, fee)
    )
