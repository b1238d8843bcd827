"""Market data from end to end: told of every committed entry in order, it keeps all channels and gives frames to the
hub's subscribers.

**How it is driven.** After each batch is durable, :meth:`MarketData.apply` is called for each of its entries and then
:meth:`~exchange.marketdata.pulse.Pulse.beat`, which calls :meth:`MarketData.flush` at most twenty times a second.
Trades and own accounts are published by ``apply`` itself, everything that is conflated by ``flush``. Both only queue
bytes.

**Channels**: ``book:<instrument>``, ``trades:<instrument>``, ``ticker:<instrument>``,
``candles:<instrument>:<interval>`` (1m, 5m, 15m, 30m, 1h, 4h, 1d) and ``private``, which is the asker's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from exchange.core.events import Event
from exchange.core.events.markets import DayOpened, InstrumentListed, ReferencePriceSet
from exchange.core.events.orders import OrderCancelled, OrderReduced, OrderReplaced, OrderRested, Traded
from exchange.core.values import InstrumentId, Micros, OrderId, ParticipantId, Price, Seq, Tonnes
from exchange.marketdata.candles import Candles
from exchange.marketdata.depth import PriceLevel
from exchange.marketdata.frames import parts_of
from exchange.marketdata.gathering import GatheredAccount
from exchange.marketdata.hub import Bounds, Channel, Hub, Subscriber
from exchange.marketdata.private import Accounts, Followed
from exchange.marketdata.streams import Market, PrivateStream
from exchange.marketdata.tape import PublicTrade
from exchange.marketdata.ticker import DayFigures

LINGER: Final = 60.0
"""Seconds for which an account is followed after the last one who listened to it left, so that it can come back."""

SWEEP_EVERY: Final = 10.0
"""Seconds between two looks for accounts that nobody listens to."""


@dataclass(slots=True)
class MarketStart:
    """Where one instrument stands when market data begins in the middle of a journal.

    ``trades`` counts all that its book ever made; ``newest_trades`` are the last of them with their numbers, in order.
    ``candles`` are rebuilt from as much of the history as they shall show. ``bids`` and ``asks`` are what rests.
    """

    instrument: InstrumentId
    reference: Price
    last_price: Price
    day: DayFigures
    trades: int = 0
    newest_trades: list[PublicTrade] = field(default_factory=list)
    candles: Candles = field(default_factory=Candles)
    bids: list[PriceLevel] = field(default_factory=list)
    asks: list[PriceLevel] = field(default_factory=list)


class MarketData:
    """All markets and followed accounts, up to entry ``seq``."""

    def __init__(self, accounts: Accounts, bounds: Bounds | None = None) -> None:
        """Before the first entry."""
        self.seq = Seq(0)
        self.at = Micros(0)
        self.hub = Hub(bounds)
        self.markets: dict[InstrumentId, Market] = {}
        self._accounts = accounts
        self._leaves: dict[OrderId, Tonnes] = {}
        self._channels: dict[str, Channel] = {}
        self._followed = Followed(accounts)
        self._private: dict[ParticipantId, PrivateStream] = {}
        self._dirty: dict[Market, None] = {}
        self._traded: dict[Market, list[PublicTrade]] = {}
        self._next_sweep = 0.0
        self._handlers: dict[type, Callable[[Any, Seq, Micros], None]] = {
            InstrumentListed: self._on_listed,
            ReferencePriceSet: self._on_reference,
            DayOpened: self._on_day,
            OrderRested: self._on_rested,
            OrderReduced: self._on_reduced,
            OrderReplaced: self._on_replaced,
            OrderCancelled: self._on_cancelled,
            Traded: self._on_traded,
        }

    # -- what happened --

    def restore(self, seq: Seq, at: Micros, markets: Iterable[MarketStart], leaves: dict[OrderId, Tonnes]) -> None:
        """Begin after entry ``seq`` of a journal, with its instruments and with what rests of every order in a book."""
        starts = list(markets)
        self.restore_books(seq, at, starts, leaves)
        self.restore_trades(starts)

    def restore_books(
        self, seq: Seq, at: Micros, markets: Iterable[MarketStart], leaves: dict[OrderId, Tonnes]
    ) -> None:
        """The first half, which must see everything as it is after one entry: books and the figures of the day.

        ``leaves`` belongs to this from now on.
        """
        assert not self.seq, "only what has not begun can be restored"
        self.seq, self.at, self._leaves = seq, at, leaves
        for start in markets:
            market = self.markets[start.instrument] = Market(start.instrument, seq, at, leaves)
            market.ticker.restore(start.reference, start.last_price, start.day)
            market.book.restore(start.bids, start.asks)

    def restore_trades(self, markets: Iterable[MarketStart]) -> None:
        """The second half, which may take its time, since trades of the past never change. Then entries may follow."""
        for start in markets:
            market = self.markets[start.instrument]
            market.tape.restore(start.trades, start.newest_trades)
            if start.newest_trades:
                market.ticker.last_quantity = start.newest_trades[-1].quantity
            market.candles = start.candles
            self._begin(market)

    def _begin(self, market: Market) -> None:
        market.begin()
        self._channels.update((channel.name, channel) for channel in market.channels)

    def apply(self, seq: Seq, at: Micros, events: Iterable[Event]) -> None:
        """Take in one committed entry; publish its trades and what it means for followed accounts."""
        assert seq == self.seq + 1, f"entry {seq} after {self.seq}"
        self.seq, self.at = seq, at
        handlers = self._handlers
        for event in events:
            handle = handlers.get(type(event))
            if handle is not None:
                handle(event, seq, at)
        if self._traded:
            for market, trades in self._traded.items():
                market.trade_stream.publish(trades)
            self._traded = {}
        if self._private:
            for participant, update in self._followed.apply(seq, at, events):
                self._private[participant].publish(update)

    def _touch(self, instrument: InstrumentId, seq: Seq, at: Micros) -> Market:
        market = self.markets[instrument]
        market.touched_seq, market.touched_at = seq, at
        self._dirty[market] = None
        return market

    def _on_listed(self, event: InstrumentListed, seq: Seq, at: Micros) -> None:
        market = self.markets[event.instrument] = Market(event.instrument, seq, at, self._leaves)
        self._begin(market)
        self._touch(event.instrument, seq, at)

    def _on_reference(self, event: ReferencePriceSet, seq: Seq, at: Micros) -> None:
        self._touch(event.instrument, seq, at).ticker.on_reference(event)

    def _on_day(self, _event: DayOpened, seq: Seq, at: Micros) -> None:
        for instrument in self.markets:
            self._touch(instrument, seq, at).ticker.on_day()

    def _on_rested(self, event: OrderRested, seq: Seq, at: Micros) -> None:
        self._touch(event.instrument, seq, at).book.on_rested(event, seq)

    def _on_reduced(self, event: OrderReduced, seq: Seq, at: Micros) -> None:
        self._touch(event.instrument, seq, at).book.on_reduced(event, seq)

    def _on_replaced(self, event: OrderReplaced, seq: Seq, at: Micros) -> None:
        self._touch(event.instrument, seq, at).book.on_replaced(event, seq)

    def _on_cancelled(self, event: OrderCancelled, seq: Seq, at: Micros) -> None:
        if event.was_resting:
            self._touch(event.instrument, seq, at).book.on_cancelled(event, seq)

    def _on_traded(self, event: Traded, seq: Seq, at: Micros) -> None:
        market = self._touch(event.instrument, seq, at)
        market.book.on_traded(event, seq)
        market.ticker.on_traded(event)
        trade = market.tape.add(event, seq, at)
        market.candles.add(trade)
        self._traded.setdefault(market, []).append(trade)

    def flush(self, now: float) -> None:
        """Publish what is conflated; ``now`` is in seconds from anywhere and never goes back."""
        dirty, self._dirty = self._dirty, {}
        for market in dirty:
            market.flush()
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_EVERY
            self._sweep(now)

    def give_up(self) -> None:
        """Show nothing any more: after an error of its own it may be wrong."""
        for everything in (self.markets, self._channels, self._private, self._dirty, self._traded):
            everything.clear()

    def _sweep(self, now: float) -> None:
        """Forget the accounts that nobody has listened to for a while."""
        for stream in list(self._private.values()):
            if stream.channel.is_watched:
                stream.idle_since = None
            elif stream.idle_since is None:
                stream.idle_since = now
            elif now - stream.idle_since >= LINGER:
                del self._private[stream.participant]
                self._followed.end(stream.participant)

    # -- who listens --

    def public(self, name: str) -> Channel | None:
        """The public channel of this name; None when there is none."""
        return self._channels.get(name)

    def private(self, participant: ParticipantId) -> Channel:
        """A participant's own channel; its account is followed from now on, and :meth:`prepare` says when it may be
        joined. The caller proves who asks.
        """
        return self._stream_of(participant).channel

    def _stream_of(self, participant: ParticipantId) -> PrivateStream:
        stream = self._private.get(participant)
        if stream is None:
            gathering = GatheredAccount(participant, self._accounts)
            self._followed.follow(gathering)
            stream = self._private[participant] = PrivateStream(gathering)
            self.prepare(participant)
        return stream

    def prepare(self, participant: ParticipantId) -> bool:
        """Gather a further piece of a participant's account. Whether it can be joined now; otherwise ask again, in
        another turn of the event loop.
        """
        stream = self._stream_of(participant)
        if not stream.is_ready:
            assert self._accounts.seq == self.seq, "the view and market data stand at different entries"
            account = stream.prepare(self.seq, self.at)
            if account is not None:
                self._followed.follow(account)
        return stream.is_ready

    def parts(self, participant: ParticipantId, after_seq: Seq | None) -> int:
        """In how many parts a participant is told of its account; 0 when it needs none behind ``after_seq``."""
        stream = self._private.get(participant)
        if after_seq is not None and stream is not None and stream.is_ready and stream.since(after_seq) is not None:
            return 0
        return parts_of(self._accounts.count(participant), 0)

    def join(self, subscriber: Subscriber, channel: Channel, after_seq: Seq | None = None) -> bool:
        """Have a subscriber listen to a channel, from after an entry on if it names one that there has been.

        False when it listens to too many channels already.
        """
        return subscriber.join(channel, after_seq if after_seq is None or after_seq <= self.seq else None)
