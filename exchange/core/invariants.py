"""What must always be true. Cheap forms are checked after every command on what it touched, full ones over everything.

The ids are those of ``docs/INVARIANTS.md``, which explains each and says where else it is guarded; a test compares the
two lists. A broken invariant is a bug in this program and raises; it is never a refusal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, Final

from exchange.core import holds
from exchange.core.commands.registry import RequestKind
from exchange.core.credits.accounts import account_of
from exchange.core.credits.claims import ClaimStatus
from exchange.core.credits.parcels import Parcels, Shelf, is_sellable
from exchange.core.credits.project import Path, path_of
from exchange.core.credits.registry_lock import RequestStatus, is_national
from exchange.core.credits.states import ABSORBING, GONE, is_step
from exchange.core.events import Event
from exchange.core.events.agreements import AgreementSettled
from exchange.core.events.credits import (
    LotAdmitted,
    MarketTag,
    Parcel,
    ParcelsMoved,
    ParcelsReshaped,
    ParcelState,
    UnitsChanged,
)
from exchange.core.events.encumbrances import UnitsEncumbered
from exchange.core.events.orders import OrderAccepted, OrderReduced, OrderReplaced, OrderRested, Traded
from exchange.core.events.participants import Booked, Layer
from exchange.core.ledger.balances import Balance
from exchange.core.ledger.chart import CLEARING, CNY, FEES, REGISTRY
from exchange.core.made_again import overcharged, wrongly_booked
from exchange.core.orders import Order
from exchange.core.serials import RangeSet, SerialRange, first_overlap
from exchange.core.state import ExchangeState
from exchange.core.values import Day, Fen, InstrumentId, LotId, OrderId, Side, notional

INVARIANTS: Final = {
    "INV-01": "A serial range is not empty and its length is its tonnes.",
    "INV-02": "Ranges of one serial space never overlap, spent ones included.",
    "INV-03": "The parcels of a lot cover it without gap or overlap.",
    "INV-04": "For every lot, what its owners have adds up to what was admitted.",
    "INV-05": "A tonne has one claim at the most, and what is used up has exactly one.",
    "INV-06": "Units change by the steps of the table alone, and nothing leaves RETIRED, CANCELLED or EXPORTED.",
    "INV-07": "No two monitoring periods of one place and group of activities overlap, and no more is issued than was"
    " verified.",
    "INV-09": "What can be sold of the national registry was locked for this venue by it.",
    "INV-10": "An owner's parcels of a lot add up to the owner's balance of it.",
    "INV-11": "What encumbrances hold is on a firm's account, not for sale, and counted once for each of them.",
    "INV-12": "Every asset's postings add up to zero, posted and pending.",
    "INV-14": "No participant's available balance is below zero, and nothing pending is.",
    "INV-15": "Orders, agreements, withdrawals and units set aside hold exactly what they need, and nothing else does.",
    "INV-16": "One transaction moves a trade's tonnes to the buyer, its value to the seller, both fees to the venue.",
    "INV-40": "The best bid is below the best offer.",
    "INV-42": "A fill's price is the resting order's limit.",
    "INV-43": "Filled and remaining quantity add up to the order's quantity.",
    "INV-45": "Every resting price and every fill lies inside the band.",
    "INV-46": "Buyer and seller of a trade belong to different owner groups.",
    "INV-51": "Every open order belongs to a key of its own participant, and every armed switch to a trader's key.",
    "INV-52": "The book holds exactly the open orders, at their price, with their leaves, in order of priority.",
    "INV-70": "Leagues' adjustments are what was used or released elsewhere and has not come back.",
    "INV-71": "No firm answers for more lost tonnes of a project and vintage than it has brought in.",
}


_CLAIMED: Final = ABSORBING | {ParcelState.PENDING_CANCEL}
_POST: Final = Layer.POST
_RELEASE: Final = Layer.RELEASE
_BUY: Final = Side.BUY


class InvariantBrokenError(AssertionError):
    """The program has a bug; the message names the invariant."""


def _hold_true(condition: bool, invariant: str, detail: object = "") -> None:
    if not condition:
        raise InvariantBrokenError(f"{invariant} {INVARIANTS[invariant]} {detail}")


def check_step(state: ExchangeState, events: Iterable[Event]) -> None:
    """Check what the events of one command touched; cost is in proportion to the events, not to the state."""
    booked: Any = None
    came_in: Any = None
    born: Any = None
    kind: type = type(None)
    checks = _CHECKS
    for event in events:
        kind = type(event)
        if kind is Booked:
            booked = event
            _check_booked(state, booked)
        elif kind is ParcelsReshaped:
            born = _check_reshaped(event, born)
        elif kind is LotAdmitted:
            _check_admitted(state, event, born)
            born = event
        elif kind in checks:
            checks[kind](state, event, booked)
        elif kind is OrderAccepted or kind is OrderReplaced:
            came_in = event
    if came_in is not None and kind is not OrderRested and came_in.order in state.orders.by_id:
        _hold_true(False, "INV-52", came_in)
    _hold_true(born is None, "INV-03", born)


def _check_payment(booked: Booked | None, trade: Traded | AgreementSettled, value: Fen) -> None:
    """The transaction before a trade's event carries its value one way, its tonnes the other, and both fees."""
    paid = delivered = fees = 0
    buyer, seller = trade.buyer, trade.seller
    for posting in booked.postings if booked else ():
        if posting.layer is _POST:
            credited = posting.credit
            if credited == FEES:
                fees += posting.amount if posting.asset == CNY else 0
            elif credited == seller:
                paid += posting.amount if posting.debit == buyer and posting.asset == CNY else 0
            elif credited == buyer:
                delivered += posting.amount if posting.debit == seller and posting.asset != CNY else 0
    if paid != value or delivered != trade.quantity or fees != trade.buy_fee + trade.sell_fee:
        _hold_true(False, "INV-16", trade)


