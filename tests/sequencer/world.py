"""A small market in front of a sequencer on a simulated disk, for the tests of the sequencer."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from exchange.core.commands import Command
from exchange.core.commands.orders import CancelOrder, OrderKind, PlaceOrder, TimeInForce
from exchange.core.image import state_hash
from exchange.core.rejections import RejectReason
from exchange.core.state import ExchangeState
from exchange.core.values import (
    Day,
    InstrumentId,
    KeyId,
    Micros,
    OrderId,
    ParticipantId,
    PersonId,
    Price,
    SelfTradePrevention,
    Seq,
    Side,
    Tonnes,
)
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.crashpoints import CrashPoints
from exchange.sequencer.deciding import own_submission
from exchange.sequencer.journal import GENESIS_HEAD, Answer
from exchange.sequencer.limits import Limits
from exchange.sequencer.replaying import Replayer
from exchange.sequencer.sequencer import Sequencer, open_sequencer
from exchange.sequencer.submission import Decided, Group, Submission
from tests.sequencer.simulated_store import Disk, Fault, SimulatedStore
from tests.support.keys import Given, key_of
from tests.support.market import OPENING, Market

QUICK = Limits(pause_seconds=0.0, snapshot_every=10**9)
"""Limits under which nothing waits between two questions, and no snapshot is taken before the end."""


class WanderingClock:
    """A machine's clock that runs on and is now and then put back."""

    def __init__(self, random: Random, start: int = OPENING) -> None:
        self._random = random
        self._now = start
        self._steady = 0

    def now(self) -> Micros:
        """Some time later, or earlier."""
        self._now += self._random.choice((0, 1, 1_000, 1_000_000, -5_000_000))
        return Micros(self._now)

    def steady(self) -> Micros:
        """Some time later."""
        self._steady += self._random.choice((0, 1, 1_000, 1_000_000))
        return Micros(self._steady)


class PlainRenderer:
    """Writes down the decision, so that a test can read it in the answer."""

    def decided(self, decision: Decided) -> Answer:
        """The seq, the refusal's name if any, what was created."""
        return Answer(422 if decision.reason else 201, "text/plain", "en", _in_words(decision))

    def item(self, position: int, decision: Decided) -> bytes:
        """One line of the answer to a group."""
        return b"%d: " % position + _in_words(decision)

    def whole(self, items: list[bytes]) -> Answer:
        """All lines."""
        return Answer(200, "text/plain", "en", b"\n".join(items))

    def unsequenced(self, reason: RejectReason) -> Answer:
        """The refusal's name."""
        return Answer(409, "text/plain", "en", reason.name.encode())


def _in_words(decision: Decided) -> bytes:
    reason = decision.reason.name if decision.reason else ""
    return f"{decision.seq} {decision.at} {reason} {decision.created} {len(decision.events)}".encode()


@dataclass(slots=True)
class Stage:
    """Firms with money and tonnes, an instrument, and the commands that brought all that about."""

    log: list[Given]
    firms: list[ParticipantId]
    instrument: InstrumentId
    market: Market
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))

    def place(self, firm: int, side: Side, quantity: int, price: int, client_order_id: str = "") -> PlaceOrder:
        """A limit order that stays until it is cancelled."""
        participant = self.firms[firm]
        return PlaceOrder(
            self.market.traders[participant],
            participant,
            self.instrument,
            client_order_id,
            side,
            OrderKind.LIMIT,
            TimeInForce.GTC,
            Price(price),
            Tonnes(quantity),
            post_only=False,
            self_trade_prevention=SelfTradePrevention.CANCEL_NEWEST,
            good_til=Day(0),
            lots=(),
        )

    def cancel(self, firm: int, order: OrderId) -> CancelOrder:
        """The command to cancel an order."""
        participant = self.firms[firm]
        return CancelOrder(self.market.traders[participant], participant, order, "")

    def key_of(self, person: PersonId) -> KeyId:
        """The key that a person of the stage acts with."""
        return key_of(self.market.state, person, self.market.state.at)

    def submission(self, firm: int, command: Command, key: str = "", body: bytes = b"") -> Submission:
        """A request of a firm; every request has a key of its own when none is given."""
        key = key or f"key-{next(self.numbers)}"
        body_hash = hashlib.sha256(body or repr(command).encode()).digest()
        return Submission(command, self.key_of(command.actor), self.firms[firm], key, body_hash, PlainRenderer())

    def group(self, firm: int, commands: list[Command], key: str = "") -> Group:
        """A request of a firm with several commands; it has a key of its own when none is given."""
        key = key or f"key-{next(self.numbers)}"
        body_hash = hashlib.sha256(repr(commands).encode()).digest()
        person = self.market.traders[self.firms[firm]]
        return Group(tuple(commands), self.key_of(person), self.firms[firm], key, body_hash, PlainRenderer())


def plain_submission(given: Given) -> Submission:
    """A command of the stage without an idempotency key, for which nobody waits."""
    return replace(own_submission(given.command), key=given.key)


def make_stage(firms: int = 3) -> Stage:
    """Firms of different owners, each with money and with tonnes of the one instrument."""
    market = Market(fee=500, sweep=False)
    members = [market.firm(f"F{n}", group=f"G{n}", cash=10**12) for n in range(firms)]
    instrument = market.instrument()
    for firm in members:
        market.lot(firm, 1_000_000)
    return Stage(list(market.log), members, instrument, market)


async def open_on(
    disk: Disk,
    folder: Path,
    *,
    seed: int = 0,
    plan: Iterator[Fault] | None = None,
    refusals: int = 0,
    limits: Limits = QUICK,
    crash: CrashPoints | None = None,
) -> tuple[Sequencer, SimulatedStore]:
    """A sequencer on a disk, as a process that has just started has it."""
    random = Random(seed)
    crash = crash or CrashPoints()
    store = SimulatedStore(disk, random, plan, refusals, crash.hit)
    return await open_sequencer(store, folder, WanderingClock(random), limits, crash), store


async def set_the_stage(sequencer: Sequencer, stage: Stage) -> None:
    """Bring the firms, their money, tonnes and instrument into being; seqs and ids come out as the stage has them."""
    for given in stage.log:
        await sequencer.submit(plain_submission(given))
    assert sequencer.view.seq == len(stage.log)


def folded(disk: Disk) -> tuple[ExchangeState, CommittedView]:
    """State and view, made from the disk's entries alone."""
    view = CommittedView()
    replayer = Replayer(ExchangeState(), Seq(0), Micros(0), GENESIS_HEAD)
    for stored in disk.entries:
        replayed = replayer.step_stored(stored)
        view.apply(replayed.leaf.seq, replayed.leaf.at, stored.head, replayed.events)
    return replayer.state, view


def assert_like_the_disk(sequencer: Sequencer, disk: Disk) -> None:
    """View and state of an idle sequencer are what the journal makes of them."""
    state, view = folded(disk)
    orders = state.orders.by_id
    assert sequencer.view.to_image(orders) == view.to_image(orders)
    assert state_hash(sequencer._decider.state) == state_hash(state)


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait for what another process or task brings about."""
    while not condition():  # noqa: ASYNC110  there is no event to wait for
        await asyncio.sleep(0.001)


def names_in(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def planned(*faults: Fault) -> Iterator[Fault]:
    """A plan."""
    return iter(faults)
