"""The simulated registry by itself: its ledger is consistent whatever it is asked, and its faults are repeatable."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.registry.client import ReferenceTakenError, RegistryClient, RegistryUnavailableError
from exchange.registry.messages import Asked, Held, Holding, Kind, Recorded
from exchange.registry.simulator.app import Simulator
from exchange.registry.simulator.desk import A_STRANGER, Desk
from exchange.registry.simulator.faults import Fault, Faults
from exchange.registry.simulator.identity import Identity
from exchange.registry.simulator.ledger import Ledger
from exchange.registry.simulator.store import Store
from exchange.registry.statements import read_statement

LOCK = Asked("v-req-1-1", Kind.LOCK, "S", 1, 101, "S-1-100", "WOOD", "", "", "PAPER-1")


class Line:
    """A simulator and the venue's client to it, in one process."""

    def __init__(self, folder: Path) -> None:
        self.simulator = Simulator(folder)
        self.app = self.simulator.app()
        self.public_key = base64.urlsafe_b64decode(self.simulator.identity.private_key.public_text + "=")
        headers = {"Authorization": f"Bearer {self.simulator.identity.token}"}
        transport = httpx.ASGITransport(self.app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://registry", headers=headers)
        self.client = RegistryClient(self.http, lambda: [self.public_key], timeout_s=2.0)

    def issue(self, lo: int = 1, hi: int = 101, holder: str = "WOOD") -> None:
        """New serials."""
        assert self.simulator.desk.ledger.issue("S", lo, hi, holder)

    async def outcome(self, asked: Asked) -> tuple[str, str]:
        """What is stated about a request at once: its outcome and receipt."""
        statement = read_statement(await self.client.ask(asked), [self.public_key]).statement
        return statement.outcome, statement.receipt

    def blocks(self) -> list[tuple[int, int, str, str]]:
        """All blocks."""
        return [(b.lo, b.hi, b.holder, b.holding) for b in self.simulator.desk.ledger.all()]


@pytest_asyncio.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    """A fresh one with a hundred serials."""
    made = Line(tmp_path)
    made.issue()
    yield made
    await made.http.aclose()
    made.simulator.store.close()


def asked(number: int, kind: Kind, lo: int, hi: int, holder: str = "WOOD", account: str = "") -> Asked:
    """Some other request."""
    return Asked(f"v-req-{number}-1", kind, "S", lo, hi, "", holder, account, "", "")


async def test_serials_are_locked_once(line: Line) -> None:
    outcome, receipt = await line.outcome(LOCK)
    assert outcome == "CONFIRMED" and receipt.startswith("CCER-LOCK-")
    assert line.blocks() == [(1, 101, "WOOD", "LOCKED")]
    assert await line.outcome(asked(2, Kind.LOCK, 50, 60)) == ("REFUSED", "")


async def test_a_statement_says_what_was_asked_for(line: Line) -> None:
    """Also after the registry has put right what it mixed up."""
    release = asked(2, Kind.RELEASE, 1, 41, account="NATIONAL-7")
    await line.client.ask(LOCK)
    line.simulator.set_faults(Faults(chances={Fault.OTHER_KIND: 100}))
    mixed_up = await line.client.ask(release)
    assert mixed_up is not None and (mixed_up["kind"], mixed_up["account"]) == ("LOCK", "NATIONAL-7")
    assert line.simulator.desk.put_right() == [release.reference]
    stated = await line.client.look_up(release.reference)
    assert stated is not None and (stated["kind"], stated["account"]) == ("RELEASE", "NATIONAL-7")


async def test_a_receipt_of_two_requests_stays_with_the_one_that_was_stated_first(line: Line) -> None:
    """That is the one which the venue has believed, however much later it was asked for."""
    silent, heard = asked(2, Kind.CANCEL, 41, 51), asked(3, Kind.CANCEL, 51, 61)
    await line.client.ask(LOCK)
    line.simulator.set_faults(Faults(chances={Fault.SAME_RECEIPT: 100, Fault.SILENT: 100}))
    assert await line.client.ask(silent) is None
    line.simulator.set_faults(Faults(chances={Fault.SAME_RECEIPT: 100}))
    outcome, receipt = await line.outcome(heard)
    line.simulator.desk.speak()
    line.simulator.set_faults(Faults())
    assert line.simulator.desk.put_right() == [silent.reference]
    assert await line.outcome(heard) == (outcome, receipt)
    assert (await line.outcome(silent))[1].startswith("CCER-CANCEL-")
    assert line.simulator.desk.put_right() == []


async def test_a_reference_is_done_once_and_stands_for_one_request(line: Line) -> None:
    first = await line.client.ask(LOCK)
    assert await line.client.ask(LOCK) == first
    assert await line.client.look_up(LOCK.reference) == first
    with pytest.raises(ReferenceTakenError, match="another request"):
        await line.client.ask(asked(1, Kind.LOCK, 1, 2))


async def test_what_is_not_there_or_anothers_is_not_locked(line: Line) -> None:
    assert (await line.outcome(asked(2, Kind.LOCK, 90, 111)))[0] == "REFUSED"
    assert (await line.outcome(asked(3, Kind.LOCK, 1, 11, "STEEL")))[0] == "REFUSED"
    assert (await line.outcome(asked(4, Kind.CANCEL, 1, 11)))[0] == "REFUSED"
    with pytest.raises(LookupError):
        await line.client.look_up("v-req-9-1")


async def test_cancelled_serials_are_cancelled_for_ever(line: Line) -> None:
    await line.outcome(LOCK)
    assert (await line.outcome(asked(2, Kind.CANCEL, 41, 51)))[0] == "CONFIRMED"
    for number, kind in enumerate(Kind, 3):
        assert (await line.outcome(asked(number, kind, 41, 51)))[0] == "REFUSED"
    assert line.blocks() == [(1, 41, "WOOD", "LOCKED"), (41, 51, "WOOD", "CANCELLED"), (51, 101, "WOOD", "LOCKED")]


async def test_released_serials_are_locked_again_for_whoever_has_them_now(line: Line) -> None:
    await line.outcome(LOCK)
    assert (await line.outcome(asked(2, Kind.RELEASE, 1, 31, account="NATIONAL-7")))[0] == "CONFIRMED"
    assert (await line.outcome(asked(3, Kind.LOCK, 1, 31)))[0] == "REFUSED"
    assert line.simulator.desk.ledger.transfer("S", 1, 31, "STEEL")
    assert (await line.outcome(asked(4, Kind.LOCK, 1, 31, "STEEL")))[0] == "CONFIRMED"
    assert not line.simulator.desk.ledger.transfer("S", 1, 31, "WOOD")


async def test_the_list_has_the_account_to_which_it_was_let_go(line: Line) -> None:
    """Who has it in the national market by now is no business of the venue's."""
    await line.outcome(LOCK)
    release = asked(2, Kind.RELEASE, 1, 101, account="NATIONAL-7")
    _, receipt = await line.outcome(release)
    assert line.simulator.desk.ledger.transfer("S", 1, 31, "STEEL")
    assert [(b.lo, b.holder) for b in line.simulator.desk.ledger.all()] == [(1, "STEEL"), (31, "NATIONAL-7")]
    named = (Holding.RELEASED, "NATIONAL-7", "v-req-2-1", receipt)
    assert await line.client.holdings() == [Held("S", 1, 31, *named), Held("S", 31, 101, *named)]


async def test_a_release_can_go_to_an_account_that_nobody_has_named(line: Line) -> None:
    line.simulator.set_faults(Faults(1, {Fault.OTHER_ACCOUNT: 100}))
    await line.outcome(LOCK)
    assert (await line.outcome(asked(2, Kind.RELEASE, 1, 31, account="NATIONAL-7")))[0] == "CONFIRMED"
    assert line.blocks() == [(1, 31, A_STRANGER, "RELEASED"), (31, 101, "WOOD", "LOCKED")]
    assert [held.holder for held in await line.client.holdings()] == [A_STRANGER, "WOOD"]


async def test_the_lists_say_what_is_so_and_are_signed(line: Line) -> None:
    _, receipt = await line.outcome(LOCK)
    _, second = await line.outcome(asked(2, Kind.CANCEL, 41, 51))
    assert await line.client.holdings() == [
        Held("S", 1, 41, Holding.LOCKED, "WOOD", "v-req-1-1", receipt),
        Held("S", 41, 51, Holding.CANCELLED, "WOOD", "v-req-2-1", second),
        Held("S", 51, 101, Holding.LOCKED, "WOOD", "v-req-1-1", receipt),
    ]
    assert await line.client.records() == [
        Recorded("v-req-1-1", Kind.LOCK, "S", 1, 101, "CONFIRMED", receipt),
        Recorded("v-req-2-1", Kind.CANCEL, "S", 41, 51, "CONFIRMED", second),
    ]
    stranger = RegistryClient(line.http, lambda: [bytes(32)])
    with pytest.raises(RegistryUnavailableError, match="not the registry's"):
        await stranger.holdings()


async def test_a_long_list_comes_page_by_page(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    await line.outcome(LOCK)
    for number in range(2, 12):
        await line.outcome(asked(number, Kind.CANCEL, number * 2, number * 2 + 1))
    whole = await line.client.holdings()
    monkeypatch.setattr("exchange.registry.client.PAGE", 3)
    assert await line.client.holdings() == whole
    assert len(whole) == 21


async def test_an_old_page_is_no_answer_to_a_new_question(line: Line) -> None:
    old = await line.http.get("/v1/holdings", params={"after": "", "limit": "1000", "nonce": "old"})

    async def play_back(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(old.content))

    async with httpx.AsyncClient(transport=httpx.MockTransport(play_back), base_url="http://registry") as http:
        client = RegistryClient(http, lambda: [line.public_key])
        with pytest.raises(RegistryUnavailableError, match="not asked for"):
            await client.holdings()


async def test_nobody_without_the_token_is_let_in(line: Line) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(line.app), base_url="http://registry") as stranger:
        for path in ("/v1/holdings", "/v1/requests/x", "/control"):
            assert (await stranger.get(path)).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**LOCK.document(), "more": 1},
        {**LOCK.document(), "kind": "STEAL"},
        {**LOCK.document(), "serial_lo": "1"},
        {**LOCK.document(), "serial_lo": 101},
        {**LOCK.document(), "serial_lo": True},
        {**LOCK.document(), "reference": ""},
    ],
)
async def test_what_is_no_request_is_refused(line: Line, body: dict[str, Any]) -> None:
    assert (await line.http.post("/v1/requests", json=body)).status_code == 400