def _check_booked(state: ExchangeState, event: Booked) -> None:
    """Every account of which a posting took something; one that was only given to has no less than before."""
    accounts = state.balances.accounts
    for posting in event.postings:
        owners, debited, credited = accounts[posting.asset], posting.debit, posting.credit
        if posting.amount <= 0 or debited == credited or debited not in owners or credited not in owners:
            _hold_true(False, "INV-12", posting)
        balance = owners[debited]
        held = balance.debits_pending
        if held < 0 or (debited > 0 and balance.credits_posted - balance.debits_posted < held):
            _hold_true(False, "INV-14", (debited, posting.asset, balance))
        if posting.layer is _RELEASE and owners[credited].credits_pending < 0:
            _hold_true(False, "INV-14", (credited, posting.asset))


def _check_balance(owner: int, asset: int, balance: Balance) -> None:
    pending = balance.debits_pending >= 0 and balance.credits_pending >= 0
    if not (pending and (owner < 0 or balance.available >= 0)):
        _hold_true(False, "INV-14", (owner, asset, balance))


def _check_order(state: ExchangeState, order_id: OrderId) -> None:
    order = state.orders.by_id.get(order_id)
    if order is not None:
        _check_terms(order)


def _check_terms(order: Order) -> None:
    leaves = order.leaves
    if leaves <= 0 or order.cumulative + leaves != order.quantity:
        _hold_true(False, "INV-43", order)
    if order.side is _BUY:
        exact = order.cash_held == holds.cash_needed(order) and not order.lots_held
    else:
        exact = order.cash_held == 0 and holds.tonnes_held(order) == leaves
    if not exact:
        _hold_true(False, "INV-15", order)


