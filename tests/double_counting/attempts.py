"""What an attempt is, and how it is driven against the core or against a running exchange."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from unittest.mock import patch

from exchange.core.approvals import hash_of
from exchange.core.commands import Command
from exchange.core.commands.approvals import Action, Approve, Propose
from exchange.core.events import Event
from exchange.core.events.credits import UnitsStaged
from exchange.core.rejections import RejectReason
from exchange.core.values import PersonId, ProposalId

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from exchange.core.machine import Outcome
    from tests.double_counting.scene import Scene


class Done(NamedTuple):
    """What became of a command: why it or a row of it was refused, None when nothing was, and what it created."""

    reason: RejectReason | None
    created: int


def done(outcome: Outcome) -> Done:
    """What became of a command in the core."""
    return Done(outcome.reason or why_left_out(outcome.events), outcome.created)


def why_left_out(events: Iterable[Event]) -> RejectReason | None:
    """Why a row of a file is not staged: the file is not refused for it, so this is the refusal of the row."""
    rows = (row for event in events if isinstance(event, UnitsStaged) for row in event.refused)
    return next((RejectReason(row.reason) for row in rows), None)


Steps = Generator[Command, Done, None]
"""Commands one after the other, each after the outcome of the one before."""


class Off(NamedTuple):
    """A function of the core that is replaced: where it is found (``module:name``), and by what."""

    place: str
    instead: Any

    def switch(self) -> Any:
        """The replacement as a context."""
        module, _, name = self.place.partition(":")
        owner: Any = import_module(module)
        *way, last = name.split(".")
        for part in way:
            owner = getattr(owner, part)
        return patch.object(owner, last, self.instead)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to count a tonne twice.

    ``case`` tells what is tried, ``source`` where it happened or which rule forbids it. ``prepare`` brings a scene to
    where it can be tried, and gives the commands that try it. ``code`` is the refusal. ``core`` is what has to be
    replaced in the core for it to get through; ``database`` are the guards of the database that stand behind, each by
    the name that the service is told.
    """

    name: str
    case: str
    source: str
    prepare: Callable[[Scene], Steps]
    code: RejectReason
    core: tuple[Off, ...]
    database: tuple[str, ...]


CATALOGUE: Final[dict[str, Attempt]] = {}


def attempt(
    code: RejectReason, core: tuple[Off, ...], *database: str, source: str
) -> Callable[[Callable[[Scene], Steps]], Callable[[Scene], Steps]]:
    """Enter a function into the catalogue; its name is the attempt's, its first line of text tells the case."""

    def enter(prepare: Callable[[Scene], Steps]) -> Callable[[Scene], Steps]:
        name = prepare.__name__.replace("_", "-")
        assert name not in CATALOGUE, name
        case = (prepare.__doc__ or "").strip()
        CATALOGUE[name] = Attempt(name, case, source, prepare, code, core, database)
        return prepare

    return enter


@contextmanager
def switched_off(guards: tuple[Off, ...]) -> Iterator[None]:
    """The core without some of its guards; only in this process, and only inside of this block."""
    with ExitStack() as stack:
        for guard in guards:
            stack.enter_context(guard.switch())
        yield


def giving(*commands: Command) -> Steps:
    """These commands, one after the other."""
    for command in commands:  # noqa: UP028  the outcome of each is sent in here
        yield command


def agreed(action: Action, approver: PersonId, evidence: str = "") -> Generator[Command, Done, int]:
    """An action that one person proposes and another one approves, and what it creates."""
    proposed = yield Propose(action.actor, action)
    approved = yield Approve(approver, ProposalId(proposed.created), hash_of(action), evidence)
    return approved.created


def agreeing(action: Action, approver: PersonId, evidence: str = "") -> Steps:
    """The same as the last step of an attempt."""
    yield from agreed(action, approver, evidence)


async def drive_service(steps: Steps, give: Callable[[Command], Awaitable[Done]]) -> RejectReason | None:
    """The same against a service, which answers later."""
    try:
        command = next(steps)
        while True:
            done = await give(command)
            if done.reason is not None:
                return done.reason
            command = steps.send(done)
    except StopIteration:
        return None


def drive(steps: Steps, give: Callable[[Command], Done]) -> RejectReason | None:
    """Give the commands of an attempt until one is refused; why, or None when all of them were done."""
    try:
        command = next(steps)
        while True:
            done = give(command)
            if done.reason is not None:
                return done.reason
            command = steps.send(done)
    except StopIteration:
        return None
