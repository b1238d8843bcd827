"""Parcels against a dictionary that knows the owner and the day of every serial by itself."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.credits.lots import Lot
from exchange.core.credits.parcels import Change, Parcels, is_sellable
from exchange.core.credits.states import CANCELLED, ENDING, GONE, OUT, SELLABLE, Standing
from exchange.core.events.credits import MarketTag, Parcel, ParcelsReshaped, ParcelState
from exchange.core.instruments import basket_of
from exchange.core.serials import SerialRange
from exchange.core.values import Day, IssuanceId, LotId, ParticipantId, SpaceId, Tonnes

LOT = LotId(1)
BASKET = basket_of(Family.FORESTRY_CCER, "P1", 2023, SourceCategory.NONE, League.NONE)
OWNERS = [ParticipantId(number) for number in (1, 2, 3)]
WHOLE = SerialRange(101, 131)
LOT_TERMS = Lot(LOT, IssuanceId(1), SpaceId(1), WHOLE, 2023, BASKET, "R-1", ParticipantId(1))
DAYS = [Day(20260921), Day(20260922)]

MOVES = st.lists(
    st.tuples(st.sampled_from(OWNERS), st.sampled_from(OWNERS), st.integers(1, 5), st.sampled_from(DAYS)), max_size=40
)


def opened(lo: int, hi: int, owner: int = 1, day: int = 20260921) -> Parcel:
    """A parcel as an event shows it."""
    return Parcel(lo, hi, ParticipantId(owner), Day(day), MarketTag.REGIONAL, ParcelState.ACTIVE, 0)


def admitted() -> Parcels:
    """One lot, all of it the first owner's."""
    parcels = Parcels()
    shape = parcels.admit(LOT_TERMS, OWNERS[0], WHOLE, DAYS[0], SELLABLE, 0)
    assert shape == ParcelsReshaped(LOT, (), (opened(101, 131),))
    return parcels


def move(parcels: Parcels, source: int, target: int, quantity: int, day: int = 20260921) -> tuple[object, ...]:
    """Move tonnes and give ranges and shape."""
    source_id, target_id = ParticipantId(source), ParticipantId(target)
    return parcels.move(LOT_TERMS, source_id, target_id, Tonnes(quantity), Day(day))


def test_the_lowest_serials_go_first_and_the_rest_is_a_new_parcel() -> None:
    parcels = admitted()
    assert move(parcels, 1, 2, 10) == (
        (SerialRange(101, 111),),
        ParcelsReshaped(LOT, (SerialRange(101, 131),), (opened(111, 131), opened(101, 111, 2))),
    )


def test_adjacent_parcels_of_one_day_merge_and_the_event_tells_of_both() -> None:
    parcels = admitted()
    move(parcels, 1, 2, 10)
    assert move(parcels, 1, 2, 5) == (
        (SerialRange(111, 116),),
        ParcelsReshaped(LOT, (SerialRange(111, 131), SerialRange(101, 111)), (opened(116, 131), opened(101, 116, 2))),
    )


def test_adjacent_parcels_of_two_days_stay_apart() -> None:
    parcels = admitted()
    move(parcels, 1, 2, 10)
    move(parcels, 1, 2, 5, 20260922)
    assert parcels.held[LOT, OWNERS[1]] == [opened(101, 111, 2), opened(111, 116, 2, 20260922)]


def test_a_parcel_can_merge_on_both_sides() -> None:
    parcels = admitted()
    for target in (2, 3, 2):
        move(parcels, 1, target, 10)
    ranges, shape = move(parcels, 3, 2, 10)
    assert ranges == (SerialRange(111, 121),)
    closed = (SerialRange(111, 121), SerialRange(101, 111), SerialRange(121, 131))
    assert shape == ParcelsReshaped(LOT, closed, (opened(101, 131, 2),))


