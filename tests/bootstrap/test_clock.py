"""A clock that is set back, while the service runs or between two runs, brings nothing back that was over."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from exchange.api.app import Application, create_app
from exchange.bootstrap.database import Database
from exchange.bootstrap.service import running
from exchange.client import PrivateKey
from exchange.client.signing import RequestSigner
from exchange.config import Settings
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from tests.sequencer.test_deadlines import SECOND, SetClock
from tests.support.database import fresh_database

HOUR = 3_600


@pytest.fixture
def urls(postgres: EmbeddedServer) -> Iterator[DatabaseUrls]:
    with fresh_database(postgres) as found:
        yield found


class Venue:
    """A served venue on a clock of the test's own, and the second operator, who can sign."""

    def __init__(self, app: Application, http: httpx.AsyncClient, tokens: dict[str, str], pair: PrivateKey) -> None:
        self.app, self.http, self.tokens, self.pair = app, http, tokens, pair

    async def ask(self, method: str, path: str, token: str, body: object = None, key: str = "k") -> httpx.Response:
        """Ask with a key."""
        headers = {"authorization": f"Bearer {token}", "idempotency-key": key}
        return await self.http.request(method, path, json=body, headers=headers)

    async def approval(self, clock: SetClock, name: str) -> httpx.Request:
        """A signed approval by the second operator, not sent yet, of something that the first one proposed."""
        action = {"type": "STAFF", "name": name, "role": "OPERATOR", "secret_hash": name.encode().hex().ljust(64, "0")}
        made = await self.ask("POST", "/v1/proposals", self.tokens["Operator A"], {"action": action}, name)
        proposal = made.json()
        token = self.tokens["Operator B"]
        request = self.http.build_request(
            "POST",
            f"/v1/proposals/{proposal['id']}/approve",
            json={"action_hash": proposal["action_hash"]},
            headers={"authorization": f"Bearer {token}", "idempotency-key": f"approve-{name}"},
        )
        RequestSigner(token.partition(".")[0], self.pair, lambda: clock.now() / SECOND).sign(request)
        return request


@asynccontextmanager
async def venue_of(urls: DatabaseUrls, folder: Path, clock: SetClock) -> AsyncIterator[Venue]:
    settings = Settings.from_environment({"EXCHANGE_DATA_DIR": str(folder), "EXCHANGE_DATABASE_URL": urls.service})
    async with running(settings, Database(urls.service, urls.owner, "test"), print, machine=clock) as parts:
        app, keys = create_app(parts.services), parts.keys.read()
        tokens = {key.name: key.token for key in keys}
        (private,) = [key.private_key for key in keys if key.name == "Operator B"]
        assert private is not None
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://exchange.test") as http:
            yield Venue(app, http, tokens, PrivateKey.read(private))


def time_text(clock: SetClock, seconds_ahead: int) -> str:
    return datetime.fromtimestamp(clock.now() / SECOND + seconds_ahead, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def expiring_key(venue: Venue, clock: SetClock) -> str:
    """A key for an hour."""
    body = {"label": "an hour", "scopes": ["READ"], "expires_at": time_text(clock, HOUR)}
    made = await venue.ask("POST", "/v1/keys", venue.tokens["Auditor"], body, "make")
    assert made.status_code == 201, made.text
    token: str = made.json()["token"]
    return token


async def test_a_key_that_has_expired_stays_expired(urls: DatabaseUrls, tmp_path: Path) -> None:
    clock = SetClock()
    async with venue_of(urls, tmp_path, clock) as venue:
        token = await expiring_key(venue, clock)
        assert (await venue.ask("GET", "/v1/me", token)).status_code == 200
        clock.pass_seconds(HOUR + 1)
        assert (await venue.ask("GET", "/v1/me", token)).status_code == 401
        clock.wall -= 2 * HOUR * SECOND
        assert (await venue.ask("GET", "/v1/me", token)).status_code == 401


async def test_a_key_that_has_expired_stays_expired_over_a_start(urls: DatabaseUrls, tmp_path: Path) -> None:
    clock = SetClock()
    async with venue_of(urls, tmp_path, clock) as venue:
        token = await expiring_key(venue, clock)
        clock.pass_seconds(HOUR + 1)
        late = await venue.ask("POST", "/v1/keys", venue.tokens["Auditor"], {"label": "x", "scopes": ["READ"]}, "late")
        assert late.status_code == 201
    clock.wall -= 2 * HOUR * SECOND
    async with venue_of(urls, tmp_path, clock) as venue:
        assert (await venue.ask("GET", "/v1/me", token)).status_code == 401
        later = await venue.ask("GET", "/v1/me", venue.tokens["Auditor"])
        assert later.status_code == 200


@pytest.mark.parametrize("with_a_start", [False, True])
async def test_what_was_signed_before_is_not_good_again(urls: DatabaseUrls, tmp_path: Path, with_a_start: bool) -> None:
    clock = SetClock()
    async with venue_of(urls, tmp_path, clock) as venue:
        held_back = await venue.approval(clock, "held-back")
        clock.pass_seconds(10)
        done = await venue.approval(clock, "done")
        assert (await venue.http.send(done)).status_code == 200
        clock.pass_seconds(120)
        assert (await venue.http.send(held_back)).json()["code"] == "SIGNATURE_EXPIRED"
        assert (await venue.ask("DELETE", "/v1/keys/key-1", venue.tokens["Operator A"], None, "entry")).status_code
        clock.wall -= 125 * SECOND
        if not with_a_start:
            await refused(venue, held_back, done)
            return
    async with venue_of(urls, tmp_path, clock) as venue:
        await refused(venue, held_back, done)


async def refused(venue: Venue, held_back: httpx.Request, done: httpx.Request) -> None:
    """What somebody kept is not taken, however the clock stands."""
    for request, code in ((held_back, "SIGNATURE_EXPIRED"), (done, "SIGNATURE_EXPIRED")):
        answer = await venue.http.send(request)
        assert (answer.status_code, answer.json()["code"]) == (401, code), answer.text


async def test_a_client_that_is_told_the_time_signs_by_it(urls: DatabaseUrls, tmp_path: Path) -> None:
    """The machine was an hour ahead and was put right: until it has caught up, the exchange says which time it has."""
    clock = SetClock()
    async with venue_of(urls, tmp_path, clock) as venue:
        assert (await venue.http.send(await venue.approval(clock, "before"))).status_code == 200
        clock.wall -= HOUR * SECOND
        clock.pass_seconds(10)
        answer = await venue.http.send(await venue.approval(clock, "behind"))
        assert answer.json()["code"] == "SIGNATURE_EXPIRED"
        told = datetime.fromisoformat(answer.headers["server-time"]).timestamp()
        fast = SetClock()
        fast.wall += int(told * SECOND) - fast.now()
        assert (await venue.http.send(await venue.approval(fast, "told"))).status_code == 200
