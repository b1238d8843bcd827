"""Uses, releases and budgets as the naive exchange does them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from exchange.core.commands.instruments import Family, League
from exchange.core.commands.registry import RequestKind
from exchange.core.commands.uses import (
    CallOffRelease,
    Intensity,
    Neutrality,
    Pick,
    Purpose,
    ReleaseUnits,
    RevokeClaim,
    UseDetails,
    UseUnits,
)
from exchange.core.events.credits import ParcelState
from exchange.core.values import Day
from tests.oracle import holding, origins, registry
from tests.oracle.ledger import Tonne, runs
from tests.oracle.things import NaiveClaim, NaiveRelease, Part

if TYPE_CHECKING:
    from tests.oracle.exchange import NaiveExchange

HOUR = 3_600 * 10**6
SHANGHAI = timezone(timedelta(hours=8))
RATIOS = {Intensity.HIGH: "DIFF-HIGH", Intensity.LOW: "DIFF-LOW"}


def tonnes_in(twin: NaiveExchange, units: list[Part]) -> list[Tonne]:
    """The tonnes of some serials."""
    return [tonne for part in units for tonne in twin.tonnes.of(*part)]


# -- choosing --


def named(picks: tuple[Pick, ...]) -> list[Part]:
    """The serials of picks that name them, by lot and serial."""
    return sorted((int(pick.lot), pick.lo, pick.hi) for pick in picks)


def lots_for(twin: NaiveExchange, action: UseUnits) -> list[int]:
    """The lots from which the rule takes: those that were named in their order, else all of the good."""
    if action.picks:
        return [int(pick.lot) for pick in action.picks]
    return twin.lots_to_sell(action.participant, twin.instruments[action.instrument].good)


def lowest(twin: NaiveExchange, firm: int, lots: list[int], quantity: int) -> list[Part]:
    """So many tonnes of these lots in turn, of each the lowest serials, one part for each parcel that is cut."""
    units: list[Part] = []
    picked = twin.pick(firm, lots, quantity)
    for lot in dict.fromkeys(picked):
        taken = twin.tonnes.sellable(lot, firm)[: picked.count(lot)]
        units += [(lot, run[0].serial, run[-1].serial + 1) for run in runs(taken)]
    return units


def choose(twin: NaiveExchange, action: UseUnits) -> list[Part]:
    """The serials of a use."""
    if action.picks and action.picks[0].hi:
        return named(action.picks)
    return lowest(twin, action.participant, lots_for(twin, action), action.quantity)


def chosen_for_use(twin: NaiveExchange, action: UseUnits) -> None:
    """A use is proposed: the tonnes serve nothing else from now on."""
    firm, purpose, units = action.participant, action.purpose, choose(twin, action)
    details = details_of(twin, action.reversal) if action.reversal else action.details
    made = NaiveClaim(twin.new_id(), firm, purpose, details, units, action.reversal)
    claim(twin, twin.new_id() + 1, made)


def details_of(twin: NaiveExchange, reversal: int) -> UseDetails:
    """What replaces a loss serves the project that has lost it."""
    lost = twin.projects[twin.reversals[reversal].project].terms
    return UseDetails(
        lost.name_en, lost.name_zh, lost.code, "", 0, "", Intensity.NONE, Neutrality.NONE, "", Day(0), "", lost.league
    )  # fmt: skip


def ratio_today(twin: NaiveExchange, details: UseDetails) -> int:
    """How many millionths of a tonne are used for one."""
    return twin.rules[RATIOS[details.intensity]] if details.intensity in RATIOS else 10**6


def claim(twin: NaiveExchange, number: int, made: NaiveClaim) -> None:
    """Enter a claim, with the rulebook's ratio of today."""
    made.ratio = ratio_today(twin, made.details)
    twin.claims[number] = made
    registry.put(twin, tonnes_in(twin, made.units), ParcelState.PENDING_CANCEL)


