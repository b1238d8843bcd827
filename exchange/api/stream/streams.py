"""All streams of a process: who has one, what they are told of time and keys, and what is done when one is lost.

**A line may have a name.** Who logs in with the name that a line of the same key has takes that line's place: it is
closed, and if it had asked for cancel on disconnect, its orders are cancelled before the login is answered. Otherwise a
client that comes back before its loss was noticed would have its new orders cancelled by the old line's end.

**Cancel on disconnect.** A stream that asked for it takes the open orders of its key with it when it ends: closed by
its client or by us, cut off, silent, or because its key was revoked. The program itself gives the command, after
everything that the stream had sent before is decided, so that no order slips in behind it. It is a promise of this
process: when the machine loses power nobody is left to keep it. That is what ``cancel_after`` is for, which is in the
journal.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from itertools import islice
from typing import Final

from starlette.types import Scope

from exchange.access.principal import Principal
from exchange.api.ports import Services
from exchange.api.problem_tables import TOO_MANY_STREAMS
from exchange.api.problems import ProblemError
from exchange.api.stream.answers import heartbeat_frame
from exchange.api.stream.session import Session
from exchange.api.stream.wire import POLICY, TRY_AGAIN_LATER, Standing, Wire
from exchange.core.commands import Command
from exchange.core.commands.orders import CancelUnattended, UnattendedCause
from exchange.core.values import NOBODY, KeyId, PersonId, Seq
from exchange.marketdata.feed import MarketData
from exchange.sequencer.submission import StoppedError

logger = logging.getLogger(__name__)

SAFE_STREAMS: Final = 8
"""Streams of one owner that never make place for others."""

MOST_STREAMS: Final = 64
"""Streams that a participant, or a person of the staff, may have at a time after logging in."""

HEARTBEAT_AFTER: Final = 5.0
"""Seconds without a frame after which a heartbeat is sent."""

PING_EVERY: Final = 20.0
"""Seconds between two pings of the protocol."""

LOOK_EVERY: Final = 0.25
"""Seconds between two looks at the clock and at the keys."""

Own = Callable[[Command], Awaitable[Seq]]
"""Gives a command of the program itself (:meth:`exchange.sequencer.sequencer.Sequencer.own`)."""


_Name = tuple[KeyId, str | None]
"""Whose line it is, and how its client calls it."""


class Streams:
    """Makes sessions and keeps them (:class:`exchange.api.stream.session.House`)."""

    def __init__(self, services: Services, data: MarketData, own: Own) -> None:
        """Nobody listens yet."""
        self.services: Final = services
        self.data: Final = data
        self._own = own
        self._sessions: dict[Session, None] = {}
        self._by_owner: defaultdict[int, dict[Session, None]] = defaultdict(dict)
        self._leaving: dict[asyncio.Task[None], _Name] = {}
        self.unattended = 0
        """How often orders were cancelled because a stream was lost."""

    def __len__(self) -> int:
        """How many streams there are."""
        return len(self._sessions)

    def now(self) -> float:
        """Seconds of the event loop's clock."""
        return asyncio.get_running_loop().time()

    def receive(self, wire: Wire, scope: Scope) -> Session:
        """The session of a connection whose handshake is this; raises ProblemError to refuse it."""
        session = Session(self, wire, scope)
        self._sessions[session] = None
        return session

    def admit(self, session: Session, principal: Principal) -> set[asyncio.Task[None]] | None:
        """Note whose stream it is. Where it takes the place of another one, what that one's end still has to do."""
        name = (principal.key, session.line)
        is_another = session.line is not None and self._replace(name, principal)
        its = self._by_owner[principal.idempotency_scope]
        if len(its) >= MOST_STREAMS:
            raise ProblemError(TOO_MANY_STREAMS, headers={"retry-after": "1"})
        its[session] = None
        session.stands(Standing.KNOWN if len(its) <= SAFE_STREAMS else Standing.SPARE)
        if session.line is None:
            return None
        ends = {task for task, whose in self._leaving.items() if whose == name}
        return ends if ends or is_another else None

    def _replace(self, name: _Name, principal: Principal) -> bool:
        """Close the line of this name, if there is one."""
        for old in self._by_owner.get(principal.idempotency_scope, ()):
            if old.principal is not None and (old.principal.key, old.line) == name:
                old.close(POLICY, "a new connection took the name of this line")
                return True
        return False

    def leave(self, session: Session) -> None:
        """A stream has ended: cancel the orders of its key if it asked for that, behind all that it sent."""
        self._sessions.pop(session, None)
        principal = session.principal
        if principal is None:
            return
        its = self._by_owner[principal.idempotency_scope]
        its.pop(session, None)
        if len(its) >= SAFE_STREAMS:
            next(islice(its, SAFE_STREAMS - 1, None)).stands(Standing.KNOWN)
        if not its:
            del self._by_owner[principal.idempotency_scope]
        if session.cancels_on_disconnect:
            task = asyncio.get_running_loop().create_task(self._cancel(session, principal), name="unattended")
            self._leaving[task] = (principal.key, session.line)
            task.add_done_callback(self._leaving.pop)

    async def _cancel(self, session: Session, principal: Principal) -> None:
        if session.under_way:
            await asyncio.wait(set(session.under_way))
        cause = UnattendedCause.DISCONNECTED
        command = CancelUnattended(PersonId(NOBODY), principal.participant, principal.key, cause)
        try:
            await self._own(command)
            self.unattended += 1
        except StoppedError:
            logger.error("the sequencer stopped before the orders of a lost stream were known to be cancelled")

    async def keep(self) -> None:
        """Send heartbeats and pings and look at keys, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                self.look()
            except Exception:
                logger.exception("the streams could not be looked at")

    def look(self) -> None:
        """See who needs a heartbeat or a ping, and whose key is no longer good. Whom that cannot be done for is closed;
        all others are looked at as ever.
        """
        now, services = self.now(), self.services
        frame = heartbeat_frame(services.view.seq, services.clock())
        for session in list(self._sessions):
            self._guarded(session, partial(self._look_at, session, now, frame))
        self.close_bad_keys()

    def _look_at(self, session: Session, now: float, frame: bytes) -> None:
        if now - session.last_sent >= HEARTBEAT_AFTER:
            session.beat(frame)
        if now - session.last_ping >= PING_EVERY:
            session.last_ping = now
            session.ping()

    def _guarded(self, session: Session, look: Callable[[], None]) -> None:
        try:
            look()
        except Exception:
            logger.exception("a stream could not be kept and is closed")
            self._sessions.pop(session, None)  # whatever is wrong with it, it is not looked at again
            with contextlib.suppress(Exception):
                session.close(TRY_AGAIN_LATER, "the exchange has a fault here")

    def close_bad_keys(self) -> None:
        """Close the streams whose key was revoked or has expired."""
        good: dict[KeyId, bool] = {}
        for session in [session for its in self._by_owner.values() for session in its]:
            assert session.principal is not None
            key = session.principal.key
            if key not in good:
                good[key] = self.is_good(key)
            if not good[key]:
                self._guarded(session, partial(session.close, POLICY, "the key is no longer good"))

    def is_good(self, key: KeyId) -> bool:
        """Whether a key can still be used."""
        row = self.services.view.people.key(key)
        return row is not None and not (row.revoked or 0 < row.expires_at <= self.services.clock())

    async def finish(self) -> None:
        """Wait until what lost streams asked for is done."""
        while self._leaving:
            await asyncio.wait(set(self._leaving))

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep watch while the block lasts."""
        watch = asyncio.get_running_loop().create_task(self.keep(), name="streams")
        try:
            yield
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch
