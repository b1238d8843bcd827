"""The market that a service is measured on: firms with money and units around one book, made through the sequencer.

Everything here goes the way that any command goes (core, journal, PostgreSQL), only not through HTTP: two persons agree
on each trader and each lot, which takes signatures over HTTP and would take hours for ten thousand firms.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from exchange.access.ids import Kind, id_text
from exchange.access.keys import hash_secret, new_secret, token_text
from exchange.cli.bench.market import issuance_of_all, limit_order, listing_of, project_of_all, shares
from exchange.core.commands import Action, Command
from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.cash import DepositCash
from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.governance import PersonRole
from exchange.core.commands.orders import PlaceOrder
from exchange.core.commands.participants import AdmitParticipant, ParticipantRole, RegisterTrader
from exchange.core.events.governance import ActionProposed, KeyRegistered
from exchange.core.values import (
    MAX_VENUE_CASH,
    Fen,
    InstrumentId,
    IssuanceId,
    KeyId,
    ParticipantId,
    PersonId,
    Price,
    ProjectId,
    ProposalId,
    Seq,
    Side,
)
from exchange.sequencer.deciding import own_submission
from exchange.sequencer.journal import Entry
from exchange.sequencer.sequencer import Sequencer

AT_A_TIME: Final = 2_000
"""Commands that wait in the sequencer's queue at a time while the stage is set; below the smallest queue that it has
when nothing is configured.
"""

OPEN_PROPOSALS: Final = 50
"""Proposals that are open at a time; one person may have a hundred."""


@dataclass(frozen=True, slots=True)
class Trader:
    """A firm's trader: what the core knows of them, and the token that they use over HTTP."""

    participant: ParticipantId
    person: PersonId
    key: KeyId
    token: str


@dataclass(frozen=True, slots=True)
class Stage:
    """Who trades what. Buyers only buy and sellers only sell, so nobody ever meets an order of their own."""

    instrument: InstrumentId
    buyers: list[Trader]
    sellers: list[Trader]

    @property
    def instrument_text(self) -> str:
        """The instrument's outside name."""
        return id_text(Kind.INSTRUMENT, self.instrument)

    def trader(self, side: Side, group: int) -> Trader:
        """The trader of a side who stands for an owner group of the stream."""
        firms = self.buyers if side is Side.BUY else self.sellers
        return firms[group % len(firms)]


class Director:
    """Gives commands to a sequencer and learns what they made."""

    def __init__(self, sequencer: Sequencer) -> None:
        """Of a venue that is open; what is made durable from now on is learned from the sequencer's listeners."""
        self._sequencer = sequencer
        self._entries: dict[Seq, Entry] = {}
        sequencer.listeners.append(self._learn)
        self._keys = {row.person: row.key for row in sequencer.state.register.keys.values()}
        persons = sequencer.state.register.persons.values()
        self.operators = [person.person for person in persons if person.role is PersonRole.OPERATOR]
        self.regulator = next(person.person for person in persons if person.role is PersonRole.REGULATOR)

    def _learn(self, entries: list[Entry]) -> None:
        self._entries.update((entry.leaf.seq, entry) for entry in entries)

    async def do(self, commands: Sequence[Command]) -> list[Entry]:
        """The same as :meth:`give`, where nothing may be refused.

        Raises:
            AssertionError: when one is refused.
        """
        done = await self.give(commands)
        refused = [(entry.leaf.reason, entry.command) for entry in done if entry.leaf.reason]
        assert not refused, refused[0]
        return done

    async def give(self, commands: Sequence[Command]) -> list[Entry]:
        """Have commands made durable, many at a time; their entries in the order of the commands."""
        done: list[Entry] = []
        for start in range(0, len(commands), AT_A_TIME):
            part = commands[start : start + AT_A_TIME]
            receipts = await asyncio.gather(*(self._submit(command) for command in part))
            await asyncio.sleep(0)  # the listeners are told after the answers
            done += [self._entries.pop(receipt) for receipt in receipts]
            self._entries.clear()
        return done

    async def _submit(self, command: Command) -> Seq:
        key = self._keys.get(command.actor, KeyId(0))
        return (await self._sequencer.submit(replace(own_submission(command), key=key))).seq

    async def agree(self, actions: Sequence[Action], approver: PersonId | None = None) -> list[Entry]:
        """Propose actions and have another person approve each, the second operator if nobody is named.

        Returns the entries of the approvals.
        """
        approved: list[Entry] = []
        for start in range(0, len(actions), OPEN_PROPOSALS):
            approved += await self._agree(actions[start : start + OPEN_PROPOSALS], approver or self.operators[1])
        return approved

    async def _agree(self, actions: Sequence[Action], approver: PersonId) -> list[Entry]:
        proposed = await self.do([Propose(action.actor, action) for action in actions])
        approvals = []
        for entry, action in zip(proposed, actions, strict=True):
            (event,) = (event for event in entry.events if isinstance(event, ActionProposed))
            evidence = action.lock_reference if isinstance(action, AdmitLot) else ""
            approvals.append(Approve(approver, ProposalId(entry.leaf.created), event.action_hash, evidence))
        return await self.do(approvals)

    def know_traders(self, traders: Iterable[Trader]) -> None:
        """Remember the keys of traders."""
        self._keys.update((trader.person, trader.key) for trader in traders)

    def know_keys(self, entries: Iterable[Entry]) -> None:
        """Remember which keys people got, for commands in their names."""
        for entry in entries:
            self._keys.update((event.person, event.key) for event in entry.events if isinstance(event, KeyRegistered))


