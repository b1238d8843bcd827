"""What the client makes of answers that no registry should give, over a real connection."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from exchange.access.public_keys import read_public_key
from exchange.client.signing import PrivateKey
from exchange.registry.client import (
    LARGEST_ANSWER,
    LONGEST,
    PAGE,
    ReferenceTakenError,
    RegistryClient,
    RegistryUnavailableError,
)
from exchange.registry.messages import Asked, Held, Holding, Kind
from exchange.registry.statements import LIST, sign_document

KEY = PrivateKey.generate()
PUBLIC = [key for key in (read_public_key(KEY.public_text),) if key is not None]
LINE = {
    "space": "S",
    "serial_lo": 1,
    "serial_hi": 9,
    "holding": "LOCKED",
    "holder": "W",
    "reference": "r",
    "receipt": "",
}
REQUEST = Asked("req-1", Kind.LOCK, "S", 1, 9, "S-1-8", "W", account="", purpose="", paper="P-1")
EMPTY_OR_FOR_PEOPLE = [
    b"Content-Length: 0\r\n\r\n",
    b"Content-Type: text/html\r\nContent-Length: 24\r\n\r\n<html>No such page</html>",
    b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nno gzip..",
    b"Content-Length: 9\r\n\r\ncut off",
    b"Content-Length: 2\r\n\r\n{}",
]
"""What stands after the status line of an answer in which the status alone says all."""


@asynccontextmanager
async def answering(*headers: str, body: bytes) -> AsyncIterator[tuple[RegistryClient, list[bytes]]]:
    """A client of a registry that answers everything with these bytes, and what that registry was asked."""
    asked: list[bytes] = []

    def answer(request: bytes) -> bytes:
        asked.append(request)
        head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]).encode()
        return head + body

    async with served(answer) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        yield RegistryClient(http, list), asked


@asynccontextmanager
async def served(answer: Callable[[bytes], bytes]) -> AsyncIterator[str]:
    """The address of a server that answers the head of each request with bytes."""

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        # Who closes with bytes unread resets the connection, and the answer may be lost with it.
        length = re.search(rb"content-length: (\d+)", head.lower())
        await reader.readexactly(int(length[1]) if length else 0)
        writer.write(answer(head))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(once, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def signed(request: bytes, page: dict[str, Any]) -> bytes:
    """A page as the answer to a request, signed with what was asked."""
    url = urlsplit(request.split(b" ")[1].decode())
    document = sign_document(LIST, {**page, "asked": {"path": url.path, **dict(parse_qsl(url.query, True))}}, KEY)
    body = json.dumps(document).encode()
    return b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def listed(items: list[Any], follows: str = "") -> list[Held]:
    """What the client reads of a registry whose list has these lines on its first page, signed as it has to be."""
    pages = [{"items": items, "next": follows}]

    def answer(request: bytes) -> bytes:
        return signed(request, pages.pop(0) if pages else {"items": [], "next": ""})

    async with served(answer) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        return await RegistryClient(http, lambda: PUBLIC).holdings()


async def test_an_answer_is_asked_for_and_taken_as_it_is_only() -> None:
    """A packed page of a thousand bytes can be a gigabyte in memory, in one step that nothing interrupts."""
    packed = gzip.compress(b'{"status": "PENDING"}')
    async with answering("Content-Encoding: gzip", body=packed) as (client, asked):
        with pytest.raises(RegistryUnavailableError, match="packed"):
            await client.look_up("req-1")
    assert b"accept-encoding: identity" in asked[0].lower()


async def test_an_answer_that_is_waited_for() -> None:
    async with answering(body=b'{"status": "PENDING"}') as (client, _):
        assert await client.look_up("req-1") is None


async def test_an_answer_without_an_end_is_left() -> None:
    async with answering(body=b" " * (LARGEST_ANSWER + 1)) as (client, _):
        with pytest.raises(RegistryUnavailableError, match="more than"):
            await client.look_up("req-1")


@pytest.mark.parametrize("depth", [20, *range(900, 1_000, 9), 100_000])
async def test_an_answer_that_is_nested_deep_is_none(depth: int) -> None:
    """Writing it again to check its signature would be too much, and that comes before any key is asked for."""
    body = b'{"items":' + b"[" * depth + b"]" * depth + b',"signature":"' + b"A" * 86 + b'=="}'
    async with answering(body=body) as (client, _):
        for question in (client.holdings(), client.records(), client.look_up("req-1")):
            with pytest.raises(RegistryUnavailableError, match="deep"):
                await question


async def answered(head: bytes, question: Callable[[RegistryClient], Awaitable[object]]) -> object:
    """What the client makes of one answer to a question."""
    async with served(lambda _: head) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        return await question(RegistryClient(http, lambda: PUBLIC))


@pytest.mark.parametrize("rest", EMPTY_OR_FOR_PEOPLE)
async def test_that_a_registry_has_never_heard_of_a_request_needs_no_body(rest: bytes) -> None:
    """Otherwise a request that was lost on its way would be asked after for ever, and never sent again."""
    with pytest.raises(LookupError):
        await answered(b"HTTP/1.1 404 Not Found\r\n" + rest, lambda client: client.look_up("req-1"))


@pytest.mark.parametrize("rest", EMPTY_OR_FOR_PEOPLE)
async def test_that_a_reference_is_taken_needs_no_body(rest: bytes) -> None:
    with pytest.raises(ReferenceTakenError):
        await answered(b"HTTP/1.1 409 Conflict\r\n" + rest, lambda client: client.ask(REQUEST))


@pytest.mark.parametrize("rest", EMPTY_OR_FOR_PEOPLE[:2])
async def test_a_status_that_was_not_expected_says_nothing(rest: bytes) -> None:
    """A 404 to a request that was sent, a 409 to a question, either to a list: that is no registry's answer."""
    for status in (b"404", b"409"):
        head = b"HTTP/1.1 " + status + b" No\r\n" + rest
        wrong = (lambda client: client.ask(REQUEST)) if status == b"404" else (lambda client: client.look_up("req-1"))
        for question in (wrong, RegistryClient.holdings):
            with pytest.raises(RegistryUnavailableError, match="status 40") as refused:
                await answered(head, question)
            assert refused.type is RegistryUnavailableError


