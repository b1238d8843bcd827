"""One connection of the stream: what it asked for, what waits for it, and what is done when it ends.

Everything that goes to the client passes one bounded queue, that of its :class:`~exchange.marketdata.hub.Subscriber`,
so whoever reads too slowly is closed by the hub, whatever it was that filled the queue. What waits is given to the wire
in one piece, in the turn of the event loop after the first of it came: all answers of one batch leave together. No
task is needed for that, nor for a request, since nothing has to be waited for but the disk and the client.

Requests are taken in the order in which they come, and what they ask for comes into the sequencer's queue in that order
too; their answers come when they are durable. When too many are under way, nothing more is read from the connection
until some are answered; so nobody is refused for being quick.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Protocol, cast

import orjson
from starlette.types import Scope

from exchange.access.authority import READ, scopes_to_command
from exchange.access.principal import Principal
from exchange.api.batch import LARGEST_BATCH
from exchange.api.changes import Outcome, Prepared, outcome_of, problem_of, problem_outcome
from exchange.api.decoder import MAX_BODY, Undecodable, decode
from exchange.api.headers import RequestHeaders
from exchange.api.language import language_of
from exchange.api.limits import limit_frame, limit_listening, limit_stranger, weight_of
from exchange.api.ports import Services
from exchange.api.problem_tables import (
    ALREADY_LOGGED_IN,
    BODY_TOO_LARGE,
    INTERNAL_ERROR,
    NO_SUCH_CHANNEL,
    RATE_LIMITED,
    VALIDATION,
)
from exchange.api.problems import FieldError, ProblemError, need_scope, unauthenticated
from exchange.api.stream.answers import answer_frame, document_frame, problem_frame
from exchange.api.stream.order_entry import ENVELOPE, Asker
from exchange.api.stream.requests import (
    LONGEST_ID,
    MOST_CHANNELS,
    REQUESTS,
    CancelOnDisconnect,
    Login,
    OrderRequest,
    Ping,
    Request,
    Subscribe,
    Unsubscribe,
)
from exchange.api.stream.wire import NORMAL, POLICY, TRY_AGAIN_LATER, Standing, Wire
from exchange.api.validation import invalid, malformed, validate
from exchange.api.wire import time_text
from exchange.core.commands.orders import CancelOrder
from exchange.core.rejections import RejectReason
from exchange.core.values import NOBODY, Seq
from exchange.marketdata.feed import MarketData
from exchange.marketdata.hub import Channel
from exchange.marketdata.messages import PRIVATE
from exchange.sequencer.submission import OverloadedError, Receipt, StoppedError

logger = logging.getLogger(__name__)

MOST_UNDER_WAY: Final = 256
"""Requests of one connection whose answer is not durable yet."""

PAUSE: Final = 0.25
"""Seconds for which nothing is read from a stranger whose address has asked for too much, for each KiB it sent."""

PORTION: Final = 64 * 1024
"""Bytes that are given to the wire at once."""

_Pending = tuple[Channel, Seq | None]


class House(Protocol):
    """What a session needs of all of them (:class:`exchange.api.stream.streams.Streams`)."""

    @property
    def services(self) -> Services:
        """What requests may touch."""
        ...

    @property
    def data(self) -> MarketData:
        """What may be listened to."""
        ...

    def admit(self, session: Session, principal: Principal) -> set[asyncio.Task[None]] | None:
        """Note who it is, and end the line of the same name that it had before; raises ProblemError when it has too
        many streams. Where there was such a line, what has to be waited for before the new one may go on.
        """
        ...

    def leave(self, session: Session) -> None:
        """It is over."""
        ...

    def now(self) -> float:
        """Seconds of the event loop's clock."""
        ...


