"""One connection to the exchange: keys, languages, repeats, and reading one's own writes.

**Repeats.** Every change carries an ``Idempotency-Key``; when the answer does not come (the connection broke), or it is
503 or 429, the same bytes go out again under the same key, for a bounded time with growing waits
(:mod:`exchange.client.patience`). The exchange does it once at most and gives the same answer each time, so a repeat is
always safe. Any other refusal is final, but for one: when a signature was refused for the time of day, the signer's
clock is put right and the same request is signed once more.

**Own writes.** The connection remembers the highest ``as_of_seq`` that it was answered and asks later reads for a view
that is at least as new (``min_seq``), so a read after a write always shows it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self
from urllib.parse import urlsplit

import httpx

from exchange.client.patience import Patience, asks_again, retry_after
from exchange.client.problem import NoAnswerError, UnexpectedAnswerError, problem_of
from exchange.client.rate_limit import RateLimit, rate_limits_of
from exchange.client.signing import PrivateKey, RequestSigner
from exchange.client.trouble import why
from exchange.client.wire import encode_body

Query = Mapping[str, str | int | None]

CLOCK_REFUSALS: Final = frozenset({"CLOCK_SKEW", "SIGNATURE_EXPIRED", "NONCE_USED"})
"""Refusals of a signature that another clock mends. Our nonces are new each time, so one that was used tells of a clock
that is behind the last start of the exchange.
"""


_KEY: Final = re.compile(r"[!-~]+", re.ASCII)


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


@dataclass(frozen=True, slots=True)
class _Silence:
    """No answer, and why."""

    cause: str


class Connection:
    """An HTTP connection pool for one key, which may be None for public reads.

    With a private key every change is signed (RFC 9421); only what cannot be taken back needs it. ``rate_limits`` are
    those that the newest answer told, by name.
    """

    def __init__(
        self,
        base_url: str,
        key: str | None = None,
        language: str = "en",
        patience: Patience | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        private_key: PrivateKey | None = None,
        origin: str | None = None,
    ) -> None:
        """``origin`` is where the exchange is known to be when that is not ``base_url``; signatures are for there.

        Raises:
            ValueError: for what cannot be an address or a key; the key is not told again.
        """
        self.base_url = whole_address(base_url)
        if key is not None and _KEY.fullmatch(key) is None:
            raise ValueError("a key is <id>.<secret> as it was shown once, without spaces or line ends around it")
        self.language = language
        self.seen_seq = 0
        self.rate_limits: dict[str, RateLimit] = {}
        key_id = (key or "").partition(".")[0]
        self._signer = None if private_key is None else RequestSigner(key_id, private_key, origin=origin)
        self._patience = patience or Patience()
        self._http = httpx.AsyncClient(
            base_url=self.base_url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=self._patience.timeout,
            transport=transport,
            trust_env=not is_this_machine(self.base_url),
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
        return self._understand(await self.send("GET", path, query=self._asked(query)))

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

    async def upload(
        self, path: str, data: bytes, idempotency_key: str | None = None, query: Query | None = None
    ) -> dict[str, object]:
        """Send a CSV file, as :meth:`change` sends its JSON; raises what that does."""
        key = idempotency_key or new_idempotency_key()
        return self._understand(await self.send("POST", path, data, key, query, content_type="text/csv"))

    async def send(
        self,
        method: str,
        path: str,
        data: bytes | None = None,
        idempotency_key: str = "",
        query: Query | None = None,
        accept: str = "application/json",
        content_type: str = "application/json",
    ) -> Answer:
        """Send until answered; what is returned is the answer to the byte, whatever its status."""
        headers = {"Accept": accept, "Accept-Language": self.language}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        if data is not None:
            headers["Content-Type"] = content_type
        request = self._http.build_request(method, path, content=data, headers=headers, params=dict(query or {}))
        answer, attempts = await self._until_answered(request)
        if isinstance(answer, _Silence):
            raise NoAnswerError(f"{method} {path}", attempts, idempotency_key, self.base_url, answer.cause)
        if self._clock_was_corrected(answer):
            again = await self._try(request, self._patience.timeout)
            return answer if isinstance(again, _Silence) else again
        return answer

    async def _until_answered(self, request: httpx.Request) -> tuple[Answer | _Silence, int]:
        """Try until there is an answer to keep, or until patience ends; the last answer, and how often it was tried."""
        patience, now = self._patience, asyncio.get_running_loop().time
        deadline = now() + patience.deadline
        answer, attempt = await self._try(request, min(patience.timeout, patience.deadline)), 1
        while (isinstance(answer, _Silence) or asks_again(answer.status)) and attempt < patience.attempts:
            pause = patience.wait(attempt, None if isinstance(answer, _Silence) else retry_after(answer.headers))
            if now() + pause >= deadline:
                break
            await asyncio.sleep(pause)
            answer, attempt = await self._try(request, min(patience.timeout, deadline - now())), attempt + 1
        return answer, attempt

    async def text(self, path: str, query: Query | None = None, accept: str = "text/csv") -> AsyncIterator[str]:
        """The lines of a long text, one at a time, in bounded memory (the auditor's CSV). It is asked for once.

        Raises:
            ExchangeProblem: when the exchange refuses.
            NoAnswerError: when nothing was heard, or the text broke off; then the lines so far are not all.
        """
        headers = {"Accept": accept, "Accept-Language": self.language}
        try:
            async with self._http.stream("GET", path, params=self._asked(query), headers=headers) as response:
                if response.is_error:
                    self._understand(_answer(response, await response.aread()))
                async for line in response.aiter_lines():
                    yield line
        except httpx.TransportError as error:
            raise NoAnswerError(f"GET {path}", 1, "", self.base_url, why(error)) from error

    def _asked(self, query: Query | None) -> dict[str, str | int]:
        """The parameters of a read, which waits for what this connection was answered before."""
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        return asked if not self.seen_seq or "min_seq" in asked else {**asked, "min_seq": self.seen_seq}

    async def _try(self, request: httpx.Request, seconds: float) -> Answer | _Silence:
        """One try: the answer, or why there is none: the connection broke or time was up before it was read."""
        try:
            async with asyncio.timeout(seconds):
                response = await self._http.send(request, auth=self._signer or httpx.USE_CLIENT_DEFAULT)
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError):
            raise
        except (httpx.TransportError, TimeoutError) as error:
            return _Silence(why(error))
        answer = _answer(response, response.content)
        told = rate_limits_of(answer.headers)
        if told:
            self.rate_limits = told
        return answer

    def _clock_was_corrected(self, answer: Answer) -> bool:
        """Whether a signature was refused for its time and the signer now has the exchange's."""
        if self._signer is None or not 400 <= answer.status < 500:
            return False
        problem = problem_of(answer.status, _object_or_none(answer.body) or {})
        told = problem.facts.get("server_time")
        if problem.code not in CLOCK_REFUSALS or not isinstance(told, str):
            return False
        self._signer.correct_clock(datetime.fromisoformat(told).timestamp())
        return True

    def _understand(self, answer: Answer) -> dict[str, object]:
        """The JSON object of an answer; a problem becomes an exception."""
        document = _json_object(answer)
        seq = document.get("as_of_seq")
        if isinstance(seq, int):
            self.seen_seq = max(self.seen_seq, seq)
        if answer.status >= httpx.codes.BAD_REQUEST:
            raise problem_of(answer.status, document, answer.headers)
        return document


def new_idempotency_key() -> str:
    """A key that nobody else uses: 128 random bits."""
    return secrets.token_urlsafe(16)


def _answer(response: httpx.Response, body: bytes) -> Answer:
    return Answer(response.status_code, dict(response.headers), body)


def _json_object(answer: Answer) -> dict[str, object]:
    if not answer.body:
        return {}
    document = _object_or_none(answer.body)
    if document is None:
        raise UnexpectedAnswerError(f"status {answer.status} with a body that is no JSON object")
    return document


def _object_or_none(body: bytes) -> dict[str, object] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def whole_address(base_url: str) -> str:
    """The address without a slash at its end; raises ValueError for one that cannot be asked."""
    try:
        parts = urlsplit(base_url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{base_url!r} is no whole address: write it as https://exchange.example")
    return base_url.rstrip("/")


def is_this_machine(base_url: str) -> bool:
    """Whether the address is this machine's own; then a proxy from the environment would only be in the way."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
