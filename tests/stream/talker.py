"""A client of the stream as somebody would write it from the published description, on the `websockets` library."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.stream.documented import documented, documented_exchange

Document = dict[str, Any]

HOPELESS = 20.0
_keys = count(1)


def new_key() -> str:
    """An idempotency key that was not used yet."""
    return f"stream-{next(_keys)}"


class Talker:
    """One connection. Frames that nobody waited for yet are kept in order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[Document] = []
        self._ids = count(1)
        self._asked: dict[str, Document] = {}

    @classmethod
    @asynccontextmanager
    async def connect(cls, address: tuple[str, int], token: str | None = None, **options: Any) -> AsyncIterator[Talker]:
        """Open a connection; it is closed at the end of the block."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= options.pop("headers", {})
        host, port = address
        async with connect(
            f"ws://{host}:{port}/v1/stream", additional_headers=headers, compression=None, proxy=None, max_size=None,
            close_timeout=3, **options,
        ) as connection:  # fmt: skip
            yield cls(connection)

    async def send(self, op: str, **fields: Any) -> str:
        """Send a request without waiting for its answer; its id."""
        name = str(next(self._ids))
        request = {"id": name, "op": op, **fields}
        self._asked[name] = request
        await self.connection.send(json.dumps(request))
        return name

    async def next(self) -> Document:
        """The next frame."""
        async with asyncio.timeout(HOPELESS):
            text = await self.connection.recv()
        assert isinstance(text, str)
        return documented(json.loads(text))

    async def answer(self, name: str) -> Document:
        """The answer to a request; what comes before it is kept."""
        for n, frame in enumerate(self.frames):
            if frame["type"] == "answer" and frame["id"] == name:
                return self.frames.pop(n)
        while True:
            frame = await self.next()
            if frame["type"] == "answer" and frame["id"] == name:
                return frame
            self.frames.append(frame)

    async def ask(self, op: str, **fields: Any) -> Document:
        """Send a request and wait for its answer, both of the documented form."""
        name = await self.send(op, **fields)
        answer = await self.answer(name)
        documented_exchange(self._asked.pop(name), answer)
        return answer

    async def order(self, op: str, **fields: Any) -> Document:
        """The same with an idempotency key of its own."""
        return await self.ask(op, idempotency_key=new_key(), **fields)

    async def of(self, channel: str) -> Document:
        """The next frame of a channel; what comes before it is kept."""
        for n, frame in enumerate(self.frames):
            if frame.get("channel") == channel:
                return self.frames.pop(n)
        while True:
            frame = await self.next()
            if frame.get("channel") == channel:
                return frame
            self.frames.append(frame)

    async def subscribe(self, *channels: str, after_seq: int | None = None) -> Document:
        """Listen to channels."""
        more = {} if after_seq is None else {"after_seq": after_seq}
        answer = await self.ask("subscribe", channels=[{"channel": channel, **more} for channel in channels])
        assert answer["status"] == 200, answer
        return answer

    async def closed(self) -> int:
        """The code with which the other side closed; fails when it does not."""
        async with asyncio.timeout(HOPELESS):
            try:
                while True:
                    self.frames.append(documented(json.loads(await self.connection.recv())))
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd is not None else 1006
