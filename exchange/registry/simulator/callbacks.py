"""Calling the venue back: each statement is sent until the venue has answered it, as a real registry would do it.

The request is signed like every request to the venue that cannot be taken back (RFC 9421), and has the number of the
statement as its idempotency key, so that the venue gives the same answer to each repetition.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any, Final

import httpx

from exchange.client.signing import RequestSigner
from exchange.registry.simulator.identity import Identity
from exchange.registry.simulator.store import Store

logger = logging.getLogger(__name__)

PATH: Final = "/v1/registry/callbacks"
TIMEOUT_S: Final = 5.0
LOOK_S: Final = 0.05
LONGEST_S: Final = 10.0
_COME_AGAIN: Final = frozenset({401, 429})
"""Answers below 500 after which a callback is sent again: the venue may not know the key yet, or has no room."""


class Callbacks:
    """Sends what is due. As long as nobody has said where the venue is, nothing is sent."""

    def __init__(self, store: Store, identity: Identity) -> None:
        self._store = store
        self._identity = identity

    def set_venue(self, url: str, key: str) -> None:
        """Where the venue is, and the id of the registry's key there; "" for the address ends the calls."""
        with self._store.transaction():
            self._store.keep("venue url", url)
            self._store.keep("venue key", key)

    async def run(self) -> None:
        """Go on until cancelled."""
        async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT_S) as http:
            while True:
                if not await self._send_next(http):
                    await asyncio.sleep(LOOK_S)

    async def _send_next(self, http: httpx.AsyncClient) -> bool:
        """Send the callback that is due first; False when none is."""
        url = self._store.setting("venue url")
        query = "SELECT number, statement, tries FROM callbacks WHERE answer IS NULL AND due <= ? ORDER BY due LIMIT 1"
        row = self._store.row(query, time.time()) if url else None
        if row is None:
            return False
        try:
            status = (await self._send(http, url, json.loads(row["statement"]))).status_code
        except httpx.HTTPError as error:
            logger.info("the venue cannot be reached: %s", type(error).__name__)
            status = 0
        self._note(row["number"], row["tries"] + 1, status)
        return True

    async def _send(self, http: httpx.AsyncClient, url: str, statement: dict[str, Any]) -> httpx.Response:
        key = self._store.setting("venue key")
        token = self._identity.secret.token(key)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": statement["message"]}
        request = http.build_request("POST", url + PATH, json=statement, headers=headers)
        return await http.send(request, auth=RequestSigner(key, self._identity.private_key))

    def _note(self, number: int, tries: int, status: int) -> None:
        """An answer is the end of it; without one it is sent again, later each time."""
        if status and status < httpx.codes.INTERNAL_SERVER_ERROR and status not in _COME_AGAIN:
            self._store.run("UPDATE callbacks SET tries = ?, answer = ? WHERE number = ?", tries, status, number)
            return
        due = time.time() + min(0.1 * 2 ** min(tries, 10), LONGEST_S)
        self._store.run("UPDATE callbacks SET tries = ?, due = ? WHERE number = ?", tries, due, number)