class Session:
    """One connection, as :class:`~exchange.api.stream.wire.Visitor` of its wire."""

    def __init__(self, house: House, wire: Wire, scope: Scope) -> None:
        """``scope`` is that of the handshake. Raises ProblemError for a handshake with a key that is not good."""
        headers = RequestHeaders(scope["headers"])
        language = language_of(headers.text(headers.accept_language))
        self.principal: Principal | None = None
        self.line: str | None = None
        self.cancels_on_disconnect = False
        self.last_sent = self.last_ping = house.now()
        self.under_way: Final[set[asyncio.Future[Receipt]]] = set()
        self._house = house
        self._wire = wire
        self._asker = Asker(house.services, scope, language)
        self._pending: deque[_Pending] = deque()
        self._loop = asyncio.get_running_loop()
        self._login: asyncio.Task[None] | None = None
        self._is_over = False
        self._stands_still = False
        limit_stranger(self._asker, 1)
        self._subscriber = house.data.hub.open()
        try:
            if headers.authorization is not None:
                self._log_in(headers.text(headers.authorization), None)
        except ProblemError:
            self._subscriber.close(POLICY)
            raise
        self._subscriber.when_closed = self._cut_off
        self._subscriber.when_filled = self._write_soon

    # --- what the wire tells -----------------------------------------------------------------------------------------

    def received(self, text: bytes) -> None:
        """A request came. One that cannot be read as such ends the connection, all others get their answer."""
        name = None
        try:
            self._admit(text)
            fields = _object(text, MAX_BODY if self._asker.deposit is None else LARGEST_BATCH)
            name = _id_of(fields)
            self._handle(self._request(fields), fields["op"], len(text))
        except ProblemError as problem:
            self._refuse(name or _id_in(text, problem), problem)
            if problem.problem is RATE_LIMITED and self.principal is None:
                self._pause(PAUSE * weight_of(len(text)))
        except Exception:
            logger.exception("a request of the stream could not be handled")
            self._refuse(name, ProblemError(INTERNAL_ERROR))

    def _admit(self, text: bytes) -> None:
        """Draw for a frame before it is decoded, and refuse a long one that is no batch."""
        asker = self._asker
        asker.deposit = limit_frame(asker, self.principal, text)
        if asker.deposit is None and len(text) > MAX_BODY + ENVELOPE:
            raise ProblemError(BODY_TOO_LARGE)

    def _refuse(self, name: str | None, problem: ProblemError) -> None:
        frame = problem_frame(name, problem, self._asker.language)
        if name is None:
            self._wire.write([frame])
            self.close(POLICY, "this is no request")
        else:
            self._put(frame)

    def _pause(self, seconds: float) -> None:
        """To refuse costs almost as much as to answer, so a stranger is not refused as often as it likes. Nothing of a
        stranger is under way that holds the wire for another reason; those who are known could have a cancel behind it.
        """
        self._wire.hold(True)
        self._loop.call_later(seconds, self._wire.hold, False)

    def go_on(self) -> None:
        """The client has read: go on with what waits."""
        if self._stands_still:
            self._stands_still = False
            self._write()

    def ended(self, too_slow: bool) -> None:
        """The connection is over: forget what it listened to, and see to its orders."""
        if self._is_over:
            return
        self._is_over = True
        if too_slow:
            self._subscriber.give_up()
        self._subscriber.close(NORMAL)
        self._pending.clear()
        self._house.leave(self)

    # --- what the house tells ----------------------------------------------------------------------------------------

    def close(self, code: int, reason: str) -> None:
        """End the connection from here."""
        self._wire.close(code, reason)

    def beat(self, frame: bytes) -> None:
        """Send a heartbeat, unless something waits for this client anyway."""
        if not self._subscriber.queued:
            self._put(frame)

    def ping(self) -> None:
        """Ask for a sign of life."""
        self._wire.ping()

    def stands(self, standing: Standing) -> None:
        """Whether it would make place."""
        self._wire.stands(standing)

    # --- what goes out -----------------------------------------------------------------------------------------------

    def _put(self, frame: bytes) -> None:
        """Queue a frame of this connection alone."""
        if self._subscriber.closed_with is None and not self._subscriber.put(frame):
            self._subscriber.give_up()

    def _write_soon(self) -> None:
        self._loop.call_soon(self._write)

    def _write(self) -> None:
        """Give a portion of what waits to the wire. At any time this is called soon, or when the client has read, or
        when something waits again.
        """
        subscriber, wire = self._subscriber, self._wire
        if subscriber.closed_with is not None:
            return
        try:
            self._join_pending()
            frames = subscriber.take(PORTION)
        except Exception:
            logger.exception("what a stream waits for could not be made")
            self.close(TRY_AGAIN_LATER, "the exchange has a fault here")
            return
        if frames:
            self.last_sent = self._house.now()
            wire.write(frames)
        if not wire.is_writable:
            self._stands_still = True
        elif subscriber.queued or self._pending:
            self._write_soon()
        else:
            subscriber.when_filled = self._write_soon

    def _cut_off(self, code: int) -> None:
        """The hub has given this client up."""
        self.close(code, "too much waited to be read" if code == TRY_AGAIN_LATER else "")

    def _join_pending(self) -> None:
        """Join the channels that were asked for, as far as their snapshots have room; the others a portion later."""
        while self._pending and self._subscriber.has_room:
            channel, after_seq = self._pending[0]
            if channel.name == PRIVATE:
                owner = self._known().participant
                if not self._house.data.prepare(owner):
                    return  # an account with very many orders is gathered over some turns of the event loop
                channel = self._house.data.private(owner)
            self._pending.popleft()
            self._house.data.join(self._subscriber, channel, after_seq)

    # --- what requests ask for ---------------------------------------------------------------------------------------

    def _request(self, fields: dict[str, Any]) -> Request:
        """The request; orders have buckets of their own, everything else draws from that of reads, mistakes too."""
        op = fields.get("op")
        form = REQUESTS.get(op) if isinstance(op, str) else None
        try:
            if form is None:
                code = "MISSING" if op is None else "NOT_ONE_OF"
                raise ProblemError(VALIDATION, [FieldError("/op", code, list(REQUESTS))])
            request = validate(form, fields)
        except ProblemError:
            limit_listening(self._asker, self.principal, 1)
            raise
        if type(request) in _WEIGH_ONE:
            limit_listening(self._asker, self.principal, 1)
        return request

    def _handle(self, request: Request, op: str, size: int) -> None:
        fulfil = _FULFILLED.get(type(request))
        if fulfil is None:
            order = cast("OrderRequest", request)
            self._start(request.id, self._asker.prepare(order, op, self._known(), size))
            return
        document = fulfil(self, request)
        if document is not None:
            self._agree(request, document)

    def _agree(self, request: Request, document: dict[str, Any]) -> None:
        """Answer what the stream itself fulfilled."""
        document["as_of_seq"] = self._house.services.view.seq
        self._put(document_frame(request.id, document))  # brings the writer round, which joins what is pending then

    def _known(self) -> Principal:
        if self.principal is None:
            limit_stranger(self._asker, 1)
            raise unauthenticated()
        return self.principal

    def _on_login(self, request: Login) -> dict[str, Any] | None:
        if self.principal is not None:
            raise ProblemError(ALREADY_LOGGED_IN)
        before = self._log_in(request.authorization, request.line)
        if not before:
            return {"replaced": before is not None}
        self._wire.hold(True)
        self._login = self._loop.create_task(self._answer_login(request, before), name="login")
        return None

    async def _answer_login(self, request: Login, before: set[asyncio.Task[None]]) -> None:
        """Let the client go on when the orders of its old line are cancelled."""
        await asyncio.wait(before)
        self._agree(request, {"replaced": True})
        self._wire.hold(False)
        self._login = None

    def _log_in(self, authorization: str | None, line: str | None) -> set[asyncio.Task[None]] | None:
        services = self._house.services
        principal = services.gate.authenticate(authorization, services.view.people, services.clock(), self._asker.scope)
        if principal is None:
            limit_stranger(self._asker, 1)
            raise unauthenticated()
        self.line = line
        before = self._house.admit(self, principal)
        self.principal = principal
        return before

    def _on_subscribe(self, request: Subscribe) -> dict[str, Any]:
        limit_listening(self._asker, self.principal, self._weight_of(request))
        wanted: dict[Channel, Seq | None] = {}
        for n, each in enumerate(request.channels):
            after_seq = None if each.after_seq is None else Seq(each.after_seq)
            wanted[self._channel(each.channel, f"/channels/{n}/channel")] = after_seq
        joined = {*self._subscriber.channels, *(channel.name for channel, _ in self._pending)}
        new = [(channel, after_seq) for channel, after_seq in wanted.items() if channel.name not in joined]
        if len(joined) + len(new) > MOST_CHANNELS:
            raise invalid("/channels", "TOO_MANY", highest=MOST_CHANNELS)
        self._pending.extend(new)
        if self.principal is None:
            self._wire.stands(Standing.LISTENING)
        return {"channels": [channel.name for channel in wanted]}

    def _weight_of(self, request: Subscribe) -> int:
        """One for each channel; an account of many orders weighs as many as it has parts."""
        weight = len(request.channels)
        if self.principal is not None:
            for each in request.channels:
                if each.channel == PRIVATE:
                    after_seq = None if each.after_seq is None else Seq(each.after_seq)
                    weight += self._house.data.parts(self.principal.participant, after_seq)
        return weight

    def _channel(self, name: str, pointer: str) -> Channel:
        data = self._house.data
        if name == PRIVATE:
            principal = self._known()
            if principal.participant == NOBODY:
                raise ProblemError(RejectReason.NOT_AUTHORISED)
            need_scope(principal, READ)
            return data.private(principal.participant)
        channel = data.public(name)
        if channel is None:
            raise ProblemError(NO_SUCH_CHANNEL, [FieldError(pointer, "NOT_ONE_OF")])
        return channel

    def _on_unsubscribe(self, request: Unsubscribe) -> dict[str, Any]:
        names = set(request.channels)
        self._pending = deque(pending for pending in self._pending if pending[0].name not in names)
        self._subscriber.leave_named(names)
        if self.principal is None and not (self._pending or self._subscriber.channels):
            self._wire.stands(Standing.SILENT)
        return {"channels": list(dict.fromkeys(request.channels))}

    def _on_ping(self, _request: Ping) -> dict[str, Any]:
        return {"at": time_text(self._house.services.clock())}

    def _on_cancel_on_disconnect(self, request: CancelOnDisconnect) -> dict[str, Any]:
        principal = self._known()
        if principal.participant == NOBODY:
            raise ProblemError(RejectReason.NOT_AUTHORISED)
        need_scope(principal, scopes_to_command(CancelOrder))
        self.cancels_on_disconnect = request.enabled
        return {"enabled": request.enabled}

    def _start(self, name: str, prepared: Prepared) -> None:
        """Have a change sequenced: it is in the queue, or refused, before this returns."""
        try:
            entered = self._house.services.sequencer.enter(prepared.submission)
        except (OverloadedError, StoppedError) as error:
            raise problem_of(error) from None
        if isinstance(entered, Receipt):
            self._put(answer_frame(name, outcome_of(prepared, entered)))
            return
        self.under_way.add(entered)
        entered.add_done_callback(partial(self._landed, name, prepared))
        if len(self.under_way) == MOST_UNDER_WAY:
            self._wire.hold(True)

    def _landed(self, name: str, prepared: Prepared, receipt: asyncio.Future[Receipt]) -> None:
        """A change is durable, or will not be known to be."""
        self._put(answer_frame(name, self._outcome(prepared, receipt)))
        self.under_way.discard(receipt)
        if len(self.under_way) == MOST_UNDER_WAY - 1:
            self._wire.hold(False)

    def _outcome(self, prepared: Prepared, receipt: asyncio.Future[Receipt]) -> Outcome:
        try:
            return outcome_of(prepared, receipt.result())
        except (OverloadedError, StoppedError) as error:
            problem = problem_of(error)
        except Exception:
            logger.exception("a command of the stream could not be answered")
            problem = ProblemError(INTERNAL_ERROR)
        return problem_outcome(problem, self._asker.language)


