"""Two fields that a stranger wrote: each fault has a name, and nothing that they hold raises anything."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exchange.access.content_digest import fits
from exchange.access.signature_base import Origin, SignedRequest
from exchange.access.signature_input import Fault, SignatureInput, read_signature_input
from tests.access.signed import ORIGIN, refusal

SIGNATURE = "sig1=:" + "A" * 86 + "==:"
COVERED = '("@method" "idempotency-key")'
GOOD = ';created=1000;expires=1060;nonce="0123456789abcdef";keyid="key-17-1";alg="ed25519";tag="carbon-exchange"'


def fault(declared: str, signature: str = SIGNATURE) -> str | None:
    read = read_signature_input(declared, signature)
    return read.what if isinstance(read, Fault) else None


def test_the_strict_form_is_read() -> None:
    read = read_signature_input(f"sig1={COVERED}{GOOD}", SIGNATURE)
    assert isinstance(read, SignatureInput)
    assert read.components == ("@method", "idempotency-key")
    assert (read.created, read.expires, read.nonce, read.key_id) == (1000, 1060, "0123456789abcdef", "key-17-1")
    assert read.signature == bytes(64)
    assert read.parameters == COVERED + GOOD


def test_the_order_of_parameters_and_the_label_are_free() -> None:
    declared = 'x*-._9=();tag="carbon-exchange";alg="ed25519";keyid="k";nonce="0123456789abcdef";expires=2;created=1'
    assert fault(declared, SIGNATURE.replace("sig1", "x*-._9")) is None


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (";created=1000", "", "created"),
        (";created=1000", ';created="1000"', "created"),
        (";created=1000", ";created=1000.0", "created"),
        (";created=1000", ";created=@1000", "created"),
        (";created=1000", ";created", "created"),
        (";created=1000", ";created=-1", "created"),
        (";created=1000", ";created=01000", "signature-input"),
        (";created=1000", ";created=9999999999999999", "signature-input"),
        (";created=1000", ";created=1000;created=1000", "signature-input"),
        (";expires=1060", "", "expires"),
        (";expires=1060", ";expires=1061", "expires"),
        (";expires=1060", ";expires=1000", "expires"),
        (";expires=1060", ";expires=999", "expires"),
        (';nonce="0123456789abcdef"', "", "nonce"),
        (';nonce="0123456789abcdef"', ';nonce="0123456789abcde"', "nonce"),
        (';nonce="0123456789abcdef"', f';nonce="{"n" * 65}"', "nonce"),
        (';nonce="0123456789abcdef"', ';nonce="0123456789 abcdef"', "nonce"),
        (';nonce="0123456789abcdef"', ';nonce="0123456789\\"abcdef"', "nonce"),
        (';nonce="0123456789abcdef"', ";nonce=a0123456789abcdef", "nonce"),
        (';keyid="key-17-1"', "", "keyid"),
        (';keyid="key-17-1"', ';keyid=""', "keyid"),
        (';keyid="key-17-1"', ";keyid=:AAAA:", "keyid"),
        (';alg="ed25519"', "", "alg"),
        (';alg="ed25519"', ';alg="hmac-sha256"', "alg"),
        (';alg="ed25519"', ";alg=ed25519", "alg"),
        (';tag="carbon-exchange"', "", "tag"),
        (';tag="carbon-exchange"', ';tag="wallet"', "tag"),
        (';tag="carbon-exchange"', ';tag="carbon-exchange";more', "more"),
        (COVERED, '("@method" "@method")', "signature-input"),
        (COVERED, '("@method";req)', "signature-input"),
        (COVERED, '("@method";key="a")', "signature-input"),
        (COVERED, '("content-digest";sf)', "signature-input"),
        (COVERED, '("@Method")', "signature-input"),
        (COVERED, "(method)", "signature-input"),
        (COVERED, "(1 2)", "signature-input"),
        (COVERED, '"@method"', "signature-input"),
        (COVERED, '("@method"  "idempotency-key")', "signature-input"),
        (COVERED, '("@method" "idempotency-key" )', "signature-input"),
        (COVERED, "(" + " ".join(f'"x-{n}"' for n in range(33)) + ")", "signature-input"),
        (COVERED, '("@method"', "signature-input"),
        ("sig1=", "", "signature-input"),
        ("sig1=", "Sig1=", "signature-input"),
        ("sig1=", f"sig0={COVERED}{GOOD}, sig1=", "signature-input"),
        ("sig1=", f"sig1={COVERED}{GOOD}, sig1=", "signature-input"),
        ("sig1=", "sig2=", "signature"),
        (COVERED, "(" + " ".join(f'"{n:064}"' for n in range(32)) + ")", "signature-input"),
        (";tag", "; tag", "signature-input"),
        (";tag", ";täg", "signature-input"),
    ],
)
def test_each_fault_is_named(old: str, new: str, what: str) -> None:
    declared = f"sig1={COVERED}{GOOD}"
    assert old in declared
    assert fault(declared.replace(old, new, 1)) == what


@pytest.mark.parametrize(
    "signature",
    ["", "sig1", "sig1=1", 'sig1="AAAA"', "sig1=:AAAA:", "sig1=()", "sig1=:" + "A" * 86 + ":",
     "sig1=:" + "A" * 85 + "B==:", "sig1=:" + "A" * 88 + ":", SIGNATURE + ";a", SIGNATURE + ", sig2=:AAAA:",
     SIGNATURE.replace("sig1", "sig2"), " " + SIGNATURE, SIGNATURE + ","],
)  # fmt: skip
def test_a_signature_is_64_bytes_under_the_same_label_in_one_spelling(signature: str) -> None:
    assert fault(f"sig1={COVERED}{GOOD}", signature) == "signature"


PIECES = st.sampled_from(
    ["sig1", "sig2", "=", "(", ")", '"@method"', '"@query"', ";", ";created=", ";expires", "1", "60", '"', ":", "AAAA",
     "-", ".", "@", "@99999999999999", "?1", "?", '%"%c3%bc"', '%"%80', "\\", ",", " ", "\t", "\x00", "\x7f", "é", "*",
     ';tag="x"']
)  # fmt: skip
FIELDS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=30).map("".join))


@pytest.mark.parametrize(("components", "length"), [(24, 64), (32, 32)])
def test_many_and_long_names_are_read(components: int, length: int) -> None:
    names = " ".join(f'"{n:0{length}}"' for n in range(components))
    assert fault(f"sig1=({names}){GOOD}") is None


@given(FIELDS, FIELDS)
@example("a=(" * 600, "a=" + "(" * 2_000)
@example("a=1" + ";b" * 1_000, "a=@999999999999999")
@example("a", "a")
@example("a;b=1", "a=?0")
def test_no_text_raises(declared: str, signature: str) -> None:
    assert isinstance(read_signature_input(declared, signature), Fault)
    assert not fits(declared, b"")


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=50), st.text(max_size=8))
def test_no_bytes_raise(declared: bytes, signature: bytes, path: bytes, method: str) -> None:
    headers = ((b"signature-input", declared), (b"signature", signature), (b"content-digest", declared))
    request = SignedRequest(method, ORIGIN, path, path, headers, declared)
    assert refusal(request) is not None


@given(st.binary(max_size=60))
def test_no_host_raises(host: bytes) -> None:
    assert str(Origin.of_host(host)).startswith("http://")