async def set_stage(sequencer: Sequencer, firms: int, reference_price: Price) -> Stage:
    """Admit ``firms`` buyers and as many sellers with a trader each, list the book, bring money and units in."""
    director = Director(sequencer)
    operator = director.operators[0]
    buyers = await _admit(director, "B", firms, ParticipantRole.BUYER)
    sellers = await _admit(director, "S", firms, ParticipantRole.SELLER)
    (listed,) = await director.do([listing_of(operator, reference_price)])
    each = Fen(MAX_VENUE_CASH // firms)
    await director.do([DepositCash(operator, trader.participant, each, f"bank-{n}") for n, trader in enumerate(buyers)])
    (made,) = await director.agree([project_of_all(operator)], director.regulator)
    project = ProjectId(made.leaf.created)
    (issued,) = await director.agree([issuance_of_all(operator, project)], director.regulator)
    issuance = IssuanceId(issued.leaf.created)
    await director.agree(
        [
            AdmitLot(operator, issuance, trader.participant, lo, hi, f"lock-{lo}")
            for trader, (lo, hi) in zip(sellers, shares(firms), strict=True)
        ]
    )
    return Stage(InstrumentId(listed.leaf.created), buyers, sellers)


async def _admit(director: Director, letter: str, count: int, role: ParticipantRole) -> list[Trader]:
    operator = director.operators[0]
    names = [f"{letter}{n}" for n in range(count)]
    admitted = await director.do([AdmitParticipant(operator, name, name, name, role, "") for name in names])
    firms = [ParticipantId(entry.leaf.created) for entry in admitted]
    secrets = [new_secret() for _ in firms]
    entries = await director.agree(
        [
            RegisterTrader(operator, firm, "trader", hash_secret(secret), b"")
            for firm, secret in zip(firms, secrets, strict=True)
        ]
    )
    director.know_keys(entries)
    return [_trader(*each) for each in zip(firms, entries, secrets, strict=True)]


def _trader(firm: ParticipantId, entry: Entry, secret: str) -> Trader:
    (event,) = (event for event in entry.events if isinstance(event, KeyRegistered))
    return Trader(firm, event.person, event.key, token_text(event.key, secret))


def order_of(stage: Stage, side: Side, price: int, quantity: int, group: int) -> PlaceOrder:
    """A limit order of the trader who stands for an owner group."""
    trader = stage.trader(side, group)
    return limit_order(trader.person, trader.participant, stage.instrument, side, price, quantity)
