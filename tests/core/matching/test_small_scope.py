"""All short stories: every sequence of a few commands in a tiny market, on the engine and on its naive twin.

Most mistakes in a book need two groups, two prices, two sizes and four commands to show. So all of those sequences are
played: orders of both sides, cancels and reductions of everything that rests. The three instructions of self-trade
prevention are tried where an own order is in the way, and make no difference elsewhere. Before each order the questions
of fill-or-kill and post-only are asked too. Groups are named by whoever comes first, which halves the work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import pytest

from exchange.core.matching import OrderBook, left_over, match, would_take
from exchange.core.values import OrderId, OwnerGroupId, Price, SelfTradePrevention, Seq, Side, Tonnes
from tests.oracle.naive_book import NaiveBook, assert_same, plain

GROUPS = (OwnerGroupId(1), OwnerGroupId(2))
MOST = (1, 9)


@dataclass(frozen=True)
class Place:
    side: Side
    price: Price
    quantity: Tonnes
    group: OwnerGroupId
    stp: SelfTradePrevention = SelfTradePrevention.CANCEL_NEWEST

    def ask_engine(self, book: OrderBook) -> object:
        """Post-only and fill-or-kill, asked beforehand."""
        return (
            would_take(book, self.side, self.price),
            *(left_over(book, self.side, self.price, self.quantity, self.group, self.stp, most) for most in MOST),
        )

    def engine(self, book: OrderBook, n: int) -> object:
        outcome = plain(match(book, self.side, self.price, self.quantity, self.group, self.stp))
        if outcome.leaves > 0 and not outcome.stopped:
            book.rest(OrderId(n), self.side, self.price, Tonnes(outcome.leaves), self.group, Seq(n))
        return outcome

    def ask_twin(self, twin: NaiveBook) -> object:
        return (
            twin.would_take(self.side, self.price),
            *(twin.left_over(self.side, self.price, self.quantity, self.group, self.stp, most) for most in MOST),
        )

    def twin(self, twin: NaiveBook, n: int) -> object:
        outcome = twin.match(self.side, self.price, self.quantity, self.group, self.stp)
        if outcome.leaves > 0 and not outcome.stopped:
            twin.rest(OrderId(n), self.side, self.price, Tonnes(outcome.leaves), self.group, Seq(n))
        return outcome


@dataclass(frozen=True)
class Cancel:
    order_id: OrderId

    def engine(self, book: OrderBook, _: int) -> object:
        return book.cancel(self.order_id)

    def twin(self, twin: NaiveBook, _: int) -> object:
        return twin.cancel(self.order_id)


@dataclass(frozen=True)
class Reduce:
    order_id: OrderId

    def engine(self, book: OrderBook, _: int) -> None:
        book.reduce(self.order_id, Tonnes(1))

    def twin(self, twin: NaiveBook, _: int) -> None:
        twin.reduce(self.order_id, Tonnes(1))


Step = Place | Cancel | Reduce


@dataclass(frozen=True)
class Scope:
    """How long stories are and what orders there are in them."""

    length: int
    prices: tuple[Price, ...]
    sizes: tuple[Tonnes, ...]


def steps_from(twin: NaiveBook, scope: Scope, groups: tuple[OwnerGroupId, ...]) -> Iterator[Step]:
    """Everything that can be done next."""
    for side, price, size, group in product(Side, scope.prices, scope.sizes, groups):
        place = Place(side, price, size, group)
        yield place
        if any(order.group == group for order in twin.reached(side, price)):
            yield replace(place, stp=SelfTradePrevention.CANCEL_OLDEST)
            yield replace(place, stp=SelfTradePrevention.CANCEL_BOTH)
    for order in twin.resting:
        yield Cancel(order.order_id)
        if order.leaves > 1:
            yield Reduce(order.order_id)


def book_after(story: list[Step]) -> OrderBook:
    """A new engine to which a story has happened."""
    book = OrderBook()
    for n, step in enumerate(story, start=1):
        step.engine(book, n)
    return book


def compare(story: list[Step], before: NaiveBook, step: Step) -> NaiveBook:
    """Let a step follow a story on both, compare all that can be seen, and return the twin that comes after."""
    book, twin = book_after(story), before.copy()
    if isinstance(step, Place):
        assert step.ask_engine(book) == step.ask_twin(twin), (story, step)
    said = step.engine(book, len(story) + 1)
    expected = step.twin(twin, len(story) + 1)
    assert said == expected, (story, step)
    book.validate()
    assert_same(book, twin)
    return twin


def tell_all(story: list[Step], twin: NaiveBook, scope: Scope) -> int:
    """Play every continuation of a story up to a length; returns how many stories were compared."""
    if len(story) == scope.length:
        return 0
    told = 0
    for step in steps_from(twin, scope, GROUPS if story else GROUPS[:1]):
        after = compare(story, twin, step)
        told += 1 + tell_all([*story, step], after, scope)
    return told


ONE_PRICE, TWO_PRICES = (Price(3000),), (Price(3000), Price(3001))
ONE_SIZE, TWO_SIZES = (Tonnes(1),), (Tonnes(1), Tonnes(2))


@pytest.mark.parametrize(
    ("scope", "at_least"),
    [(Scope(4, TWO_PRICES, TWO_SIZES), 100_000), (Scope(5, ONE_PRICE, ONE_SIZE), 5_000)],
    ids=["four commands", "five commands at one price"],
)
def test_every_short_story_ends_as_the_twin_says(scope: Scope, at_least: int) -> None:
    assert tell_all([], NaiveBook(), scope) > at_least
