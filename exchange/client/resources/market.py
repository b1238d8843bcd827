"""The public side: status, rulebook, instruments, books and the tape."""

from __future__ import annotations

from collections.abc import AsyncIterator

from exchange.client.connection import Connection
from exchange.client.models import Book, Candle, Instrument, Rulebook, TapeTrade, VenueStatus
from exchange.client.resources.paging import every
from exchange.client.wire import Money, decode, in_path, money_text


class Venue:
    """The venue itself; reading needs no key, halting and ending the day needs the operator's."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def status(self) -> VenueStatus:
        """Trading day, phase, and where the journal stands."""
        return decode(VenueStatus, await self._connection.read("/v1/status"))

    async def rulebook(self) -> Rulebook:
        """The rulebook in force."""
        return decode(Rulebook, await self._connection.read("/v1/rulebook"))

    async def halt(self, reason: str, *, idempotency_key: str | None = None) -> None:
        """Halt all instruments at once. Lifting it is a proposal of type RESUME."""
        await self._connection.change("POST", "/v1/market/halt", {"reason": reason}, idempotency_key)

    async def end_of_day(self, next_day: str, *, idempotency_key: str | None = None) -> None:
        """End the trading day and open ``next_day`` (``yyyy-mm-dd``)."""
        await self._connection.change("POST", "/v1/market/end-of-day", {"next_day": next_day}, idempotency_key)


class Instruments:
    """Instruments, their books and their public trades."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def every(self) -> AsyncIterator[Instrument]:
        """All instruments."""
        return every(self._connection, "/v1/instruments", Instrument)

    async def get(self, instrument: str) -> Instrument:
        """One instrument with its reference price, band and day so far."""
        return decode(Instrument, await self._connection.read(f"/v1/instruments/{in_path(instrument)}"))

    async def book(self, instrument: str, levels: int = 10) -> Book:
        """The best ``levels`` prices of both sides."""
        return decode(
            Book, await self._connection.read(f"/v1/instruments/{in_path(instrument)}/book", {"levels": levels})
        )

    def tape(self, instrument: str, page_size: int = 100) -> AsyncIterator[TapeTrade]:
        """The public trades, newest first."""
        return every(self._connection, f"/v1/instruments/{in_path(instrument)}/trades", TapeTrade, {"limit": page_size})

    def candles(self, instrument: str, interval: str = "1d", page_size: int = 100) -> AsyncIterator[Candle]:
        """The candles, newest first; ``interval`` is 1m, 5m, 15m, 30m, 1h, 4h or 1d. The newest may not be finished."""
        query: dict[str, str | int | None] = {"interval": interval, "limit": page_size}
        return every(self._connection, f"/v1/instruments/{in_path(instrument)}/candles", Candle, query)

    async def list_new(
        self,
        *,
        symbol: str,
        family: str,
        vintage: int,
        reference_price: Money,
        project: str = "",
        source_category: str = "NONE",
        league: str = "NONE",
        mode: str = "CONTINUOUS",
        settlement_venue: str = "REGIONAL_CUSTODY",
        tick: Money = "0.01",
        lot_size: int = 1,
        tax_inclusive: bool = True,
        idempotency_key: str | None = None,
    ) -> Instrument:
        """List an instrument (operator)."""
        body: dict[str, object] = {
            "symbol": symbol,
            "family": family,
            "project": project,
            "vintage": vintage,
            "source_category": source_category,
            "league": league,
            "mode": mode,
            "settlement_venue": settlement_venue,
            "tick": money_text(tick),
            "lot_size": lot_size,
            "reference_price": money_text(reference_price),
            "tax_inclusive": tax_inclusive,
        }
        return decode(Instrument, await self._connection.change("POST", "/v1/instruments", body, idempotency_key))

    async def halt(self, instrument: str, reason: str, *, idempotency_key: str | None = None) -> None:
        """Halt one instrument at once (operator or regulator). Lifting it is a proposal of type RESUME."""
        path = f"/v1/instruments/{in_path(instrument)}/halt"
        await self._connection.change("POST", path, {"reason": reason}, idempotency_key)
