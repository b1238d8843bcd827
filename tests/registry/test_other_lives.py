"""A registry that remembers more than the venue does: no old word of it answers a new request."""

from __future__ import annotations

import shutil
from itertools import count
from typing import Any

import httpx
import pytest

from exchange.registry.messages import Kind
from exchange.registry.simulator.app import Simulator
from tests.registry.pair import TONNES, Lot, Pair, a_pair, until

pytestmark = [pytest.mark.processes, pytest.mark.slow]


async def used(pair: Pair, lot: Lot) -> None:
    """Two persons agree to use all of a lot, so the registry is asked to cancel it."""
    picks = [{"lot": lot.lot, "serial_lo": 1, "serial_hi": TONNES + 1}]
    told = {"league": "HOHHOT", "beneficiary_en": "Fair", "beneficiary_zh": "展会"}
    async with pair.client(pair.wood.token) as wood, pair.client(pair.staff["SECOND"]) as second:
        use: Any = await wood.connection.change(
            "POST", "/v1/uses", {"purpose": "VOLUNTARY", "picks": picks, **told}, "u"
        )
        agreed = {"action_hash": use["action_hash"], "evidence": ""}
        await second.connection.change("POST", f"/v1/proposals/{use['proposal']}/approve", agreed, "a")


def does_another(pair: Pair, lot: Lot, reference: str) -> None:
    """While nobody reaches it, the registry does what somebody else asks for under our reference: the same but for the
    paper that it is asked on.
    """
    asked = {"space": lot.space, "serial_lo": 1, "serial_hi": TONNES + 1, "serials": "", "holder": "WOOD"}
    act = {"reference": reference, "kind": Kind.CANCEL.value, "account": "", "purpose": "", "paper": "ANOTHER"}
    registry = Simulator(pair.simulator.folder)
    status, answer = registry.desk.take({**asked, **act})
    registry.store.close()
    assert (status, answer["statement"]["outcome"]) == (200, "CONFIRMED")


async def metrics(pair: Pair) -> str:
    """The page of the venue's figures."""
    async with httpx.AsyncClient(base_url=pair.service.url, trust_env=False) as http:
        return (await http.get("/metrics")).text


async def test_what_is_said_of_another_request_under_our_reference_is_not_believed() -> None:
    """It is about the same serials and of the same kind, and signed: only the registry can tell the two apart."""
    async with a_pair() as pair:
        pair.call_back(wanted=False)
        lot = await pair.bring_in()
        await lot.answered()
        pair.simulator.kill()
        await used(pair, lot)
        reference = (await lot.request())["reference"]
        does_another(pair, lot, reference)
        pair.simulator.start()
        await until(lot.request, lambda row: row["last_problem"] == "REFERENCE_TAKEN")
        tries = (await lot.request())["attempts"]
        row = await until(lot.request, lambda row: row["attempts"] > tries + 1)
        assert (row["status"], row["last_problem"]) == ("OPEN", "REFERENCE_TAKEN")
        assert await lot.states() == {"PENDING_CANCEL": TONNES}
        assert "exchange_registry_unusable_total 0.0" not in await metrics(pair)
        told = (pair.service.folder / "service.log").read_text(errors="replace")
        assert f"{reference}: the registry has another request under this reference" in told


def begin_anew(pair: Pair) -> None:
    """All that the venue knows is gone; its registry lives on."""
    for path in pair.service.folder.iterdir():
        if path != pair.simulator.folder:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


async def test_the_registrys_word_to_an_earlier_life_of_the_venue_locks_nothing() -> None:
    """The same steps make a lock with the numbers of the old one; the registry has cancelled the tonnes since."""
    async with a_pair() as pair:
        lot = await pair.bring_in()
        old = await lot.answered()
        await used(pair, lot)
        await lot.answered()
        pair.service.stop()
        begin_anew(pair)
        await pair.service.start()
        pair._numbers = count(1)
        await pair.open()
        await pair.introduce()
        pair.call_back(wanted=False)
        # The registry has issued these serials already, and is not told to do it again.
        again = await pair.bring_in(known=False)
        new = await again.answered("REFUSED")
        assert new["reference"] != old["reference"]
        assert new["reference"].rpartition("-")[0] == old["reference"].rpartition("-")[0]
        assert await again.states() == {"ADMITTED": TONNES}
