"""Accounts of the ledger by name: participants, the venue's own accounts, money and lots."""

from __future__ import annotations

from typing import Final

from exchange.access.ids import NEVER, Kind, id_number, id_text
from exchange.api.operations import Document
from exchange.api.wire import money_text, time_text
from exchange.core.ledger import chart
from exchange.core.ledger.chart import CNY
from exchange.core.values import NOBODY
from exchange.store.queries import Movement, StatementLine

VENUE_ACCOUNTS: Final = {
    "BANK": chart.BANK,
    "REGISTRY": chart.REGISTRY,
    "CLEARING": chart.CLEARING,
    "FEES": chart.FEES,
    "RETIRED": chart.RETIRED,
    "CANCELLED": chart.CANCELLED,
    "OUT": chart.OUT,
    "EXPORTED": chart.EXPORTED,
}
"""The venue's own accounts by their names outside."""

_NAMES: Final = {number: name for name, number in VENUE_ACCOUNTS.items()}


def owner_text(owner: int) -> str:
    """The owner of an account: a participant's id or the name of the venue's account."""
    return _NAMES[owner] if owner < 0 else id_text(Kind.PARTICIPANT, owner)


def owner_number(text: str) -> int:
    """The owner that a text names; :data:`NEVER` for none."""
    return VENUE_ACCOUNTS.get(text) or id_number(Kind.PARTICIPANT, text)


def asset_text(asset: int) -> str:
    """CNY, or a lot's id."""
    return "CNY" if asset == CNY else id_text(Kind.LOT, asset)


def asset_number(text: str) -> int:
    """The asset that a text names; :data:`NEVER` for none."""
    return CNY if text == "CNY" else id_number(Kind.LOT, text)


def statement_document(line: StatementLine) -> Document:
    """A posting as the auditor sees it: money in CNY, units in tonnes."""
    return {
        "seq": line.seq,
        "n": line.n,
        "at": time_text(line.at),
        "transaction": id_text(Kind.TRANSACTION, line.transaction),
        "layer": line.layer.name,
        "debit": owner_text(line.debit),
        "credit": owner_text(line.credit),
        "asset": asset_text(line.asset),
        "amount": money_text(line.amount) if line.asset == CNY else str(line.amount),
    }


def movement_document(movement: Movement) -> Document:
    """Serials that went from one owner to another; REGISTRY is where they came from at first or again, GONE where they
    are when they were used or released.
    """
    source = "REGISTRY" if movement.source == NOBODY else owner_text(movement.source)
    target = "GONE" if movement.target == NOBODY else owner_text(movement.target)
    return {
        "seq": movement.seq,
        "n": movement.n,
        "at": time_text(movement.at),
        "transaction": id_text(Kind.TRANSACTION, movement.transaction),
        "source": source,
        "target": target,
        "serial_lo": movement.lo,
        "serial_hi": movement.hi,
        "quantity": movement.hi - movement.lo,
    }


__all__ = [
    "NEVER",
    "VENUE_ACCOUNTS",
    "asset_number",
    "asset_text",
    "movement_document",
    "owner_number",
    "owner_text",
    "statement_document",
]
