"""The signatures are those of RFC 9421: its own example, and somebody else's library on either side.

``http-message-signatures`` signs for our verifier and verifies what our client signed, so a mistake that our client and
our verifier have in common is found.
"""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, InvalidSignature, MappingKeyResolver
from http_message_signatures.algorithms import ED25519

from exchange.access.nonces import Nonces
from exchange.access.public_keys import has_signed, read_public_key
from exchange.access.signature_base import Origin, SignedRequest, component_value, signature_base
from exchange.access.signatures import SigningKey, Verified, Verifier
from exchange.client.signing import PrivateKey, RequestSigner
from exchange.core.values import Micros
from tests.access.signed import ADDRESS, BODY, KEY_ID, NOW, a_request, as_it_came, refusal

THEIRS = Ed25519PrivateKey.generate()
OURS = PrivateKey(THEIRS)
RESOLVER = MappingKeyResolver(public_keys={KEY_ID: THEIRS.public_key()}, private_keys={KEY_ID: THEIRS})
SIGNER = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=RESOLVER)
VERIFIER = HTTPMessageVerifier(signature_algorithm=ED25519, key_resolver=RESOLVER)

WHOLE = ("@method", "@target-uri", "idempotency-key", "content-type", "content-digest")
PARTS = ("content-digest", "idempotency-key", "@query", "@path", "@authority", "@method", "@scheme", "@request-target")


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def our_key() -> SigningKey:
    public = read_public_key(OURS.public_text)
    assert public is not None
    return SigningKey(KEY_ID, public)


def signed_by_them(request: httpx.Request, components: tuple[str, ...], label: str = "sig1") -> SignedRequest:
    """Their library makes the digest too, when it is covered."""
    digested = any("content-digest" in component for component in components)
    SIGNER.sign(
        request,
        key_id=KEY_ID,
        created=moment(NOW),
        expires=moment(NOW + 60),
        nonce="fedcba9876543210",
        label=label,
        tag="carbon-exchange",
        covered_component_ids=components,
        body=request.content if digested else None,
    )
    return as_it_came(request)


# --- the example of the RFC -------------------------------------------------------------------------------------------

EXAMPLE = SignedRequest(
    "POST",
    Origin.read("https://example.com"),
    b"/foo",
    b"param=Value&Pet=dog",
    (
        (b"host", b"example.com"),
        (b"date", b"Tue, 20 Apr 2021 02:07:55 GMT"),
        (b"content-type", b"application/json"),
        (b"content-length", b"18"),
    ),
    b'{"hello": "world"}',
)
EXAMPLE_COMPONENTS = ("date", "@method", "@path", "@authority", "content-type", "content-length")
EXAMPLE_PARAMETERS = (
    '("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"'
)
EXAMPLE_SIGNATURE = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
EXAMPLE_PUBLIC_KEY = "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"
EXAMPLE_PRIVATE_KEY = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
"""


def example_base(request: SignedRequest = EXAMPLE) -> bytes:
    values = [(name, component_value(request, name) or "") for name in EXAMPLE_COMPONENTS]
    return signature_base(values, EXAMPLE_PARAMETERS)


def test_the_example_of_appendix_b_2_6_is_verified() -> None:
    public = read_public_key(EXAMPLE_PUBLIC_KEY)
    assert public is not None
    assert has_signed(public, base64.b64decode(EXAMPLE_SIGNATURE), example_base())
    assert not has_signed(public, base64.b64decode(EXAMPLE_SIGNATURE), example_base() + b"\n")


def test_the_example_of_appendix_b_2_6_is_what_the_client_signs(tmp_path: Path) -> None:
    path = tmp_path / "example.pem"
    path.touch(0o600)
    path.write_text(EXAMPLE_PRIVATE_KEY)
    private = PrivateKey.load(path)
    assert private.public_text == EXAMPLE_PUBLIC_KEY
    assert base64.b64encode(private.sign(example_base())).decode() == EXAMPLE_SIGNATURE


# --- their signer, our verifier ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("components", [WHOLE, PARTS, WHOLE + PARTS[2:5], ("accept", *WHOLE)])
@pytest.mark.parametrize("address", [ADDRESS, "https://exchange.example", "https://EXCHANGE.example:443/v1/%7Ea/b?x"])
def test_what_they_sign_we_take(components: tuple[str, ...], address: str) -> None:
    request = a_request(address=address, more={"Accept": "a/b,  c/d"})
    verdict = Verifier(Nonces(NOW - 9)).verify(
        signed_by_them(request, components, "pyhms"), our_key(), Micros(NOW * 10**6)
    )
    assert isinstance(verdict, Verified)
    assert verdict.nonce == "fedcba9876543210"


@pytest.mark.parametrize("name", WHOLE[:3] + WHOLE[4:])
def test_what_they_sign_without_a_component_we_refuse(name: str) -> None:
    some = tuple(each for each in WHOLE if each != name)
    assert refusal(signed_by_them(a_request(), some), our_key()) == ("SIGNATURE_INCOMPLETE", name)


@pytest.mark.parametrize("component", ['"content-digest";key="sha-256"', '"accept";bs', '"content-digest";sf'])
def test_components_with_parameters_we_do_not_take(component: str) -> None:
    request = signed_by_them(a_request(more={"Accept": "a/b"}), (*WHOLE, component))
    assert refusal(request, our_key()) == ("SIGNATURE_MALFORMED", "signature-input")


# --- our signer, their verifier ---------------------------------------------------------------------------------------


def signed_by_us(address: str = ADDRESS, body: bytes = BODY) -> httpx.Request:
    """Signed now, since their verifier looks at the clock."""
    request = a_request(address=address, body=body)
    RequestSigner(KEY_ID, OURS, time.time).sign(request)
    return request


@pytest.mark.parametrize("body", [BODY, b"", bytes(range(256))])
@pytest.mark.parametrize("address", [ADDRESS, "http://127.0.0.1:8000", "https://A.example:443/x?", "http://[::1]/?a=b"])
def test_what_we_sign_they_take(address: str, body: bytes) -> None:
    request = signed_by_us(address, body)
    (result,) = VERIFIER.verify(
        request,
        expect_tag="carbon-exchange",
        require_components=["@method", "@target-uri", "idempotency-key"],
        body=body,
    )
    assert result.parameters["keyid"] == KEY_ID
    assert (result.body or b"") == body


@pytest.mark.parametrize("header", ["Idempotency-Key", "Content-Type", "Content-Digest"])
def test_what_was_changed_after_we_signed_they_refuse(header: str) -> None:
    request = signed_by_us()
    request.headers[header] += "x"
    with pytest.raises(InvalidSignature):
        VERIFIER.verify(request, expect_tag="carbon-exchange")
