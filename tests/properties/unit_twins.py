"""The life of units in the real exchange and in its naive twin, compared; and that no tonne is lost or made."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from exchange.core.credits.claims import ClaimStatus
from exchange.core.credits.states import ABSORBING, GONE
from exchange.core.events.credits import Parcel, ParcelState
from exchange.core.events.uses import LotRanges
from exchange.core.ledger import chart
from exchange.core.state import ExchangeState
from exchange.core.values import LotId, ParticipantId
from tests.oracle import holding, origins
from tests.oracle.exchange import NaiveExchange

Serial = tuple[int, int]


def compare_units(state: ExchangeState, twin: NaiveExchange, firms: Sequence[ParticipantId]) -> None:
    """Parcels, requests, uses, releases, what holds units fast, budgets: all of it."""
    _compare_parcels(state, twin, firms)
    _compare_requests(state, twin)
    _compare_uses(state, twin)
    _compare_held(state, twin)
    _compare_plans(state, twin)
    assert list(state.credits.projects.projects) == list(twin.projects)
    assert list(state.credits.issuances) == list(twin.issuances)
    assert list(state.credits.lots) == list(twin.lots)


def _compare_parcels(state: ExchangeState, twin: NaiveExchange, firms: Sequence[ParticipantId]) -> None:
    for number in twin.lots:
        lot = LotId(number)
        for firm in firms:
            live = [*state.parcels.held.get((lot, firm), []), *state.parcels.aside.get((lot, firm), [])]
            real = [(one.lo, one.hi, int(one.acquired), one.state, one.encumbered) for one in live]
            assert sorted(real) == twin.tonnes.parcels(lot, firm), (lot, firm)
    gone: dict[Serial, tuple[int, ParcelState]] = {}
    for (lot, _), parcels in state.parcels.gone.items():
        for one in parcels:
            gone |= {(lot, serial): (one.owner, one.state) for serial in range(one.lo, one.hi)}
    assert gone == {(one.lot, one.serial): (one.owner, one.state) for one in twin.tonnes.all if not one.live}


def _compare_requests(state: ExchangeState, twin: NaiveExchange) -> None:
    real = {
        number: (
            one.kind,
            one.lot,
            one.serials.lo,
            one.serials.hi,
            one.owner,
            one.subject,
            one.returning,
            one.status.name.lower(),
            one.receipt,
            one.dispute,
            one.disputed,
            one.asked_at,
        )
        for number, one in state.requests.by_id.items()
    }
    mine = {
        number: (
            one.kind,
            one.lot,
            one.lo,
            one.hi,
            one.owner,
            one.subject,
            one.returning,
            one.status,
            one.receipt,
            one.dispute,
            one.disputed,
            one.asked_at,
        )
        for number, one in twin.requests.items()
    }
    assert real == mine


def _parts(units: Sequence[LotRanges]) -> list[tuple[int, int, int]]:
    """Serials as the naive twin writes them."""
    return [(part.lot, serials.lo, serials.hi) for part in units for serials in part.ranges]


def _compare_uses(state: ExchangeState, twin: NaiveExchange) -> None:
    for number, claim in state.claims.claims.items():
        mine = twin.claims[number]
        known = (mine.proposal, mine.firm, mine.purpose, mine.quantity, mine.ratio, mine.covers, mine.status)
        status = claim.status.name.lower()
        real = (claim.proposal, claim.participant, claim.purpose, claim.quantity, claim.ratio, claim.covers, status)
        assert real == known, (number, real, known)
        assert claim.converted == mine.converted, number
        assert sorted(_parts(claim.units)) == sorted(mine.units), number
        assert claim.details == mine.details
    assert list(state.claims.claims) == list(twin.claims)
    for known_as, release in state.claims.releases.items():
        sent = twin.releases[known_as]
        told = (release.participant, _parts(release.units), release.status.name.lower(), release.callable_until)
        assert told == (sent.firm, sent.units, sent.status, sent.callable_until), known_as
    assert list(state.claims.releases) == list(twin.releases)


def _compare_held(state: ExchangeState, twin: NaiveExchange) -> None:
    for number, made in state.encumbrances.by_id.items():
        mine = twin.encumbrances[number]
        assert (made.project, made.vintage, made.lot) == (mine.project, mine.vintage, mine.lot)
        assert (made.lifted, made.working) == (mine.status in ("lifting", "lifted"), mine.working), number
        real = {(lot, serial) for lot, lo, hi in _parts(made.units.rows()) for serial in range(lo, hi)}
        assert real == {(one.lot, one.serial) for one in holding.held_by(twin, number)}, number
    assert list(state.encumbrances.by_id) == list(twin.encumbrances)
    for lost, reversal in state.encumbrances.reversals.items():
        known = twin.reversals[lost]
        assert (reversal.quantity, reversal.replaced) == (known.quantity, known.replaced)
        assert reversal.owed == holding.owed(twin, lost)
    assert list(state.encumbrances.reversals) == list(twin.reversals)


def _compare_plans(state: ExchangeState, twin: NaiveExchange) -> None:
    sums: Counter[tuple[int, int, str, int]] = Counter()
    for source, used_in, province, year, quantity in twin.adjustments:
        sums[source, used_in, province, year] += quantity
    real = {key: one.quantity for key, one in state.budgets.adjustments.items()}
    assert real == dict(sums)
    assert {key: plan.planned for key, plan in state.budgets.plans.items()} == twin.plans
    assert state.claims.due == twin.due_tonnes
    known = {origins.known_as(terms.code): terms for terms in twin.facilities}
    assert state.credits.projects.facilities == known
    for number, begun in twin.imports.items():
        staged = state.imports.by_id[number]  # type: ignore[index]
        assert (staged.by, staged.rows, staged.committed) == (begun.by, begun.rows, begun.committed)


# -- conservation --


def spent_serials(state: ExchangeState) -> dict[Serial, tuple[ParcelState, int]]:
    """Every serial that is gone for good, with its end and who had it last."""
    return {
        (lot, serial): (one.state, one.owner)
        for (lot, _), parcels in state.parcels.gone.items()
        for one in parcels
        if one.state in ABSORBING
        for serial in range(one.lo, one.hi)
    }


def check_no_serial_twice(state: ExchangeState) -> None:
    """No serial of a space is in two lots, and none has two claims."""
    issued = Counter(
        (lot.space, serial) for lot in state.credits.lots.values() for serial in range(lot.serials.lo, lot.serials.hi)
    )
    claimed = Counter(
        (lot, serial)
        for claim in state.claims.claims.values()
        if claim.status is not ClaimStatus.ENDED
        for lot, lo, hi in _parts(claim.units)
        for serial in range(lo, hi)
    )
    assert max(issued.values(), default=1) == 1, "a serial is in two lots"
    assert max(claimed.values(), default=1) == 1, "a serial has two claims"


def check_conservation(state: ExchangeState) -> None:
    """Of every lot: admitted = available + in transit + set aside + retired + cancelled + out + exported.

    In transit is what orders and agreements hold. The ledger and the parcels must both say so, and alike.
    """
    held_for_trade = _held_for_trade(state)
    for lot in state.credits.lots.values():
        parcels = _tonnes_by_place(state, lot.lot)
        available = sum(state.balances.available(firm, lot.lot) for firm in state.register.participants)
        gone = {name: state.balances.posted(account, lot.lot) for name, account in _GONE_TO.items()}
        admitted = lot.serials.hi - lot.serials.lo
        in_transit, aside = held_for_trade[lot.lot], parcels["aside"]
        assert admitted == available + in_transit + aside + sum(gone.values()), (lot.lot, available, in_transit, gone)
        assert parcels["held"] == available + in_transit, lot.lot
        assert {name: parcels[name] for name in _GONE_TO} == gone, lot.lot
        assert admitted == -state.balances.posted(chart.REGISTRY, lot.lot)


_GONE_TO = {
    "retired": chart.RETIRED,
    "cancelled": chart.CANCELLED,
    "out": chart.OUT,
    "exported": chart.EXPORTED,
}


def _held_for_trade(state: ExchangeState) -> Counter[int]:
    """What open orders and agreements hold of each lot."""
    held: Counter[int] = Counter()
    for order in state.orders.by_id.values():
        for part in order.lots_held:
            held[part.lot] += part.quantity
    for agreement in state.agreements.values():
        for part in agreement.lots_held:
            held[part.lot] += part.quantity
    return held


def _tonnes_by_place(state: ExchangeState, lot: LotId) -> dict[str, int]:
    """How many tonnes of a lot stand where, by its parcels; each serial once."""
    found: dict[str, int] = defaultdict(int)
    seen: set[int] = set()
    for shelf in (state.parcels.held, state.parcels.aside, state.parcels.gone):
        for (number, _), parcels in shelf.items():
            for one in parcels if number == lot else ():
                serials = set(range(one.lo, one.hi))
                assert not serials & seen, "a serial is in two parcels"
                seen |= serials
                found[_place(one)] += one.hi - one.lo
    return found


def _place(parcel: Parcel) -> str:
    if parcel.state is ParcelState.RETURN_REQUESTED:
        return "out"
    if parcel.state in GONE:
        return parcel.state.name.lower()
    return "held" if parcel.state is ParcelState.ACTIVE and not parcel.encumbered else "aside"
