"""A trading floor for tests: orders have names instead of numbers, and what happens is told in lines a trader reads.

>>> floor = Floor()
>>> floor.sell("Ann", 100, 3010)
[]
>>> floor.buy("Bob", 150, 3010)
['100 at 3010 with Ann']
>>> floor.book()
['buy 50 at 3010 Bob']
"""

from __future__ import annotations

from exchange.core.matching import MatchOutcome, OrderBook, left_over, match, would_take
from exchange.core.values import OrderId, OwnerGroupId, Price, SelfTradePrevention, Seq, Side, Tonnes

NEWEST = SelfTradePrevention.CANCEL_NEWEST
OLDEST = SelfTradePrevention.CANCEL_OLDEST
BOTH = SelfTradePrevention.CANCEL_BOTH


class Floor:
    """One book and the names of its orders. Whoever names no group is a group of their own."""

    def __init__(self) -> None:
        self.matching = OrderBook()
        self.seq = 0
        self.ids: dict[str, OrderId] = {}
        self.groups: dict[str, OwnerGroupId] = {}

    # --- trading: each returns what happened -------------------------------------------------------------------------

    def buy(
        self, name: str, tonnes: int, price: int, group: str = "", stp: SelfTradePrevention = NEWEST, rest: bool = True
    ) -> list[str]:
        return self._send(Side.BUY, name, tonnes, price, group, stp, rest)

    def sell(
        self, name: str, tonnes: int, price: int, group: str = "", stp: SelfTradePrevention = NEWEST, rest: bool = True
    ) -> list[str]:
        return self._send(Side.SELL, name, tonnes, price, group, stp, rest)

    def cancel(self, name: str) -> int:
        return self.matching.cancel(self.ids[name])

    def reduce(self, name: str, tonnes: int) -> None:
        self.matching.reduce(self.ids[name], Tonnes(tonnes))

    def _send(
        self, side: Side, name: str, tonnes: int, price: int, group: str, stp: SelfTradePrevention, rest: bool
    ) -> list[str]:
        self.seq += 1
        owner = self._group(group or name)
        self.ids[name] = OrderId(self.seq)
        outcome = match(self.matching, side, Price(price), Tonnes(tonnes), owner, stp)
        _, _, leaves, stopped = outcome
        if rest and leaves > 0 and not stopped:
            self.matching.rest(self.ids[name], side, Price(price), Tonnes(leaves), owner, Seq(self.seq))
        return self._told(outcome)

    # --- questions ---------------------------------------------------------------------------------------------------

    def fillable(
        self, side: Side, tonnes: int, price: int, group: str = "somebody", stp: SelfTradePrevention = NEWEST
    ) -> bool:
        return self.left_over(side, tonnes, price, group, stp) == 0

    def left_over(
        self,
        side: Side,
        tonnes: int,
        price: int,
        group: str = "somebody",
        stp: SelfTradePrevention = NEWEST,
        most: int = 1_000,
    ) -> int:
        return left_over(self.matching, side, Price(price), Tonnes(tonnes), self._group(group), stp, most)

    def would_take(self, side: Side, price: int) -> bool:
        return would_take(self.matching, side, Price(price))

    def book(self) -> list[str]:
        """The orders that rest, buys before sells, each side in the order in which it trades."""
        names = {order_id: name for name, order_id in self.ids.items()}
        return [
            f"{side.name.lower()} {order.leaves} at {order.price} {names[order.order_id]}"
            for side in Side
            for order in self.matching.orders(side)
        ]

    # --- names -------------------------------------------------------------------------------------------------------

    def _group(self, name: str) -> OwnerGroupId:
        return self.groups.setdefault(name, OwnerGroupId(len(self.groups) + 1))

    def _told(self, outcome: MatchOutcome) -> list[str]:
        names = {order_id: name for name, order_id in self.ids.items()}
        fills, prevented, leaves, stopped = outcome
        told = [f"{quantity} at {price} with {names[order_id]}" for order_id, price, quantity, _ in fills]
        told += [f"{names[order_id]} cancelled" for order_id in prevented]
        return [*told, f"stopped with {leaves}"] if stopped else told
