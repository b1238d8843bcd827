"""The units of the exchange: integers with a name, and the only places where they are multiplied or rounded.

Money is counted in fen (0.01 CNY), quantity in whole tonnes of CO2 equivalent, price in fen per tonne, time in
microseconds since 1970-01-01T00:00:00Z and days as ``yyyymmdd`` in Asia/Shanghai (a fixed +08:00). Rounding is half-up
(四舍五入) as the trading rules ask, never Python's half-even, and it is done by :func:`half_up_div` alone.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NewType

Seq = NewType("Seq", int)
"""Position in the journal: 1, 2, 3, ... without gaps."""

Micros = NewType("Micros", int)
"""An instant: microseconds since the Unix epoch, UTC."""

Day = NewType("Day", int)
"""A calendar day in Asia/Shanghai as the number ``yyyymmdd``."""

Fen = NewType("Fen", int)
"""An amount of money in 0.01 CNY."""

Price = NewType("Price", int)
"""Fen per tonne."""

Tonnes = NewType("Tonnes", int)
"""Whole tonnes of CO2 equivalent; also the amount of a lot's ledger asset."""

Ppm = NewType("Ppm", int)
"""A rate in parts per million."""

PersonId = NewType("PersonId", int)
ParticipantId = NewType("ParticipantId", int)
OwnerGroupId = NewType("OwnerGroupId", int)
KeyId = NewType("KeyId", int)
InstrumentId = NewType("InstrumentId", int)
IssuanceId = NewType("IssuanceId", int)
LotId = NewType("LotId", int)
OrderId = NewType("OrderId", int)
TradeId = NewType("TradeId", int)
AgreementId = NewType("AgreementId", int)
ProposalId = NewType("ProposalId", int)
JobId = NewType("JobId", int)
SpaceId = NewType("SpaceId", int)
ProjectId = NewType("ProjectId", int)
ClaimId = NewType("ClaimId", int)
RequestId = NewType("RequestId", int)
ReleaseId = NewType("ReleaseId", int)
EncumbranceId = NewType("EncumbranceId", int)
ReversalId = NewType("ReversalId", int)
ImportId = NewType("ImportId", int)
TransactionId = NewType("TransactionId", int)

NOBODY: Final = 0
"""The id that no person, participant, order or lot ever has; stands for "none" where a field is a plain integer."""

MAX_QUANTITY: Final = 1_000_000_000
"""Largest quantity of one order, lot or agreement, in tonnes."""

MAX_PRICE: Final = 100_000_000
"""Largest price: 1,000,000.00 CNY a tonne, in fen."""

MAX_TOTAL: Final = MAX_QUANTITY * MAX_PRICE
"""Largest total of one order or agreement, in fen."""

MAX_VENUE_CASH: Final = 10**17
"""Largest sum of all money that the venue holds, in fen, so that no balance and no sum of balances leaves 64 bits."""

MAX_TEXT: Final = 200
"""Longest free text in characters (names, reasons, references)."""

MICROS_PER_SECOND: Final = 1_000_000
MICROS_PER_DAY: Final = 86_400_000_000
LATEST_INSTANT: Final = Micros(253_370_764_800_000_000)
"""The end of the year 9998: later instants cannot be written everywhere, so nothing from outside may name one."""

SHANGHAI_OFFSET_MICROS: Final = 8 * 3_600_000_000

ID_CHILDREN: Final = 1 << 20
"""How many things one command can make."""

ID_STRIDE: Final = ID_CHILDREN + 1
"""How far the ids of neighbouring entries lie apart. It is odd, so ids of entries that follow one another differ in
their lowest bits, by which a dictionary finds a place for them. Were it a power of two they would all look at the same
place first, and a dictionary of a million orders would take twice as long to fill.
"""


class Side(IntEnum):
    """Which way an order trades."""

    BUY = 1
    SELL = 2

    @property
    def opposite(self) -> Side:
        """The side that it trades against."""
        return Side.SELL if self is Side.BUY else Side.BUY


class Sides(IntEnum):
    """Which sides a mass command is about; one of them has the number of its :class:`Side`."""

    BOTH = 0
    BUY = 1
    SELL = 2


class SelfTradePrevention(IntEnum):
    """What happens when an incoming order meets a resting order of the same owner group.

    The incoming order's instruction decides, across all participants of the group.
    """

    CANCEL_NEWEST = 1
    CANCEL_OLDEST = 2
    CANCEL_BOTH = 3


def half_up_div(numerator: int, denominator: int) -> int:
    """Divide and round half-up (away from zero at .5); numerator >= 0, denominator > 0.

    Source: 温室气体自愿减排交易和结算规则（试行） article 17 (四舍五入).
    """
    assert numerator >= 0 and denominator > 0
    return (2 * numerator + denominator) // (2 * denominator)


def notional(price: Price, quantity: Tonnes) -> Fen:
    """Price times quantity, in fen: the only product of a price and a quantity in the program."""
    return price * quantity  # type: ignore[return-value]  # naming the unit would be a call, two of each command


def share(rate: Ppm, amount: Fen) -> Fen:
    """A rate of an amount, rounded half-up to the fen: the only product of a rate and an amount."""
    return Fen(half_up_div(rate * amount, 1_000_000) if rate else 0)


def average_price(total: Fen, quantity: Tonnes) -> Price:
    """Total over quantity, rounded half-up to the fen (VWAP, derived unit price for display)."""
    return Price(half_up_div(total, quantity))


def derived_id(seq: Seq, n: int = 0) -> int:
    """The id of the n-th thing that command ``seq`` created; ids derive from ``seq``, so replay finds the same ones.

    A command creates at most 2**20 things (asserted), which leaves nearly 43 bits for ``seq`` in a signed 64-bit id.
    Ids are in the order of ``(seq, n)``, and :func:`maker_of` finds both again.
    """
    assert 0 <= n < ID_CHILDREN
    return seq * ID_STRIDE + n


def maker_of(made: int) -> tuple[Seq, int]:
    """The entry that created the thing with this id, and its number among the things of that entry."""
    return divmod(made, ID_STRIDE)  # type: ignore[return-value]  # naming the unit would be a call for each id shown


def day_of(at: Micros) -> Day:
    """The calendar day in Asia/Shanghai at an instant (civil-from-days, H. Hinnant, "chrono-compatible algorithms")."""
    days = (at + SHANGHAI_OFFSET_MICROS) // MICROS_PER_DAY + 719_468
    era, day_of_era = divmod(days, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    year = year_of_era + 400 * era + (1 if month <= 2 else 0)
    return Day(year * 10_000 + month * 100 + day)


def day_number(day: Day) -> int:
    """How many days after 1970-01-01 a real calendar day lies (days-from-civil, H. Hinnant, same source)."""
    year, rest = divmod(day, 10_000)
    month, day_of_month = divmod(rest, 100)
    if month <= 2:
        year -= 1
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day_of_month - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def day_start(day: Day) -> Micros:
    """When a real calendar day begins in Asia/Shanghai."""
    return Micros(day_number(day) * MICROS_PER_DAY - SHANGHAI_OFFSET_MICROS)


_DAYS_IN_MONTH: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_day(value: int) -> bool:
    """Whether ``value`` is a real calendar day written ``yyyymmdd`` between 1900 and 9999."""
    year, rest = divmod(value, 10_000)
    month, day = divmod(rest, 100)
    if not (1900 <= year <= 9999 and 1 <= month <= 12):
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= _DAYS_IN_MONTH[month - 1] + (1 if leap and month == 2 else 0)
