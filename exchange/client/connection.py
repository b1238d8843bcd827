"""One connection to the exchange: keys, languages, repeats, and reading one's own writes.

**Repeats.** Every change carries an ``Idempotency-Key``; when the answer does not come (the connection broke, or the
exchange says 503) the same bytes go out again under the same key, a bounded number of times with growing waits. The
exchange does it once at most and gives the same answer each time, so a repeat is always safe.

**Own writes.** The connection remembers the highest ``as_of_seq`` that it was answered and asks later reads for a view
that is at least as new (``min_seq``), so a read after a write always shows it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

import httpx

from exchange.client.problem import ExchangeProblem, NoAnswerError, UnexpectedAnswerError
from exchange.client.wire import encode_body

Query = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a request is tried: waits double from ``first_wait`` to ``longest_wait`` seconds."""

    attempts: int = 8
    first_wait: float = 0.05
    longest_wait: float = 2.0
    timeout: float = 10.0

    def wait(self, attempt: int, retry_after: str | None) -> float:
        """Seconds to wait after the ``attempt``-th try (from 1); never less than the server asks, within the bound."""
        asked = float(retry_after) if retry_after and retry_after.isdigit() else 0.0
        doubled = self.first_wait * float(2 ** (attempt - 1))
        return min(max(doubled, asked), self.longest_wait)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came: the body to the byte, and whether it is the stored one of an earlier request."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def replayed(self) -> bool:
        """Whether this is the stored answer to an earlier request with the same key."""
        return self.headers.get("idempotency-replayed") == "true"


class Connection:
    """An HTTP connection pool for one key, which may be None for public reads."""

    def __init__(
        self,
        base_url: str,
        key: str | None = None,
        language: str = "en",
        patience: Patience | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.language = language
        self.seen_seq = 0
        self._patience = patience or Patience()
        self._http = httpx.AsyncClient(
            base_url=self.base_url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=self._patience.timeout,
            transport=transport,
            trust_env=not _is_this_machine(self.base_url),
        )

    async def __aenter__(self) -> Self:
        """The connection itself; leaving the block closes it."""
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Close the connection pool."""
        await self.close()

    async def close(self) -> None:
        """Close the connection pool."""
        await self._http.aclose()

    async def read(self, path: str, query: Query | None = None) -> dict[str, object]:
        """GET a JSON object that shows at least everything this connection was answered before.

        Raises:
            ExchangeProblem: when the exchange refuses.
            NoAnswerError: when nothing was heard.
        """
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        if self.seen_seq and "min_seq" not in asked:
            asked["min_seq"] = self.seen_seq
        return self._understand(await self.send("GET", path, query=asked))

    async def change(
        self,
        method: str,
        path: str,
        body: dict[str, object] | None = None,
        idempotency_key: str | None = None,
        query: Query | None = None,
    ) -> dict[str, object]:
        """Send a change, under a new idempotency key unless one is given, until it is answered.

        Raises:
            ExchangeProblem: when the exchange refuses.
            NoAnswerError: when nothing was heard; it names the key under which to ask again.
        """
        data = None if body is None else encode_body(body)
        return self._understand(await self.send(method, path, data, idempotency_key or new_idempotency_key(), query))

    async def send(
        self,
        method: str,
        path: str,
        data: bytes | None = None,
        idempotency_key: str = "",
        query: Query | None = None,
        accept: str = "application/json",
    ) -> Answer:
        """Send until answered; what is returned is the answer to the byte, whatever its status."""
        headers = {"Accept": accept, "Accept-Language": self.language}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = self._http.build_request(method, path, content=data, headers=headers, params=dict(query or {}))
        answer = await self._try(request)
        for attempt in range(1, self._patience.attempts):
            if answer is not None and answer.status != httpx.codes.SERVICE_UNAVAILABLE:
                break
            asked = None if answer is None else answer.headers.get("retry-after")
            await asyncio.sleep(self._patience.wait(attempt, asked))
            answer = await self._try(request)
        if answer is None:
            raise NoAnswerError(f"{method} {path}", self._patience.attempts, idempotency_key)
        return answer

    async def text(self, path: str, query: Query | None = None, accept: str = "text/csv") -> AsyncIterator[str]:
        """The lines of a long text, one at a time, in bounded memory (the auditor's CSV)."""
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        async with self._http.stream("GET", path, params=asked, headers={"Accept": accept}) as response:
            if response.is_error:
                self._understand(_answer(response, await response.aread()))
            async for line in response.aiter_lines():
                yield line

    async def _try(self, request: httpx.Request) -> Answer | None:
        """One try: the answer, or None when the connection broke before it was read."""
        try:
            response = await self._http.send(request)
        except httpx.TransportError:
            return None
        return _answer(response, response.content)

    def _understand(self, answer: Answer) -> dict[str, object]:
        """The JSON object of an answer; a problem becomes an exception."""
        document = _json_object(answer)
        seq = document.get("as_of_seq")
        if isinstance(seq, int):
            self.seen_seq = max(self.seen_seq, seq)
        if answer.status >= httpx.codes.BAD_REQUEST:
            raise ExchangeProblem(answer.status, document)
        return document


def new_idempotency_key() -> str:
    """A key that nobody else uses: 128 random bits."""
    return secrets.token_urlsafe(16)


def _answer(response: httpx.Response, body: bytes) -> Answer:
    return Answer(response.status_code, dict(response.headers), body)


def _json_object(answer: Answer) -> dict[str, object]:
    if not answer.body:
        return {}
    try:
        document = json.loads(answer.body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise UnexpectedAnswerError(f"status {answer.status} with a body that is no JSON object")
    return document


def _is_this_machine(base_url: str) -> bool:
    """Whether the address is this machine's own; then a proxy from the environment would only be in the way."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
