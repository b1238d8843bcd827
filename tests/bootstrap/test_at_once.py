"""A change that is answered at once is answered as the application would; what is not a whole request goes to it."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from exchange.api.app import Application, create_app
from exchange.api.pipeline import lines_of
from exchange.bootstrap.connections import Bounds, Connections
from exchange.bootstrap.http_protocol import BoundedProtocol
from exchange.core.rejections import RejectReason
from exchange.core.values import Seq
from exchange.sequencer.journal import Answer
from exchange.sequencer.meters import Meters
from exchange.sequencer.submission import Group, OverloadedError, Receipt, StoppedError, Submission
from tests.api.test_http_failures import HEADERS, ORDER, services
from tests.bootstrap.test_one_write import Recorder

JSON = {**HEADERS, "content-type": "application/json"}
DONE = Answer(201, "application/json", "en", b'{"done":1}')


@dataclass
class Slow:
    """A sequencer that answers when the test says so."""

    meters: Meters = field(default_factory=Meters)
    waiting: int = 0
    decided: Seq = Seq(0)
    given: list[tuple[Submission | Group, asyncio.Future[Receipt]]] = field(default_factory=list)

    def enter(self, request: Submission | Group) -> Receipt | asyncio.Future[Receipt]:
        """Take it in; what has the key "refused" is answered now."""
        if request.idempotency_key == "refused":
            assert isinstance(request, Submission) and request.renderer is not None
            return Receipt(Seq(0), request.renderer.unsequenced(RejectReason.KEY_REUSED), replayed=False)
        answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self.given.append((request, answer))
        return answer

    async def submit(self, request: Submission | Group) -> Receipt:
        """The ordinary way."""
        entered = self.enter(request)
        return entered if isinstance(entered, Receipt) else await entered

    def answer(self, position: int = 0, replayed: bool = False) -> None:
        """Answer one that was taken in."""
        self.given[position][1].set_result(Receipt(Seq(7), DONE, replayed))


class Door:
    """One connection, with the way in for whole requests or without."""

    def __init__(self, app: Application, at_once: bool = True, bounds: Bounds | None = None) -> None:
        config = uvicorn.Config(app, loop="none", log_config=None, access_log=False, lifespan="off")
        config.load()
        self.state = ServerState()
        self.state.default_headers = [(b"date", b"today")]
        options: dict[str, Any] = {"config": config, "server_state": self.state, "app_state": {}}
        short = app.at_once if at_once else None
        self.protocol = BoundedProtocol(Connections(bounds or Bounds()), None, at_once=short, **options)
        self.transport = Recorder()
        self.protocol.connection_made(self.transport)

    async def settled(self) -> bytes:
        """Everything that was written, when all tasks have ended and callbacks were called."""
        await asyncio.sleep(0)
        while self.state.tasks:
            await asyncio.gather(*self.state.tasks)
        await asyncio.sleep(0)
        return b"".join(self.transport.writes)


def request(method: str = "POST", path: str = "/v1/orders", headers: Any = None, body: Any = ORDER) -> bytes:
    """A request's bytes."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "host: x", f"content-length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in (JSON if headers is None else headers).items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


def exchange(sequencer: Slow | None = None, error: Exception | None = None) -> Application:
    """An application in which one trader has a key."""
    made = services(error or AssertionError("nothing was to be asked"))
    if sequencer is not None:
        made.sequencer = sequencer
    return create_app(made)


def plain(written: bytes) -> bytes:
    """An answer without what is another one each time."""
    return re.sub(rb"x-request-id: [0-9a-f]{16}|;r=[0-9]+;", b"", written)


ANSWERED = {
    "no key": request(headers={**JSON, "authorization": "Bearer key-1.x"}),
    "no idempotency key": request(headers={"authorization": JSON["authorization"]}),
    "key of the wrong scope": request(path="/v1/proposals"),
    "no JSON announced": request(headers={**HEADERS, "content-type": "text/plain"}),
    "no JSON": request(body=b"{"),
    "too large": request(body=b" " * 17_000),
    "too large in Chinese": request(body=b" " * 17_000, headers={**JSON, "accept-language": "zh"}),
    "wrong field": request(body={**ORDER, "quantity": 0}),
    "unknown query": request(path="/v1/orders?x=1"),
    "body of a cancel": request("DELETE", "/v1/orders/ord-1"),
    "refused by the sequencer": request(headers={**JSON, "idempotency-key": "refused"}),
    "no such address": request(path="/v1/nothing"),
    "wrong method": request("PUT"),
    "read": request("GET", "/v1/me", body=None),
}


@pytest.mark.parametrize("name", ANSWERED)
async def test_it_is_what_the_application_answers(name: str) -> None:
    ours, theirs = Door(exchange(Slow())), Door(exchange(Slow()), at_once=False)
    for door in (ours, theirs):
        door.protocol.data_received(ANSWERED[name])
    written = await ours.settled()
    assert written.startswith(b"HTTP/1.1 ") and plain(written) == plain(await theirs.settled())