def _check_traded(state: ExchangeState, event: Traded, booked: Booked | None) -> None:
    """The order that came in is looked at where it rests, or it is no more; the book is looked at there as well."""
    price, participants = event.price, state.register.participants
    _check_payment(booked, event, notional(price, event.quantity))
    instrument = state.listing.instruments[event.instrument]
    if not instrument.lowest <= price <= instrument.highest:
        _hold_true(False, "INV-45", event)
    if participants[event.buyer].group == participants[event.seller].group:
        _hold_true(False, "INV-46", event)
    resting = state.orders.by_id.get(event.sell_order if event.aggressor is _BUY else event.buy_order)
    if resting is not None:
        _check_terms(resting)
        if resting.price != price:
            _hold_true(False, "INV-42", event)


def _check_rested(state: ExchangeState, event: OrderRested, _: object) -> None:
    order = state.orders.by_id.get(event.order)
    if order is not None:
        _check_terms(order)
    number = event.instrument
    instrument = state.listing.instruments[number]
    if not instrument.lowest <= event.price <= instrument.highest:
        _hold_true(False, "INV-45", event)
    if state.books[number].is_crossed():
        _hold_true(False, "INV-40", number)


def _check_uncrossed(state: ExchangeState, instrument: InstrumentId) -> None:
    if state.books[instrument].is_crossed():
        _hold_true(False, "INV-40", instrument)


def _check_moved(state: ExchangeState, event: ParcelsMoved, _: object) -> None:
    for serials in event.ranges:
        if not 1 <= serials.lo < serials.hi:
            _hold_true(False, "INV-01", serials)


def _check_reshaped(event: Any, born: LotAdmitted | None) -> LotAdmitted | None:
    """No serial is lost or made. A lot admitted just before gets its first parcel, all of it; else it still waits."""
    balance = 0
    for parcel in event.opened:
        balance += parcel.hi - parcel.lo
    for serials in event.closed:
        balance -= serials.hi - serials.lo
    if not balance:
        return born
    made = [(parcel.lo, parcel.hi) for parcel in event.opened]
    whole = [] if born is None or born.lot != event.lot else [(born.serials.lo, born.serials.hi)]
    _hold_true(made == whole != [] and not event.closed, "INV-03", event)
    return None


def _check_changed(state: ExchangeState, event: UnitsChanged, _: object) -> None:
    before = (MarketTag(event.tag_before), ParcelState(event.state_before)) if event.state_before else None
    _hold_true(is_step(before, (event.tag, event.state), event.cause), "INV-06", event)


def _check_encumbered(state: ExchangeState, event: UnitsEncumbered, _: object) -> None:
    """What has just been held fast cannot be sold, wherever it stands."""
    held = RangeSet.of(event.ranges)
    # One walk for all ranges: each costs a look at every owner of the lot.
    around = SerialRange(event.ranges[0].lo, event.ranges[-1].hi)
    loose = (part for parcel, part in state.parcels.live(event.lot, around) if not parcel.encumbered)
    _hold_true(not any(any(True for _ in held.within(part)) for part in loose), "INV-11", event)


def _check_admitted(state: ExchangeState, event: Any, before: LotAdmitted | None) -> None:
    issuance = state.credits.issuances[event.issuance]
    _hold_true(event.serials.lo < event.serials.hi, "INV-01", event.serials)
    _hold_true(issuance.serials.contains(event.serials), "INV-02", event)
    _hold_true(before is None, "INV-03", before)  # each lot gets its first parcel before another is admitted


def _check_reduced(state: ExchangeState, event: OrderReduced, _: object) -> None:
    _check_order(state, event.order)


def _check_settled(_: ExchangeState, event: AgreementSettled, booked: Booked | None) -> None:
    _check_payment(booked, event, event.total)


_CHECKS: Final[dict[type, Callable[[ExchangeState, Any, Booked | None], None]]] = {
    Traded: _check_traded,
    OrderRested: _check_rested,
    OrderReduced: _check_reduced,
    ParcelsMoved: _check_moved,
    AgreementSettled: _check_settled,
    UnitsChanged: _check_changed,
    UnitsEncumbered: _check_encumbered,
}