def chosen_for_release(twin: NaiveExchange, action: ReleaseUnits) -> None:
    """A release is proposed."""
    release = NaiveRelease(twin.new_id(), action.participant, named(action.picks), action.national_account)
    twin.releases[twin.new_id() + 1] = release
    registry.put(twin, tonnes_in(twin, release.units), ParcelState.PENDING_OUT)


def of_proposal(things: dict[int, Any], proposal: int) -> int:
    """The claim or release that a proposal has made; 0 when there is none."""
    return next((number for number, one in things.items() if one.proposal == proposal), 0)


# -- deciding --


def approve_use(twin: NaiveExchange, proposal: int) -> None:
    """A second person agrees."""
    start(twin, of_proposal(twin.claims, proposal))


def start(twin: NaiveExchange, number: int) -> None:
    """Quota is gone at once; the registry is asked for all else."""
    made = twin.claims[number]
    made.status = "pending"
    state = ParcelState.EXPORTED if made.purpose is Purpose.INTER_PROVINCE else ParcelState.RETIRED
    is_quota = [origins.terms_of(twin, lot).family is Family.REDUCTION_QUOTA for lot, _, _ in made.units]
    assert any(is_quota) == all(is_quota), "what ends here and what a registry cancels are never one use"
    for part in made.units:
        if any(is_quota):
            registry.put(twin, twin.tonnes.of(*part), state)
        else:
            registry.ask(twin, RequestKind.CANCEL, part, made.firm, number)
    if any(is_quota):
        fulfil(twin, made, made.units)


def approve_release(twin: NaiveExchange, proposal: int) -> None:
    """A second person agrees: the cool-down begins."""
    release = twin.releases[of_proposal(twin.releases, proposal)]
    release.status = "cooling"
    release.leaves_at = first_hour(twin)
    release.callable_until = max(twin.at, release.leaves_at - twin.rules["RELEASE-CANCEL"] * HOUR)


def hours_of(twin: NaiveExchange, day: date) -> tuple[int, int]:
    """Between which instants releases leave on a day in Shanghai, were it a trading day."""
    begins = int(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).timestamp()) * 10**6
    return begins + twin.rules["RELEASE-FROM"] * HOUR, begins + twin.rules["RELEASE-UNTIL"] * HOUR


def trading_day(twin: NaiveExchange) -> date:
    """The trading day as a day of the calendar."""
    return datetime.strptime(str(twin.day), "%Y%m%d").replace(tzinfo=SHANGHAI).date()


def first_hour(twin: NaiveExchange) -> int:
    """Day after day is looked at, until one has an hour left after the cool-down."""
    cooled, day = twin.at + twin.rules["RELEASE-COOL-DOWN"] * HOUR, trading_day(twin) + timedelta(days=1)
    while cooled >= hours_of(twin, day)[1]:
        day += timedelta(days=1)
    return max(cooled, hours_of(twin, day)[0])


def leaving_hours(twin: NaiveExchange, release: NaiveRelease) -> tuple[int, int] | None:
    """Between which instants a release leaves on the trading day that is open; None when it does not."""
    opens, closes = hours_of(twin, trading_day(twin))
    opens = max(opens, release.leaves_at)
    return (opens, closes) if twin.phase == "open" and not twin.halted and opens < closes else None


def can_be_called_off(twin: NaiveExchange, release: NaiveRelease) -> bool:
    """Whether it cools down and does not leave within the time that the rule wants, as far as this day goes."""
    hours = leaving_hours(twin, release)
    if hours is None or twin.at >= hours[1]:
        return release.status == "cooling"
    return release.status == "cooling" and twin.at + release.leaves_at - release.callable_until < hours[0]


def withdraw(twin: NaiveExchange, proposal: int) -> None:
    """A proposal was rejected: what it had chosen is free again."""
    use, release = of_proposal(twin.claims, proposal), of_proposal(twin.releases, proposal)
    if use:
        twin.claims[use].status = "ended"
        registry.put(twin, tonnes_in(twin, twin.claims[use].units), ParcelState.ACTIVE)
    if release:
        end_release(twin, twin.releases[release])