def test_what_lies_beyond_a_neighbour_stays_as_it_is() -> None:
    parcels = admitted()
    for target in (3, 2, 3, 2, 3):
        move(parcels, 1, target, 5)
    ranges, shape = move(parcels, 3, 2, 5)
    assert ranges == (SerialRange(101, 106),)
    assert shape == ParcelsReshaped(LOT, (SerialRange(101, 106), SerialRange(106, 111)), (opened(101, 111, 2),))
    assert parcels.held[LOT, OWNERS[1]] == [opened(101, 111, 2), opened(116, 121, 2)]


def test_who_has_nothing_left_is_forgotten() -> None:
    parcels = admitted()
    move(parcels, 1, 2, 30)
    assert list(parcels.held) == [(LOT, OWNERS[1])]
    assert parcels.lots_of == {OWNERS[1]: {BASKET: [LOT_TERMS]}}


@settings(max_examples=200)
@given(MOVES)
def test_parcels_are_a_dictionary_of_serials(moves: list[tuple[ParticipantId, ParticipantId, int, Day]]) -> None:
    parcels = admitted()
    serials = dict.fromkeys(range(WHOLE.lo, WHOLE.hi), (OWNERS[0], DAYS[0]))
    for source, target, quantity, day in moves:
        mine = sorted(serial for serial, (owner, _) in serials.items() if owner == source)
        if source == target or quantity > len(mine):
            continue
        shown = {(parcel.lo, parcel.hi) for held in parcels.held.values() for parcel in held}
        ranges, shape = parcels.move(LOT_TERMS, source, target, Tonnes(quantity), day)
        assert [serial for part in ranges for serial in range(part.lo, part.hi)] == mine[:quantity]
        serials |= dict.fromkeys(mine[:quantity], (target, day))
        compare(parcels, serials)
        follow(shown, shape, parcels)


def compare(parcels: Parcels, serials: dict[int, tuple[ParticipantId, Day]]) -> None:
    """Every owner's parcels are the longest runs of its serials of one day, in order."""
    found = dict[int, tuple[ParticipantId, Day]]()
    for (_, owner), held in parcels.held.items():
        for parcel in held:
            assert parcel.owner == owner
            found |= dict.fromkeys(range(parcel.lo, parcel.hi), (owner, parcel.acquired))
        pairs = list(pairwise(held))
        assert all(left.hi <= right.lo for left, right in pairs)
        assert not any(left.hi == right.lo and left.acquired == right.acquired for left, right in pairs)
    assert found == serials
    assert parcels.lots_of == {owner: {BASKET: [LOT_TERMS]} for owner, _ in serials.values()}


def follow(shown: set[tuple[int, int]], shape: ParcelsReshaped, parcels: Parcels) -> None:
    """Who only follows the events has the same parcels."""
    closed = {(part.lo, part.hi) for part in shape.closed}
    assert closed <= shown
    opened_now = {(parcel.lo, parcel.hi) for parcel in shape.opened}
    assert shown - closed | opened_now == {(p.lo, p.hi) for held in parcels.held.values() for p in held}


# -- every other change than a sale --

CHANGES = st.lists(
    st.tuples(
        st.integers(WHOLE.lo, WHOLE.hi - 1),
        st.integers(1, 12),
        st.one_of(
            st.builds(Change, st.sampled_from([SELLABLE, ENDING, OUT, CANCELLED]), st.sampled_from([None, *OWNERS])),
            st.builds(Change, encumbrances=st.sampled_from([1, -1])),
        ),
    ),
    max_size=30,
)

Fate = tuple[ParticipantId, Standing, int]
"""What a serial by itself is: whose, where, and how often held fast."""


def fate_after(fate: Fate, change: Change) -> Fate:
    """What becomes of one serial."""
    owner, standing, encumbered = fate
    standing = change.standing or standing
    held = 0 if standing[1] in GONE else encumbered + change.encumbrances
    return change.owner or owner, standing, held


def everything(parcels: Parcels) -> list[Parcel]:
    """Every parcel on every shelf."""
    return [
        parcel
        for shelf in (parcels.held, parcels.aside, parcels.gone)
        for parcels_of in shelf.values()
        for parcel in parcels_of
    ]