def check_all(state: ExchangeState) -> None:
    """Check every invariant over the whole state: at snapshots, after recovery, and after each command in tests."""
    _sweep_ledger(state)
    _sweep_holds(state)
    _sweep_credits(state)
    _sweep_units(state)
    _sweep_keys(state)
    _sweep_books(state)


def _sweep_ledger(state: ExchangeState) -> None:
    posted: dict[int, int] = defaultdict(int)
    pending: dict[int, int] = defaultdict(int)
    for (owner, asset), balance in state.balances.rows():
        _check_balance(owner, asset, balance)
        posted[asset] += balance.posted
        pending[asset] += balance.credits_pending - balance.debits_pending
    _hold_true(not any(posted.values()) and not any(pending.values()), "INV-12")
    for lot in state.credits.lots.values():
        admitted = -state.balances.posted(REGISTRY, lot.lot)
        _hold_true(admitted == lot.serials.tonnes, "INV-04", lot.lot)


def _sweep_holds(state: ExchangeState) -> None:
    """Add up what everything open needs and compare it with every account's pending debits."""
    needed: dict[tuple[int, int], int] = defaultdict(int)
    for order in state.orders.by_id.values():
        _check_terms(order)
        needed[order.participant, CNY] += order.cash_held
        for part in order.lots_held:
            needed[order.participant, part.lot] += part.quantity
    for agreement in state.agreements.values():
        needed[agreement.buyer, CNY] += agreement.cash_held
        for part in agreement.lots_held:
            needed[agreement.seller, part.lot] += part.quantity
    for (lot, holder), parcels in state.parcels.aside.items():
        needed[holder, lot] += sum(parcel.hi - parcel.lo for parcel in parcels)
    for participant, amount in state.held_by_proposals():
        needed[participant, CNY] += amount
    for (owner, asset), balance in state.balances.rows():
        if owner != CLEARING:
            _hold_true(needed.pop((owner, asset), 0) == balance.debits_pending, "INV-15", (owner, asset))
    _hold_true(not any(needed.values()), "INV-15", dict(needed))


def _sweep_keys(state: ExchangeState) -> None:
    """No order can be left to itself: a switch that goes off finds its key, and each order is some key's."""
    keys, persons, deadlines = state.register.keys, state.register.persons, state.deadlines
    for order in state.orders.by_id.values():
        key = keys.get(order.key)
        _hold_true(key is not None and persons[key.person].participant == order.participant, "INV-51", order)
    for number in deadlines.of:
        key = keys.get(number)
        _hold_true(key is not None and persons[key.person].participant > 0, "INV-51", number)
    _hold_true(deadlines.order == sorted((at, number) for number, at in deadlines.of.items()), "INV-51", deadlines)


def _sweep_credits(state: ExchangeState) -> None:
    spaces: dict[int, list[SerialRange]] = defaultdict(list)
    for issuance in state.credits.issuances.values():
        spaces[issuance.space].append(issuance.serials)
    for ranges in spaces.values():
        _hold_true(first_overlap(ranges) is None, "INV-02")
    lots: dict[int, list[SerialRange]] = defaultdict(list)
    for lot in state.credits.lots.values():
        lots[lot.issuance].append(lot.serials)
        _hold_true(state.credits.issuances[lot.issuance].serials.contains(lot.serials), "INV-02", lot.lot)
    for ranges in lots.values():
        _hold_true(first_overlap(ranges) is None, "INV-02")
    _sweep_parcels(state)