@pytest.mark.parametrize("error", [OverloadedError(3), StoppedError("over"), ZeroDivisionError("a bug")])
async def test_it_fails_as_the_application_does(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    ours, theirs = Door(exchange(error=error)), Door(exchange(error=error), at_once=False)
    ours.protocol.data_received(request())
    assert bool(caplog.records) == isinstance(error, ZeroDivisionError)
    theirs.protocol.data_received(request())
    assert plain(await ours.settled()) == plain(await theirs.settled())


@pytest.mark.parametrize("error", [OverloadedError(3), StoppedError("over")])
async def test_it_may_fail_later(error: Exception) -> None:
    sequencer = Slow()
    door = Door(exchange(sequencer))
    door.protocol.data_received(request())
    sequencer.given[0][1].set_exception(error)
    assert (await door.settled()).startswith(b"HTTP/1.1 503 ")


async def test_an_order_needs_no_task_and_is_counted() -> None:
    sequencer = Slow()
    app = exchange(sequencer)
    door = Door(app)
    door.protocol.data_received(request())
    assert len(sequencer.given) == 1 and not door.state.tasks and not door.transport.writes
    sequencer.answer()
    written = await door.settled()
    assert written.startswith(b"HTTP/1.1 201 Created\r\n") and written.endswith(DONE.body)
    assert len(door.transport.writes) == 1
    page = app.services.telemetry.page()
    assert b'exchange_http_requests_total{method="POST",route="/v1/orders",status="201"} 1.0' in page


async def test_a_repeat_says_so() -> None:
    sequencer = Slow()
    door = Door(exchange(sequencer))
    door.protocol.data_received(request())
    sequencer.answer(replayed=True)
    assert b"idempotency-replayed: true\r\n" in await door.settled()


async def test_requests_in_one_piece_are_done_one_after_the_other() -> None:
    sequencer = Slow()
    door = Door(exchange(sequencer))
    door.protocol.data_received(request() + request() + request("GET", "/v1/me", body=None))
    for position in range(2):
        assert len(sequencer.given) == position + 1
        sequencer.answer(position)
        await asyncio.sleep(0)
    assert re.findall(rb"HTTP/1.1 (\d+)", await door.settled()) == [b"201", b"201", b"200"]


async def test_what_comes_in_pieces_is_for_the_application() -> None:
    sequencer = Slow()
    door = Door(exchange(sequencer))
    whole = request()
    door.protocol.data_received(whole[:-1])
    assert len(door.state.tasks) == 1
    door.protocol.data_received(whole[-1:])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    sequencer.answer()
    assert (await door.settled()).endswith(DONE.body)


async def test_what_is_followed_by_nonsense_is_answered_before_that_is() -> None:
    sequencer = Slow()
    door = Door(exchange(sequencer))
    door.protocol.data_received(request() + request() + b"nonsense\r\n\r\n")
    for position in range(2):
        sequencer.answer(position)
        await asyncio.sleep(0)
    assert re.findall(rb"HTTP/1.1 (\d+)", await door.settled()) == [b"201", b"201", b"400"]
    assert door.transport.closed and len(sequencer.given) == 2


@pytest.mark.parametrize("header", ["connection: close", "expect: 100-continue"])
async def test_who_wants_more_than_an_answer_is_for_the_application(header: str) -> None:
    name, _, value = header.partition(": ")
    door = Door(exchange(Slow()))
    door.protocol.data_received(request(headers={**JSON, name: value, "idempotency-key": "refused"}))
    assert door.state.tasks
    written = await door.settled()
    assert door.transport.closed == (value == "close") and (b"100 Continue" in written) == (name == "expect")


async def test_the_reserve_is_for_what_is_urgent() -> None:
    door = Door(exchange(Slow()), bounds=Bounds(most=0))
    door.protocol.data_received(request())
    assert (await door.settled()).startswith(b"HTTP/1.1 503 ")


async def test_a_server_that_stops_closes_after_the_answer() -> None:
    sequencer = Slow()
    door = Door(exchange(sequencer))
    door.protocol.data_received(request())
    door.protocol.shutdown()
    assert not door.transport.closed
    sequencer.answer()
    assert b"connection: close\r\n" in await door.settled() and door.transport.closed


async def test_who_does_not_read_gets_the_answer_when_there_is_room() -> None:
    sequencer = Slow()
    door = Door(exchange(sequencer))
    door.protocol.data_received(request())
    door.protocol.pause_writing()
    sequencer.answer()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not door.transport.writes
    door.protocol.resume_writing()
    assert (await door.settled()).endswith(DONE.body)


async def test_who_has_left_is_no_harm() -> None:
    sequencer = Slow()
    door = Door(exchange(sequencer))
    door.protocol.data_received(request())
    door.protocol.connection_lost(None)
    sequencer.answer()
    assert not await door.settled()


def test_a_line_in_a_header_never_leaves() -> None:
    assert lines_of(DONE, {"retry-after": "1"}).endswith(b"content-length: 10\r\nretry-after: 1\r\n")
    with pytest.raises(AssertionError):
        lines_of(DONE, {"retry-after": "1\r\nset-cookie: a"})