_FULFILLED: Final[dict[type[Request], Callable[[Session, Any], dict[str, Any] | None]]] = {
    Login: Session._on_login,
    Subscribe: Session._on_subscribe,
    Unsubscribe: Session._on_unsubscribe,
    Ping: Session._on_ping,
    CancelOnDisconnect: Session._on_cancel_on_disconnect,
}
"""What the stream itself fulfils; everything else is an order."""

_BEFORE_DECODING: Final = (RATE_LIMITED, BODY_TOO_LARGE)
_ID: Final = re.compile(rb'"id"[ \t\r\n]*:[ \t\r\n]*("(?:[^"\\]|\\.){1,216}")')

_WEIGH_ONE: Final = frozenset(_FULFILLED) - {Subscribe}


def _object(text: bytes, largest: int) -> dict[str, Any]:
    try:
        return decode(text, largest)
    except Undecodable as error:
        raise malformed(error.code) from None


def _id_of(fields: dict[str, Any]) -> str:
    """The id of a request; without one there is nothing that could be answered."""
    name = fields.get("id")
    if name is None:
        raise invalid("/id", "MISSING")
    if type(name) is not str or not 0 < len(name) <= LONGEST_ID or not name.isprintable():
        raise invalid("/id", "REQUEST_ID")
    return name


def _id_in(text: bytes, problem: ProblemError) -> str | None:
    """The id of a request that was refused before it was decoded, as far as it is plain to see."""
    found = _ID.search(text) if problem.problem in _BEFORE_DECODING else None
    if found is None:
        return None
    try:
        return _id_of({"id": orjson.loads(found[1])})
    except (orjson.JSONDecodeError, ProblemError):
        return None
