"""The market that the crash test loads: a few firms with money and tonnes, and one book."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from exchange.access.ids import Kind, id_number
from exchange.bootstrap.genesis import KEYS_FILE
from exchange.client import ExchangeClient, PrivateKey
from tests.support.people import add_trader

FIRMS = 4
TONNES = 5_000_000


@dataclass(slots=True)
class Trader:
    """A firm's trader with a key, and what the trader knows of the own open orders."""

    name: str
    token: str
    participant: str
    open_orders: list[str] = field(default_factory=list)


@dataclass(slots=True)
class CrashMarket:
    """Who is there, and what is traded."""

    traders: list[Trader]
    operator: Trader
    instrument: str

    @property
    def instrument_number(self) -> int:
        """The instrument's id as the journal has it."""
        return id_number(Kind.INSTRUMENT, self.instrument)


async def set_up(url: str, data_dir: Path) -> CrashMarket:
    """Admit and fund the firms, bring their tonnes in, list the book; through the API, as operators do it."""
    document = json.loads((data_dir / KEYS_FILE).read_text())
    keys = {entry["name"]: (entry["token"], PrivateKey.read(entry["private_key"])) for entry in document["keys"]}
    async with _client(url, keys["Operator A"]) as first, _client(url, keys["Operator B"]) as second:
        traders = [await _firm(first, second, n) for n in range(FIRMS)]
        issuance = await _agreed(first, second, "ISSUANCE", _issuance())
        for n, trader in enumerate(traders):
            lot: dict[str, object] = {
                "issuance": issuance,
                "owner": trader.participant,
                "serial_lo": 1 + n * TONNES,
                "serial_hi": 1 + (n + 1) * TONNES,
                "lock_reference": f"LOCK-{n}",
            }
            await _agreed(first, second, "LOT_ADMISSION", lot, f"LOCK-{n}")
        listed = await first.instruments.list_new(
            symbol="CRASH-2023", family="FORESTRY_CCER", project="P1", vintage=2023, reference_price="30.00"
        )
    return CrashMarket(traders, Trader("operator", keys["Operator A"][0], ""), listed.id)


def _client(url: str, key: tuple[str, PrivateKey]) -> ExchangeClient:
    """A client that signs."""
    token, private_key = key
    return ExchangeClient(url, token, private_key=private_key)


async def last_seq(url: str) -> int:
    """How far the journal is now."""
    async with ExchangeClient(url) as anybody:
        return (await anybody.venue.status()).as_of_seq


async def _firm(operator: ExchangeClient, second: ExchangeClient, n: int) -> Trader:
    admitted = await operator.participants.admit(
        code=f"FIRM{n}", name_en=f"Firm {n}", name_zh=f"公司{n}", role="BOTH", owner_group=f"group {n}"
    )
    trader = await add_trader(operator, second, admitted.id, f"trader {n}")
    await operator.deposits.credit(admitted.id, "100000000000.00", f"first {n}")
    return Trader(f"trader {n}", trader.token, admitted.id)


async def _agreed(
    first: ExchangeClient, second: ExchangeClient, action: str, document: dict[str, object], evidence: str = ""
) -> str:
    """Proposed by one person and approved by another; the id of what was made."""
    approved = await second.proposals.approve(await first.proposals.propose(action, document), evidence)
    assert approved.created is not None
    return approved.created


def _issuance() -> dict[str, object]:
    return {
        "family": "FORESTRY_CCER",
        "mechanism": "CCER",
        "registry": "simulated",
        "project": "P1",
        "project_name_en": "Simulated afforestation",
        "project_name_zh": "造林模拟项目",
        "methodology": "CCER-14-001-V01",
        "site_parcels": ["parcel 1"],
        "activity": "afforestation",
        "monitoring_start": "2023-01-01",
        "monitoring_end": "2023-12-31",
        "vintage": 2023,
        "source_category": "NONE",
        "source_facility": "",
        "league": "HULUNBUIR",
        "ccer_generation": "NEW",
        "space": "CRASH",
        "serial_lo": 1,
        "serial_hi": 1 + FIRMS * TONNES,
    }
