"""Postings, and bank references in both spellings: as the bank wrote them, and folded, as they are compared.

Balances are none of our rows: a trigger of the database makes them from postings.
"""

from __future__ import annotations

from typing import Final

from exchange.core.credits.spelling import folded_number
from exchange.core.events.participants import Booked, CashDeposited
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (Booked, CashDeposited)


def project(history: History) -> Rows:
    """One row a posting, numbered within its entry over all of its transactions."""
    postings: list[tuple[int, ...]] = []
    references: list[tuple[str, str, int, int, int]] = []
    last_seq = n = 0
    for leaf, event in history:
        seq = leaf.seq
        if type(event) is CashDeposited:
            name = event.bank_reference
            references.append((name, folded_number(name), event.participant, event.amount, seq))
            continue
        if seq != last_seq:
            last_seq, n = seq, 0
        transaction = event.transaction
        for line in event.postings:
            postings.append((seq, n, transaction, line.layer, line.debit, line.credit, line.asset, line.amount))
            n += 1
    return {"postings": postings, "bank_references": references}
