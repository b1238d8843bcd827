"""Agreed trades and what became of them."""

from __future__ import annotations

from typing import Any, Final

from exchange.core.events.agreements import AgreementAffirmed, AgreementEnded, AgreementProposed, AgreementSettled
from exchange.core.negotiated.agreed import AgreementStatus
from exchange.sequencer.journal import Leaf
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (AgreementProposed, AgreementAffirmed, AgreementEnded, AgreementSettled)


def project(history: History) -> Rows:
    """New agreements, and for each step that an agreement takes at most once a change."""
    rows: Rows = {"agreements": [], "agreements_affirmed": [], "agreements_ended": [], "agreements_settled": []}
    for leaf, event in history:
        when = (leaf.seq, leaf.at)
        if type(event) is AgreementProposed:
            rows["agreements"].append(_new_row(leaf, event))
        elif type(event) is AgreementAffirmed:
            rows["agreements_affirmed"].append((event.agreement, event.by, *when))
        elif type(event) is AgreementEnded:
            rows["agreements_ended"].append((event.agreement, event.by, *when))
        else:
            fees = (event.buy_fee, event.sell_fee)
            rows["agreements_settled"].append((event.agreement, event.transaction, *fees, *when))
    return rows


def _new_row(leaf: Leaf, event: AgreementProposed) -> tuple[Any, ...]:
    return (
        event.agreement,
        event.proposer,
        event.counterparty,
        event.side,
        event.kind,
        event.family,
        event.project,
        event.quantity,
        event.total,
        AgreementStatus.PROPOSED,
        None,
        None,
        None,
        None,
        None,
        leaf.seq,
        leaf.at,
        leaf.seq,
        leaf.at,
    )