async def test_a_list_is_read_line_by_line() -> None:
    assert await listed([LINE], "more") == [Held("S", 1, 9, Holding.LOCKED, "W", "r", "")]
    assert len(await listed([LINE] * PAGE)) == PAGE


async def test_no_page_is_longer_than_was_asked_for() -> None:
    for items, follows in (([LINE] * (PAGE + 1), ""), ([LINE], "x" * (LONGEST + 1))):
        with pytest.raises(RegistryUnavailableError, match="not asked for"):
            await listed(items, follows)


async def test_no_two_pages_are_asked_for_in_the_same_words() -> None:
    """The registry signs the words of the question, so an old page would be good again if they were used again."""
    asked: list[str] = []

    def answer(request: bytes) -> bytes:
        asked.append(dict(parse_qsl(urlsplit(request.split(b" ")[1].decode()).query))["nonce"])
        return signed(request, {"items": [], "next": "more" if len(asked) % 2 else ""})

    async with served(answer) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        client = RegistryClient(http, lambda: PUBLIC)
        for reading in (client.holdings, client.holdings, client.records):
            await reading()
    assert len(set(asked)) == len(asked) == 6
    assert min(map(len, asked)) >= 32


async def test_a_list_of_too_many_pages_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def answer(request: bytes) -> bytes:
        nonlocal asked
        asked += 1
        return signed(request, {"items": [{**LINE, "serial_hi": 9 + asked}], "next": str(asked) if asked < 9 else ""})

    monkeypatch.setattr("exchange.registry.client.MOST_PAGES", 3)
    async with served(answer) as url, httpx.AsyncClient(base_url=url, trust_env=False, timeout=1.0) as http:
        with pytest.raises(RegistryUnavailableError, match="without an end"):
            await RegistryClient(http, lambda: PUBLIC).holdings()
    assert asked == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"serial_lo": 0},
        {"serial_lo": 9},
        {"serial_lo": 10},
        {"serial_hi": (1 << 62) + 1},
        {"serial_hi": True},
        {"serial_hi": "9"},
        {"holder": "x" * (LONGEST + 1)},
        {"holder": 7},
        {"holding": "KEPT"},
    ],
)
async def test_a_line_that_is_none_is_not_kept(wrong: dict[str, Any]) -> None:
    """Each line is kept until all are compared, so it may not be a long one either."""
    with pytest.raises(RegistryUnavailableError, match="line of the list"):
        await listed([{**LINE, **wrong}])