def _sweep_parcels(state: ExchangeState) -> None:
    """INV-03: parcels cover their lot; INV-10: they are what their account says; each is on the shelf it belongs on."""
    covering: dict[LotId, list[SerialRange]] = defaultdict(list)
    standing: dict[tuple[int, LotId], int] = defaultdict(int)
    for shelf, belongs in _shelves(state.parcels):
        for (lot_id, owner), parcels in shelf.items():
            for parcel in parcels:
                _hold_true(1 <= parcel.lo < parcel.hi and parcel.owner == owner and belongs(parcel), "INV-01", parcel)
                covering[lot_id].append(SerialRange(parcel.lo, parcel.hi))
                standing[account_of(parcel), lot_id] += parcel.hi - parcel.lo
    for (account, asset), balance in state.balances.rows():
        if asset and account not in (REGISTRY, CLEARING):
            _hold_true(standing.pop((account, LotId(asset)), 0) == balance.posted, "INV-10", (account, asset))
    _hold_true(not any(standing.values()), "INV-10", dict(standing))
    for lot in state.credits.lots.values():
        ranges = covering.pop(lot.lot, [])
        inside = all(lot.serials.contains(serials) for serials in ranges)
        whole = sum(serials.tonnes for serials in ranges) == lot.serials.tonnes
        _hold_true(inside and whole and first_overlap(ranges) is None, "INV-03", lot.lot)
    _hold_true(not covering, "INV-03")


def _shelves(parcels: Parcels) -> tuple[tuple[Shelf, Callable[[Parcel], bool]], ...]:
    return (
        (parcels.held, is_sellable),
        (parcels.aside, lambda parcel: parcel.state not in GONE and not is_sellable(parcel)),
        (parcels.gone, lambda parcel: parcel.state in GONE),
    )


def _sweep_units(state: ExchangeState) -> None:
    _sweep_ground(state)
    _sweep_locks(state)
    _sweep_claims(state)
    _sweep_encumbrances(state)
    wrong, over = wrongly_booked(state), overcharged(state)
    _hold_true(not wrong, "INV-70", wrong)
    _hold_true(not over, "INV-71", over)


def _sweep_ground(state: ExchangeState) -> None:
    """INV-07, made again from the issuances: how much each period has, and which ground it has taken."""
    issued: dict[tuple[int, Day, Day], int] = defaultdict(int)
    ground: dict[tuple[int, Path], set[tuple[Day, Day, int]]] = defaultdict(set)
    for issuance in state.credits.issuances.values():
        key = (issuance.project, issuance.monitoring_start, issuance.monitoring_end)
        issued[key] += issuance.serials.tonnes
        verified = state.credits.projects.periods[key].verified
        _hold_true(verified == issuance.verified >= issued[key], "INV-07", issuance)
        terms = state.credits.project_of(issuance).terms
        for parcel in () if issuance.converted else terms.site_parcels:
            ground[terms.activity, path_of(parcel)].add((issuance.monitoring_start, issuance.monitoring_end, key[0]))
    for activity, path in ground:
        around = (ground.get((activity, path[:length]), set()) for length in range(1, len(path) + 1))
        ordered = sorted(set().union(*around))
        _hold_true(all(before[1] < after[0] for before, after in pairwise(ordered)), "INV-07", path)


def _sweep_locks(state: ExchangeState) -> None:
    """INV-09: of the registry's units only what it has confirmed to have locked ever came onto the regional market."""
    locked: dict[LotId, RangeSet] = defaultdict(RangeSet)
    for request in state.requests.by_id.values():
        if request.kind is RequestKind.LOCK and request.status is RequestStatus.CONFIRMED:
            locked[request.lot].add(request.serials)
    in_sandbox = state.session.sandbox_tonnes > 0
    for shelf, _ in _shelves(state.parcels):
        for (lot, _), parcels in shelf.items():
            if is_national(state.credits.terms_of(lot), in_sandbox):
                regional = (parcel for parcel in parcels if parcel.tag is MarketTag.REGIONAL)
                missing = (locked[lot].missing_of(SerialRange(parcel.lo, parcel.hi)) for parcel in regional)
                _hold_true(not any(any(True for _ in ranges) for ranges in missing), "INV-09", lot)


