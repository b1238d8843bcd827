"""Talking to the registry over HTTP: asking, asking again what became of it, and reading its list.

Nothing here believes an answer: statements are checked against the registry's key, and what cannot be read or checked
counts as no answer. A request is safe to send twice, because the registry does each reference once.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import httpx

from exchange.registry.messages import Asked, Held, Holding
from exchange.registry.statements import Statement, StatementError, read_statement

TIMEOUT_S: Final = 10.0
LARGEST_ANSWER: Final = 4 << 20
PAGE: Final = 1_000


class RegistryUnavailableError(Exception):
    """The registry did not answer, or not in a way that can be used; nothing is known from it."""


Answer = tuple[Statement, bytes]
"""A statement and its signature."""


class RegistryClient:
    """One registry at one address, with the public key that its statements must be signed with."""

    def __init__(self, http: httpx.AsyncClient, public_key: bytes) -> None:
        """``http`` has the registry's address as its base and the venue's own token, and is closed by its owner."""
        self._http = http
        self._public_key = public_key

    async def ask(self, asked: Asked) -> Answer | None:
        """Send a request; the statement if there is one already, None while it is being worked on.

        Raises:
            RegistryUnavailableError: it may have arrived or not.
        """
        return self._statement(await self._send("POST", "/v1/requests", json=asdict(asked)))

    async def look_up(self, reference: str) -> Answer | None:
        """What became of a request; None while there is no statement about it.

        Raises:
            RegistryUnavailableError: nothing is known.
            LookupError: the registry has never heard of it.
        """
        response = await self._send("GET", f"/v1/requests/{reference}", missing=True)
        if response.status_code == httpx.codes.NOT_FOUND:
            raise LookupError(reference)
        return self._statement(response)

    async def holdings(self) -> list[Held]:
        """All that the registry holds for this venue, page by page.

        Raises:
            RegistryUnavailableError: the list could not be read to its end.
        """
        rows: list[Held] = []
        after = ""
        while True:
            response = await self._send("GET", "/v1/holdings", params={"after": after, "limit": PAGE})
            document = _object(response)
            rows += [_held(row) for row in document.get("items", ())]
            after = document.get("next", "")
            if not after:
                return rows

    async def _send(self, method: str, path: str, *, missing: bool = False, **given: Any) -> httpx.Response:
        try:
            response = await self._http.request(method, path, timeout=TIMEOUT_S, **given)
        except httpx.HTTPError as error:
            raise RegistryUnavailableError(f"{method} {path}: {type(error).__name__}") from error
        known = missing and response.status_code == httpx.codes.NOT_FOUND
        if not (response.is_success or known) or len(response.content) > LARGEST_ANSWER:
            raise RegistryUnavailableError(f"{method} {path}: status {response.status_code}")
        return response

    def _statement(self, response: httpx.Response) -> Answer | None:
        document = _object(response)
        if document.get("status") == "PENDING":
            return None
        try:
            return read_statement(document.get("statement"), self._public_key)
        except StatementError as error:
            raise RegistryUnavailableError(f"a statement that cannot be used: {error}") from error


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        document = response.json()
    except ValueError as error:
        raise RegistryUnavailableError("an answer that is no JSON") from error
    if not isinstance(document, dict):
        raise RegistryUnavailableError("an answer that is no object")
    return document


def _held(row: Any) -> Held:
    try:
        return Held(
            str(row["space"]),
            int(row["serial_lo"]),
            int(row["serial_hi"]),
            Holding(row["holding"]),
            str(row.get("reference", "")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RegistryUnavailableError("a line of the list that cannot be read") from error