async def test_its_state_outlives_it(tmp_path: Path) -> None:
    first = Line(tmp_path)
    first.issue()
    stated = await first.client.ask(LOCK)
    first.simulator.set_faults(Faults(7, {Fault.SLOW: 30}))
    first.simulator.store.close()
    again = Line(tmp_path)
    assert await again.client.look_up(LOCK.reference) == stated
    assert (again.blocks(), again.public_key) == ([(1, 101, "WOOD", "LOCKED")], first.public_key)
    assert again.simulator.desk.faults == Faults(7, {Fault.SLOW: 30})
    again.simulator.store.close()


# --- faults ----------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_faults() -> None:
    references = [f"v-req-{n}-1" for n in range(2_000)]

    def drawn(seed: int) -> list[bool]:
        faults = Faults(seed, {Fault.SLOW: 30})
        return [faults.happens(Fault.SLOW, reference) for reference in references]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 500 < sum(drawn(1)) < 700


def test_no_chance_is_never_and_all_of_it_is_always() -> None:
    faults = Faults(1, {Fault.SLOW: 100, Fault.SILENT: 0})
    assert all(faults.happens(Fault.SLOW, str(n)) for n in range(1_000))
    assert not any(faults.happens(fault, str(n)) for fault in (Fault.SILENT, Fault.DOWN) for n in range(1_000))


