"""The market that the crash test loads: a few firms with money and tonnes, one book, and units of a national registry.

What is traded is reduction quota, which needs no registry. Each firm has forestry CCER besides, to use: each use asks
the registry to cancel, which is a simulator in a process of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from exchange.access.ids import Kind, id_number
from exchange.bootstrap.genesis import FirstKeys
from exchange.cli.demo.registry import Registry
from exchange.client import ExchangeClient
from tests.support import keyring
from tests.support.people import add_trader

FIRMS = 4
TONNES = 5_000_000
PERIOD = {"monitoring_start": "2023-01-01", "monitoring_end": "2023-12-31", "applied_on": "2024-06-30"}
LOCK_SECONDS = 30.0


@dataclass(slots=True)
class Trader:
    """A firm's trader with a key, the firm's lot to use, and what the trader knows of the own open orders."""

    name: str
    token: str
    participant: str
    lot: str = ""
    open_orders: list[str] = field(default_factory=list)


@dataclass(slots=True)
class CrashMarket:
    """Who is there, and what is traded; ``proposed`` are uses that wait for the second operator, with their hashes."""

    traders: list[Trader]
    operator: Trader
    second: Trader
    instrument: str
    proposed: deque[tuple[str, str]] = field(default_factory=deque)

    @property
    def instrument_number(self) -> int:
        """The instrument's id as the journal has it."""
        return id_number(Kind.INSTRUMENT, self.instrument)


@dataclass(slots=True)
class _Venue:
    """The persons who set it up."""

    first: ExchangeClient
    second: ExchangeClient
    regulator: ExchangeClient

    async def agree(self, action: str, fields: dict[str, object], evidence: str = "", *, quota: bool = False) -> str:
        """Proposed by one person and approved by another; the id of what was made."""
        approver = self.regulator if quota else self.second
        approved = await approver.proposals.approve(await self.first.proposals.propose(action, fields), evidence)
        assert approved.created is not None
        return approved.created


async def set_up(url: str, data_dir: Path, registry: Registry) -> CrashMarket:
    """Admit and fund the firms, bring their tonnes in, list the book; through the API, as operators do it."""
    tokens = keyring.tokens_by_role(FirstKeys(data_dir).read())
    async with (
        _client(url, tokens["OPERATOR"]) as first,
        _client(url, tokens["SECOND"]) as second,
        _client(url, tokens["REGULATOR"]) as regulator,
    ):
        venue = _Venue(first, second, regulator)
        await _make_known(venue, registry, url)
        traders = [await _firm(venue, n) for n in range(FIRMS)]
        await _bring_quota(venue, traders)
        await _bring_ccer(venue, traders)
        terms = {"source_category": "ENERGY_SAVING", "league": "BAOTOU", "vintage": 2023, "reference_price": "30.00"}
        listed = await first.instruments.list_new(symbol="CRASH-2023", family="REDUCTION_QUOTA", **terms)  # type: ignore[arg-type]
    staff = (Trader("operator", tokens["OPERATOR"], ""), Trader("second operator", tokens["SECOND"], ""))
    return CrashMarket(traders, *staff, listed.id)


def _client(url: str, token: str) -> ExchangeClient:
    """A client that signs."""
    return ExchangeClient(url, token, private_key=keyring.private_key_of(token))


async def last_seq(url: str) -> int:
    """How far the journal is now."""
    async with ExchangeClient(url) as anybody:
        return (await anybody.venue.status()).as_of_seq


async def _make_known(venue: _Venue, registry: Registry, url: str) -> None:
    """The registry's own key, let in by the regulator."""
    proposal = await venue.first.proposals.propose("STAFF", registry.staff_fields)
    approved = await venue.regulator.proposals.approve(proposal)
    assert approved.created_key is not None
    await registry.know_venue(url, approved.created_key)


async def _firm(venue: _Venue, n: int) -> Trader:
    admitted = await venue.first.participants.admit(
        code=f"FIRM{n}", name_en=f"Firm {n}", name_zh=f"公司{n}", role="BOTH", owner_group=f"group {n}"
    )
    trader = await add_trader(venue.first, venue.second, admitted.id, f"trader {n}")
    await venue.first.deposits.credit(admitted.id, "100000000000.00", f"first {n}")
    return Trader(f"trader {n}", trader.token, admitted.id)


async def _bring_quota(venue: _Venue, traders: list[Trader]) -> None:
    terms = {"source_category": "ENERGY_SAVING", "source_facility": "plant", "league": "BAOTOU"}
    kind = {"family": "REDUCTION_QUOTA", "mechanism": "REGIONAL_QUOTA", "activity": "ENERGY_SAVING"}
    issuance = await _issue(venue, "CRASH-QUOTA", {**kind, **terms}, quota=True)
    await _admit(venue, issuance, traders, "QUOTA")


async def _bring_ccer(venue: _Venue, traders: list[Trader]) -> None:
    """The registry locks what it is asked to: it issues on demand."""
    terms = {"ccer_generation": "NEW", "uniqueness_declaration": "declared", "league": "HULUNBUIR"}
    kind = {"family": "FORESTRY_CCER", "mechanism": "CCER", "activity": "AFFORESTATION"}
    issuance = await _issue(venue, "CRASH-CCER", {**kind, **terms}, quota=False)
    for trader, lot in zip(traders, await _admit(venue, issuance, traders, "CCER"), strict=True):
        trader.lot = lot
    await unanswered(venue.first, LOCK_SECONDS)


async def _issue(venue: _Venue, code: str, terms: dict[str, str], *, quota: bool) -> str:
    project: dict[str, object] = {
        "code": code,
        "registry": "simulated",
        "name_en": f"Simulated {code}",
        "name_zh": f"模拟项目 {code}",
        "site_parcels": [code],
        "started": "2015-01-01",
        "crediting_start": "2021-01-01",
        "crediting_end": "2040-12-31",
        **terms,
    }
    whole = FIRMS * TONNES
    issuance: dict[str, object] = {
        "project": await venue.agree("PROJECT", project, quota=quota),
        **PERIOD,
        "verified": whole,
        "space": code,
        "serial_lo": 1,
        "serial_hi": 1 + whole,
    }
    return await venue.agree("ISSUANCE", issuance, quota=quota)


async def _admit(venue: _Venue, issuance: str, traders: list[Trader], name: str) -> list[str]:
    """A lot for each firm."""
    lots = []
    for n, trader in enumerate(traders):
        lock = f"LOCK-{name}-{n}"
        lot: dict[str, object] = {
            "issuance": issuance,
            "owner": trader.participant,
            "serial_lo": 1 + n * TONNES,
            "serial_hi": 1 + (n + 1) * TONNES,
            "lock_reference": lock,
        }
        lots.append(await venue.agree("LOT_ADMISSION", lot, lock))
    return lots


async def unanswered(operator: ExchangeClient, seconds: float) -> int:
    """How many requests the registry has not answered after so long; 0 as soon as there is none."""
    deadline = time.monotonic() + seconds
    while True:
        waiting = 0
        for status in ("OPEN", "SILENT"):
            waiting += len([request async for request in operator.requests.every(status)])
        if not waiting or time.monotonic() > deadline:
            return waiting
        await asyncio.sleep(0.05)
