"""Instruments: what can be traded, their books, and listing and halting them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import Field

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text
from exchange.api.fields import (
    Body,
    Code,
    Levels,
    Model,
    OptionalText,
    PageQuery,
    Price,
    Quantity,
    ReadQuery,
    Vintage,
    named,
)
from exchange.api.operations import Call, Change, Document, Draft, Read
from exchange.api.outputs import Dated, DayOut, InstrumentOut, MoneyOut, Page, name_of, one_of
from exchange.api.paging import page
from exchange.api.problem_tables import VALIDATION
from exchange.api.problems import FieldError, ProblemError
from exchange.api.resources.market import Halted, HaltIn, halt_draft
from exchange.api.wire import day_text, money_text
from exchange.core.commands.instruments import (
    Family,
    HaltTrading,
    League,
    ListInstrument,
    SettlementVenue,
    SourceCategory,
    TradingMode,
)
from exchange.core.credits.project import YEAR
from exchange.core.credits.registry_lock import PLAY_REGISTRY
from exchange.core.credits.spelling import folded
from exchange.core.events.markets import InstrumentListed, ReferenceBasis, ReferencePriceSet
from exchange.core.rejections import RejectReason
from exchange.core.values import InstrumentId, Tonnes
from exchange.core.values import Price as CorePrice
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.submission import Decided
from exchange.sequencer.view.markets import Markets, no_trades_yet
from exchange.sequencer.view.orders import Level
from exchange.sequencer.view.rows import InstrumentRow

MARKET: Final = "MARKET"
INSTRUMENT: Final = "INSTRUMENT"


class Halt(Model):
    """A halt in force: of the whole market, or of this instrument alone. Each is lifted by itself."""

    scope: Annotated[str, one_of(MARKET, INSTRUMENT)]
    reason: str


class InstrumentModel(Model):
    """An instrument, its band (ends included) and its day so far. Prices in CNY a tonne, quantities in tonnes.

    ``simulated`` says that its trading has no legal basis yet (the profile of the rulebook, or custody of CCER here).
    ``halts`` are all that are in force, that of the market first; ``halt_reason`` is the reason of the first.
    """

    id: InstrumentOut
    symbol: str
    family: Annotated[str, name_of(Family)]
    project: str
    vintage: int
    source_category: Annotated[str, name_of(SourceCategory)]
    league: Annotated[str, name_of(League)]
    mode: Annotated[str, name_of(TradingMode)]
    settlement_venue: Annotated[str, name_of(SettlementVenue)]
    simulated: bool
    tick: MoneyOut
    lot_size: int
    tax_inclusive: bool
    halted: bool
    halt_reason: str | None
    halts: list[Halt]
    reference_price: MoneyOut
    reference_basis: Annotated[str, name_of(ReferenceBasis)]
    reference_day: DayOut
    lowest: MoneyOut
    highest: MoneyOut
    last_price: MoneyOut | None
    day_open: MoneyOut | None
    day_high: MoneyOut | None
    day_low: MoneyOut | None
    volume: int
    turnover: MoneyOut
    trades: int


class InstrumentAnswer(InstrumentModel, Dated):
    """One instrument."""


class InstrumentPage(Page):
    """Instruments."""

    items: list[InstrumentModel]


class LevelModel(Model):
    """One price of a book."""

    price: MoneyOut
    quantity: int
    orders: int


class Book(Dated):
    """The best prices of both sides, best first."""

    instrument: InstrumentOut
    bids: list[LevelModel]
    asks: list[LevelModel]


class BookQuery(ReadQuery):
    """How many prices of each side."""

    levels: Levels = 10


class ListInstrumentIn(Body):
    """An instrument to list. A forestry CCER names ``project`` and ``vintage``, a reduction quota ``source_category``,
    ``vintage`` and ``league``. The party that brings the product in first declares the first ``reference_price``.
    """

    symbol: Code
    family: Annotated[Family, named(Family)]
    project: OptionalText = ""
    vintage: Vintage
    source_category: Annotated[SourceCategory, named(SourceCategory)] = SourceCategory.NONE
    league: Annotated[League, named(League)] = League.NONE
    mode: Annotated[TradingMode, named(TradingMode)] = TradingMode.CONTINUOUS
    settlement_venue: Annotated[SettlementVenue, named(SettlementVenue)] = SettlementVenue.REGIONAL_CUSTODY
    tick: Annotated[Price, Field(json_schema_extra={"default": "0.01"})] = 1
    lot_size: Quantity = 1
    reference_price: Price
    tax_inclusive: bool = True


_OF_FAMILY: Final = {
    Family.FORESTRY_CCER: ("project",),
    Family.REDUCTION_QUOTA: ("source_category", "league"),
}
"""What tells the instruments of a family apart, beside the vintage. A family that is not here has no books."""


def instrument_document(row: InstrumentRow, profile: str, market: Markets) -> Document:
    """An instrument as it is shown; a halt of the market shows on each."""
    terms, reference, day = row.terms, row.reference, row.day
    halts = [
        {"scope": scope, "reason": halted.halt_reason}
        for scope, halted in ((MARKET, market), (INSTRUMENT, row))
        if halted.halted
    ]
    return {
        "id": id_text(Kind.INSTRUMENT, terms.instrument),
        "symbol": terms.symbol,
        "family": terms.family.name,
        "project": terms.project,
        "vintage": terms.vintage,
        "source_category": terms.source_category.name,
        "league": terms.league.name,
        "mode": terms.mode.name,
        "settlement_venue": terms.settlement_venue.name,
        "simulated": is_simulated(terms, profile),
        "tick": money_text(terms.tick),
        "lot_size": terms.lot_size,
        "tax_inclusive": terms.tax_inclusive,
        "halted": bool(halts),
        "halt_reason": halts[0]["reason"] if halts else None,
        "halts": halts,
        "reference_price": money_text(reference.reference),
        "reference_basis": reference.basis.name,
        "reference_day": day_text(reference.day),
        "lowest": money_text(reference.lowest),
        "highest": money_text(reference.highest),
        "last_price": money_text(row.last_price) if row.last_price else None,
        "day_open": money_text(day.opening) if day.trades else None,
        "day_high": money_text(day.highest) if day.trades else None,
        "day_low": money_text(day.lowest) if day.trades else None,
        "volume": day.volume,
        "turnover": money_text(day.value),
        "trades": day.trades,
    }


def is_simulated(terms: InstrumentListed, profile: str) -> bool:
    """Whether trading it has no recorded legal basis: a simulated profile, or CCER held in custody by this venue."""
    custody = terms.settlement_venue is SettlementVenue.REGIONAL_CUSTODY
    return "simulated" in profile or (terms.family is Family.FORESTRY_CCER and custody)


def _profile(call: Call) -> str:
    rulebook = call.services.view.governance.rulebook
    return "" if rulebook is None else rulebook.profile


def _row(call: Call) -> InstrumentRow:
    number = InstrumentId(id_number(Kind.INSTRUMENT, call.path["instrument"]))
    row = call.services.view.markets.instruments.get(number)
    if row is None:
        raise ProblemError(RejectReason.INSTRUMENT_NOT_FOUND)
    return row


def every(call: Call) -> Document:
    """All instruments with their reference prices, bands and the day so far."""
    markets, profile = call.services.view.markets, _profile(call)
    return page(
        markets.instruments.values(),
        lambda row: row.terms.instrument,
        lambda row: instrument_document(row, profile, markets),
        call.query,
    )


def one(call: Call) -> Document:
    """One instrument."""
    return instrument_document(_row(call), _profile(call), call.services.view.markets)


def book(call: Call) -> Document:
    """The best prices of an instrument's book, with tonnes and number of orders at each."""
    instrument = _row(call).terms.instrument
    depth, levels = call.services.view.orders.book(instrument), call.query.levels
    return {
        "instrument": id_text(Kind.INSTRUMENT, instrument),
        "bids": _levels(depth.bids.best_first(levels)),
        "asks": _levels(depth.asks.best_first(levels)),
    }


