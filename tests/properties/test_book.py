"""The engine and its naive twin receive the same commands, drawn at random; whatever can be seen must be the same.

Few prices, sizes and owner groups, so that orders collide all the time: queues of several orders, levels that empty and
come back, own orders in the way. After every step the engine also checks itself.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from exchange.core.matching import OrderBook, left_over, match, would_take
from exchange.core.values import OrderId, OwnerGroupId, Price, SelfTradePrevention, Seq, Side, Tonnes
from tests.oracle.naive_book import NaiveBook, assert_same, plain

sides = st.sampled_from(Side)
steps = st.integers(-2, 2)
far_steps = st.integers(1, 3)
quantities = st.integers(1, 5).map(Tonnes)
large_quantities = st.integers(1, 15).map(Tonnes)
groups = st.integers(1, 3).map(OwnerGroupId)
preventions = st.sampled_from(SelfTradePrevention)
# The lowest and the highest prices there are, and those around which one block of levels ends and the next begins.
middles = st.sampled_from([4, 8_192, 99_999_997])


class EngineAndTwin(RuleBasedStateMachine):
    """One book, twice."""

    def __init__(self) -> None:
        super().__init__()
        self.book = OrderBook()
        self.twin = NaiveBook()
        self.seq = 0
        self.middle = 0

    @initialize(middle=middles)
    def open_market(self, middle: int) -> None:
        self.middle = middle

    # --- what traders do ---------------------------------------------------------------------------------------------

    @rule(side=sides, quoted=st.lists(st.tuples(far_steps, quantities, groups), min_size=1, max_size=4))
    def quotes(self, side: Side, quoted: list[tuple[int, Tonnes, OwnerGroupId]]) -> None:
        """Orders away from the middle, most of which rest, so that the others find something to meet."""
        for step, quantity, group in quoted:
            away = -step if side is Side.BUY else step
            self.enter(side, self.price(away), quantity, group, SelfTradePrevention.CANCEL_OLDEST)

    @rule(side=sides, step=steps, quantity=quantities, group=groups, stp=preventions)
    def limit_order(
        self, side: Side, step: int, quantity: Tonnes, group: OwnerGroupId, stp: SelfTradePrevention
    ) -> None:
        self.enter(side, self.price(step), quantity, group, stp)

    @rule(side=sides, step=steps, quantity=large_quantities, group=groups, stp=preventions)
    def immediate_or_cancel(
        self, side: Side, step: int, quantity: Tonnes, group: OwnerGroupId, stp: SelfTradePrevention
    ) -> None:
        self.take(side, self.price(step), quantity, group, stp)

    @rule(side=sides, step=steps, quantity=large_quantities, group=groups, stp=preventions)
    def fill_or_kill(
        self, side: Side, step: int, quantity: Tonnes, group: OwnerGroupId, stp: SelfTradePrevention
    ) -> None:
        left = left_over(self.book, side, self.price(step), quantity, group, stp, len(self.book))
        assert left == self.twin.left_over(side, self.price(step), quantity, group, stp, len(self.book))
        if left == 0:
            assert self.take(side, self.price(step), quantity, group, stp) == 0

    @rule(side=sides, step=steps, quantity=large_quantities, group=groups, stp=preventions, most=st.integers(0, 4))
    def take_no_more_than(
        self, side: Side, step: int, quantity: Tonnes, group: OwnerGroupId, stp: SelfTradePrevention, most: int
    ) -> None:
        left = left_over(self.book, side, self.price(step), quantity, group, stp, most)
        assert left == self.twin.left_over(side, self.price(step), quantity, group, stp, most)

    @rule(side=sides, step=steps, quantity=quantities, group=groups)
    def post_only(self, side: Side, step: int, quantity: Tonnes, group: OwnerGroupId) -> None:
        takes = would_take(self.book, side, self.price(step))
        assert takes == self.twin.would_take(side, self.price(step))
        if not takes:
            self.rest(side, self.price(step), quantity, group)

    @precondition(lambda self: self.twin.resting)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        order_id = self.choose(data)
        assert self.book.cancel(order_id) == self.twin.cancel(order_id)
        assert order_id not in self.book

    @precondition(lambda self: any(order.leaves > 1 for order in self.twin.resting))
    @rule(data=st.data())
    def reduce(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from([order for order in self.twin.resting if order.leaves > 1]))
        new_leaves = Tonnes(data.draw(st.integers(1, order.leaves - 1)))
        self.book.reduce(order.order_id, new_leaves)
        self.twin.reduce(order.order_id, new_leaves)

    @precondition(lambda self: self.twin.resting)
    @rule(data=st.data(), step=steps, quantity=quantities, stp=preventions)
    def replace(self, data: st.DataObject, step: int, quantity: Tonnes, stp: SelfTradePrevention) -> None:
        """An amendment that loses the order's place: out, and in again at the end, under the same id."""
        order_id = self.choose(data)
        side, group = self.book.get(order_id).side, self.book.get(order_id).group
        self.book.cancel(order_id)
        self.twin.cancel(order_id)
        leaves = self.take(side, self.price(step), quantity, group, stp)
        if leaves is not None and leaves > 0:
            self.rest(side, self.price(step), Tonnes(leaves), group, order_id)

    @rule()
    def restore_from_snapshot(self) -> None:
        """A book built again from its own orders goes on in the place of the old one."""
        rebuilt = OrderBook()
        for side in Side:
            for o in self.book.orders(side):
                rebuilt.rest(o.order_id, o.side, o.price, Tonnes(o.leaves), o.group, o.priority)
        self.book = rebuilt

    @invariant()
    def same(self) -> None:
        self.book.validate()
        assert_same(self.book, self.twin)

    # --- how it is done ----------------------------------------------------------------------------------------------

    def price(self, step: int) -> Price:
        return Price(self.middle + step)

    def choose(self, data: st.DataObject) -> OrderId:
        return data.draw(st.sampled_from([order.order_id for order in self.twin.resting]))

    def enter(self, side: Side, price: Price, quantity: Tonnes, group: OwnerGroupId, stp: SelfTradePrevention) -> None:
        leaves = self.take(side, price, quantity, group, stp)
        if leaves is not None and leaves > 0:
            self.rest(side, price, Tonnes(leaves), group)

    def take(
        self, side: Side, price: Price, quantity: Tonnes, group: OwnerGroupId, stp: SelfTradePrevention
    ) -> int | None:
        """Match on both; returns what is left and may rest, None when self-trade prevention ended the order."""
        outcome = plain(match(self.book, side, price, quantity, group, stp))
        assert outcome == self.twin.match(side, price, quantity, group, stp)
        return None if outcome.stopped else outcome.leaves

    def rest(
        self, side: Side, price: Price, leaves: Tonnes, group: OwnerGroupId, order_id: OrderId | None = None
    ) -> None:
        self.seq += 1
        if order_id is None:
            order_id = OrderId(self.seq)
        self.book.rest(order_id, side, price, leaves, group, Seq(self.seq))
        self.twin.rest(order_id, side, price, leaves, group, Seq(self.seq))


TestEngineAndTwin = EngineAndTwin.TestCase
TestEngineAndTwin.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
