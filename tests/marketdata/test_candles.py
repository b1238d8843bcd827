"""Candles are what a naive grouping of the trades by the clock of Shanghai gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from exchange.core.values import Day, Micros, Price, Seq, Side, Tonnes, TradeId
from exchange.marketdata.candles import Candle, Candles, Interval
from exchange.marketdata.tape import PublicTrade

SHANGHAI = timezone(timedelta(hours=8))
MONDAY = datetime(2026, 9, 21, 9, 30, tzinfo=SHANGHAI)
SECONDS = {"1m": 60, "5m": 300, "15m": 900, "30m": 1_800, "1h": 3_600, "4h": 14_400, "1d": 86_400}


def trade(number: int, at: Micros, price: int, quantity: int) -> PublicTrade:
    """One trade; two trades share an entry now and then."""
    entry = Seq(1 + number // 2)
    return PublicTrade(number + 1, TradeId(number), entry, at, Price(price), Tonnes(quantity), Side.BUY, Day(20260921))


def micros(moment: datetime) -> Micros:
    """An instant of the journal."""
    return Micros((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))


@st.composite
def histories(draw: st.DrawFn) -> list[PublicTrade]:
    """Trades with pauses of every kind: none, seconds, minutes, hours, days."""
    pauses = st.sampled_from(
        [0, 1, 999_999, 1_000_000, 59_999_999, 60_000_000, 601 * 10**6, 3_600 * 10**6, 86_400 * 10**6]
    )
    drawn = draw(st.lists(st.tuples(pauses, st.integers(1, 5), st.integers(1, 9)), max_size=40))
    found, at = [], micros(MONDAY)
    for number, (pause, price, quantity) in enumerate(drawn):
        at = Micros(at + pause)
        found.append(trade(number, at, price, quantity))
    return found


def naive(trades: list[PublicTrade], seconds: int) -> list[Candle]:
    """Grouped by what a clock on the wall in Shanghai shows."""

    def begin(one: PublicTrade) -> Micros:
        wall = datetime.fromtimestamp(one.at // 10**6, tz=SHANGHAI)
        midnight = wall.replace(hour=0, minute=0, second=0)
        return micros(midnight + timedelta(seconds=(wall - midnight).seconds // seconds * seconds))

    found = []
    for start, group in groupby(trades, begin):
        of = list(group)
        prices = [one.price for one in of]
        value = sum(one.price * one.quantity for one in of)
        volume = Tonnes(sum(one.quantity for one in of))
        shape = (prices[0], max(prices), min(prices), prices[-1])
        found.append(Candle(start, *shape, volume, value, len(of), of[-1].seq))  # type: ignore[arg-type]
    return found


@given(histories())
def test_candles_are_the_trades_grouped(trades: list[PublicTrade]) -> None:
    candles = Candles.rebuild(trades)
    for interval in Interval:
        assert candles.newest(interval, 1_000) == naive(trades, SECONDS[interval.value])


@given(histories(), st.integers(0, 20))
def test_what_changed_since_an_entry_is_given_whole_or_not_at_all(trades: list[PublicTrade], after: int) -> None:
    candles = Candles.rebuild(trades, capacity=3)
    for interval in Interval:
        every = naive(trades, SECONDS[interval.value])
        found = candles.since(interval, Seq(after))
        if every[:-3] and every[-4].last_seq > after:
            assert found is None
        else:
            assert found == [candle for candle in every if candle.last_seq > after]
        assert len(candles.newest(interval, 1_000)) <= 3


def test_an_interval_begins_with_its_first_instant_and_ends_before_its_last() -> None:
    noon = micros(datetime(2026, 9, 21, 12, 0, tzinfo=SHANGHAI))
    last = Micros(noon + 60_000_000 - 1)
    candles = Candles.rebuild([trade(0, noon, 10, 1), trade(2, last, 11, 1), trade(4, Micros(last + 1), 12, 1)])
    assert [(c.start - noon, c.closing) for c in candles.newest(Interval.M1, 9)] == [(0, 11), (60_000_000, 12)]


def test_a_day_is_a_day_in_shanghai() -> None:
    before = datetime(2026, 9, 21, 15, 59, 59, tzinfo=UTC)
    candles = Candles.rebuild([trade(0, micros(before), 10, 1), trade(2, micros(before + timedelta(seconds=1)), 11, 1)])
    starts = [candle.start for candle in candles.newest(Interval.D1, 9)]
    assert starts == [micros(datetime(2026, 9, day, tzinfo=SHANGHAI)) for day in (21, 22)]


@given(histories(), histories())
def test_candles_go_on_from_the_minutes_of_what_was_before(past: list[PublicTrade], later: list[PublicTrade]) -> None:
    last = past[-1] if past else trade(0, micros(MONDAY), 1, 1)
    moved = [trade(last.trade_no + n, Micros(one.at + last.at), one.price, one.quantity) for n, one in enumerate(later)]
    candles = Candles.of_minutes(naive(past, 60))
    for one in moved:
        candles.add(one)
    for interval in Interval:
        every = naive([*past, *moved], SECONDS[interval.value])
        assert candles.newest(interval, 1_000) == every
        if past:
            assert candles.since(interval, Seq(past[0].seq - 1)) is None, "what was missed may not be here"
            assert candles.since(interval, last.seq) == [candle for candle in every if candle.last_seq > last.seq]
