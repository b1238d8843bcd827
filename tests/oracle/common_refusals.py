"""What several kinds of refusals of the naive exchange have in common; see :mod:`tests.oracle.refusals`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.core.commands.governance import PersonRole
from exchange.core.commands.participants import ParticipantRole
from exchange.core.rejections import RejectReason as R
from exchange.core.values import Side
from tests.oracle.exchange import NaiveExchange

Reasons = Iterator[R]

TRADER, OPERATOR, REGULATOR = PersonRole.TRADER, PersonRole.OPERATOR, PersonRole.REGULATOR
REGISTRY = PersonRole.REGISTRY
MAX_QUANTITY, MAX_PRICE, MAX_CASH = 10**9, 10**8, 10**17


def is_day(day: int) -> bool:
    """Whether the calendar has this day."""
    try:
        date_of(day)
    except ValueError:
        return False
    return True


def date_of(day: int) -> datetime:
    """A day as a date that can be reckoned with."""
    return datetime.strptime(f"{day:08}", "%Y%m%d")  # noqa: DTZ007 (a day of the calendar, not an instant)


def naming(twin: NaiveExchange, firm: int, side: Side, lots: tuple[int, ...]) -> Reasons:
    """Only a seller names lots: its own, each once, and not too many."""
    if any(lot not in twin.tonnes.lots_of(firm) for lot in lots):
        yield R.LOT_NOT_FOUND
    if len(set(lots)) < len(lots) or len(lots) > 100 or (lots and side is Side.BUY):
        yield R.INVALID_FIELD


def side_of(twin: NaiveExchange, firm: int, side: Side) -> Reasons:
    """Who only sells does not buy, and the other way round."""
    role = twin.firms[firm].role
    if side is Side.BUY and role is ParticipantRole.SELLER:
        yield R.ROLE_CANNOT_BUY
    if side is Side.SELL and role is ParticipantRole.BUYER:
        yield R.ROLE_CANNOT_SELL
