"""The venue itself: status, rulebook, the halt of everything, the end of the day."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_text
from exchange.api.fields import Body, DayText, Model, Text
from exchange.api.operations import Call, Change, Document, Draft, Read
from exchange.api.outputs import Dated, DayOut, HexOut, InstrumentOut, name_of
from exchange.api.wire import day_text
from exchange.core.commands.governance import Rule, Verified
from exchange.core.commands.instruments import EndOfDay, HaltTrading
from exchange.core.events.markets import DayClosing
from exchange.core.sessions import Phase
from exchange.core.values import NOBODY, Day, InstrumentId
from exchange.sequencer.submission import Decided


class Status(Dated):
    """Where the venue stands. ``head`` is the hash over the journal up to ``as_of_seq``, in hex.

    In a ``sandbox`` money and units are play, and each new firm is given some.
    """

    venue: str
    sandbox: bool
    trading_day: DayOut | None
    phase: Annotated[str, name_of(Phase)]
    halted: bool
    halt_reason: str | None
    head: HexOut


class RuleModel(Model):
    """A rule: a number with its unit, the article that it rests on, and how sure it is."""

    id: str
    value: int
    unit: str
    article: str
    verified: Annotated[str, name_of(Verified)]
    effective_from: DayOut
    text_en: str
    text_zh: str


class RulebookModel(Dated):
    """The rulebook in force, with rules that begin on a later day too."""

    version: int
    profile: str
    rules: list[RuleModel]


class HaltIn(Body):
    """Why trading stops."""

    reason: Text


class Halted(Dated):
    """Trading stopped; ``instrument`` is null for the whole market."""

    instrument: InstrumentOut | None
    halted: bool
    reason: str


class EndOfDayIn(Body):
    """The trading day that follows: any later calendar day, at most 31 days on.

    The venue keeps no calendar of its own, so a Saturday is taken as you name it: on a Friday name the Monday, or the
    first day after the holiday. A trading day that was named too early is ended as any other.
    """

    next_day: DayText


class DayEnding(Dated):
    """The day is being closed; the next one opens when every order that ends with it has ended."""

    phase: Annotated[str, name_of(Phase)]
    day: DayOut
    next_day: Annotated[str, Field(examples=["2026-11-23"])]


def status(call: Call) -> Document:
    """Venue, trading day, phase, and the head of the committed journal."""
    view = call.services.view
    markets = view.markets
    return {
        "venue": view.governance.venue,
        "sandbox": view.governance.is_sandbox,
        "trading_day": day_text(markets.day) if markets.day else None,
        "phase": markets.phase.name,
        "halted": markets.halted,
        "halt_reason": markets.halt_reason or None,
        "head": view.head.hex(),
    }


def rulebook(call: Call) -> Document:
    """The rulebook in force: each rule with its article and how sure its value is."""
    adopted = call.services.view.governance.rulebook
    if adopted is None:
        return {"version": 0, "profile": "", "rules": []}
    return {
        "version": adopted.version,
        "profile": adopted.profile,
        "rules": [rule_document(rule) for rule in adopted.rules],
    }


def rule_document(rule: Rule) -> Document:
    """A rule as it is shown."""
    return {
        "id": rule.rule,
        "value": rule.value,
        "unit": rule.unit,
        "article": rule.article,
        "verified": rule.verified.name,
        "effective_from": day_text(rule.effective_from),
        "text_en": rule.text_en,
        "text_zh": rule.text_zh,
    }


def halt_draft(call: Call, instrument: InstrumentId) -> Draft:
    """The halt of one instrument, or of the market (0)."""
    reason = call.body.reason
    shown = None if instrument == NOBODY else id_text(Kind.INSTRUMENT, instrument)

    def render(_decision: Decided) -> Document:
        return {"instrument": shown, "halted": True, "reason": reason}

    return Draft(HaltTrading(call.who.person, instrument, reason), render)


def halt_market(call: Call) -> Draft:
    """Stop trading in everything, at once. Lifting it is a proposal of type RESUME."""
    return halt_draft(call, InstrumentId(NOBODY))


def end_of_day(call: Call) -> Draft:
    """End the trading day: day orders expire, reference prices follow from the day's trades, the next day opens."""

    def render(decision: Decided) -> Document:
        (closing,) = [event for event in decision.events if isinstance(event, DayClosing)]
        return {"phase": Phase.CLOSING.name, "day": day_text(closing.day), "next_day": day_text(closing.next_day)}

    return Draft(EndOfDay(call.who.person, Day(call.body.next_day)), render)


OPERATIONS = (
    Read(path="/v1/status", audience=Audience.PUBLIC, handle=status, answer=Status),
    Read(path="/v1/rulebook", audience=Audience.PUBLIC, handle=rulebook, answer=RulebookModel),
    Change(
        method="POST",
        path="/v1/market/halt",
        command=HaltTrading,
        body=HaltIn,
        draft=halt_market,
        answer=Halted,
        status=200,
    ),
    Change(
        method="POST",
        path="/v1/market/end-of-day",
        command=EndOfDay,
        body=EndOfDayIn,
        draft=end_of_day,
        answer=DayEnding,
        status=200,
    ),
)
