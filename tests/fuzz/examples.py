"""Good bytes for every target, to begin with: what the golden files and the tests know already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

GOLDEN: Final = Path(__file__).parents[1] / "core" / "golden"


def _golden(kind: str) -> Callable[[], Iterator[bytes]]:
    def read() -> Iterator[bytes]:
        for entry in json.loads((GOLDEN / f"{kind}.json").read_text())["records"]:
            yield bytes.fromhex(entry["bytes"])

    return read


def _bodies() -> Iterator[bytes]:
    yield b'{"instrument":"ins-5","side":"BUY","price":"30.00","quantity":5,"lots":[]}'
    yield b'{"a":{"b":[1,-0,1.5,1e3,true,null,"x:y","\\u0041\\ud83c\\udf32"]},"c":"\xe5\x86\x85"}'
    yield b'{"a":1,"\\u0061":2}'


def _signatures() -> Iterator[bytes]:
    covered = '("@method" "@target-uri" "content-digest" "idempotency-key")'
    times = ';created=1770000000;expires=1770000060;nonce="abcdefghijklmnop"'
    yield f'sig1={covered}{times};keyid="key-17-1";alg="ed25519";tag="carbon-exchange"\nsig1=:{"A" * 86}==:'.encode()


def _tokens() -> Iterator[bytes]:
    yield b"key-17." + b"A" * 43


EXAMPLES: Final[dict[str, Callable[[], Iterator[bytes]]]] = {
    "strict_json": _bodies,
    "canonical_command": _golden("commands"),
    "canonical_events": _golden("events"),
    "signature_fields": _signatures,
    "bearer_token": _tokens,
}
