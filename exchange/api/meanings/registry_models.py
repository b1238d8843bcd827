"""Fields of the registry's statements, which mean something else there than elsewhere."""

from __future__ import annotations

from typing import Final

from exchange.api.meanings.meaning import Meaning

REGISTRY_MODELS: Final[dict[str, dict[str, Meaning]]] = {
    "StatementIn": {
        "reference": Meaning("Reference of the request, as this venue sent it.", "请求的编号，与本所发出时一致。"),
        "kind": Meaning(
            "What the registry was asked for. LOCK: hold the serials for this venue. RELEASE: let them go to a "
            "national account. CANCEL: cancel them for good. A statement about another act answers nothing.",
            "请求登记机构办理的事项：LOCK 为本所锁定，RELEASE 转出至国家账户，CANCEL 注销。与所请不符者不构成应答。",
        ),
        "account": Meaning(
            'The national account that a release goes to; "" of all others.', "转出的国家账户；其余各类为空文本。"
        ),
        "outcome": Meaning(
            "CONFIRMED: it was done. REFUSED: it was not, and will not be.",
            "CONFIRMED：已办理；REFUSED：未办理且不予办理。",
        ),
        "space": Meaning("Serial space that the statement speaks of.", "声明所指的序列号空间。"),
        "serial_lo": Meaning(
            "First serial of the range [serial_lo, serial_hi) that it speaks of.",
            "声明所指左闭右开区间 [serial_lo, serial_hi) 的首个序列号。",
        ),
        "serial_hi": Meaning(
            "The serial behind the last one of the range [serial_lo, serial_hi).",
            "左闭右开区间 [serial_lo, serial_hi) 末号之后的序列号。",
        ),
        "receipt": Meaning(
            'Receipt of the lock, transfer or cancellation; "" where nothing was done.',
            "锁定、转出或注销的回执编号；未办理时为空文本。",
        ),
        "message": Meaning("The registry's own number of this statement.", "登记机构为此声明所编的号码。"),
        "stated_at": Meaning(
            "When it was stated, in microseconds since 1970-01-01T00:00:00Z.",
            "声明时间：自 1970-01-01T00:00:00Z 起的微秒数。",
        ),
        "signature": Meaning(
            "Ed25519 over the other fields and the purpose as canonical JSON (RFC 8785), in base64.",
            "对其余各字段及 purpose 的规范 JSON（RFC 8785）所作的 Ed25519 签名，base64。",
        ),
    },
    "StatementAnswer": {
        "request": Meaning("Id of the request (req-...).", "请求编号（req-...）。"),
        "outcome": Meaning(
            "What was stated: CONFIRMED, it was done, or REFUSED, it was not.",
            "声明内容：CONFIRMED 已办理，REFUSED 未办理。",
        ),
        "contradicted": Meaning(
            "true when the request was answered otherwise before: its serials are held fast now.",
            "该请求此前已有不同应答时为 true：相应序列号现已被限制。",
        ),
    },
}
"""Name of a model to its fields."""
