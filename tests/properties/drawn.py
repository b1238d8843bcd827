"""What is drawn at random for the days of a small market: orders, and what points at one of several things."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from hypothesis import strategies as st

from exchange.core.commands.orders import OrderKind, TimeInForce
from exchange.core.values import SelfTradePrevention, Side

Thing = TypeVar("Thing")

KEYS = st.sampled_from([0, 0, 1, 2])
"""Which of its keys a trader uses: the first one, or one of the further ones, of which some end."""

ANY = st.integers(0, 30)
"""Points at one of several things, whatever their number."""

RARELY = st.integers(0, 9).map(lambda n: n == 0)
MOSTLY = RARELY.map(lambda b: not b)
SIZES = st.sampled_from([1, 2, 2, 3, 4, 4, 6, 10, 14])


def at(things: Sequence[Thing], index: int) -> Thing:
    """One of the things."""
    return things[index % len(things)]


class Terms(NamedTuple):
    """An order as it is drawn; most can be accepted."""

    side: Side
    firm: int
    instrument: int
    price: int
    size: int
    time_in_force: TimeInForce
    prevention: SelfTradePrevention
    post_only: bool
    days: int
    name: str
    key: int = 0
    kind: OrderKind = OrderKind.LIMIT
    lots: tuple[int, ...] = ()


BUYERS, SELLERS = (1, 2, 3), (0, 2, 3)
LOTS_OF = {(0, 0): (0, 1), (2, 0): (2,), (0, 1): (3,), (2, 1): (4,)}
"""Which lots a firm has of an instrument's good in the morning."""


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """An order that a reasonable trader could give."""
    side = draw(st.sampled_from(Side))
    instrument = draw(st.sampled_from([0, 0, 1]))
    return Terms(
        side,
        draw(st.sampled_from(BUYERS if side is Side.BUY else SELLERS)),
        instrument,
        draw(
            st.sampled_from(
                [95, 100, 104, 105, 105, 106, 110, 115] if instrument == 0 else [90, 95, 100, 100, 105, 110]
            )
        ),
        draw(SIZES if instrument == 0 else st.sampled_from([2, 4, 6])),
        draw(st.sampled_from([*TimeInForce, TimeInForce.GTC, TimeInForce.GTC])),
        draw(st.sampled_from(SelfTradePrevention)),
        draw(RARELY),
        draw(st.integers(0, 2)),
        draw(st.sampled_from(["", "", "", "a"])),
        draw(KEYS),
    )


@st.composite
def terms_with_lots(draw: st.DrawFn) -> Terms:
    """The same, where a seller sometimes names some of the lots of its morning."""
    drawn = draw(terms())
    own = LOTS_OF.get((drawn.firm, drawn.instrument), ())
    if drawn.side is Side.BUY or not own or draw(st.booleans()):
        return drawn
    return drawn._replace(lots=tuple(draw(st.lists(st.sampled_from(own), unique=True))))


@st.composite
def foolish_terms(draw: st.DrawFn) -> Terms:
    """The same with a few things that may not be: prices, sizes, days, lots, kinds."""
    sensible = draw(terms())
    return sensible._replace(
        firm=draw(st.integers(0, 3)),
        price=draw(st.sampled_from([sensible.price, sensible.price, 0, 94, 95, 101, 115, 116, 120])),
        size=draw(st.sampled_from([sensible.size, sensible.size, 0, 3, 90])),
        days=draw(st.integers(-1, 2)),
        kind=draw(st.sampled_from([OrderKind.LIMIT, OrderKind.MARKET])),
        lots=draw(st.one_of(st.just(()), st.lists(ANY, max_size=3).map(tuple))),
    )