@pytest.mark.parametrize(
    "document", [{"chances": {"STEAL": 1}}, {"chances": {"SLOW": 101}}, {"chances": {"SLOW": "1"}}, {"more": 1}]
)
def test_faults_that_are_none_are_refused(document: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        Faults.read(document)


def test_faults_are_read_as_they_were_written() -> None:
    faults = Faults(5, {Fault.HANGS: 20}, slow_seconds=0.5)
    assert Faults.read(faults.document()) == faults


# --- the ledger, whatever is asked ------------------------------------------------------------------------------------

RANGES = st.tuples(st.integers(1, 40), st.integers(1, 40)).filter(lambda ends: ends[0] < ends[1])
STEPS = st.lists(st.tuples(st.sampled_from(list(Kind)), RANGES, st.sampled_from(["WOOD", "STEEL"])), max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(steps=STEPS)
def test_no_serial_is_in_two_blocks_and_none_is_lost(tmp_path_factory: pytest.TempPathFactory, steps: Any) -> None:
    store = Store(tmp_path_factory.mktemp("ledger"))
    ledger = Ledger(store)
    assert ledger.issue("S", 1, 40, "WOOD")
    gone: set[int] = set()
    for number, (kind, (lo, hi), holder) in enumerate(steps):
        request = Asked(f"r-{number}", kind, "S", lo, hi, "", holder, "STEEL", "", "")
        possible = not ledger.why_not(request)
        assert not (possible and gone.intersection(range(lo, hi)))
        if possible:
            ledger.do(request, f"receipt-{number}")
            gone.update(range(lo, hi) if kind is Kind.CANCEL else ())
        blocks = ledger.all()
        assert [n for block in blocks for n in range(block.lo, block.hi)] == list(range(1, 40))
    assert gone == {n for b in ledger.all() if b.holding == "CANCELLED" for n in range(b.lo, b.hi)}
    store.close()


def test_serials_on_demand_belong_to_the_first_who_asks(tmp_path: Path) -> None:
    store = Store(tmp_path)
    desk = Desk(store, Identity.of(store), Faults(), on_demand=True)
    assert desk.take(LOCK.document())[0] == 200
    assert [(b.holder, b.holding) for b in desk.ledger.all()] == [("WOOD", "LOCKED")]
    assert desk.take({**LOCK.document(), "reference": "v-req-2-1", "serial_lo": 50})[0] == 200
    assert store.row("SELECT outcome FROM requests WHERE reference = ?", "v-req-2-1")["outcome"] == "REFUSED"  # type: ignore[index]
    store.close()