def _levels(levels: Iterable[tuple[CorePrice, Level]]) -> list[Document]:
    return [{"price": money_text(price), "quantity": level.quantity, "orders": level.orders} for price, level in levels]


def list_new(call: Call) -> Draft:
    """List an instrument: open a book for one kind of unit."""
    body: ListInstrumentIn = call.body
    _refuse_misfits(body)
    _refuse_unknown_project(body, call.services.view)
    profile = _profile(call)
    command = ListInstrument(
        call.who.person,
        body.symbol,
        body.family,
        body.project,
        body.vintage,
        body.source_category,
        body.league,
        body.mode,
        body.settlement_venue,
        CorePrice(body.tick),
        Tonnes(body.lot_size),
        CorePrice(body.reference_price),
        body.tax_inclusive,
    )
    return Draft(command, lambda decision: _listed(decision, profile))


def _refuse_misfits(body: ListInstrumentIn) -> None:
    """What a family needs and what it does not have is known before the command is, and is named by its field."""
    own = _OF_FAMILY.get(body.family)
    if own is None:
        raise ProblemError(VALIDATION, [FieldError("/family", "NOT_ONE_OF", [family.name for family in _OF_FAMILY])])
    given = {"project": body.project, "source_category": body.source_category, "league": body.league}
    missing = [FieldError(f"/{name}", "MISSING") for name in own if not given[name]]
    foreign = [FieldError(f"/{name}", "NOT_OF_FAMILY") for name in given if name not in own and given[name]]
    if missing or foreign:
        raise ProblemError(VALIDATION, [*missing, *foreign])


