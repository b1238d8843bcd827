"""What the naive exchange asks of the national registry, and what it does with the answers and with silence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from exchange.core.commands.credits import RequestLock, ReturnUnits
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.registry import (
    AnswerOnPaper,
    AnswerRequest,
    GiveUpWaiting,
    RegistryOutcome,
    RequestKind,
    SendRelease,
)
from exchange.core.events.credits import ParcelState
from tests.oracle import holding, uses
from tests.oracle.ledger import Run, Tonne, runs
from tests.oracle.things import NaiveRelease, NaiveRequest, Part

if TYPE_CHECKING:
    from tests.oracle.exchange import NaiveExchange

HOUR = 3_600 * 10**6

AFTER: dict[tuple[RequestKind, bool], ParcelState] = {
    (RequestKind.LOCK, True): ParcelState.ACTIVE,
    (RequestKind.LOCK, False): ParcelState.ADMITTED,
    (RequestKind.RELEASE, True): ParcelState.OUT,
    (RequestKind.RELEASE, False): ParcelState.PENDING_OUT,
    (RequestKind.CANCEL, True): ParcelState.CANCELLED,
    (RequestKind.CANCEL, False): ParcelState.PENDING_CANCEL,
}
"""Where units are after the registry has said yes or no to what it was asked.

What it refuses to release or to cancel is free again only when it has spoken about all of the release or use.
"""


def put(twin: NaiveExchange, tonnes: list[Tonne], state: ParcelState) -> None:
    """Tonnes stand somewhere else from now on; what is gone is held by nothing."""
    for tonne in tonnes:
        before = tonne.account
        tonne.state = state
        if tonne.account != before:
            twin.ledger.move(before, tonne.account, tonne.lot, 1)
        if not tonne.live:
            tonne.held.clear()


def ask(
    twin: NaiveExchange,
    kind: RequestKind,
    part: Part,
    owner: int,
    subject: int = 0,
    returning: bool = False,
    account: str = "",
) -> None:
    """A request more, to be answered within the hour."""
    answer_by = twin.at + twin.rules["REGISTRY-ANSWER"] * 10**6
    made = NaiveRequest(kind, *part, owner, subject, returning, account, answer_by, asked_at=twin.at)
    twin.requests[twin.number("request")] = made


def ask_again(twin: NaiveExchange, command: RequestLock) -> None:
    """Everything of the lot that was refused is asked for."""
    for run in waiting(twin, command.lot):
        put(twin, run, ParcelState.LOCK_REQUESTED)
        ask(twin, RequestKind.LOCK, (command.lot, run[0].serial, run[-1].serial + 1), run[0].owner)


def waiting(twin: NaiveExchange, lot: int) -> list[Run]:
    """What of a lot the registry has refused to lock."""
    return runs([one for one in twin.tonnes.all if one.lot == lot and one.state is ParcelState.ADMITTED])


def tonnes_of(twin: NaiveExchange, request: NaiveRequest) -> list[Tonne]:
    """What a request is about."""
    return twin.tonnes.of(request.lot, request.lo, request.hi)


def answer(twin: NaiveExchange, command: AnswerRequest) -> None:
    """The first word counts; another one later holds the units fast."""
    request, confirmed = twin.requests[command.request], command.outcome is RegistryOutcome.CONFIRMED
    if request.open:
        settle(twin, request, confirmed, command.receipt)
    else:
        request.told.append(command.receipt)
        request.dispute, request.disputed = command.message, twin.new_id()
        holding.suspend(twin, (request.lot, request.lo, request.hi))


def signed(twin: NaiveExchange) -> list[str]:
    """The receipts that the national registry itself has given; all others persons have typed from papers."""
    own = [one for one in twin.requests.values() if twin.lots[one.lot].good[0] is Family.FORESTRY_CCER]
    return [receipt for one in own for receipt in (one.receipt, *one.told)]


def is_disputed(twin: NaiveExchange, request: NaiveRequest) -> bool:
    """Whether what another contradiction has held fast still is."""
    made = twin.encumbrances.get(request.disputed)
    return made is not None and made.status in ("setting", "standing")


def china_day(at: int) -> int:
    """The day of the calendar that a clock in China shows, in eight digits."""
    return int(datetime.fromtimestamp(at // 10**6, uses.SHANGHAI).strftime("%Y%m%d"))


def day_before(at: int) -> int:
    """The last one before it: the earliest that a paper which answers a question can bear."""
    return china_day(at - 24 * HOUR)


def answer_on_paper(twin: NaiveExchange, action: AnswerOnPaper) -> None:
    """Two persons have read the paper."""
    confirmed = action.outcome is RegistryOutcome.CONFIRMED
    settle(twin, twin.requests[action.request], confirmed, action.receipt)


def settle(twin: NaiveExchange, request: NaiveRequest, confirmed: bool, receipt: str) -> None:
    """Units go where the answer says, and what they were meant for is over when nothing more is to be heard of it."""
    request.status, request.receipt = ("confirmed" if confirmed else "refused"), receipt
    tonnes = tonnes_of(twin, request)
    if request.returning and confirmed:
        come_back(twin, request, tonnes)
    else:
        put(twin, tonnes, ParcelState.OUT if request.returning else AFTER[request.kind, confirmed])
    if request.kind is RequestKind.RELEASE and confirmed:
        uses.adjust(twin, [(request.lot, request.lo, request.hi)], League.NONE, "")
    if request.subject and not any(one.open for one in asked_for(twin, request.subject)):
        uses.close(twin, request.subject, request.kind)


def come_back(twin: NaiveExchange, request: NaiveRequest, tonnes: list[Tonne]) -> None:
    """Units come back to whoever holds them now, under all that stands against them, and count at home again."""
    for tonne in tonnes:
        assert tonne.account == "out"
        tonne.owner, tonne.since, tonne.state = request.owner, twin.day, ParcelState.ACTIVE
        twin.ledger.move("out", request.owner, tonne.lot, 1)
        tonne.held = holding.holders_of(twin, tonne.lot, tonne.serial)
    uses.adjust(twin, [(request.lot, request.lo, request.hi)], League.NONE, "", sign=-1)


def asked_for(twin: NaiveExchange, subject: int) -> list[NaiveRequest]:
    """What the registry was asked for a use or a release."""
    return [request for request in twin.requests.values() if request.subject == subject]


def give_up(twin: NaiveExchange, command: GiveUpWaiting) -> None:
    """Nobody knows: what was to be locked is unknown, all else stays."""
    request = twin.requests[command.request]
    request.status = "silent"
    if request.kind is RequestKind.LOCK and not request.returning:
        put(twin, tonnes_of(twin, request), ParcelState.LOCK_UNKNOWN)


def return_units(twin: NaiveExchange, action: ReturnUnits) -> None:
    """The registry is asked to lock again what went out; it is on nobody's account until then."""
    twin.locks.append(action.lock_reference)
    part = (int(action.lot), action.serial_lo, action.serial_hi)
    put(twin, twin.tonnes.of(*part), ParcelState.RETURN_REQUESTED)
    ask(twin, RequestKind.LOCK, part, action.owner, returning=True)


