"""Candles of an instrument: those in memory, and before them what the database makes of older trades."""

from __future__ import annotations

from typing import Annotated

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number
from exchange.api.fields import PageQuery, words
from exchange.api.operations import Call, Document, Read
from exchange.api.outputs import Page
from exchange.api.paging import cursor_of, number_of
from exchange.api.past_candles import candle_of, cut_of
from exchange.api.problems import ProblemError
from exchange.api.resources.instruments import NO_INSTRUMENT
from exchange.core.rejections import RejectReason
from exchange.core.values import InstrumentId, Micros
from exchange.marketdata import messages
from exchange.marketdata.candles import CAPACITY, Candle, Interval
from exchange.marketdata.frames import candle_document

_END_OF_TIME = Micros(1 << 62)


class CandlePage(Page):
    """Candles, newest first; a page may be short though older ones follow."""

    items: list[messages.Candle]


class CandleQuery(PageQuery):
    """How long each candle is."""

    interval: Annotated[str, words(*(interval.value for interval in Interval))]


async def candles(call: Call) -> Document:
    """The candles of an instrument, newest first.

    Their borders are those of Shanghai time: a day begins at midnight there. The newest one may still be in the making,
    and an interval without a trade has no candle. Agreed trades are not in them.
    """
    instrument = InstrumentId(id_number(Kind.INSTRUMENT, call.path["instrument"]))
    if instrument not in call.services.view.markets.instruments:
        raise ProblemError(RejectReason.INSTRUMENT_NOT_FOUND)
    query: CandleQuery = call.query
    interval = Interval(query.interval)
    before = Micros(number_of(query.cursor)) or _END_OF_TIME
    shown = _in_memory(call, instrument, interval, before)
    more = len(shown) > query.limit
    if not more:
        before = shown[-1].start if shown else before
        lacking = query.limit - len(shown)
        past = await call.services.history.bars_before(instrument, cut_of(interval), before, max(lacking, 1))
        more = past.more or len(past.bars) > lacking
        shown += [candle_of(bar) for bar in past.bars[:lacking]]
    items = shown[: query.limit]
    return {
        "items": [candle_document(interval, candle) for candle in items],
        "next_cursor": cursor_of(items[-1].start) if more else None,
    }


def _in_memory(call: Call, instrument: InstrumentId, interval: Interval, before: Micros) -> list[Candle]:
    """Those that market data has, newest first."""
    market = call.services.market.markets.get(instrument)
    if market is None:
        return []
    return [candle for candle in market.candles.newest(interval, CAPACITY)[::-1] if candle.start < before]


OPERATIONS = (
    Read(
        path="/v1/instruments/{instrument}/candles",
        audience=Audience.PUBLIC,
        query=CandleQuery,
        handle=candles,
        answer=CandlePage,
        missing=NO_INSTRUMENT,
        weight=20,
    ),
)
