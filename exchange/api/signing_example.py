"""A request and its signature, worked out for the documentation by the very code that verifies signatures.

The private key is the one that RFC 8037 (appendix A) publishes for examples, so that everybody can make the same
signature: Ed25519 gives one key and one text the same signature every time.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.access.signature_base import Origin, SignedRequest, component_value, signature_base
from exchange.access.signature_input import ALGORITHM, LONGEST_LIFE, TAG

PRIVATE_KEY: Final = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
PUBLIC_KEY: Final = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
"""Known to the whole world: good for examples and for nothing else."""

KEY_ID: Final = "key-17-1"
CREATED: Final = 1_795_143_600
NONCE: Final = "a1b2c3d4e5f6g7h8"
ORIGIN: Final = Origin("https", "exchange.example")
_BODY: Final = b'{"amount":"15000000.00","bank_account":"ICBC-6222-0200-1234"}'
_COVERED: Final = ("@method", "@target-uri", "content-digest", "idempotency-key")


def digest_of(body: bytes) -> str:
    """``Content-Digest`` (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def _unsigned() -> SignedRequest:
    headers = [(b"idempotency-key", b"withdrawal-0001"), (b"content-digest", digest_of(_BODY).encode())]
    return SignedRequest("POST", ORIGIN, b"/v1/withdrawals", b"", headers, _BODY)


REQUEST: Final = _unsigned()
"""The request that is signed, with what its signature covers and before it is there."""


def _parameters() -> str:
    covered = " ".join(f'"{name}"' for name in _COVERED)
    return (
        f'({covered});created={CREATED};expires={CREATED + LONGEST_LIFE};nonce="{NONCE}";keyid="{KEY_ID}"'
        f';alg="{ALGORITHM}";tag="{TAG}"'
    )


def _base(parameters: str) -> bytes:
    values = [(name, component_value(REQUEST, name)) for name in _COVERED]
    return signature_base([(name, value) for name, value in values if value is not None], parameters)


def _signature(base: bytes) -> str:
    private = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(PRIVATE_KEY + "="))
    return f"sig1=:{base64.b64encode(private.sign(base)).decode()}:"


BASE: Final = _base(_parameters())
"""What is signed (RFC 9421, section 2.5): lines that a line feed parts, and none behind the last."""

CONTENT_DIGEST: Final = digest_of(_BODY)
SIGNATURE_INPUT: Final = f"sig1={_parameters()}"
SIGNATURE: Final = _signature(BASE)


def _request_text() -> str:
    lines = [
        f"POST {REQUEST.path.decode()} HTTP/1.1",
        f"Host: {ORIGIN.authority}",
        f"Authorization: Bearer {KEY_ID}.<secret>",
        "Content-Type: application/json",
        f"Idempotency-Key: {REQUEST.field('idempotency-key')}",
        f"Content-Digest: {CONTENT_DIGEST}",
        f"Signature-Input: {SIGNATURE_INPUT}",
        f"Signature: {SIGNATURE}",
    ]
    return "\n".join(lines)


def _block(text: str) -> str:
    return f"```\n{text}\n```"


WORKED: Final = f"""\
An example, by the private key `{PRIVATE_KEY}` of RFC 8037 (appendix A), whose public key is `{PUBLIC_KEY}`. The body is
`{_BODY.decode()}`. What is signed, the signature base, has these lines, with a line feed between them and none behind
the last:

{_block(BASE.decode())}

So the request begins with these lines:

{_block(_request_text())}"""

WORKED_ZH: Final = f"""\
示例：所用为 RFC 8037（附录 A）公布的私钥 `{PRIVATE_KEY}`，其公钥为 `{PUBLIC_KEY}`。请求体为 `{_BODY.decode()}`。\
所签名的内容（签名基串）为以下各行，行间以换行符（LF）相隔，末行之后没有换行符：

{_block(BASE.decode())}

请求的开头即为以下各行：

{_block(_request_text())}"""