def _refuse_unknown_project(body: ListInstrumentIn, view: CommittedView) -> None:
    """A book stays for ever, so one person does not open it for a project that is not recorded, or for a year in which
    it makes no units. The code is in the project's own spelling, by which its units are found. (That of a sandbox is
    recorded with the first firm that gets units of it.)
    """
    if not body.project or (view.governance.is_sandbox and body.project == PLAY_REGISTRY):
        return
    number = view.projects.codes.get(folded(body.project))
    terms = None if number is None else view.projects.by_id[number].terms
    if terms is None or terms.code != body.project or terms.family is not body.family:
        raise ProblemError(RejectReason.PROJECT_NOT_FOUND)
    first, last = terms.crediting_start // YEAR, terms.crediting_end // YEAR
    if not first <= body.vintage <= last:
        raise ProblemError(VALIDATION, [FieldError("/vintage", "OUT_OF_RANGE", lowest=first, highest=last)])


def _listed(decision: Decided, profile: str) -> Document:
    listed, reference = decision.events
    assert isinstance(listed, InstrumentListed) and isinstance(reference, ReferencePriceSet)
    row = InstrumentRow(listed, reference, False, "", CorePrice(0), no_trades_yet())
    return instrument_document(row, profile, Markets())  # what is stored says nothing of a halt that may end


def halt(call: Call) -> Draft:
    """Stop trading in one instrument, at once. Lifting it is a proposal of type RESUME."""
    return halt_draft(call, InstrumentId(id_number(Kind.INSTRUMENT, call.path["instrument"])))


NO_INSTRUMENT = (RejectReason.INSTRUMENT_NOT_FOUND,)

OPERATIONS = (
    Read(
        path="/v1/instruments/{instrument}/book",
        audience=Audience.PUBLIC,
        query=BookQuery,
        handle=book,
        answer=Book,
        missing=NO_INSTRUMENT,
    ),
    Read(path="/v1/instruments", audience=Audience.PUBLIC, query=PageQuery, handle=every, answer=InstrumentPage),
    Read(
        path="/v1/instruments/{instrument}",
        audience=Audience.PUBLIC,
        handle=one,
        answer=InstrumentAnswer,
        missing=NO_INSTRUMENT,
    ),
    Change(
        method="POST",
        path="/v1/instruments",
        command=ListInstrument,
        body=ListInstrumentIn,
        draft=list_new,
        answer=InstrumentAnswer,
    ),
    Change(
        method="POST",
        path="/v1/instruments/{instrument}/halt",
        command=HaltTrading,
        body=HaltIn,
        draft=halt,
        answer=Halted,
        status=200,
    ),
)