def _sweep_claims(state: ExchangeState) -> None:
    """INV-05: claims do not share a tonne, each has what it names, and nothing is used or being used without one."""
    claimed: dict[LotId, list[SerialRange]] = defaultdict(list)
    for claim in state.claims.claims.values():
        if claim.status is ClaimStatus.ENDED:
            continue
        used = _CLAIMED if claim.status.is_open else ABSORBING
        for part in claim.units:
            claimed[part.lot] += part.ranges
            pieces = [piece for serials in part.ranges for piece in state.parcels.pieces(part.lot, serials)]
            _hold_true(all(parcel.state in used for parcel, _ in pieces), "INV-05", claim.claim)
    without_claim: dict[LotId, int] = defaultdict(int)
    for shelf in (state.parcels.aside, state.parcels.gone):
        for (lot, _), parcels in shelf.items():
            without_claim[lot] += sum(parcel.hi - parcel.lo for parcel in parcels if parcel.state in _CLAIMED)
    for lot, ranges in claimed.items():
        _hold_true(first_overlap(ranges) is None, "INV-05", lot)
        without_claim[lot] -= sum(serials.tonnes for serials in ranges)
    _hold_true(not any(without_claim.values()), "INV-05", dict(without_claim))


def _sweep_encumbrances(state: ExchangeState) -> None:
    """INV-11: each parcel says how many encumbrances hold it, and those hold nothing else."""
    holding = list(state.encumbrances.holding())
    counted: dict[LotId, int] = defaultdict(int)
    for made in holding:
        for part in made.units.rows():
            counted[part.lot] += sum(serials.tonnes for serials in part.ranges)
    for shelf in (state.parcels.held, state.parcels.aside, state.parcels.gone):
        for (lot, _), parcels in shelf.items():
            for parcel in parcels:
                serials = SerialRange(parcel.lo, parcel.hi)
                held = sum(made.units.tonnes_of(lot, serials) for made in holding)
                _hold_true(held == parcel.encumbered * serials.tonnes, "INV-11", parcel)
                counted[lot] -= held
    _hold_true(not any(counted.values()), "INV-11", dict(counted))
    if not state.encumbrances.working:
        _sweep_doubts(state)
        _sweep_sources(state)


def _sweep_doubts(state: ExchangeState) -> None:
    """INV-11 for quota about whose cancelled CCER there is doubt, or whose claim was revoked: all of it is held."""
    for number, lots in state.credits.of_conversion.items():
        claim = state.claims.claims[number]
        if claim.status is ClaimStatus.REVOKED or state.encumbrances.are_in_doubt(claim.units):
            for lot in lots:
                live = state.parcels.live(lot, state.credits.lots[lot].serials)
                _hold_true(all(parcel.encumbered for parcel, _ in live), "INV-11", number)


def _sweep_sources(state: ExchangeState) -> None:
    """INV-11 for units of a facility that is inside the national market for their year: all of them are held."""
    for lot in state.credits.lots.values():
        if state.credits.projects.is_source_covered(state.credits.issuances[lot.issuance].project, lot.vintage):
            live = state.parcels.live(lot.lot, lot.serials)
            _hold_true(all(parcel.encumbered for parcel, _ in live), "INV-11", lot.lot)


def _sweep_books(state: ExchangeState) -> None:
    resting = 0
    for instrument in state.listing.instruments.values():
        book = state.books[instrument.instrument]
        book.validate()
        _check_uncrossed(state, instrument.instrument)
        for side in (Side.BUY, Side.SELL):
            for entry in book.orders(side):
                order = state.orders.by_id[entry.order_id]
                same = (order.side, order.price, order.leaves, order.priority, order.group, order.instrument)
                there = (side, entry.price, entry.leaves, entry.priority, entry.group, instrument.instrument)
                _hold_true(same == there, "INV-52", (same, there))
                resting += 1
    _hold_true(resting == len(state.orders.by_id), "INV-52", resting)
    if not state.session.jobs:
        for order in state.orders.by_id.values():
            instrument = state.listing.instruments[order.instrument]
            _hold_true(instrument.lowest <= order.price <= instrument.highest, "INV-45", order)
