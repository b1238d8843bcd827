"""A registry whose list has cancelled units alive again, between two real processes: their certificates and the quota
that stands on them are in doubt until it is clear.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio

from exchange.cli.problem import DIFFERENT, OK
from tests.registry.pair import ISSUANCE, PROJECT, Lot, Pair, a_pair, until
from tests.registry.test_reconciliation import command, reconcile, told

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

NEUTRAL: Final = {"purpose": "VOLUNTARY", "league": "HOHHOT"}
SINK: Final = {"family": "REDUCTION_QUOTA", "mechanism": "REGIONAL_QUOTA", "source_category": "ECOSYSTEM_SINK"}


@dataclass(frozen=True, slots=True)
class World:
    """A lot of CCER of which ten tonnes were used, and ten converted into quota that came in; no reconciliation has
    found anything, and one comes with each start of the venue.
    """

    pair: Pair
    ccer: Lot
    quota: Lot
    used: str
    converted: str

    async def restart(self) -> None:
        """The venue starts again, and has reconciled once more."""
        self.pair.service.stop()
        await self.pair.service.start()
        await until(self._metrics, lambda text: "exchange_registry_reconciled_total 1.0" in text)

    async def _metrics(self) -> str:
        async with httpx.AsyncClient(base_url=self.pair.service.url, trust_env=False) as http:
            return (await http.get("/metrics")).text

    def uncancel(self, lo: int, hi: int) -> None:
        """The registry's list has serials as locked that it has cancelled."""
        place = {"space": self.ccer.space, "serial_lo": lo, "serial_hi": hi}
        control, line = self.pair.simulator.control, self.lock
        control("POST", "/hidden-lines", place)
        control("POST", "/false-lines", {**place, "holding": "LOCKED", "holder": "WOOD", **line})

    lock: dict[str, str]

    async def certificate(self) -> str:
        """The status of the certificate, as the check page has it."""
        found = await self.pair.read(f"/v1/uses/{self.used}/certificate")
        async with httpx.AsyncClient(base_url=self.pair.service.url, trust_env=False) as http:
            page = (await http.get(found["json_file"])).json()
        assert page["status"] == found["status"]
        return str(page["status"])

    async def disputed(self) -> list[bool]:
        """Whether each of the two uses is."""
        return [(await self.pair.read(f"/v1/uses/{one}"))["disputed"] for one in (self.used, self.converted)]

    async def held(self) -> list[int]:
        """How often each parcel of the quota is held fast."""
        parcels = (await self.pair.read(f"/v1/lots/{self.quota.lot}/parcels"))["items"]
        return [one["encumbered"] for one in parcels]

    async def suspensions(self) -> list[tuple[str | None, str, int, int, bool]]:
        """Who set what about which serials of the CCER, and whether it stands."""
        rows = (await self.pair.read("/v1/encumbrances"))["items"]
        assert all(row["lot"] == self.ccer.lot and row["kind"] == "SUSPENSION" for row in rows)
        names = ("set_by", "reference", "serial_lo", "serial_hi")
        return [(*(row[name] for name in names), row["lifted_at"] is None) for row in rows]

    async def lift_all(self) -> None:
        """An operator and the regulator find everything good."""
        for row in (await self.pair.read("/v1/encumbrances"))["items"]:
            if row["lifted_at"] is None:
                await self.pair.agree("LIFT", {"encumbrance": row["id"]}, approver="REGULATOR")


async def use(pair: Pair, lot: Lot, lo: int, hi: int, **given: str) -> str:
    """The forest firm uses serials, and the registry has cancelled them; the use's id."""
    picks = [{"lot": lot.lot, "serial_lo": lo, "serial_hi": hi}]
    made = {"picks": picks, "beneficiary_en": "Mill", "beneficiary_zh": "钢厂", **given}
    await pair.by_firm(pair.wood, "USE", made)
    await lot.answered()
    newest: dict[str, Any] = (await pair.read("/v1/uses", lot=lot.lot))["items"][-1]
    assert newest["status"] == "FULFILLED"
    return str(newest["id"])


async def sink_quota(pair: Pair, converted: str) -> Lot:
    """Ten tonnes of quota that were issued against a conversion and came in."""
    terms = {**PROJECT, **SINK, "code": "SINK", "site_parcels": ["INM/SINK"], "ccer_generation": "NONE"}
    project = (await pair.agree("PROJECT", terms, approver="REGULATOR")).created
    numbers = {"serial_lo": 7_001, "serial_hi": 7_011}
    issued = {**ISSUANCE, **numbers, "project": project, "space": "SINK", "serial_text": "", "converted": converted}
    issuance = (await pair.agree("ISSUANCE", issued, approver="REGULATOR")).created
    admission = {"issuance": issuance, "owner": pair.wood.id, **numbers, "lock_reference": "SINK-1"}
    return Lot(pair, (await pair.agree("LOT_ADMISSION", admission, "SINK-1")).created, "SINK")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def world() -> AsyncIterator[World]:
    async with a_pair(EXCHANGE_REGISTRY_RECONCILE_MINUTES="1000") as pair:
        lot = await pair.bring_in()
        row = await lot.answered()
        used = await use(pair, lot, 41, 51, **NEUTRAL)
        converted = await use(pair, lot, 1, 11, purpose="CONVERSION")
        quota = await sink_quota(pair, converted)
        lock = {name: row[name] for name in ("reference", "receipt")}
        yield World(pair, lot, quota, used, converted, lock)


async def test_what_was_cancelled_and_is_alive_again_is_in_doubt_until_it_is_clear(world: World) -> None:
    await world.restart()
    assert (await world.certificate(), await world.held(), await world.suspensions()) == ("VALID", [0], [])
    world.uncancel(3, 51)
    await world.restart()
    assert (await world.certificate(), await world.disputed(), await world.held()) == ("DISPUTED", [True, True], [1])
    known, reference = await world.suspensions(), "registry reconciliation: OTHER_STATE"
    assert known == [(None, reference, 3, 11, True), (None, reference, 41, 51, True)]
    await world.restart()
    assert await world.suspensions() == known
    world.pair.simulator.control("POST", "/honest")
    assert (await reconcile(world.pair))[0] == OK
    assert await world.certificate() == "DISPUTED"
    await world.lift_all()
    assert (await world.certificate(), await world.disputed(), await world.held()) == ("VALID", [False, False], [0])
    await world.restart()
    assert await world.suspensions() == [(*one[:4], False) for one in known]


async def test_a_person_who_sends_it_in_makes_the_same_doubt_and_the_program_no_second_one(world: World) -> None:
    world.uncancel(45, 47)
    code, report = await reconcile(world.pair)
    assert (code, told(report)) == (DIFFERENT, [("OTHER_STATE", 45, 47)])
    assert [one["uses"] for one in report["found"]] == [[world.used]]
    done = await command(world.pair, "--hold", "Operator A")
    assert f"{world.ccer.lot} 45-46 suspended 已暂停" in done.stdout
    assert (await world.certificate(), await world.disputed()) == ("DISPUTED", [True, False])
    await world.restart()
    standing = [one for one in await world.suspensions() if one[4]]
    assert [(one[0] is None, one[2], one[3]) for one in standing] == [(False, 45, 47)]
    world.pair.simulator.control("POST", "/honest")
    await world.lift_all()
    assert await world.certificate() == "VALID"
