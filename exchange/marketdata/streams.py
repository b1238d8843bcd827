"""The channels of one instrument and of one account: each turns what happened into frames that follow one another.

Books, tickers and candles are conflated: what happens is published by ``flush``, merged. Trades and own accounts are
not: every entry is published by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from exchange.access.ids import Kind, id_text
from exchange.core.values import InstrumentId, Micros, OrderId, ParticipantId, Seq, Tonnes
from exchange.marketdata import frames
from exchange.marketdata.candles import Candle, Candles, Interval
from exchange.marketdata.depth import DepthBook
from exchange.marketdata.frames import Place, parts_of
from exchange.marketdata.gathering import GatheredAccount
from exchange.marketdata.hub import Backlog, Channel, Frame
from exchange.marketdata.messages import PRIVATE
from exchange.marketdata.private import OwnAccount, OwnUpdate
from exchange.marketdata.tape import PublicTrade, Tape
from exchange.marketdata.ticker import Quote, Ticker

BOOK_BACKLOG: Final = (256, 1024 * 1024)
"""Frames and bytes of an instrument's book kept for those who come back: some 13 seconds of the busiest trading."""

PRIVATE_BACKLOG: Final = (256, 256 * 1024)
"""The same for each account that is followed."""

NEWEST_TRADES: Final = 100
"""How many trades a snapshot of the tape has; REST has the others."""

MOST_MISSED_TRADES: Final = 1_000
"""Whoever missed more gets a snapshot and reads the others by REST."""


class BookStream:
    """The changes of a book, merged."""

    def __init__(self, instrument: str, book: DepthBook, at: Micros) -> None:
        """From where the book stands at an instant."""
        self.channel = Channel(f"book:{instrument}", self)
        self._instrument = instrument
        self._book = book
        self._backlog = Backlog(book.seq, *BOOK_BACKLOG)
        self._at = at
        self._snapshot = b""

    def flush(self, at: Micros) -> None:
        """Publish what changed up to an entry of the instant ``at``."""
        delta = self._book.delta()
        if delta is not None:
            self._at, self._snapshot = at, b""
            place = Place(self.channel.name, delta.last_seq, delta.prev_seq, at)
            frame = frames.book_update(place, self._instrument, delta)
            self._backlog.add(delta.last_seq, frame)
            self.channel.publish(frame)

    def since(self, after_seq: Seq) -> list[Frame] | None:
        """The frames that were missed."""
        return self._backlog.since(after_seq)

    def snapshot(self) -> list[Frame]:
        """The whole book, encoded once for all who join between two frames."""
        if not self._snapshot:
            book = self._book.snapshot()
            place = Place(self.channel.name, book.seq, None, self._at)
            self._snapshot = frames.book_snapshot(place, self._instrument, book)
        return [self._snapshot]


class TradeStream:
    """Every trade of an instrument's book, those of one entry in one frame."""

    def __init__(self, instrument: str, tape: Tape) -> None:
        """From where the tape stands."""
        self.channel = Channel(f"trades:{instrument}", self)
        self._instrument = instrument
        self._tape = tape
        self._seq = tape.last_seq
        self._snapshot: bytes | None = None

    def publish(self, trades: list[PublicTrade]) -> None:
        """The trades of one entry, all of them on the tape already."""
        before, last = self._seq, trades[-1]
        self._seq, self._snapshot = last.seq, None
        if self.channel.is_watched:
            place = Place(self.channel.name, last.seq, before, last.at)
            self.channel.publish(frames.trades_frame(place, self._instrument, trades))

    def since(self, after_seq: Seq) -> list[Frame] | None:
        """The missed trades in one frame, made when its turn has come: everybody missed others."""
        trades = self._tape.since(after_seq, MOST_MISSED_TRADES)
        if not trades:
            return None if trades is None else []
        return [self._frame(trades, after_seq)]

    def snapshot(self) -> list[Frame]:
        """The newest trades, encoded once for all who join between two of them."""
        if self._snapshot is None:
            self._snapshot = self._frame(self._tape.newest(NEWEST_TRADES), None)()
        return [self._snapshot]

    def _frame(self, trades: list[PublicTrade], prev_seq: Seq | None) -> Callable[[], bytes]:
        place = Place(self.channel.name, self._seq, prev_seq, trades[-1].at if trades else Micros(0))
        return partial(frames.trades_frame, place, self._instrument, trades)


class TickerStream:
    """Where an instrument stands, whenever it is not the same as before."""

    def __init__(self, instrument: str, ticker: Ticker, book: DepthBook, at: Micros) -> None:
        """From where the instrument stands at an instant."""
        self.channel = Channel(f"ticker:{instrument}", self)
        self._instrument = instrument
        self._ticker = ticker
        self._book = book
        self._seq, self._at = book.seq, at
        self._quote = self.quote()
        self._snapshot = b""

    def quote(self) -> Quote:
        """What the ticker says now, with the best prices of the book as last published."""
        bids, asks = self._book.bids.best(1), self._book.asks.best(1)
        return self._ticker.quote(bids[0] if bids else None, asks[0] if asks else None)

    def flush(self, seq: Seq, at: Micros) -> None:
        """Say it again if it changed; the book has been published already."""
        quote = self.quote()
        if quote != self._quote:
            before, self._seq, self._at = self._seq, seq, at
            self._quote, self._snapshot = quote, b""
            if self.channel.is_watched:
                self.channel.publish(self._frame(before))

    def since(self, after_seq: Seq) -> list[Frame] | None:
        """Only the newest counts, so nothing before it is kept."""
        return [] if after_seq == self._seq else None

    def snapshot(self) -> list[Frame]:
        """As it was last said."""
        self._snapshot = self._snapshot or self._frame(None)
        return [self._snapshot]

    def _frame(self, prev_seq: Seq | None) -> bytes:
        return frames.ticker_frame(
            Place(self.channel.name, self._seq, prev_seq, self._at), self._instrument, self._quote
        )