def end_release(twin: NaiveExchange, release: NaiveRelease) -> None:
    """A release comes to nothing."""
    release.status = "ended"
    registry.put(twin, tonnes_in(twin, release.units), ParcelState.ACTIVE)


def call_off(twin: NaiveExchange, command: CallOffRelease) -> None:
    """The firm stops it."""
    end_release(twin, twin.releases[command.release])


# -- afterwards --


def close(twin: NaiveExchange, subject: int, kind: RequestKind) -> None:
    """The registry has spoken about all that a use or a release needs."""
    answered = registry.asked_for(twin, subject)
    confirmed = [(request.lot, request.lo, request.hi) for request in answered if request.status == "confirmed"]
    for request in answered:
        if request.status == "refused":
            registry.put(twin, registry.tonnes_of(twin, request), ParcelState.ACTIVE)
    if kind is RequestKind.RELEASE:
        twin.releases[subject].status = "done" if confirmed else "ended"
        return
    made = twin.claims[subject]
    if confirmed:
        fulfil(twin, made, confirmed)
    else:
        made.status = "ended"


def fulfil(twin: NaiveExchange, made: NaiveClaim, units: list[Part]) -> None:
    """The use stands, for what is really gone; and the leagues' accounts with it."""
    made.units, made.status = sorted(units), "fulfilled"
    if counts_somewhere(twin, made):
        adjust(twin, units, made.details.league, made.details.province)
    if made.reversal:
        twin.reversals[made.reversal].replaced += made.quantity


def counts_somewhere(twin: NaiveExchange, made: NaiveClaim) -> bool:
    """Whether it counts anywhere: not what is issued again, nor what replaces a loss from outside the region."""
    if made.reversal and twin.projects[twin.reversals[made.reversal].project].terms.league is League.NONE:
        return False
    return made.purpose is not Purpose.CONVERSION


def adjust(twin: NaiveExchange, units: list[Part], used_in: League, province: str, sign: int = 1) -> None:
    """Tonnes count where they are used, and no more where they were made."""
    for lot, lo, hi in units:
        source = origins.terms_of(twin, lot).league
        if source not in (League.NONE, used_in):
            twin.adjustments.append((source, used_in, province, twin.day // 10_000, sign * (hi - lo)))


def revoke(twin: NaiveExchange, action: RevokeClaim) -> None:
    """A use counts no more: its units stay used, and nobody counts them; nobody has the quota that stood on it."""
    made = twin.claims[action.claim]
    made.status = "revoked"
    if counts_somewhere(twin, made):
        adjust(twin, made.units, made.details.league, made.details.province, sign=-1)
    came_in = [lot for lot in twin.lots.values() if twin.issuances[lot.issuance].converted == action.claim]
    if came_in and not holding.is_in_doubt(twin, made):
        holding.suspend(twin, made.units[0])
    if made.reversal:
        twin.reversals[made.reversal].replaced -= made.quantity


def surrendered(twin: NaiveExchange, facility: str, year: int) -> int:
    """How many tonnes are claimed for what a facility has to surrender, by uses that were approved."""
    return sum(
        one.quantity
        for one in twin.claims.values()
        if one.purpose is Purpose.NATIONAL_SURRENDER
        and one.status in ("pending", "fulfilled")
        and (origins.known_as(one.details.facility), one.details.year) == (origins.known_as(facility), year)
    )


CHOSEN: dict[type, Callable[[NaiveExchange, Any], None]] = {
    UseUnits: chosen_for_use,
    ReleaseUnits: chosen_for_release,
}
"""What is set aside when it is proposed."""

DECIDED: dict[type, Callable[[NaiveExchange, int], None]] = {UseUnits: approve_use, ReleaseUnits: approve_release}
"""What is done with it when it is approved."""

COMMANDS: dict[type, Callable[[NaiveExchange, Any], None]] = {CallOffRelease: call_off}
ACTIONS: dict[type, Callable[[NaiveExchange, Any], None]] = {RevokeClaim: revoke}
