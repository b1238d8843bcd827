"""The state's image: all of the state is in it, and what is made from it is the same in every respect."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import fields
from enum import IntEnum
from typing import Any

import pytest

from exchange.core.canonical import CanonicalError
from exchange.core.events.credits import ParcelState
from exchange.core.image import decode_state, encode_state, state_hash
from exchange.core.invariants import check_all
from exchange.core.matching import OrderBook
from exchange.core.state import ExchangeState
from exchange.core.values import PersonId, Side
from tests.core import unit_story
from tests.core.golden import story
from tests.support.market import Market

STATES = {"market": story.told().state, "units": unit_story.told().state}
IMAGES = {name: encode_state(state) for name, state in STATES.items()}
IMAGE = IMAGES["market"]

Path = tuple[str | int, ...]


def plain(value: Any) -> Any:
    """A thing with everything in it as plain lists; the order of dictionaries counts, where it is kept on purpose."""
    if isinstance(value, OrderBook):
        return [[(o.order_id, o.leaves, o.group, o.priority) for o in value.orders(side)] for side in Side]
    if hasattr(value, "__dataclass_fields__"):
        return [(field.name, plain(getattr(value, field.name))) for field in fields(value)]
    if isinstance(value, dict):
        return sorted((repr(key), plain(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


@pytest.mark.parametrize("name", STATES)
def test_a_restored_state_is_the_same_in_every_respect(name: str) -> None:
    state, image = STATES[name], IMAGES[name]
    restored = decode_state(image)
    assert plain(restored) == plain(state)
    assert encode_state(restored) == image
    assert state_hash(restored) == state_hash(state)
    check_all(restored)


def test_units_stand_in_every_state_in_one_of_them() -> None:
    parcels = STATES["units"].parcels
    shelves = (parcels.held, parcels.aside, parcels.gone)
    assert {one.state for shelf in shelves for own in shelf.values() for one in own} == set(ParcelState)


def test_an_amended_order_stands_behind_again_after_a_restart() -> None:
    market = Market()
    seller, instrument = market.firm("seller"), market.instrument()
    market.lot(seller, 100)
    first = market.next_order_id()
    for size in (10, 20, 30):
        market.done(market.order(seller, instrument, Side.SELL, size, 3_000))
    market.amend(seller, first, quantity=15)
    queues = [
        [order.leaves for order in state.books[instrument].orders(Side.SELL)]
        for state in (market.state, decode_state(encode_state(market.state)))
    ]
    assert queues == [[20, 30, 15], [20, 30, 15]]


@pytest.mark.parametrize(
    "walk",
    [
        lambda state: state.session.jobs,
        lambda state: dict(state.deadlines.order),
        lambda state: state.orders.by_id,
        lambda state: state.orders.expiring,
        lambda state: state.register.persons,
        lambda state: state.listing.instruments,
        lambda state: state.proposals,
        lambda state: dict(state.register.lines[PersonId(max(state.register.lines))]),
        lambda state: dict.fromkeys(state.timers.order),
        lambda state: state.encumbrances.standing,
        lambda state: state.requests.by_id,
        lambda state: state.claims.claims,
    ],
)
@pytest.mark.parametrize("name", STATES)
def test_what_is_walked_through_is_in_the_same_order(
    name: str, walk: Callable[[ExchangeState], dict[Any, Any]]
) -> None:
    assert list(walk(decode_state(IMAGES[name]))) == list(walk(STATES[name]))


def leaves(value: Any, path: Path = ()) -> list[Path]:
    """The places of all numbers, texts and truth values of a state, books and what is derived left out."""
    if isinstance(value, int | str | bytes):
        return [path]
    if isinstance(value, dict):
        return [leaf for key in value for leaf in leaves(value[key], (*path, key))]
    if isinstance(value, list):
        return [leaf for n, item in enumerate(value) for leaf in leaves(item, (*path, n))]
    if hasattr(value, "__dataclass_fields__"):
        return [leaf for field in fields(value) for leaf in leaves(getattr(value, field.name), (*path, field.name))]
    return []


DERIVED = {
    ("books",),
    ("orders", "own"),
    ("orders", "client_ids"),
    ("orders", "expiring"),
    ("orders", "last_days"),
    ("deadlines", "order"),
    ("rulebook", "in_force"),
    ("rulebook", "band"),
    ("rulebook", "fee"),
    ("rulebook", "operators"),
    ("rulebook", "open_orders"),
    ("register", "codes"),
    ("register", "secrets"),
    ("register", "public_keys"),
    ("register", "lines"),
    ("listing", "symbols"),
    ("listing", "baskets"),
    ("listing", "basket_of"),
    ("parcels", "lots_of"),
    ("credits", "issued"),
    ("credits", "admitted"),
    ("credits", "spellings"),
    ("credits", "space_names"),
    ("credits", "words"),
    ("credits", "locks"),
    ("credits", "of_project"),
    ("credits", "of_conversion"),
    ("credits", "projects", "codes"),
    ("credits", "projects", "periods"),
    ("credits", "projects", "ground"),
    ("credits", "projects", "taken"),
    ("requests", "receipts"),
    ("requests", "of_subject"),
    ("claims", "proposed"),
    ("claims", "leaving"),
    ("claims", "surrendered"),
    ("imports", "accounts"),
    ("encumbrances", "standing"),
    ("encumbrances", "working"),
    ("timers", "of"),
}
"""What is made again from the rest; :func:`test_a_restored_state_is_the_same_in_every_respect` compares it."""

COPIED_FROM_THE_ISSUANCE = {"space", "vintage"}
"""A lot's own copies of what its issuance says."""


def remembered(path: Path) -> bool:
    """Whether the image must tell this place."""
    derived = any(path[:length] in DERIVED for length in (1, 2, 3))
    return not derived and not (path[:2] == ("credits", "lots") and path[-1] in COPIED_FROM_THE_ISSUANCE)


def changed(value: Any) -> Any:
    """Something else of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, bytes):
        return value + b"x"
    if isinstance(value, IntEnum):
        return next((member for member in type(value) if member is not value), value)
    return value + 1


@pytest.mark.parametrize("name", STATES)
def test_nothing_that_the_state_remembers_is_missing_in_its_image(name: str) -> None:
    places = [path for path in leaves(STATES[name]) if remembered(path)]
    forgotten = {path for path in places if not tells(name, path)}
    assert {tuple(str(part) for part in path) for path in forgotten} == set()


def tells(name: str, path: Path) -> bool:
    """Whether the image differs when only this place differs; an enum with one member cannot differ."""
    state = copy.copy(STATES[name])
    place: Any = state
    for part in path[:-1]:
        child = copy.copy(get(place, part))
        put(place, part, child)
        place = child
    old = get(place, path[-1])
    new = changed(old)
    put(place, path[-1], new)
    return new == old or encode_state(state) != IMAGES[name]


def get(place: Any, part: Any) -> Any:
    """An item or an attribute."""
    return place[part] if isinstance(place, dict | list) else getattr(place, part)


def put(place: Any, part: Any, value: Any) -> None:
    """Set an item or an attribute."""
    if isinstance(place, dict | list):
        place[part] = value
    else:
        setattr(place, part, value)


def test_a_damaged_image_is_refused() -> None:
    for wrong in (b"", IMAGE[:-1], IMAGE + b"\0", IMAGE[: len(IMAGE) // 2]):
        with pytest.raises(CanonicalError):
            decode_state(wrong)


def test_the_state_before_the_first_entry_has_an_image_too() -> None:
    empty = encode_state(ExchangeState())
    assert encode_state(decode_state(empty)) == empty
