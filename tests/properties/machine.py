"""What all random markets have in common: the twins, orders by traders, proposals, and what the program does itself."""

from __future__ import annotations

from hypothesis.stateful import RuleBasedStateMachine

from exchange.core.commands.approvals import Action, Approve, Propose
from exchange.core.commands.orders import PlaceOrder, TimeInForce
from exchange.core.machine import Outcome
from exchange.core.values import Day, KeyId, LotId, OrderId, ParticipantId, Price, ProposalId, Tonnes
from tests.oracle.things import evidence_of
from tests.properties.drawn import Terms, at
from tests.properties.twins import Twins


class MarketMachine(RuleBasedStateMachine):
    """A machine whose rules give commands to :class:`Twins`, which compares after each."""

    def __init__(self, morning: Twins) -> None:
        """Open a new market like the one of this morning."""
        super().__init__()
        self.twins = morning.another()
        self.market = self.twins.market

    @property
    def today(self) -> int:
        """The trading day."""
        return self.market.state.session.day

    def order(self, drawn: Terms) -> None:
        """Give an order by the firm's own trader."""
        owner = at(self.twins.firms, drawn.firm)
        dated = drawn.time_in_force is TimeInForce.GTD
        self.twins.give(
            PlaceOrder(
                self.market.traders[owner],
                owner,
                at(self.twins.instruments, drawn.instrument),
                drawn.name,
                drawn.side,
                drawn.kind,
                drawn.time_in_force,
                Price(drawn.price),
                Tonnes(drawn.size),
                drawn.post_only,
                drawn.prevention,
                Day(self.today + drawn.days if dated else 0),
                tuple(LotId(at(self.twins.lots, lot)) for lot in drawn.lots),
            ),
            self.key(owner, drawn.key),
        )

    def key(self, owner: ParticipantId, index: int) -> KeyId | None:
        """One of a trader's further keys, or (0) the first."""
        return at(self.twins.keys[owner], index - 1) if index else None

    def open_order(self, index: int) -> tuple[ParticipantId, OrderId]:
        """One of the open orders and whose it is; an unknown one when there is none."""
        orders = list(self.market.state.orders.by_id.values())
        order = at(orders, index) if orders else None
        return (order.participant, order.order) if order else (self.twins.firms[0], OrderId(1))

    def propose(self, action: Action) -> Outcome:
        """In the actor's own name."""
        return self.twins.give(Propose(action.actor, action))

    def newest(self) -> list[ProposalId]:
        """The newest few proposals, decided or not."""
        return [ProposalId(number) for number in sorted(self.twins.twin.proposals, reverse=True)[:4]]

    def agree(self, action: Action, by: int) -> Outcome | None:
        """Propose and have somebody of the staff decide, with the evidence read right; None when it was refused."""
        proposed = self.propose(action)
        if proposed.reason is not None:
            return None
        number = ProposalId(proposed.created)
        action_hash = self.market.state.proposals[number].action_hash
        decided = self.twins.give(Approve(at(self.twins.staff, by), number, action_hash, evidence_of(action)))
        self.note_new_lots()
        return decided if decided.reason is None else None

    def note_new_lots(self) -> None:
        """Lots that have come in can be named from now on."""
        self.twins.lots = list(self.twins.twin.lots)

    def teardown(self) -> None:
        """At the end of every run its log is played again, unless the twins have fallen out: then that is the news."""
        if self.twins.agree:
            self.twins.replay()