class CandleStream:
    """The candles of one interval that changed, as they are now."""

    def __init__(self, instrument: str, interval: Interval, candles: Candles, at: Micros) -> None:
        """From where the candles stand at an instant."""
        self.channel = Channel(f"candles:{instrument}:{interval.value}", self)
        self._instrument = instrument
        self._interval = interval
        self._candles = candles
        self._seq, self._at = candles.last_seq, at

    def flush(self, at: Micros) -> None:
        """Publish every candle that changed, one that ended among them."""
        if self._candles.last_seq != self._seq:
            before, self._seq, self._at = self._seq, self._candles.last_seq, at
            if self.channel.is_watched:
                for frame in self.since(before) or self.snapshot():
                    self.channel.publish(frame if isinstance(frame, bytes) else frame())

    def since(self, after_seq: Seq) -> list[Frame] | None:
        """The candles that changed meanwhile, in one frame, made when its turn has come. What later frames bring may be
        in them already, which does no harm, since candles are told as they are and not as differences.
        """
        if after_seq >= self._seq:
            return []
        candles = self._candles.since(self._interval, after_seq)
        if not candles:
            return None if candles is None else []
        return [self._frame(candles, after_seq)]

    def snapshot(self) -> list[Frame]:
        """The newest candle; REST has those before."""
        return [self._frame(self._candles.newest(self._interval, 1), None)()]

    def _frame(self, candles: list[Candle], prev_seq: Seq | None) -> Callable[[], bytes]:
        place = Place(self.channel.name, self._seq, prev_seq, self._at)
        return partial(frames.candles_frame, place, self._instrument, self._interval, candles)


class PrivateStream:
    """One account's orders, fills and balances, every entry by itself, as soon as all of the account is gathered."""

    def __init__(self, gathering: GatheredAccount) -> None:
        """Of an account of which nothing may be read yet; :meth:`prepare` does that."""
        self.channel = Channel(PRIVATE, self)
        self.idle_since: float | None = None
        self._gathering = gathering
        self._account: OwnAccount | None = None
        self._seq, self._at = Seq(0), Micros(0)
        self._backlog = Backlog(Seq(0), *PRIVATE_BACKLOG)
        self._parts: list[Frame] = []

    @property
    def participant(self) -> ParticipantId:
        """Whose it is."""
        return self._gathering.participant

    @property
    def is_ready(self) -> bool:
        """Whether it can be joined."""
        return self._account is not None

    def prepare(self, seq: Seq, at: Micros) -> OwnAccount | None:
        """Gather a further piece of the account, which stands after entry ``seq``; the account once that was all."""
        account = self._gathering.go_on()
        if account is not None:
            self._account, self._seq, self._at = account, seq, at
            self._backlog = Backlog(seq, *PRIVATE_BACKLOG)
        return account

    def publish(self, update: OwnUpdate) -> None:
        """What one entry changed."""
        frame = frames.private_update(self._seq, update)
        self._seq, self._at, self._parts = update.seq, update.at, []
        self._backlog.add(update.seq, frame)
        self.channel.publish(frame)

    def since(self, after_seq: Seq) -> list[Frame] | None:
        """The frames that were missed."""
        return self._backlog.since(after_seq)

    def snapshot(self) -> list[Frame]:
        """Open orders and balances as they stand at this moment, in parts that are made later: there may be very many.
        What an account has of them is never changed but replaced, so a list of them stays what it is.
        """
        if not self._parts:
            assert self._account is not None, "an account was joined before it was gathered"
            orders, balances = list(self._account.orders), list(self._account.balances)
            parts = parts_of(len(orders), len(balances))
            place = Place(PRIVATE, self._seq, None, self._at)
            self._parts = [partial(frames.private_part, place, orders, balances, n, parts) for n in range(1, parts + 1)]
        return self._parts


class Market:
    """Everything that is published about one instrument."""

    def __init__(self, instrument: InstrumentId, seq: Seq, at: Micros, leaves: dict[OrderId, Tonnes]) -> None:
        """Nothing happened in it up to entry ``seq``; what did is restored into its parts before :meth:`begin`.

        ``leaves`` is what rests of each order, of all markets.
        """
        self.instrument = instrument
        self.book = DepthBook(seq, leaves)
        self.tape = Tape()
        self.ticker = Ticker()
        self.candles = Candles()
        self.touched_seq, self.touched_at = seq, at

    def begin(self) -> None:
        """All is restored: from here on changes are published."""
        self.book.delta()
        name, at = id_text(Kind.INSTRUMENT, self.instrument), self.touched_at
        self.book_stream = BookStream(name, self.book, at)
        self.trade_stream = TradeStream(name, self.tape)
        self.ticker_stream = TickerStream(name, self.ticker, self.book, at)
        self.candle_streams = [CandleStream(name, interval, self.candles, at) for interval in Interval]

    @property
    def channels(self) -> list[Channel]:
        """Its channels."""
        candles = [stream.channel for stream in self.candle_streams]
        return [self.book_stream.channel, self.trade_stream.channel, self.ticker_stream.channel, *candles]

    def flush(self) -> None:
        """Publish what is conflated."""
        seq, at = self.touched_seq, self.touched_at
        self.book_stream.flush(at)
        self.ticker_stream.flush(seq, at)
        for stream in self.candle_streams:
            stream.flush(at)
