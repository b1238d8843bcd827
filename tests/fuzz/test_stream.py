"""The attack on the stream: its frames are what they say, it finds what it looks for, a short one finds nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random

import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from exchange.bootstrap.stream_protocol import LARGE_MESSAGE
from tests.fuzz.stream import Life, Result, attack_stream
from tests.fuzz.stream_frames import Attacks, Document, Known, frame, request_in
from tests.support.venue import a_venue

SOME = 400
PROBLEM = {"type": "x", "title": "x", "status": 500, "code": "INTERNAL_ERROR", "detail": "x", "instance": "x"}


def read_by_a_server(data: bytes) -> list[Frame]:
    """The frames in some bytes, as a library reads them."""
    parser = ServerProtocol(state=OPEN, max_size=LARGE_MESSAGE)
    parser.receive_data(data)
    return [event for event in parser.events_received() if isinstance(event, Frame)]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_a_frame_is_read_as_it_was_meant(size: int) -> None:
    text = Random(size).randbytes(size)
    (read,) = read_by_a_server(frame(Random(1), text))
    assert (read.opcode, bytes(read.data), read.fin) == (Opcode.TEXT, text, True)


def test_an_attack_is_made_again_from_its_seed_and_says_what_it_is() -> None:
    first, second = (Attacks(Random("1-2-3"), Known("ins-16"), "key-1.x") for _ in range(2))
    for _ in range(SOME):
        attack, twin = first.next(), second.next()
        assert attack == twin
        if not attack.fatal:
            read = read_by_a_server(attack.data)
            assert len(read) == attack.frames
            text = b"".join(bytes(one.data) for one in read if one.opcode in (Opcode.TEXT, Opcode.CONT))
            assert (request_in(text) if text else None) == attack.request


def test_there_is_some_of_everything() -> None:
    attacks = Attacks(Random(1), Known("ins-16"), "")
    made = [attacks.next() for _ in range(5 * SOME)]
    kinds = Counter((attack.fatal, attack.request is not None, attack.frames > 1) for attack in made)
    assert set(kinds) >= {(True, False, False), (False, True, False), (False, True, True), (False, False, False)}
    assert kinds[False, True, False] > len(made) / 2
    assert any(attack.goodbye for attack in made)


def judged(request: Document | None, *came: Document) -> list[str]:
    """What is found when these documents came after one request."""
    result = Result()
    life = Life("1", "TRADER", "", Known("ins-16"), result)
    life.judge([request] if request else [], list(came))
    return result.faults


def answer(status: int, body: Document, name: str | None = "r1") -> Document:
    """An answer of the stream."""
    return {"type": "answer", "id": name, "status": status, "body": body}


PING: Document = {"id": "r1", "op": "ping"}
PONG: Document = {"at": "2026-11-20T01:02:03.000004Z", "as_of_seq": 5}


def test_what_must_not_be_is_found() -> None:
    assert judged(PING, answer(200, PONG)) == []
    assert len(judged(PING, answer(200, {"at": "now", "as_of_seq": 5}))) == 1
    assert len(judged(PING, answer(200, PONG), answer(200, PONG))) == 1
    assert len(judged(PING, answer(200, PONG, "r2"))) == 1
    assert len(judged({**PING, "x": 1}, answer(200, PONG))) == 1
    assert len(judged(None, {"type": "news", "channel": "book:ins-1"})) == 1
    assert any("failure" in fault for fault in judged(PING, answer(500, PROBLEM)))


def test_a_real_service_holds_for_some_seconds() -> None:
    with a_venue() as venue:
        result = asyncio.run(attack_stream(venue, 3_000, seed=3))
    assert result.faults == []
    assert result.frames.total() >= 3_000
    assert result.pings > 0
    assert {200, 401, 422} <= set(result.answers)
    assert {1002, 1008} <= set(result.closes)
