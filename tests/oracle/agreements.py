"""Agreed trades as the naive exchange does them: hold what a side gives, and at the end pay and deliver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange.core.commands.agreements import (
    AffirmAgreement,
    AgreementKind,
    ConfirmAgreement,
    DeclineAgreement,
    ProposeAgreement,
)
from exchange.core.values import Side
from tests.oracle.ledger import fee_of
from tests.oracle.things import NaiveAgreement

if TYPE_CHECKING:
    from tests.oracle.exchange import NaiveExchange


def propose_agreement(twin: NaiveExchange, command: ProposeAgreement) -> None:
    """The proposer's side is held."""
    buys = command.side is Side.BUY
    buyer, seller = (command.participant, command.counterparty)[:: 1 if buys else -1]
    agreement = NaiveAgreement(
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
    consent(twin, agreement, command.side, [int(lot) for lot in command.lots])
    twin.agreements[twin.new_id()] = agreement


def consent(twin: NaiveExchange, agreement: NaiveAgreement, side: Side, lots: list[int]) -> None:
    """Hold what a side gives; before issuance it gives nothing."""
    if agreement.kind is AgreementKind.PRE_ISSUANCE:
        return
    if side is Side.BUY:
        agreement.money = agreement.total + fee_of(agreement.rate, agreement.total)
    else:
        lots = lots or lots_of_agreement(twin, agreement)
        agreement.lots = twin.pick(agreement.seller, lots, agreement.quantity)


def lots_of_agreement(twin: NaiveExchange, agreement: NaiveAgreement) -> list[int]:
    """The seller's lots of the agreed family and project, oldest first."""
    lots = twin.tonnes.lots_of(agreement.seller)
    goods = {lot: twin.lots[lot].good for lot in lots}
    fit = [lot for lot in lots if goods[lot][0] == agreement.family and agreement.project in ("", goods[lot][1])]
    return twin.in_order(fit)


def affirm(twin: NaiveExchange, command: AffirmAgreement) -> None:
    """The other side consents."""
    agreement = twin.agreements[command.agreement]
    side = Side.SELL if agreement.proposer == agreement.buyer else Side.BUY
    consent(twin, agreement, side, [int(lot) for lot in command.lots])
    agreement.status = "agreed"


def close(twin: NaiveExchange, agreement: NaiveAgreement, status: str) -> list[int]:
    """Nothing is held any more; the lots that were."""
    lots, agreement.lots, agreement.money, agreement.status = agreement.lots, [], 0, status
    return lots


def decline(twin: NaiveExchange, command: DeclineAgreement) -> None:
    """A party leaves."""
    close(twin, twin.agreements[command.agreement], "ended")


def confirm(twin: NaiveExchange, command: ConfirmAgreement) -> None:
    """The venue settles or refuses."""
    agreement = twin.agreements[command.agreement]
    lots = close(twin, agreement, "settled" if command.accept else "ended")
    if command.accept:
        fee = fee_of(agreement.rate, agreement.total)
        twin.pay(agreement.buyer, agreement.seller, agreement.total, fee, fee)
        twin.deliver(agreement.buyer, agreement.seller, lots)
