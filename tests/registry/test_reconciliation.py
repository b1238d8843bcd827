"""The reconciliation between two real processes: each lie of the registry's lists is found, and just its serials are
suspended.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from exchange.bootstrap.genesis import FirstKeys
from exchange.cli.problem import CANNOT, DIFFERENT, OK
from exchange.client import KeyFile, PrivateKey
from exchange.store.embedded import DATABASE, OWNER_ROLE
from exchange.store.embedded.cluster import Cluster
from tests.registry.pair import TONNES, Lot, Pair, a_pair, until

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


async def reconcile(pair: Pair, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the report of ``exchange registry-reconcile``."""
    done = await command(pair, "--json", *options)
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[0])
    return done.returncode, report


async def command(pair: Pair, *options: str, locale: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command beside the running venue."""
    whole = [sys.executable, "-m", "exchange", "registry-reconcile", *options]
    environment = pair.service.environment | ({"LC_ALL": locale} if locale else {})
    return await asyncio.to_thread(
        subprocess.run, whole, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def told(report: dict[str, Any]) -> list[tuple[str, int, int]]:
    """What was found, and about which serials."""
    return [(one["finding"], one["lo"], one["hi"]) for one in report["found"]]


def of(lot: Lot, found: dict[str, Any]) -> bool:
    """Whether a finding is about serials of this lot's space."""
    return bool(found["space"] == lot.space)


async def locked(pair: Pair) -> Lot:
    """A lot that the registry has locked."""
    lot = await pair.bring_in()
    await lot.answered()
    return lot


async def test_honest_lists_agree(honest: Pair) -> None:
    await locked(honest)
    code, report = await reconcile(honest)
    assert (code, report["found"], report["held"]) == (OK, [], [])
    assert report["serials"] >= TONNES and report["lines"] >= 1 and report["requests"] >= 1


def line(lot: Lot, **changed: Any) -> dict[str, Any]:
    """A line about all of a lot, which is not true where it is changed."""
    told = {"space": lot.space, "serial_lo": 1, "serial_hi": TONNES + 1, "holding": "LOCKED", "holder": "WOOD"}
    return {**told, "reference": "nobody-req-1-1-00000000", "receipt": "L", **changed}


def serials(lot: Lot, lo: int, hi: int) -> dict[str, Any]:
    """Serials of a lot."""
    return {"space": lot.space, "serial_lo": lo, "serial_hi": hi}


async def test_serials_that_the_registry_does_not_list(honest: Pair) -> None:
    lot = await locked(honest)
    honest.simulator.control("POST", "/hidden-lines", serials(lot, 41, 51))
    code, report = await reconcile(honest)
    assert (code, told(report)) == (DIFFERENT, [("MISSING_THERE", 41, 51)])
    assert [(one["lot"], one["lo"], one["hi"]) for one in report["held"]] == [(lot.lot, 41, 51)]


async def test_serials_that_we_do_not_have(honest: Pair) -> None:
    lot = await locked(honest)
    honest.simulator.control("POST", "/false-lines", line(lot, serial_lo=500, serial_hi=600))
    code, report = await reconcile(honest)
    assert (code, told(report), report["held"]) == (DIFFERENT, [("MISSING_HERE", 500, 600)], [])


async def test_another_firms_name(honest: Pair) -> None:
    lot = await locked(honest)
    row = await lot.request()
    honest.simulator.control("POST", "/hidden-lines", serials(lot, 1, 31))
    false = line(lot, serial_hi=31, holder="STEEL", reference=row["reference"], receipt=row["receipt"])
    honest.simulator.control("POST", "/false-lines", false)
    assert told((await reconcile(honest))[1]) == [("OTHER_ACCOUNT", 1, 31)]


async def test_a_receipt_that_is_not_ours(honest: Pair) -> None:
    lot = await locked(honest)
    row = await lot.request()
    honest.simulator.control("POST", "/hidden-lines", serials(lot, 1, TONNES + 1))
    honest.simulator.control("POST", "/false-lines", line(lot, reference=row["reference"], receipt="OTHER"))
    assert told((await reconcile(honest))[1]) == [("RECEIPT_UNKNOWN", 1, TONNES + 1)]


async def test_a_lock_that_nobody_asked_for(honest: Pair) -> None:
    lot = await locked(honest)
    honest.simulator.control("POST", "/hidden-lines", serials(lot, 1, TONNES + 1))
    honest.simulator.control("POST", "/false-lines", line(lot))
    assert told((await reconcile(honest))[1]) == [("LOCK_WITHOUT_REQUEST", 1, TONNES + 1)]


async def test_cancelled_there_and_alive_here(honest: Pair) -> None:
    lot = await locked(honest)
    honest.simulator.control("POST", "/hidden-lines", serials(lot, 11, 21))
    honest.simulator.control("POST", "/false-lines", line(lot, serial_lo=11, serial_hi=21, holding="CANCELLED"))
    assert told((await reconcile(honest))[1]) == [("CANCELLED_THERE", 11, 21)]


async def test_two_lines_about_one_serial(honest: Pair) -> None:
    lot = await locked(honest)
    honest.simulator.control("POST", "/false-lines", line(lot, serial_lo=91, serial_hi=96))
    assert told((await reconcile(honest))[1]) == [("TWO_STATEMENTS", 91, 96)]


async def test_a_request_that_the_registry_has_forgotten(honest: Pair) -> None:
    lot = await locked(honest)
    reference = (await lot.request())["reference"]
    honest.simulator.control("POST", "/hidden-records", {"reference": reference})
    assert told((await reconcile(honest))[1]) == [("REQUEST_WITHOUT_LOCK", 1, TONNES + 1)]


async def test_another_answer_on_record(honest: Pair) -> None:
    lot = await locked(honest)
    reference = (await lot.request())["reference"]
    record = {
        "reference": reference,
        "kind": "LOCK",
        **serials(lot, 1, TONNES + 1),
        "outcome": "REFUSED",
        "receipt": "",
    }
    honest.simulator.control("POST", "/hidden-records", {"reference": reference})
    honest.simulator.control("POST", "/false-records", record)
    assert told((await reconcile(honest))[1]) == [("OTHER_ANSWER", 1, TONNES + 1)]


async def turn_a_bit(pair: Pair, reference: str) -> None:
    """Change the signature under the answer to a request, as whoever owns the tables could."""
    cluster = Cluster(pair.service.folder)
    pid_file = cluster.pid_file()
    assert pid_file is not None
    password = cluster.passwords()[OWNER_ROLE]
    owner = await asyncpg.connect(f"postgresql://{OWNER_ROLE}:{password}@127.0.0.1:{pid_file.port}/{DATABASE}")
    await owner.execute("ALTER TABLE registry_answers DISABLE TRIGGER USER")
    await owner.execute(
        "UPDATE registry_answers a SET signature = set_byte(signature, 7, get_byte(signature, 7) # 1)"
        " FROM registry_requests r WHERE r.request_id = a.request_id AND r.reference = $1",
        reference,
    )
    await owner.execute("ALTER TABLE registry_answers ENABLE TRIGGER USER")
    await owner.close()


async def test_an_answer_that_was_changed_in_our_own_books(honest: Pair) -> None:
    lot = await locked(honest)
    reference = (await lot.request())["reference"]
    await turn_a_bit(honest, reference)
    assert told((await reconcile(honest))[1]) == [("NOT_SIGNED", 1, TONNES + 1)]
    await turn_a_bit(honest, reference)
    assert told((await reconcile(honest))[1]) == []


async def test_a_lock_that_was_confirmed_and_not_done(honest: Pair) -> None:
    honest.simulator.misbehave(NOT_DONE=100)
    lot = await locked(honest)
    assert await lot.states() == {"ACTIVE": TONNES}
    assert told((await reconcile(honest))[1]) == [("MISSING_THERE", 1, TONNES + 1)]
    code, report = await reconcile(honest, "--hold", "Operator A")
    assert code == DIFFERENT and len(report["held"]) == 1
    parcels = (await honest.read(f"/v1/lots/{lot.lot}/parcels"))["items"]
    assert [(one["state"], one["encumbered"]) for one in parcels] == [("ACTIVE", 1)]
    assert (await reconcile(honest))[1]["held"] == []


async def test_who_has_no_first_key_holds_with_a_key_file(honest: Pair, tmp_path: Path) -> None:
    honest.simulator.misbehave(NOT_DONE=100)
    await locked(honest)
    (first,) = [key for key in FirstKeys(honest.service.folder).read() if key.name == "Operator B"]
    file = tmp_path / "mine.key.json"
    KeyFile(honest.service.url, first.token, PrivateKey.read(first.private_key)).save(file)
    code, report = await reconcile(honest, "--hold", "--key-file", str(file))
    assert (code, report["agrees"]) == (DIFFERENT, False) and report["held"]
    assert (await reconcile(honest))[1]["held"] == []


async def test_a_use_that_was_confirmed_and_not_done_is_named_and_suspended(honest: Pair) -> None:
    lot = await locked(honest)
    honest.simulator.misbehave(NOT_DONE=100)
    use = {
        "purpose": "VOLUNTARY",
        "picks": [{"lot": lot.lot, "serial_lo": 41, "serial_hi": 51}],
        "beneficiary_en": "Mill",
        "beneficiary_zh": "钢厂",
        "league": "HOHHOT",
    }
    await honest.by_firm(honest.wood, "USE", use)
    await lot.answered()
    (used,) = (await honest.read("/v1/uses", lot=lot.lot))["items"]
    assert used["status"] == "FULFILLED"
    code, report = await reconcile(honest)
    assert (code, [(one["lot"], one["lo"], one["hi"]) for one in report["held"]]) == (DIFFERENT, [(lot.lot, 41, 51)])
    named = [(*place, one["uses"]) for place, one in zip(told(report), report["found"], strict=True) if of(lot, one)]
    assert named == [("OTHER_STATE", 41, 51, [used["id"]])]


async def test_what_is_said_is_said_in_both_languages(honest: Pair) -> None:
    lot = await locked(honest)
    honest.simulator.control("POST", "/hidden-lines", serials(lot, 1, TONNES + 1))
    done = await command(honest)
    assert done.returncode == DIFFERENT
    assert f"MISSING_THERE: {lot.space} 1-{TONNES}" in done.stdout and f"不符：{lot.space} 1-{TONNES}：" in done.stdout
    assert "--hold NAME" in done.stderr and "请加 --hold" in done.stderr


async def test_a_refusal_of_the_exchange_is_told_in_the_language_of_the_terminal(honest: Pair) -> None:
    lot = await locked(honest)
    honest.simulator.control("POST", "/hidden-lines", serials(lot, 1, TONNES + 1))
    for locale, refusal in (("zh_CN.UTF-8", "该人员无权进行此项操作"), ("C.UTF-8", "This person may not")):
        done = await command(honest, "--hold", "Auditor", locale=locale)
        assert done.returncode == CANNOT
        assert "交易所未接受" in done.stderr and refusal in done.stderr


async def test_a_registry_that_is_down_is_no_agreement(honest: Pair) -> None:
    honest.simulator.misbehave(DOWN=100)
    done = await command(honest)
    assert done.returncode == CANNOT
    assert "cannot be had" in done.stderr and "无法取得登记机构名册" in done.stderr


async def test_the_venue_reconciles_by_itself_and_suspends_what_does_not_agree() -> None:
    """As soon as somebody stands for the registry, at its start, and then by the clock."""
    async with a_pair(EXCHANGE_REGISTRY_RECONCILE_MINUTES="1000") as pair:

        async def reconciled() -> bool:
            async with httpx.AsyncClient(base_url=pair.service.url, trust_env=False) as http:
                return "exchange_registry_reconciled_total 1.0" in (await http.get("/metrics")).text

        await until(reconciled, bool)
        lot = await locked(pair)
        pair.simulator.control("POST", "/hidden-lines", serials(lot, 41, 51))
        pair.service.stop()
        await pair.service.start()

        async def held() -> list[tuple[int, int]]:
            parcels = (await pair.read(f"/v1/lots/{lot.lot}/parcels"))["items"]
            return [(one["serial_lo"], one["serial_hi"]) for one in parcels if one["encumbered"]]

        assert await until(held, bool) == [(41, 51)]
        (encumbrance,) = (await pair.read("/v1/encumbrances"))["items"]
        assert (encumbrance["kind"], encumbrance["set_by"]) == ("SUSPENSION", None)
        assert encumbrance["reference"] == "registry reconciliation: MISSING_THERE"
        pair.service.stop()
        await pair.service.start()
        await until(reconciled, bool)
        assert len((await pair.read("/v1/encumbrances"))["items"]) == 1