def overdue(twin: NaiveExchange) -> tuple[str, int] | None:
    """What is late: requests before releases, then the earliest first, then by number."""
    silent = [
        (request.answer_by, number)
        for number, request in twin.requests.items()
        if request.status == "open" and request.answer_by <= twin.at
    ]
    if silent:
        return "GiveUpWaiting", min(silent)[1]
    leaving = [(release.leaves_at, number) for number, release in twin.releases.items() if _leaves(twin, release)]
    return ("SendRelease", min(leaving)[1]) if leaving else None


def _leaves(twin: NaiveExchange, release: NaiveRelease) -> bool:
    """Whether a release leaves right now."""
    hours = uses.leaving_hours(twin, release) if release.status == "cooling" else None
    return hours is not None and hours[0] <= twin.at < hours[1]


def send_release(twin: NaiveExchange, command: SendRelease) -> None:
    """Its time has come: the registry is asked, unless something holds the units fast."""
    release = twin.releases[command.release]
    if any(tonne.held for part in release.units for tonne in twin.tonnes.of(*part)):
        uses.end_release(twin, release)
        return
    release.status = "sent"
    for part in release.units:
        ask(twin, RequestKind.RELEASE, part, release.firm, command.release, account=release.account)


COMMANDS: dict[type, Callable[[NaiveExchange, Any], None]] = {
    RequestLock: ask_again,
    AnswerRequest: answer,
    GiveUpWaiting: give_up,
    SendRelease: send_release,
}
ACTIONS: dict[type, Callable[[NaiveExchange, Any], None]] = {
    ReturnUnits: return_units,
    AnswerOnPaper: answer_on_paper,
}
