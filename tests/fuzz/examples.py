"""Good bytes for every target, to begin with: what the golden files and the tests know already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from exchange.certificates.document import canonical_bytes
from exchange.core.values import Micros
from exchange.registry.statements import Statement, sign
from tests.certificates.examples import document, revoked_document, sink_document
from tests.fuzz.targets import REGISTRY_KEY

JOURNAL: Final = Path(__file__).parents[1] / "replay" / "golden" / "engine-1.journal"
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


def _unit_files() -> Iterator[bytes]:
    yield (
        b"ID,Quantity Issued,Serial Number,Vintage Start,Vintage End,Total Vintage Quantity,Issuance Date,"
        b"Retirement/Cancellation Date\n"
        b'2498,"84,773",12629-421604735-421689507-VCS-VCU-576-VER-PY-14-2498-01012020-19112020-0,'
        b'01/01/2020,19/11/2020,"99,870",08/03/2022,\n'
    )
    yield (
        b"GSID,Project Name,Vintage,Quantity,Serial Number,Issuance Date,Credit Status,Retirement Date\n"
        b"GS7495,Stoves,2024,29743,GS1-1-KE-GS7495-16-2024-30645-608-30350,2026-07-28,ISSUED,\n"
    )
    yield (
        b"Vintage,Offset Credit Serial Numbers,Quantity of Offset Credits,Date Issued,Project ID\n"
        b"2021,CAR-1-US-1480-46-1156-FL-2021-10272-1 to 500,500,06/16/2026,CAR1480\n"
    )
    yield (
        b"Project ID,Vintage,Quantity of Credits,Credit Serial Numbers,Date Issued\n"
        b"ACR192,2010,5000,ACR-US-192-2010-203-1-5000,11/20/2011\n"
    )


def _statements() -> Iterator[bytes]:
    for outcome, receipt in (("CONFIRMED", "CCER-LOCK-1"), ("REFUSED", "")):
        act = ("SIM-req-17-1-0A1B2C3D", "LOCK", "")
        made = Statement(*act, outcome, "SIM-CCER", 1, 101, receipt, "statement-1", Micros(1_795_000_000_000_000))
        yield json.dumps(sign(made, REGISTRY_KEY), ensure_ascii=False).encode()


def _foreign() -> Iterator[bytes]:
    yield b'{"a":{"b":[1,-0,1.5,1e3,true,null,"x:y","\\u0041\\ud83c\\udf32"]},"c":"\xe5\x86\x85"}'
    yield b'["\\ud800",NaN,1e999,{"a":1,"a":2}]'
    yield from _statements()


def _certificates() -> Iterator[bytes]:
    yield canonical_bytes(document())
    yield canonical_bytes(sink_document())
    yield json.dumps(revoked_document(), ensure_ascii=False, indent=1).encode()


def _public_pages() -> Iterator[bytes]:
    row = {"applyId": "1526000000000000001", "projectName": "造林", "dataType": "1"}
    yield json.dumps({"successful": True, "total": 1, "dataInfo": [row]}).encode()
    detail = {"methodologyNum": "CCER-14-001-V01", "expectYearNum": 6170, "publicStartDate": "20260717"}
    yield json.dumps({"dataInfo": detail}).encode()


def _journals() -> Iterator[bytes]:
    yield JOURNAL.read_bytes()


EXAMPLES: Final[dict[str, Callable[[], Iterator[bytes]]]] = {
    "strict_json": _bodies,
    "canonical_command": _golden("commands"),
    "canonical_events": _golden("events"),
    "signature_fields": _signatures,
    "bearer_token": _tokens,
    "unit_file": _unit_files,
    "registry_statement": _statements,
    "foreign_json": _foreign,
    "certificate": _certificates,
    "public_list": _public_pages,
    "journal_file": _journals,
}
