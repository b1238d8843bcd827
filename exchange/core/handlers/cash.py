"""Money in and out of the venue."""

from __future__ import annotations

from exchange.core.commands.cash import DepositCash, WithdrawCash
from exchange.core.credits.spelling import folded_number, is_name
from exchange.core.events.participants import CashDeposited, CashWithdrawn, Posting
from exchange.core.handlers.keys import is_text
from exchange.core.handlers.step import Step
from exchange.core.ledger import posting
from exchange.core.ledger.chart import BANK, CNY
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.state import ExchangeState
from exchange.core.values import MAX_VENUE_CASH, Fen, ParticipantId


def deposit_cash(step: Step, command: DepositCash) -> Refusal | None:
    """Credit money that the bank reports; a bank reference is credited once and never again."""
    if command.participant not in step.state.register.participants:
        return Refusal(RejectReason.PARTICIPANT_NOT_FOUND)
    if not is_name(command.bank_reference):
        return Refusal(RejectReason.INVALID_FIELD)
    refusal = refuse_credit(step.state, command.amount, command.bank_reference)
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    credit_cash(step, command.participant, command.amount, command.bank_reference)
    return None


def refuse_credit(state: ExchangeState, amount: Fen, bank_reference: str) -> Refusal | None:
    """Whether the venue can hold so much more, and nothing was credited under this reference, in whatever spelling."""
    most = MAX_VENUE_CASH - state.balances.venue_cash()
    if not 1 <= amount <= most:
        return Refusal(RejectReason.AMOUNT_OUT_OF_RANGE, (("lowest_cash", 1), ("highest_cash", most)))
    known = folded_number(bank_reference) in state.bank_references
    return Refusal(RejectReason.BANK_REFERENCE_USED) if known else None


def credit_cash(step: Step, participant: ParticipantId, amount: Fen, bank_reference: str) -> None:
    """Book money in from the bank."""
    step.state.bank_references[folded_number(bank_reference)] = step.seq
    postings: list[Posting] = []
    posting.move(BANK, participant, CNY, amount, postings)
    step.emit(CashDeposited(participant, amount, bank_reference))
    step.created = step.book(postings)


def refuse_withdrawal(state: ExchangeState, action: WithdrawCash) -> Refusal | None:
    """What is paid out must be available when it is proposed; from then on it is held."""
    if not is_text(action.bank_account):
        return Refusal(RejectReason.INVALID_FIELD)
    if not 1 <= action.amount <= MAX_VENUE_CASH:
        return Refusal(RejectReason.AMOUNT_OUT_OF_RANGE, (("lowest_cash", 1), ("highest_cash", MAX_VENUE_CASH)))
    available = state.balances.available(action.participant, CNY)
    if action.amount > available:
        return Refusal(RejectReason.INSUFFICIENT_CASH, (("needed_cash", action.amount), ("available_cash", available)))
    return None


def hold_withdrawal(step: Step, action: WithdrawCash) -> None:
    """Reserve the amount while the second person decides."""
    postings: list[Posting] = []
    posting.hold(action.participant, CNY, action.amount, postings)
    step.book(postings)


def release_withdrawal(step: Step, action: WithdrawCash) -> None:
    """Give the amount back after a rejection."""
    postings: list[Posting] = []
    posting.release(action.participant, CNY, action.amount, postings)
    step.book(postings)


def pay_withdrawal(step: Step, action: WithdrawCash) -> None:
    """Turn the hold into the payment, in one transaction."""
    postings: list[Posting] = []
    posting.release(action.participant, CNY, action.amount, postings)
    posting.move(action.participant, BANK, CNY, action.amount, postings)
    step.emit(CashWithdrawn(action.participant, action.amount, action.bank_account))
    step.book(postings)
