"""What OpenAPI says of signatures: the headers, the security scheme, and which operations need them when."""

from __future__ import annotations

from typing import Any, Final

from exchange.api.meanings import TEXT, TEXT_ZH
from exchange.api.meanings.meaning import Meaning
from exchange.api.operations import ALWAYS, Change
from exchange.api.signed import ACCEPT_SIGNATURE, WHICH_ACTIONS
from exchange.api.signing_example import CONTENT_DIGEST, SIGNATURE, SIGNATURE_INPUT, WORKED, WORKED_ZH

SCHEME: Final[dict[str, Any]] = {
    "type": "apiKey",
    "in": "header",
    "name": "Signature",
    TEXT: (
        "A signature of the request (RFC 9421) by the private key that belongs to the bearer key, beside it. "
        "`Signature-Input` says what it covers and `Content-Digest` (RFC 9530) puts the body into it. It covers "
        "`@method`, `@target-uri` (or `@authority`, `@path` and `@query`), `content-digest` where there is a body, and "
        "`idempotency-key`; its parameters are `created`, `expires` (at most 60 seconds later), `nonce`, `keyid` (the "
        "id of the bearer key), `alg` (ed25519) and `tag` (carbon-exchange). The address is the one under which the "
        "exchange is known.\n\n" + WORKED
    ),
    TEXT_ZH: (
        "以与所附 bearer 密钥配套的私钥对请求所作的签名（RFC 9421）。`Signature-Input` 说明其覆盖范围，"
        "`Content-Digest`（RFC 9530）使请求体也在其中。所覆盖的为 `@method`、`@target-uri`"
        "（或 `@authority`、`@path` 与 `@query`）、`content-digest`（有请求体时）与 `idempotency-key`；"
        "参数为 `created`、`expires`（至多晚 60 秒）、`nonce`、`keyid`（bearer 密钥的编号）、`alg`（ed25519）"
        "与 `tag`（carbon-exchange）。地址为交易所对外公布的地址。\n\n" + WORKED_ZH
    ),
}

_HEADERS: Final = {
    "Signature-Input": (
        Meaning("What the signature covers, and its parameters (RFC 9421).", "签名的覆盖范围与参数（RFC 9421）。"),
        SIGNATURE_INPUT,
    ),
    "Signature": (
        Meaning("The signature itself, 64 bytes (RFC 9421).", "签名本身，64 字节（RFC 9421）。"),
        SIGNATURE,
    ),
    "Content-Digest": (
        Meaning("The SHA-256 of the body (RFC 9530).", "请求体的 SHA-256（RFC 9530）。"),
        CONTENT_DIGEST,
    ),
}

_WHEN_ZH: Final = {
    ALWAYS: "必填。",
    WHICH_ACTIONS: "WITHDRAWAL、LOT_ADMISSION、IMPORT、RETURN、USE、RELEASE、LIFT 须填。",
    "when it names a public_key": "请求含 public_key 时须填。",
    "when the key has a public key": "密钥有公钥时须填。",
}
"""What ``signed`` of an operation says, in Chinese."""

REFUSAL_HEADERS: Final[dict[str, Any]] = {
    "Accept-Signature": {
        TEXT: "On the refusal of a signature: what it must be like (RFC 9421, section 5.1).",
        TEXT_ZH: "签名被拒绝时给出：签名须满足的要求（RFC 9421 第 5.1 节）。",
        "schema": {"type": "string", "examples": [ACCEPT_SIGNATURE]},
    },
    "Server-Time": {
        TEXT: "On the refusal of a signature: the time of the exchange.",
        TEXT_ZH: "签名被拒绝时给出：交易所时间。",
        "schema": {"type": "string", "examples": ["2026-11-20T01:02:03.000004Z"]},
    },
}
"""What stands beside the problem documents of statuses 400 and 401."""


def signature_parameters(change: Change) -> list[dict[str, Any]]:
    """The headers of a signature, for an operation that may need one. None is required in the schema's sense: without
    them the answer is a problem document that says what to do.
    """
    if not change.signed:
        return []
    return [
        {
            "name": name,
            "in": "header",
            "required": False,
            TEXT: f"{about.en} Needed {change.signed}.",
            TEXT_ZH: f"{about.zh}{_WHEN_ZH[change.signed]}",
            "schema": {"type": "string", "examples": [example]},
        }
        for name, (about, example) in _HEADERS.items()
    ]


def security_of(change: Change) -> list[dict[str, list[str]]]:
    """The key alone, the key and a signature, or either."""
    with_signature: dict[str, list[str]] = {"key": [], "signature": []}
    if change.signed == ALWAYS:
        return [with_signature]
    return [{"key": []}, with_signature] if change.signed else [{"key": []}]
