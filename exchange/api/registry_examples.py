"""A statement of the registry as it calls back with it."""

from __future__ import annotations

from typing import Any, Final

from exchange.api.example import Example
from exchange.api.resources.callbacks import StatementIn

REGISTRY_EXAMPLES: Final[dict[type[Any], dict[str, Example]]] = {
    StatementIn: {
        "a lock is confirmed": Example(
            "The registry has locked the serials for this venue",
            "登记机构已为本所锁定序列号",
            {
                "reference": "IMCES-72C2-req-1042-2-5E1A90C3",
                "kind": "LOCK",
                "account": "",
                "outcome": "CONFIRMED",
                "space": "CCER-15",
                "serial_lo": 1,
                "serial_hi": 10_001,
                "receipt": "CCER-LOCK-20261121-000417",
                "message": "statement-00000831",
                "stated_at": 1_795_000_000_000_000,
                "signature": "A" * 86 + "==",
            },
        )
    }
}
"""Model of a body to its examples by name."""
