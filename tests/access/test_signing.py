"""The client's side: a private key that only its owner can read, and a signature on every change."""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from exchange.access.nonces import Nonces
from exchange.access.signature_base import Origin, SignedRequest
from exchange.access.signatures import Refused, Verified, Verifier
from exchange.client.signing import PrivateKey, RequestSigner
from exchange.core.values import Micros
from tests.access.signed import KEY_ID, NOW, PRIVATE, SECOND, STARTED, a_request, as_it_came, signer, signing_key


class Venue:
    """An ASGI application that verifies whatever it gets, so that the bytes took the way of a real request."""

    def __init__(self, verdict_of_first: int = 200) -> None:
        self.verifier = Verifier(Nonces(STARTED))
        self.verdicts: list[Verified | Refused] = []
        self.headers: list[dict[bytes, bytes]] = []
        self.verdict_of_first = verdict_of_first

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        body = (await receive())["body"]
        request = SignedRequest.of_scope(scope, body, Origin.read("http://venue.example"))
        self.headers.append(dict(scope["headers"]))
        self.verdicts.append(self.verifier.verify(request, signing_key(), Micros(NOW * SECOND)))
        status = self.verdict_of_first if len(self.verdicts) == 1 else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def client_of(venue: Venue) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url="http://venue.example",
        headers={"Authorization": f"Bearer {KEY_ID}.secret"},
        auth=signer(),
        transport=httpx.ASGITransport(venue),
    )


@pytest.mark.parametrize("address", ["/v1/x", "/v1/铁 矿?q=a b&c=%2F&d", "/v1/x?", "/", ""])
async def test_a_change_is_signed_as_it_is_sent_beside_the_bearer_key(address: str) -> None:
    venue = Venue()
    async with client_of(venue) as client:
        await client.post(address, json={"a": "铁"}, headers={"Idempotency-Key": "one"})
        await client.delete(address, headers={"Idempotency-Key": "two"}, params={"min_seq": 7})
    assert [type(verdict) for verdict in venue.verdicts] == [Verified, Verified], venue.verdicts
    assert venue.headers[0][b"authorization"] == b"Bearer key-17-1.secret"


async def test_a_body_that_comes_in_pieces_is_signed_as_a_whole() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"a":'
        yield b"1}"

    venue = Venue()
    async with client_of(venue) as client:
        await client.post("/v1/x", content=pieces(), headers={"Idempotency-Key": "one"})
    assert isinstance(venue.verdicts[0], Verified), venue.verdicts
    assert b'"content-digest": sha-256=:' in venue.verdicts[0].base


async def test_a_read_is_not_signed() -> None:
    venue = Venue()
    async with client_of(venue) as client:
        await client.get("/v1/x")
    assert b"signature" not in venue.headers[0]
    assert b"signature-input" not in venue.headers[0]


async def test_a_repeat_of_the_same_request_is_signed_anew() -> None:
    venue = Venue(verdict_of_first=503)
    async with client_of(venue) as client:
        request = client.build_request("POST", "/v1/x", content=b"{}", headers={"Idempotency-Key": "one"})
        assert (await client.send(request)).status_code == 503
        assert (await client.send(request)).status_code == 200
    assert [type(verdict) for verdict in venue.verdicts] == [Verified, Verified], venue.verdicts
    assert len({headers[b"idempotency-key"] for headers in venue.headers}) == 1


def test_a_digest_of_an_earlier_body_does_not_stay() -> None:
    request = a_request(body=b"", more={"Content-Digest": "sha-256=:AAAA:", "Signature": "x=:AAAA:"})
    signer().sign(request)
    assert "Content-Digest" not in request.headers
    verdict = Verifier(Nonces(STARTED)).verify(as_it_came(request), signing_key(), Micros(NOW * SECOND))
    assert isinstance(verdict, Verified)


def test_without_an_idempotency_key_nothing_is_signed() -> None:
    with pytest.raises(ValueError, match="Idempotency-Key"):
        signer().sign(httpx.Request("POST", "http://venue.example/"))


@pytest.mark.parametrize("key_id", ["", 'a"b', "a\\b", "a b", "a\nb", "é"])
def test_what_is_no_id_of_a_key_is_refused_at_once(key_id: str) -> None:
    with pytest.raises(ValueError, match="no id of a key"):
        RequestSigner(key_id, PRIVATE)


# --- the private key's file -------------------------------------------------------------------------------------------


def test_a_private_key_is_saved_for_its_owner_only_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    mask = os.umask(0)
    try:
        PRIVATE.save(path)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert PrivateKey.load(path).public_text == PRIVATE.public_text


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    PRIVATE.save(path)
    with pytest.raises(FileExistsError):
        PrivateKey.generate().save(path)
    assert PrivateKey.load(path).public_text == PRIVATE.public_text


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660])
def test_a_file_that_others_may_read_or_write_is_not_used(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key.pem"
    PRIVATE.save(path)
    path.chmod(mode)
    with pytest.raises(PermissionError, match="chmod 600"):
        PrivateKey.load(path)


def pem_of_another_kind() -> bytes:
    return X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def pem_with_password() -> bytes:
    key = PRIVATE._key
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password"))


@pytest.mark.parametrize("pem", [b"", b"no key", pem_of_another_kind(), pem_with_password()])
def test_a_file_without_a_usable_key_says_so(tmp_path: Path, pem: bytes) -> None:
    path = tmp_path / "key.pem"
    path.touch(0o600)
    path.write_bytes(pem)
    with pytest.raises(ValueError, match="no Ed25519 private key without password"):
        PrivateKey.load(path)


def test_the_text_of_a_pem_file_is_told_from_that_of_a_key(tmp_path: Path) -> None:
    """Who reads the file themselves hears which call reads it, and nothing of what stands in it."""
    path = tmp_path / "key.pem"
    PRIVATE.save(path)
    with pytest.raises(ValueError, match=r"PEM file: PrivateKey\.load\(path\)") as told:
        PrivateKey.read(path.read_text(encoding="ascii"))
    assert path.read_text(encoding="ascii").splitlines()[1] not in str(told.value)
    with pytest.raises(ValueError, match="43 characters"):
        PrivateKey.read("no key")


def test_a_private_key_shows_nothing_secret() -> None:
    seed = PRIVATE._key.private_bytes_raw()
    shown = repr(PRIVATE)
    assert PRIVATE.public_text in shown
    assert seed.hex() not in shown
