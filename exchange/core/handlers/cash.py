"""Money in and out of the venue."""

from __future__ import annotations

from exchange.core.commands.cash import DepositCash, WithdrawCash
from exchange.core.events.participants import CashDeposited, CashWithdrawn, Posting
from exchange.core.handlers.governance import is_text
from exchange.core.handlers.step import Step
from exchange.core.ledger import posting
from exchange.core.ledger.chart import BANK, CNY
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.state import ExchangeState
from exchange.core.values import MAX_VENUE_CASH


def deposit_cash(step: Step, command: DepositCash) -> Refusal | None:
    """Credit money that the bank reports; a bank reference is credited once and never again."""
    state = step.state
    if command.participant not in state.register.participants:
        return Refusal(RejectReason.PARTICIPANT_NOT_FOUND)
    if not is_text(command.bank_reference):
        return Refusal(RejectReason.INVALID_FIELD)
    most = MAX_VENUE_CASH - state.balances.venue_cash()
    if not 1 <= command.amount <= most:
        return Refusal(RejectReason.AMOUNT_OUT_OF_RANGE, (("lowest_cash", 1), ("highest_cash", most)))
    if command.bank_reference in state.bank_references:
        return Refusal(RejectReason.BANK_REFERENCE_USED)
    # -- everything is checked; nothing below may fail --
    state.bank_references[command.bank_reference] = step.seq
    postings: list[Posting] = []
    posting.move(BANK, command.participant, CNY, command.amount, postings)
    step.emit(CashDeposited(command.participant, command.amount, command.bank_reference))
    step.created = step.book(postings)
    return None


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