@settings(max_examples=300)
@given(CHANGES)
def test_every_change_is_a_change_of_single_serials(changes: list[tuple[int, int, Change]]) -> None:
    parcels = admitted()
    fates: dict[int, Fate] = dict.fromkeys(range(WHOLE.lo, WHOLE.hi), (OWNERS[0], SELLABLE, 0))
    for lo, size, change in changes:
        part = SerialRange(lo, min(lo + size, WHOLE.hi))
        if any(fates[serial][2] + change.encumbrances < 0 for serial in range(part.lo, part.hi)):
            continue
        shown = {(parcel.lo, parcel.hi) for parcel in everything(parcels)}
        pieces, shape = parcels.change(LOT_TERMS, part, change)
        assert [serial for _, after in pieces for serial in range(after.lo, after.hi)] == list(range(part.lo, part.hi))
        fates |= {serial: fate_after(fates[serial], change) for serial in range(part.lo, part.hi)}
        closed = {(one.lo, one.hi) for one in shape.closed}
        opened_now = {(parcel.lo, parcel.hi) for parcel in shape.opened}
        assert closed <= shown
        assert shown - closed | opened_now == {(parcel.lo, parcel.hi) for parcel in everything(parcels)}
        stand_apart(parcels, fates)


def stand_apart(parcels: Parcels, fates: dict[int, Fate]) -> None:
    """Each parcel is on its shelf, under its owner, in order; what is equal and touches is one, unless it is gone."""
    found: dict[int, Fate] = {}
    shelves = ((parcels.held, True, False), (parcels.aside, False, False), (parcels.gone, False, True))
    for shelf, sellable, gone in shelves:
        for (lot, owner), own in shelf.items():
            assert lot == LOT and own
            for parcel in own:
                assert (parcel.owner, is_sellable(parcel), parcel.state in GONE) == (owner, sellable, gone)
                told = (owner, (parcel.tag, parcel.state), parcel.encumbered)
                found |= dict.fromkeys(range(parcel.lo, parcel.hi), told)
            for left, right in pairwise(own):
                assert left.hi <= right.lo
                same = (left.tag, left.state, left.encumbered) == (right.tag, right.state, right.encumbered)
                assert gone or left.hi < right.lo or not same
    assert found == fates
    sellers = {owner for owner, standing, held in fates.values() if standing == SELLABLE and not held}
    assert parcels.lots_of == {owner: {BASKET: [LOT_TERMS]} for owner in sellers}
    assert parcels.owners == {LOT: {owner for owner, _, _ in fates.values()}}


@settings(max_examples=100)
@given(CHANGES, st.integers(WHOLE.lo, WHOLE.hi - 1), st.integers(1, 30))
def test_pieces_are_found_in_order_of_serials(changes: list[tuple[int, int, Change]], lo: int, size: int) -> None:
    parcels = admitted()
    for start, length, change in changes:
        if not change.encumbrances:
            parcels.change(LOT_TERMS, SerialRange(start, min(start + length, WHOLE.hi)), change)
    part = SerialRange(lo, min(lo + size, WHOLE.hi))
    pieces = list(parcels.pieces(LOT, part))
    assert [serial for _, piece in pieces for serial in range(piece.lo, piece.hi)] == list(range(part.lo, part.hi))
    assert all(parcel.lo <= piece.lo < piece.hi <= parcel.hi for parcel, piece in pieces)
    for owner in OWNERS:
        own = [piece for parcel, piece in pieces if parcel.owner == owner]
        assert [piece for _, piece in parcels.pieces(LOT, part, owner)] == own
    live = [piece for parcel, piece in pieces if parcel.state not in GONE]
    assert [piece for _, piece in parcels.live(LOT, part)] == live


def test_what_comes_to_equal_a_neighbour_that_is_changed_too_is_changed_once() -> None:
    parcels = admitted()
    parcels.change(LOT_TERMS, SerialRange(111, 131), Change(encumbrances=1))
    pieces, _ = parcels.change(LOT_TERMS, WHOLE, Change(encumbrances=1))
    assert [(after.lo, after.hi, after.encumbered) for _, after in pieces] == [(101, 111, 1), (111, 131, 2)]
    assert [parcel.encumbered for parcel in everything(parcels)] == [1, 2]
