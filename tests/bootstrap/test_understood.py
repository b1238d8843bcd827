"""What a request cannot bring in behind its head, and what it cannot ask for, seen through a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from tests.bootstrap.test_http_server import (
    HEALTH,
    HOPELESS_S,
    LAST,
    OVER,
    Running,
    problem,
    serving,
    talk,
)

# --- trailers --------------------------------------------------------------------------------------------------------

IN_CHUNKS = b"POST /headers HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"
IN_HEAD = [["host", "x"], ["transfer-encoding", "chunked"]]
TRAILERS = b"".join(
    name + b": stolen\r\n"
    for name in (b"Authorization", b"Idempotency-Key", b"X-Forwarded-For", b"Content-Type", b"Host", b"Expect")
)
CUTS = {
    "in one write": (IN_CHUNKS + TRAILERS + b"\r\n",),
    "trailers later": (IN_CHUNKS, TRAILERS + b"\r\n"),
    "cut in a trailer": (IN_CHUNKS + TRAILERS[:20], TRAILERS[20:-3], TRAILERS[-3:], b"\r\n"),
    "head, body, trailers": (IN_CHUNKS[:-11], IN_CHUNKS[-11:], TRAILERS, b"\r\n"),
}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the headers, as they are when the body has ended; Starlette would have copied them before."""
    if scope["type"] != "http":
        return
    more = True
    while more:
        more = (await receive()).get("more_body", False)
    body = json.dumps([[name.decode(), value.decode()] for name, value in scope["headers"]]).encode()
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


async def answers(running: Running, sent: Iterable[bytes], many: int) -> list[tuple[int, Any]]:
    """Send one part after another, each when the last was read, then read so many answers: status and document."""
    reader, writer = await asyncio.open_connection(*running.address)
    found = []
    async with asyncio.timeout(HOPELESS_S):
        for part in sent:
            writer.write(part)
            await asyncio.sleep(0.05)
        for _ in range(many):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
            found.append((int(head.split()[1]), json.loads(await reader.readexactly(length))))
    writer.close()
    return found


@pytest.mark.parametrize("parts", CUTS.values(), ids=CUTS)
async def test_what_stands_in_a_trailer_is_no_header(parts: tuple[bytes, ...]) -> None:
    async with serving(app=echo) as running:
        assert await answers(running, parts, 1) == [(200, IN_HEAD)]


@pytest.mark.parametrize("parts", CUTS.values(), ids=CUTS)
async def test_what_stands_in_a_trailer_is_no_header_of_the_next_request(parts: tuple[bytes, ...]) -> None:
    plain = b"POST /headers HTTP/1.1\r\nhost: y\r\ncontent-length: 0\r\n\r\n"
    async with serving(app=echo) as running:
        found = await answers(running, (*parts[:-1], parts[-1] + plain), 2)
    assert found == [(200, IN_HEAD), (200, [["host", "y"], ["content-length", "0"]])]


@pytest.mark.parametrize("size", [1_000_000, 8_192])
async def test_trailers_count_for_the_size_of_the_head(size: int) -> None:
    many = IN_CHUNKS + b"x: y\r\n" * (OVER // 6)
    async with serving() as running:
        answer = await talk(running, *[many[at : at + size] for at in range(0, len(many), size)])
        await running.until_empty()
    assert problem(answer) == (431, "HEAD_TOO_LARGE")


@pytest.mark.parametrize("trailer", ["connection: close", "content-length: 9", "transfer-encoding: chunked"])
async def test_trailers_do_not_say_where_a_request_ends(trailer: str) -> None:
    async with serving() as running:
        answer = await talk(running, IN_CHUNKS + f"{trailer}\r\n\r\n".encode() + HEALTH)
        await running.until_empty()
    assert problem(answer) == (400, "MALFORMED_HTTP")


async def test_a_trailer_asks_for_no_other_protocol() -> None:
    async with serving(app=echo) as running:
        found = await answers(running, (IN_CHUNKS + b"connection: upgrade\r\nupgrade: websocket\r\n\r\n" + HEALTH,), 2)
    assert found == [(200, IN_HEAD), (200, [["host", "x"]])]


# --- what is not understood -------------------------------------------------------------------------------------------

LAST_CHUNKED = LAST.replace(
    b"content-length: 3\r\n\r\nabc", b"Transfer-Encoding: Chunked \r\n\r\n3\r\nabc\r\n0\r\n\r\n"
)
NOT_UNDERSTOOD = {
    "packed": LAST_CHUNKED.replace(b"Chunked ", b"gzip, chunked"),
    "packed, in two headers": LAST_CHUNKED.replace(b"Chunked ", b"gzip\r\ntransfer-encoding: chunked"),
    "packed only": LAST_CHUNKED.replace(b"Chunked ", b"gzip"),
    "packed behind": LAST_CHUNKED.replace(b"Chunked ", b"chunked, gzip"),
    "a newer version": LAST.replace(b"HTTP/1.1", b"HTTP/2.0"),
    "an older version": LAST.replace(b"HTTP/1.1", b"HTTP/0.9"),
    "no version": LAST.replace(b"HTTP/1.1", b"HTTP/1.7"),
    "an expectation": LAST.replace(b"host: x", b"host: x\r\nExpect: something-else"),
    "an expectation more": LAST.replace(b"host: x", b"host: x\r\nExpect: 100-continue, other"),
}


@pytest.mark.parametrize("name", NOT_UNDERSTOOD)
async def test_what_is_not_understood_is_not_passed_over(name: str) -> None:
    sent = NOT_UNDERSTOOD[name]
    async with serving() as running:
        assert problem(await talk(running, sent)) == (400, "MALFORMED_HTTP")
        behind = await talk(running, HEALTH + sent)
        chinese = await talk(running, sent.replace(b"host: x", b"accept-language: zh\r\nhost: x"))
        await running.until_empty()
    assert behind.startswith(b"HTTP/1.1 200 ") and problem(behind[behind.rindex(b"HTTP/1.1 ") :])[0] == 400
    if name != "no version":  # which the parser refuses before it reads any header
        assert b"content-language: zh" in chinese


async def test_what_is_understood_passes() -> None:
    waiting = LAST.replace(b"host: x", b"host: x\r\nexpect: 100-Continue")
    async with serving() as running:
        assert (await talk(running, LAST_CHUNKED)).endswith(b"3")
        assert (await talk(running, LAST.replace(b"HTTP/1.1", b"HTTP/1.0"))).endswith(b"3")
        assert (await talk(running, waiting[:-3], waiting[-3:])).endswith(b"3")
