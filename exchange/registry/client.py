"""Talking to the registry over HTTP: asking, asking again what became of it, and reading its lists.

Nothing here believes an answer: statements and lists are checked against the registry's keys, and what cannot be read
or checked counts as no answer. A request is safe to send twice, because the registry does each reference once.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final
from urllib.parse import quote

import httpx

from exchange.foreign_json import ForeignJsonError, read_foreign_json
from exchange.registry.messages import Asked, Held, Holding, Kind, Recorded
from exchange.registry.statements import LIST, StatementError, read_signed, read_statement

TIMEOUT_S: Final = 5.0
"""How long one exchange of request and answer may take in all, however the registry spreads it."""

LARGEST_ANSWER: Final = 4 << 20
PAGE: Final = 1_000
MOST_PAGES: Final = 1_000
"""A list has a million lines at most; all of them are kept until they are compared."""

LONGEST: Final = 200
"""Characters of a text in a line."""

_SERIALS: Final = range(1, (1 << 62) + 1)
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409

Document = dict[str, Any]
Keys = Callable[[], Sequence[bytes]]
"""The registry's public keys that are good now."""


class RegistryUnavailableError(Exception):
    """The registry did not answer, or not in a way that can be used; nothing is known from it. ``problem`` is the code
    under which people are told.
    """

    problem = "NO_ANSWER"


class UnusableStatementError(RegistryUnavailableError):
    """It has stated something that is not of the right form, or not signed with a key that it has here."""

    problem = "STATEMENT_UNUSABLE"


class ReferenceTakenError(RegistryUnavailableError):
    """Under our reference it has another request than this one: whatever it says about that is no answer to this."""

    problem = "REFERENCE_TAKEN"


class RegistryClient:
    """One registry at one address."""

    def __init__(self, http: httpx.AsyncClient, keys: Keys, timeout_s: float = TIMEOUT_S) -> None:
        """``http`` has the registry's address as its base and the venue's own token, and is closed by its owner."""
        self._http = http
        self._keys = keys
        self._timeout_s = timeout_s

    async def ask(self, asked: Asked) -> Document | None:
        """Send a request; the signed statement if there is one already, None while it is being worked on.

        Raises:
            ReferenceTakenError: the registry has another request under this reference.
            RegistryUnavailableError: it may have arrived or not.
        """
        status, document = await self._send("POST", "/v1/requests", expected=_CONFLICT, json=asked.document())
        if status == _CONFLICT:
            raise ReferenceTakenError("the registry has another request under this reference")
        return self._statement(document)

    async def look_up(self, reference: str) -> Document | None:
        """The signed statement about a request; None while there is none.

        Raises:
            RegistryUnavailableError: nothing is known.
            LookupError: the registry has never heard of it.
        """
        status, document = await self._send("GET", f"/v1/requests/{quote(reference, safe='')}", expected=_NOT_FOUND)
        if status == _NOT_FOUND:
            raise LookupError(reference)
        return self._statement(document)

    async def holdings(self) -> list[Held]:
        """All that was ever locked for this venue, page by page.

        Raises:
            RegistryUnavailableError: the list could not be read to its end.
        """
        return [_held(row) async for row in self._list("/v1/holdings")]

    async def records(self) -> list[Recorded]:
        """All requests of ours that the registry knows, in the same way; raises as :meth:`holdings` does."""
        return [_recorded(row) async for row in self._list("/v1/requests")]

    async def _list(self, path: str) -> AsyncIterator[Any]:
        after = ""
        for _ in range(MOST_PAGES):
            # The registry signs what was asked for with the page, so that an old page is no answer to a new question.
            asked = {"after": after, "limit": str(PAGE), "nonce": secrets.token_hex(16)}
            _, document = await self._send("GET", path, params=asked)
            page = self._page(path, asked, document)
            for row in page["items"]:
                yield row
            after = page["next"]
            if not after:
                return
        raise RegistryUnavailableError(f"GET {path}: a list without an end")

    def _page(self, path: str, asked: dict[str, str], document: Document) -> Document:
        try:
            page, _, _ = read_signed(LIST, document, self._keys())
        except StatementError as error:
            raise RegistryUnavailableError(f"GET {path}: a page that cannot be used: {error}") from error
        if not _is_page(page) or page.get("asked") != {"path": path, **asked}:
            raise RegistryUnavailableError(f"GET {path}: a page that was not asked for")
        return page

    async def _send(self, method: str, path: str, *, expected: int = 0, **given: Any) -> tuple[int, Document]:
        """The status and what was answered; ``expected`` is a status besides success that says all by itself."""
        try:
            async with asyncio.timeout(self._timeout_s):
                status, body = await self._exchange(method, path, expected, **given)
        except (httpx.HTTPError, TimeoutError) as error:
            raise RegistryUnavailableError(f"{method} {path}: {type(error).__name__}") from error
        if status == expected:
            return status, {}
        if not httpx.codes.is_success(status):
            raise RegistryUnavailableError(f"{method} {path}: status {status}")
        return status, _object(body)

    async def _exchange(self, method: str, path: str, expected: int, **given: Any) -> tuple[int, bytes]:
        # What is packed can become a thousand times as long in one step, and nothing could stop it in the middle.
        unpacked = {"Accept-Encoding": "identity"}
        async with self._http.stream(method, path, timeout=self._timeout_s, headers=unpacked, **given) as response:
            # Many a server has nothing there, or a page for people, and no request may wait for ever because of that.
            if response.status_code == expected:
                return expected, b""
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise RegistryUnavailableError(f"{method} {path}: a packed answer, which was not asked for")
            body = b""
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise RegistryUnavailableError(f"{method} {path}: an answer of more than {LARGEST_ANSWER} bytes")
            return response.status_code, body

    def _statement(self, document: Document) -> Document | None:
        if document.get("status") == "PENDING":
            return None
        statement = document.get("statement")
        try:
            read_statement(statement, self._keys())
        except StatementError as error:
            raise UnusableStatementError(f"a statement that cannot be used: {error}") from error
        assert isinstance(statement, dict)
        return statement


def _object(body: bytes) -> Document:
    try:
        document = read_foreign_json(body)
    except ForeignJsonError as error:
        raise RegistryUnavailableError(f"an answer that cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise RegistryUnavailableError("an answer that is no object")
    return document


def _is_page(page: Document) -> bool:
    """Whether it has no more lines than were asked for, and says how to go on."""
    items, follows = page.get("items"), page.get("next")
    is_list = isinstance(items, list) and len(items) <= PAGE
    return is_list and isinstance(follows, str) and len(follows) <= LONGEST


def _held(row: Any) -> Held:
    try:
        return Held(
            _text(row["space"]),
            *_serials(row),
            Holding(row["holding"]),
            _text(row["holder"]),
            _text(row["reference"]),
            _text(row["receipt"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RegistryUnavailableError("a line of the list that cannot be read") from error


def _recorded(row: Any) -> Recorded:
    try:
        return Recorded(
            _text(row["reference"]),
            Kind(row["kind"]),
            _text(row["space"]),
            *_serials(row),
            _text(row["outcome"]),
            _text(row["receipt"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RegistryUnavailableError("a record that cannot be read") from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise ValueError("no text, or too long a one")
    return value


def _serials(row: Any) -> tuple[int, int]:
    lo, hi = row["serial_lo"], row["serial_hi"]
    if type(lo) is not int or type(hi) is not int or lo not in _SERIALS or hi not in _SERIALS or lo >= hi:
        raise ValueError("no range of serials")
    return lo, hi
