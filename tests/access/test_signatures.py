"""A signature is for one act, at one venue, by one key, in one minute, once; whatever is changed, it is refused."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.access.nonces import Nonces
from exchange.access.signature_base import Origin, SignedRequest
from exchange.access.signatures import Refused, Verified, Verifier
from exchange.client.signing import PrivateKey
from tests.access.signed import (
    ADDRESS,
    BODY,
    KEY_ID,
    NOW,
    ORIGIN,
    SECOND,
    STARTED,
    a_request,
    as_it_came,
    refusal,
    signed,
    signed_by_hand,
    signer,
    signing_key,
    verify,
    with_field,
    with_headers,
)

TIMES = f";created={NOW};expires={NOW + 60}"
REST = f';nonce="0123456789abcdef";keyid="{KEY_ID}";alg="ed25519";tag="carbon-exchange"'


def declared_over(*names: str, parameters: str = TIMES + REST) -> str:
    return "(" + " ".join(f'"{name}"' for name in names) + ")" + parameters


def hand_signed(values: dict[str, str], body: bytes = b"", parameters: str = TIMES + REST) -> SignedRequest:
    """A request without body (unless given) whose signature covers just these."""
    request = as_it_came(a_request(body=body))
    pair = signed_by_hand(declared_over(*values, parameters=parameters), values)
    for name, value in zip(("signature-input", "signature"), pair, strict=True):
        request = with_field(request, name, value)
    return request


FULL = {"@method": "POST", "@target-uri": ADDRESS, "idempotency-key": "approve-1"}


@pytest.mark.parametrize(("body", "method"), [(BODY, "POST"), (b"", "DELETE"), (b"\x00\xff" * 9_000, "PUT")])
def test_what_the_client_signs_is_good(body: bytes, method: str) -> None:
    request = signed(body=body, method=method)
    verdict = verify(request)
    assert isinstance(verdict, Verified)
    assert (verdict.key_id, verdict.created, verdict.expires) == (KEY_ID, NOW, NOW + 60)
    assert b"secret" not in verdict.base


def test_a_signature_by_hand_is_good_so_that_the_refusals_below_have_one_cause_each() -> None:
    assert refusal(hand_signed(FULL)) is None


# --- another act, another place ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"method": "PUT"}, ("SIGNATURE_WRONG", "signature")),
        ({"method": "post"}, ("SIGNATURE_WRONG", "signature")),
        ({"path": b"/v1/proposals/prp-8/approval"}, ("SIGNATURE_WRONG", "signature")),
        ({"path": b"/v1/proposals/prp%2D7/approval"}, ("SIGNATURE_WRONG", "signature")),
        ({"query": b"lang=en"}, ("SIGNATURE_WRONG", "signature")),
        ({"query": b""}, ("SIGNATURE_WRONG", "signature")),
        ({"origin": Origin("http", "exchange.example")}, ("SIGNATURE_WRONG", "signature")),
        ({"origin": Origin("https", "other.example")}, ("SIGNATURE_WRONG", "signature")),
        ({"body": BODY + b" "}, ("DIGEST_MISMATCH", "content-digest")),
        ({"body": b""}, ("DIGEST_MISMATCH", "content-digest")),
        ({"path": b"/v1/\xff"}, ("SIGNATURE_INCOMPLETE", "@target-uri")),
    ],
)
def test_a_signature_cannot_be_moved_to_another_request(changed: dict[str, object], reason: tuple[str, str]) -> None:
    assert refusal(replace(signed(), **changed)) == reason  # type: ignore[arg-type]  # one field of each kind


@pytest.mark.parametrize("name", ["idempotency-key", "content-type", "content-digest"])
def test_a_covered_field_cannot_be_changed_taken_away_or_doubled(name: str) -> None:
    request = signed()
    value = request.field(name)
    assert value is not None
    assert refusal(with_field(request, name, value.encode() + b"x")) is not None
    assert refusal(with_field(request, name, None)) == ("SIGNATURE_INCOMPLETE", name)
    assert refusal(with_headers(request, (*request.headers, (name.encode(), value.encode())))) is not None


def test_blanks_around_a_field_are_no_part_of_it() -> None:
    assert refusal(with_field(signed(), "idempotency-key", b" \tapprove-1 ")) is None
    for blank in (b"\x1f", b"\x85", b"\xa0"):
        changed = with_field(signed(), "idempotency-key", b"approve-1" + blank)
        assert refusal(changed) == ("SIGNATURE_INCOMPLETE", "idempotency-key")


def test_a_body_cannot_be_put_to_a_request_that_was_signed_without() -> None:
    assert refusal(replace(signed(body=b""), body=b"{}")) == ("SIGNATURE_INCOMPLETE", "content-digest")


def test_another_key_neither_signs_nor_is_named() -> None:
    other = PrivateKey.generate()
    assert refusal(signed(), signing_key(other)) == ("SIGNATURE_WRONG", "signature")
    assert refusal(signed(), signing_key(key_id="key-17-2")) == ("SIGNATURE_WRONG", "keyid")


@given(st.data())
def test_no_bit_of_the_signature_or_of_what_it_says_can_be_changed(data: st.DataObject) -> None:
    request = signed()
    name = data.draw(st.sampled_from(["signature-input", "signature"]))
    value = bytearray((request.field(name) or "").encode())
    value[data.draw(st.integers(0, len(value) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert refusal(with_field(request, name, bytes(value))) is not None


@pytest.mark.parametrize("name", ["signature-input", "signature"])
def test_no_byte_of_the_two_fields_is_without_meaning(name: str) -> None:
    request = signed()
    value = (request.field(name) or "").encode()
    for at in range(len(value)):
        for other in (value[:at] + value[at + 1 :], value[:at] + b"0" + value[at:], value[:at] + b" " + value[at:]):
            # A blank in front is cut away with the field; everything else has a meaning.
            assert other.strip(b" ") == value or refusal(with_field(request, name, other)) is not None, (at, other)


@given(body=st.binary(min_size=1, max_size=64), at=st.integers(0, 10_000), mask=st.integers(1, 255))
def test_no_byte_of_a_body_can_be_changed(body: bytes, at: int, mask: int) -> None:
    request = signed(body=body)
    assert refusal(request) is None
    changed = bytearray(body)
    changed[at % len(body)] ^= mask
    assert refusal(replace(request, body=bytes(changed))) == ("DIGEST_MISMATCH", "content-digest")


# --- what must be covered ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FULL)
def test_everything_that_matters_must_be_covered(name: str) -> None:
    partly = {given: value for given, value in FULL.items() if given != name}
    assert refusal(hand_signed(partly)) == ("SIGNATURE_INCOMPLETE", name)


def test_the_address_may_be_covered_in_parts_but_in_all_of_them() -> None:
    query = "?lang=zh&a=%E9%93%81"
    parts = {"@authority": "exchange.example", "@path": "/v1/proposals/prp-7/approval", "@query": query}
    rest = {"@method": "POST", "idempotency-key": "approve-1"}
    assert refusal(hand_signed({**rest, **parts})) is None
    for name in ("@authority", "@query"):
        some = {given: value for given, value in parts.items() if given != name}
        assert refusal(hand_signed({**rest, **some})) == ("SIGNATURE_INCOMPLETE", name)


def test_a_field_that_is_covered_and_not_sent_is_missing() -> None:
    assert refusal(hand_signed({**FULL, "x-more": ""})) == ("SIGNATURE_INCOMPLETE", "x-more")


@pytest.mark.parametrize("name", ["@status", "@query-param", "@signature-params", "@nonsense"])
def test_a_component_that_no_request_has_is_missing(name: str) -> None:
    assert refusal(hand_signed({**FULL, name: "x"})) == ("SIGNATURE_INCOMPLETE", name)


@pytest.mark.parametrize(("name", "value"), [("@scheme", "https"), ("@request-target", ADDRESS[24:])])
def test_more_may_be_covered(name: str, value: str) -> None:
    assert refusal(hand_signed({**FULL, name: value})) is None


@pytest.mark.parametrize("name", ["authorization", "cookie", "proxy-authorization"])
def test_a_secret_is_not_covered_so_that_what_was_signed_may_be_kept(name: str) -> None:
    assert refusal(hand_signed({**FULL, name: "Bearer key-17-1.secret"})) == ("SIGNATURE_MALFORMED", name)


def test_a_field_that_could_break_the_lines_of_what_is_signed_is_not_signed() -> None:
    forged = 'approve-1\n"@method": DELETE'
    request = hand_signed({**FULL, "idempotency-key": forged})
    assert refusal(with_field(request, "idempotency-key", forged.encode())) == (
        "SIGNATURE_INCOMPLETE",
        "idempotency-key",
    )


@pytest.mark.parametrize("digest", ["sha-512=:AAAA:", "sha-256=AAAA", "sha-256=:AAAA:", "", "sha-256=:!:", "é"])
def test_a_digest_that_is_not_the_bodys_sha_256_is_refused(digest: str) -> None:
    values = {**FULL, "content-digest": digest}
    request = with_field(hand_signed(values, BODY), "content-digest", digest.encode("latin-1"))
    expected = ("SIGNATURE_INCOMPLETE" if not digest.isascii() else "DIGEST_MISMATCH", "content-digest")
    assert refusal(request) == expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [("sha-512=:AAAA:", None), (f"sha-512=:{'A' * 1_024}:", ("DIGEST_MISMATCH", "content-digest"))],
)
def test_digests_of_other_kinds_are_passed_over_but_not_any_number_of_bytes(
    other: str, expected: tuple[str, str] | None
) -> None:
    digest = f"{other}, sha-256=:{base64.b64encode(hashlib.sha256(BODY).digest()).decode()}:"
    request = with_field(hand_signed({**FULL, "content-digest": digest}, BODY), "content-digest", digest.encode())
    assert refusal(request) == expected


@pytest.mark.parametrize("name", ["signature-input", "signature"])
def test_without_one_of_the_fields_there_is_no_signature(name: str) -> None:
    assert refusal(with_field(signed(), name, None)) == ("SIGNATURE_MISSING", name)


# --- time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ((NOW - 5) * SECOND - 1, ("CLOCK_SKEW", "created")),
        ((NOW - 5) * SECOND, None),
        (NOW * SECOND, None),
        ((NOW + 60) * SECOND, None),
        ((NOW + 60) * SECOND + 1, ("SIGNATURE_EXPIRED", "expires")),
    ],
)
def test_a_signature_is_good_from_five_seconds_before_it_was_made_until_its_end(
    now: int, expected: tuple[str, str] | None
) -> None:
    assert refusal(signed(), now=now) == expected


def test_a_refusal_tells_the_time_of_the_venue_and_the_client_can_take_it_over() -> None:
    ahead = signer(at=NOW + 300)
    request = a_request()
    ahead.sign(request)
    verdict = verify(as_it_came(request))
    assert isinstance(verdict, Refused)
    assert (verdict.reason, verdict.server_time) == ("CLOCK_SKEW", NOW * SECOND)
    ahead.correct_clock(verdict.server_time / SECOND)
    ahead.sign(request)
    assert refusal(as_it_came(request)) is None


# --- once -------------------------------------------------------------------------------------------------------------


def test_a_signature_is_good_once_and_the_same_request_signed_again_is_good() -> None:
    verifier = Verifier(Nonces(STARTED))
    request = signed()
    assert isinstance(verify(request, verifier=verifier), Verified)
    again = verify(request, verifier=verifier)
    assert isinstance(again, Refused)
    assert (again.reason, again.what) == ("NONCE_USED", "nonce")
    assert isinstance(verify(signed(), verifier=verifier), Verified)


def test_a_bad_signature_uses_up_no_nonce() -> None:
    verifier = Verifier(Nonces(STARTED))
    request = signed()
    assert isinstance(verify(replace(request, method="PUT"), verifier=verifier), Refused)
    assert isinstance(verify(request, verifier=verifier), Verified)


def test_what_was_signed_before_the_start_is_signed_again() -> None:
    verifier = Verifier(Nonces(started=NOW))
    assert isinstance(verify(signed(at=NOW), verifier=verifier), Refused)
    assert isinstance(verify(signed(at=NOW + 1), verifier=verifier), Verified)


# --- where ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Exchange.Example", "https://exchange.example"),
        ("https://exchange.example:443/", "https://exchange.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://exchange.example:443", "http://exchange.example:443"),
    ],
)
def test_an_origin_has_one_spelling(text: str, origin: str) -> None:
    assert str(Origin.read(text)) == origin


@pytest.mark.parametrize(
    "text",
    ["", "exchange.example", "ftp://exchange.example", "https://", "https://a b", "https://a/v1", "https://u@a",
     "https://a?x", "https://a#x", "https://a:port", "https://a:99999", "https://[::1"],
)  # fmt: skip
def test_what_is_no_origin_is_refused_with_advice(text: str) -> None:
    with pytest.raises(ValueError, match=r"write it as https://exchange\.example"):
        Origin.read(text)


def test_without_a_setting_the_host_is_believed() -> None:
    assert str(Origin.of_host(b"LocalHost:8000")) == "http://localhost:8000"
    assert str(Origin.of_host(b"localhost:80")) == "http://localhost"
    assert str(Origin.of_host(None)) == "http://"


def test_a_request_is_read_from_an_asgi_scope_with_its_path_as_it_was_sent() -> None:
    scope = {
        "method": "POST",
        "path": "/a b",
        "raw_path": b"/a%20b",
        "query_string": b"x=1",
        "headers": [(b"host", b"exchange.example")],
    }
    request = SignedRequest.of_scope(scope, b"{}", ORIGIN)
    assert (request.path, request.query, request.field("host")) == (b"/a%20b", b"x=1", "exchange.example")
