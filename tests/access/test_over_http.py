"""The running service behind a proxy: signed for by somebody else's library, replayed over a restart, asked from afar.

The service is told where clients find it, and that the proxy in front of it is this machine; so the tests can come from
every address there is.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ED25519

from exchange.bootstrap.genesis import FirstKey, FirstKeys
from exchange.cli.demo.cast import first_keys
from exchange.cli.demo.service import Service, free_port
from exchange.cli.key_draft import Draft
from exchange.client import ExchangeClient, NewSecret, PrivateKey
from exchange.client.models import Me
from exchange.store.embedded import temporary_home

pytestmark = [pytest.mark.processes, pytest.mark.slow]

ORIGIN: Final = "https://exchange.example"
COVERED: Final = ("@method", "@target-uri", "content-digest", "idempotency-key")
LIFE: Final = timedelta(seconds=60)


class BehindAProxy(Service):
    """The service as an operator sets it up behind a proxy."""

    @property
    def environment(self) -> dict[str, str]:
        """With the settings for it."""
        return super().environment | {"EXCHANGE_PUBLIC_ORIGIN": ORIGIN, "EXCHANGE_TRUSTED_PROXIES": "127.0.0.1"}


class Running:
    """The service and its first keys."""

    def __init__(self, service: Service, keys: dict[str, FirstKey]) -> None:
        self.service = service
        self.keys = keys

    def client(self, name: str) -> ExchangeClient:
        """A client on the machine itself, which signs for where the others find the exchange."""
        key = self.keys[name]
        private_key = PrivateKey.read(key.private_key)
        return ExchangeClient(self.service.url, key.token, private_key=private_key, origin=ORIGIN)

    def send(self, request: httpx.Request, forwarded_for: str = "192.0.2.1") -> httpx.Response:
        """What the proxy does with a request that came to the origin: the service gets it, and from whom it came."""
        url = str(request.url).replace(ORIGIN, self.service.url)
        kept = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
        headers = kept | {"X-Forwarded-For": forwarded_for}
        with httpx.Client(trust_env=False) as http:
            return http.send(http.build_request(request.method, url, content=request.content, headers=headers))

    async def proposal(self) -> dict[str, str]:
        """Something that operator A proposes: its id and its hash."""
        secret_hash = Ed25519PrivateKey.generate().private_bytes_raw().hex()
        fields = {"name": "New", "role": "OPERATOR", "secret_hash": secret_hash}
        async with self.client("Operator A") as client:
            made = await client.proposals.propose("STAFF", fields)
        return {"id": made.id, "action_hash": made.action_hash}

    def approval(self, proposal: dict[str, str], origin: str = ORIGIN) -> httpx.Request:
        """Operator B's approval as somebody else's library signs it."""
        key = self.keys["Operator B"]
        headers = {
            "Authorization": f"Bearer {key.token}",
            "Idempotency-Key": f"approve-{proposal['id']}",
            "Content-Type": "application/json",
        }
        body = json.dumps({"action_hash": proposal["action_hash"]}).encode()
        url = f"{origin}/v1/proposals/{proposal['id']}/approve"
        request = httpx.Request("POST", url, headers=headers, content=body)
        sign_by_their_library(request, key)
        return request


def sign_by_their_library(request: httpx.Request, key: FirstKey) -> None:
    """As ``http-message-signatures`` does it, which makes the digest as well."""
    key_id = key.token.partition(".")[0]
    private = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(key.private_key + "="))
    resolver = MappingKeyResolver(public_keys={}, private_keys={key_id: private})
    now = datetime.now(UTC)
    HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=resolver).sign(
        request,
        key_id=key_id,
        created=now,
        expires=now + LIFE,
        nonce=secrets.token_urlsafe(16),
        label="sig1",
        tag="carbon-exchange",
        include_alg=True,
        covered_component_ids=COVERED,
        body=request.content,
    )


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """The service, started."""
    with temporary_home() as home:
        service = BehindAProxy(home, free_port())
        try:
            yield Running(service, asyncio.run(service.start()))
        finally:
            service.end()


def code_of(answer: httpx.Response) -> str:
    document: dict[str, Any] = answer.json()
    return str(document.get("code", document.get("status")))


def test_somebody_elses_library_signs_for_the_public_address(running: Running) -> None:
    proposal = asyncio.run(running.proposal())
    assert code_of(running.send(running.approval(proposal))) == "APPROVED"


def test_a_signature_for_another_address_of_the_same_service_is_not_good(running: Running) -> None:
    proposal = asyncio.run(running.proposal())
    for other in (running.service.url, "http://exchange.example", "https://another.example"):
        request = running.approval(proposal, other)
        request.url = httpx.URL(str(request.url).replace(other, ORIGIN))
        assert code_of(running.send(request)) == "SIGNATURE_WRONG"


def test_the_own_client_signs_for_the_public_address_from_the_machine_itself(running: Running) -> None:
    async def approve() -> str:
        proposal = await running.proposal()
        async with running.client("Operator B") as client:
            approved = await client.proposals.approve(await client.proposals.get(proposal["id"]))
        return approved.status

    assert asyncio.run(approve()) == "APPROVED"


@pytest.mark.parametrize(
    ("forwarded_for", "status"),
    [
        ("203.0.113.9", 200),
        ("2001:db8::9", 200),
        ("192.0.2.1, 203.0.113.9", 200),
        ("203.0.113.9, 192.0.2.1", 401),
        ("203.0.113.9, 2001:db9::1", 401),
        ("192.0.2.1", 401),
        ("203.0.113.9, 127.0.0.1", 200),
        ("nonsense", 401),
        ("203.0.113.9, nonsense", 401),
        ("", 401),
    ],
)
def test_the_networks_of_a_key_are_held_against_whom_the_proxy_names_last(
    forwarded_for: str, status: int, running: Running, key_with_networks: str
) -> None:
    request = httpx.Request("GET", f"{ORIGIN}/v1/me", headers={"Authorization": f"Bearer {key_with_networks}"})
    assert running.send(request, forwarded_for).status_code == status


@pytest.fixture(scope="module")
def key_with_networks(running: Running) -> str:
    """A key of operator A that can be used from two networks."""

    async def make() -> str:
        async with running.client("Operator A") as client:
            return (await client.keys.make("desk", ["READ"], networks=["203.0.113.0/24", "2001:db8::/32"])).token

    return asyncio.run(make())


def typed(running: Running, *arguments: str) -> str:
    """What a command of the exchange prints on the machine itself."""
    result = called(running, *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def called(running: Running, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of the exchange on the machine itself, however it ends."""
    command = [sys.executable, "-m", "exchange", *arguments]
    environment = running.service.environment | {"PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False)


def test_a_first_key_is_replaced_from_the_command_line(running: Running) -> None:
    before = first_keys(running.service.folder)["Auditor"]
    printed = typed(running, "keys", "--as", "Auditor", "--rotate")
    after = first_keys(running.service.folder)["Auditor"]
    assert before.token not in printed and after.token not in printed
    assert after.token != before.token and after.private_key != before.private_key

    async def me(key: FirstKey) -> tuple[bool, bool]:
        private_key = PrivateKey.read(key.private_key)
        async with ExchangeClient(running.service.url, key.token, private_key=private_key, origin=ORIGIN) as client:
            soon = (datetime.now(UTC) + LIFE).isoformat(timespec="microseconds").replace("+00:00", "Z")
            public_key = PrivateKey.generate().public_text
            made = await client.keys.make("signed by it", ["READ"], public_key=public_key, expires_at=soon)
            return made.made_with == key.token.partition(".")[0], (await client.people.me()).signs

    assert asyncio.run(me(after)) == asyncio.run(me(before)) == (True, True)


def test_a_key_that_signs_is_made_from_the_command_line(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "mine.pem"
    more = ("--scopes", "read, manage", "--networks", "127.0.0.1,10.0.0.0/8", "--private-key", str(file))
    token = typed(running, "keys", "--as", "Regulator", "--new", "laptop", *more).splitlines()[-1]

    async def me() -> Me:
        private_key, public_key = PrivateKey.load(file), PrivateKey.generate().public_text
        async with ExchangeClient(running.service.url, token, private_key=private_key, origin=ORIGIN) as client:
            await client.keys.make("signed by it", ["READ"], public_key=public_key, networks=["10.0.0.0/8"])
            return await client.people.me()

    mine = asyncio.run(me())
    assert (mine.scopes, mine.networks, mine.signs) == (("READ", "MANAGE"), ("10.0.0.0/8", "127.0.0.1/32"), True)


def test_a_key_that_was_refused_leaves_no_file_in_the_way(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "mine.pem"
    new = ("keys", "--as", "Regulator", "--new", "desk", "--private-key", str(file))
    refused = called(running, *new, "--scopes", "fly")
    assert refused.returncode == 2 and "/scopes" in refused.stderr and list(tmp_path.iterdir()) == []
    typed(running, *new)
    assert list(tmp_path.iterdir()) == [file]
    again = called(running, *new)
    assert again.returncode == 2 and "is there already" in again.stderr and list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("was_asked", [False, True])
def test_a_key_whose_making_was_cut_off_is_gone_on_with(running: Running, tmp_path: Path, was_asked: bool) -> None:
    """Cut off before the exchange was asked, or before its answer was heard."""
    file = tmp_path / "mine.pem"
    draft = Draft.of(file, "")

    async def ask() -> str:
        async with running.client("Regulator") as client:
            ours = {"public_key": draft.public_key, "secret": draft.secret}
            return (await client.keys.make("desk", ["READ"], **ours)).token  # type: ignore[arg-type]

    asked = asyncio.run(ask()) if was_asked else None
    new = ("keys", "--as", "Regulator", "--new", "desk", "--private-key", str(file))
    token = typed(running, *new).splitlines()[-1]
    assert asked in (None, token) and token.endswith(f".{draft.secret.text}")
    assert PrivateKey.load(file).public_text == draft.public_key and list(tmp_path.iterdir()) == [file]


def made_of(running: Running, draft: Draft, label: str, *networks: str) -> str:
    """What a call that was cut off has made of a draft: the token of a key of the regulator."""

    async def ask() -> str:
        async with running.client("Regulator") as client:
            ours = {"public_key": draft.public_key, "secret": draft.secret}
            made = await client.keys.make(label, ["READ"], networks=networks, **ours)  # type: ignore[arg-type]
            return made.token

    return asyncio.run(ask())


def test_a_key_whose_last_word_was_not_heard_is_gone_on_with(running: Running, tmp_path: Path) -> None:
    """Cut off after the private key was written: there was no room for the token, say. Nobody has it otherwise."""
    file = tmp_path / "mine.pem"
    draft = Draft.of(file, "")
    token = made_of(running, draft, "desk", "10.0.0.1")
    draft.private_key.save(file)
    new = ("keys", "--as", "Regulator", "--new", "desk", "--networks", "10.0.0.1/32", "--private-key", str(file))
    assert typed(running, *new).splitlines()[-1] == token
    assert PrivateKey.load(file).public_text == draft.public_key and list(tmp_path.iterdir()) == [file]


def test_a_draft_beside_somebody_elses_file_is_kept(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "mine.pem"
    draft = Draft.of(file, "")
    PrivateKey.generate().save(file)
    before = file.read_bytes(), draft.path.read_bytes()
    refused = called(running, "keys", "--as", "Regulator", "--new", "desk", "--private-key", str(file))
    assert refused.returncode == 2 and "is there already" in refused.stderr and "move it away" in refused.stderr
    assert (file.read_bytes(), draft.path.read_bytes()) == before and refused.stdout == ""


@pytest.mark.parametrize(
    "other",
    [
        ("--new", "wide", "--scopes", "read,manage", "--networks", "10.0.0.0/8"),
        ("--new", "narrow", "--scopes", "read", "--networks", "10.0.0.0/8,10.0.0.1"),
        ("--new", "narrow", "--scopes", "read"),
        ("--new", "narrow", "--scopes", "read,manage", "--networks", "10.0.0.0/8"),
        ("--new", "wide", "--scopes", "read", "--networks", "10.0.0.0/8"),
    ],
)
def test_a_draft_of_another_key_is_told_and_not_used(running: Running, tmp_path: Path, other: tuple[str, ...]) -> None:
    file = tmp_path / "mine.pem"
    draft = Draft.of(file, "")
    token = made_of(running, draft, "narrow", "10.0.0.0/8")
    regulator = ("keys", "--as", "Regulator", "--private-key", str(file))
    refused = called(running, *regulator, *other)
    assert refused.returncode == 2 and "is another key than this one" in refused.stderr and "不同" in refused.stderr
    assert refused.stdout == "" and list(tmp_path.iterdir()) == [draft.path]
    remedy = "--new narrow --scopes READ --networks 10.0.0.0/8"
    assert f"go on with it: {remedy} " in refused.stderr and "goes on with that" not in refused.stderr
    assert typed(running, *regulator, *remedy.split()).splitlines()[-1] == token


def test_a_draft_whose_key_was_revoked_is_told_and_not_used(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "mine.pem"
    draft = Draft.of(file, "")
    key = made_of(running, draft, "desk").partition(".")[0]
    typed(running, "keys", "--as", "Regulator", "--revoke", key)
    new = ("keys", "--as", "Regulator", "--new", "desk", "--private-key", str(file))
    refused = called(running, *new)
    assert refused.returncode == 2 and refused.stdout == "" and "goes on with that" not in refused.stderr
    assert f"{key}, which was made of {draft.path}, is revoked" in refused.stderr and "已吊销" in refused.stderr
    assert f"remove {draft.path}, and" in refused.stderr and list(tmp_path.iterdir()) == [draft.path]
    draft.path.unlink()
    assert typed(running, *new).splitlines()[-1].partition(".")[0] != key


def test_a_draft_of_another_person_is_told_and_not_gone_on_with(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "mine.pem"
    draft = Draft.of(file, "")
    token = made_of(running, draft, "desk")
    new = ("--new", "desk", "--private-key", str(file))
    refused = called(running, "keys", "--as", "Auditor", *new)
    assert refused.returncode == 2 and refused.stdout == "" and list(tmp_path.iterdir()) == [draft.path]
    assert f"a key was made of {draft.path} already, and it is none of Auditor's." in refused.stderr
    assert f"or remove {draft.path}, and" in refused.stderr and "goes on with that" not in refused.stderr
    assert typed(running, "keys", "--as", "Regulator", *new).splitlines()[-1] == token


def test_a_captured_request_is_refused_also_after_a_restart(running: Running) -> None:
    """What was done is not done again; what was refused before it was sequenced is not brought in by somebody else."""
    done, unseen = asyncio.run(running.proposal()), asyncio.run(running.proposal())
    captured, kept_back = running.approval(done), running.approval(unseen)
    assert code_of(running.send(captured)) == "APPROVED"
    assert code_of(running.send(captured)) == "NONCE_USED"
    running.service.stop()
    asyncio.run(running.service.start())
    assert code_of(running.send(captured)) == "NONCE_USED"
    assert code_of(running.send(kept_back)) == "NONCE_USED"
    again = running.send(running.approval(done))
    assert (code_of(again), again.headers["idempotency-replayed"]) == ("APPROVED", "true")
    assert code_of(running.send(running.approval(unseen))) == "APPROVED"


@pytest.mark.parametrize("was_asked", [False, True])
def test_a_rotation_that_was_cut_off_goes_on_with_the_same_secret(running: Running, was_asked: bool) -> None:
    """Cut off before the exchange was asked, or between its answer and the file."""
    keys = FirstKeys(running.service.folder)
    before, pair, secret = first_keys(keys.path.parent)["Operator B"], PrivateKey.generate(), NewSecret.make()
    keys.begin(replace(before, secret=secret.text, private_key=pair.text, public_key=pair.public_text, token=""))
    assert stat.S_IMODE(keys.next_path.stat().st_mode) == 0o600

    async def ask() -> str:
        old = PrivateKey.read(before.private_key)
        async with ExchangeClient(running.service.url, before.token, private_key=old, origin=ORIGIN) as client:
            return (await client.keys.rotate(public_key=pair.public_text, secret=secret)).token

    asked = asyncio.run(ask()) if was_asked else None
    typed(running, "keys", "--as", "Operator B", "--rotate")
    after = first_keys(keys.path.parent)["Operator B"]
    assert (after.secret, after.public_key) == (secret.text, pair.public_text)
    assert asked in (None, after.token)
    assert keys.begun("Operator B") is None and not keys.next_path.exists()

    async def me() -> Me:
        async with ExchangeClient(running.service.url, after.token, private_key=pair, origin=ORIGIN) as client:
            return await client.people.me()

    assert asyncio.run(me()).signs


def test_a_rotation_that_was_cut_off_too_long_ago_tells_how_to_go_on(running: Running) -> None:
    keys = FirstKeys(running.service.folder)
    before = first_keys(keys.path.parent)["Regulator"]
    keys.begin(replace(before, secret=NewSecret.make().text, token=""))
    keys._write(tuple(replace(key, token=f"{key.token}x") if key == before else key for key in keys.read()))
    command = [sys.executable, "-m", "exchange", "keys", "--as", "Regulator", "--rotate"]
    environment = running.service.environment | {"PYTHONIOENCODING": "utf-8"}
    ended = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert ended.returncode == 2
    assert f"GET /v1/keys?person={before.person}" in ended.stderr and "轮换中断" in ended.stderr
    assert f"where replaced_by is null, {before.token.partition('.')[0]} was revoked" in ended.stderr
    assert keys.begun("Regulator") is not None
    keys.put(before)


def test_a_rotation_that_is_refused_leaves_nothing_and_tells_what_to_do(running: Running) -> None:
    keys = FirstKeys(running.service.folder)
    before = first_keys(keys.path.parent)["Regulator"]
    keys.put(replace(before, token=f"{before.token}x"))
    try:
        for _ in range(2):
            ended = called(running, "keys", "--as", "Regulator", "--rotate")
            assert ended.returncode == 2 and "is no good here" in ended.stderr and "已更换" in ended.stderr
            assert "KEY_REPLACEMENT" in ended.stderr and before.person in ended.stderr
            assert "not finished" not in ended.stderr and "cut off" not in ended.stderr
            assert keys.begun("Regulator") is None and not keys.next_path.exists()
    finally:
        keys.put(before)


def test_a_key_that_was_rotated_elsewhere_is_not_written_over(running: Running) -> None:
    """With its grace it is still good for asking; what it was replaced by is another secret's."""
    keys = FirstKeys(running.service.folder)
    before, pair, secret = first_keys(keys.path.parent)["Operator A"], PrivateKey.generate(), NewSecret.make()

    async def elsewhere() -> str:
        async with running.client("Operator A") as client:
            return (await client.keys.rotate(public_key=pair.public_text, secret=secret)).token

    token = asyncio.run(elsewhere())
    ended = called(running, "keys", "--as", "Operator A", "--rotate")
    assert ended.returncode == 2 and "KEY_REPLACED" in ended.stderr and keys.begun("Operator A") is None
    keys.begin(replace(before, secret=NewSecret.make().text, public_key=PrivateKey.generate().public_text, token=""))
    ended = called(running, "keys", "--as", "Operator A", "--rotate")
    assert ended.returncode == 2 and f"was replaced by {token.partition('.')[0]}" in ended.stderr
    assert first_keys(keys.path.parent)["Operator A"] == before and keys.begun("Operator A") is None
    keys.put(replace(before, secret=secret.text, private_key=pair.text, public_key=pair.public_text, token=token))
