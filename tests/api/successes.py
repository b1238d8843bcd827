"""For every operation a request that must succeed, for each role that may make it.

A recipe is named after its operation. It does first whatever has to be there (an order to cancel, a proposal to
approve) and then says what to send: the values in the address, and the body. Reads need no recipe: the address is
filled in with things that are there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any, Final

from exchange.client import PrivateKey
from exchange.core.commands.governance import PersonRole
from tests.api.stack import World, brought_by_the_buyer, issuance_of, project_of
from tests.api.test_http_supervision import admit_sink

_numbers = count(1)

TERMS: Final[dict[str, Any]] = {
    "kind": "PRE_ISSUANCE",
    "family": "FORESTRY_CCER",
    "project": "P2",
    "quantity": 3,
    "total": "95.00",
}
"""What the two firms agree, again and again."""


@dataclass
class Sent:
    """What is sent: what stands in the address, the body or file if there is one, and by whom, if not by the one who
    asks.
    """

    path: dict[str, str]
    body: dict[str, Any] | None = None
    token: str | None = None
    query: str = ""
    file: bytes | None = None


@dataclass
class Asker:
    """One role in a small market, and what recipes need of it."""

    world: World
    role: PersonRole | None
    operation: str = ""

    @property
    def token(self) -> str | None:
        """The key of the one who asks; None for nobody."""
        if self.role is None:
            return None
        return self.world.buyer.token if self.role is PersonRole.TRADER else self.world.doors.staff[self.role.name]

    @property
    def other_operator(self) -> str:
        """An operator who is not the one who asks."""
        return self.world.doors.staff["SECOND"]

    def fresh(self, what: str) -> str:
        """A text that was not used before."""
        return f"{what}-{next(_numbers)}"

    async def done(self, token: str, path: str, body: Any = None, method: str = "POST") -> dict[str, Any]:
        """Something that has to be there first; it must succeed."""
        response = await self.world.stack.ask(method, path, token, body)
        assert response.is_success, response.text
        document: dict[str, Any] = response.json()
        return document

    async def order(self, **more: Any) -> dict[str, Any]:
        """An order of the buyer's that rests."""
        body = {"instrument": self.world.instrument, "side": "BUY", "price": "28.00", "quantity": 2, **more}
        placed: dict[str, Any] = (await self.done(self.world.buyer.token, "/v1/orders", body))["order"]
        return placed

    async def proposed(self, token: str, action: dict[str, Any]) -> dict[str, Any]:
        """A proposal that is open."""
        return await self.done(token, "/v1/proposals", {"action": action})

    async def agreement(self, **terms: Any) -> dict[str, Any]:
        """An agreement that the seller proposed to the buyer."""
        body = {"counterparty": self.world.buyer.id, "side": "SELL", **TERMS, **terms}
        return await self.done(self.world.seller.token, "/v1/agreements", body)

    async def affirmed(self) -> dict[str, Any]:
        """One about units that are there, which the buyer affirmed."""
        await admit_sink(self.world)
        made = await self.agreement(kind="SPOT", family="OTHER_SINK", project="")
        body = {"quantity": TERMS["quantity"], "total": TERMS["total"]}
        await self.done(self.world.buyer.token, f"/v1/agreements/{made['id']}/affirm", body)
        return made

    async def lifted(self, instrument: str | None = None) -> None:
        """Let a halted market or instrument go on, as two operators do."""
        action = {"type": "RESUME"} if instrument is None else {"type": "RESUME", "instrument": instrument}
        made = await self.proposed(self.world.doors.staff["OPERATOR"], action)
        await self.done(
            self.other_operator, f"/v1/proposals/{made['id']}/approve", {"action_hash": made["action_hash"]}
        )

    async def approved(self, action: dict[str, Any], proposer: str, approver: str, evidence: str = "") -> str:
        """An action that two persons agreed on; the id of what it made."""
        made = await self.proposed(proposer, action)
        body = {"action_hash": made["action_hash"], "evidence": evidence}
        done = await self.done(approver, f"/v1/proposals/{made['id']}/approve", body)
        return done["created"] or ""

    async def project(self) -> str:
        """A project of which nothing was issued."""
        action = {"type": "PROJECT", **project_of(self.fresh("PRJ"))}
        return await self.approved(action, self.world.doors.staff["OPERATOR"], self.other_operator)

    async def own_serials(self, wanted: int = 1) -> dict[str, Any]:
        """Serials that the buyer can sell, use or release, just bought."""
        await self.world.trade(wanted)
        response = await self.world.stack.get("/v1/holdings", self.world.buyer.token)
        (holding,) = [each for each in response.json()["items"] if each["lot"] == self.world.lot]
        free = [each for each in holding["parcels"] if each["state"] == "ACTIVE" and not each["encumbered"]]
        last = free[-1]
        assert last["quantity"] >= wanted, free
        return {"lot": self.world.lot, "serial_lo": last["serial_hi"] - wanted, "serial_hi": last["serial_hi"]}

    async def use(self) -> dict[str, Any]:
        """A use that the buyer has proposed."""
        return await self.done(self.world.buyer.token, "/v1/uses", use_of(await self.own_serials()))

    async def release(self) -> str:
        """A release of the buyer's that cools down."""
        body = {"picks": [await self.own_serials()], "national_account": "N-1"}
        made = await self.done(self.world.buyer.token, "/v1/releases", body)
        return await self.approve(made)

    async def approve(self, made: dict[str, Any]) -> str:
        """Have the venue approve what was proposed at an address of its own."""
        path = f"/v1/proposals/{made['proposal']}/approve"
        await self.done(self.other_operator, path, {"action_hash": made["action_hash"]})
        return str(made["id"])

    async def life(self) -> dict[str, str]:
        """Ids of what the buyer and staff can both see, made once in each small market."""
        if not self.world.life:
            self.world.life = await self._lived()
        return self.world.life

    async def _lived(self) -> dict[str, str]:
        operator = self.world.doors.staff["OPERATOR"]
        use = await self.approve(await self.use())
        await self.world.registry.answer_all()
        request = (await self.done(self.world.buyer.token, f"/v1/uses/{use}", method="GET"))["requests"][0]
        held = {**await self.own_serials(), "kind": "PLEDGE", "reference": "PLEDGE-1"}
        encumbrance = (await self.done(operator, "/v1/encumbrances", held))["id"]
        await brought_by_the_buyer(self.world)
        lost = {"type": "REVERSAL", "project": self.world.project, "responsible": self.world.buyer.id}
        reversal = await self.approved({**lost, "quantity": 5, "cause": "fire"}, operator, self.other_operator)
        withdrawal = {"type": "WITHDRAWAL", "amount": "1.00", "bank_account": "ICBC-1"}
        return {
            "order": (await self.order())["id"],
            "agreement": (await self.agreement())["id"],
            "proposal": (await self.proposed(self.world.buyer.token, withdrawal))["id"],
            "project": self.world.project,
            "use": use,
            "request": request,
            "release": await self.release(),
            "encumbrance": encumbrance,
            "reversal": reversal,
            "staged": await self._staged(),
        }

    async def _staged(self) -> str:
        sent = await upload_units(self)
        answer = await self.world.stack.ask(
            "POST", f"/v1/imports{sent.query}", sent.token, headers={"content-type": "text/csv"}, content=sent.file
        )
        assert answer.is_success, answer.text
        return str(answer.json()["id"])

    async def key(self) -> dict[str, Any]:
        """A further key of the one who asks."""
        assert self.token is not None
        return await self.done(self.token, "/v1/keys", {"label": self.fresh("key"), "scopes": ["READ"]})


QUERIES: Final = {
    "get_offset_cap": "?facility=SIM-STEEL-01&year=2025",
    "get_league_report": "?first_year=2026&last_year=2030",
    "list_tenures": "?vintage=2023",
}
"""What stands in the query of reads that need one."""


def use_of(pick: dict[str, Any]) -> dict[str, Any]:
    """What is proposed to use serials of one's own accord."""
    return {
        "purpose": "VOLUNTARY",
        "picks": [pick],
        "beneficiary_en": "Baotou Steel",
        "beneficiary_zh": "包钢集团",
        "league": "BAOTOU",
    }


Recipe = Callable[[Asker], Awaitable[Sent]]
RECIPES: Final[dict[str, Recipe]] = {}


def recipe(make: Recipe) -> Recipe:
    """Enter a recipe under its operation's name."""
    RECIPES[make.__name__] = make
    return make


def secret_hash(text: str) -> str:
    """The hash of a secret that nobody will use."""
    return hashlib.sha256(text.encode()).hexdigest()


# -- orders --


@recipe
async def place_order(asker: Asker) -> Sent:
    instrument = asker.world.instrument
    return Sent({}, {"instrument": instrument, "side": "BUY", "price": "28.00", "quantity": 1})


@recipe
async def send_batch(asker: Asker) -> Sent:
    resting = await asker.order()
    place = {"do": "place", "instrument": asker.world.instrument, "side": "BUY", "price": "28.10", "quantity": 1}
    return Sent({}, {"commands": [place, {"do": "cancel", "order": resting["id"]}]})


@recipe
async def cancel_order(asker: Asker) -> Sent:
    return Sent({"order": (await asker.order())["id"]})


@recipe
async def cancel_order_by_client_id(asker: Asker) -> Sent:
    name = asker.fresh("mine")
    await asker.order(client_order_id=name)
    return Sent({"client_order_id": name})


@recipe
async def amend_order(asker: Asker) -> Sent:
    return Sent({"order": (await asker.order())["id"]}, {"quantity": 1})


@recipe
async def amend_order_by_client_id(asker: Asker) -> Sent:
    name = asker.fresh("mine")
    await asker.order(client_order_id=name)
    return Sent({"client_order_id": name}, {"price": "28.20"})


@recipe
async def set_cancel_after(asker: Asker) -> Sent:
    return Sent({}, {"seconds": 3_600})


@recipe
async def cancel_all_orders(asker: Asker) -> Sent:
    await asker.order()
    return Sent({})


@recipe
async def cancel_orders_of_participant(asker: Asker) -> Sent:
    await asker.order()
    return Sent({"participant": asker.world.buyer.id})


# -- the market --


@recipe
async def add_instrument(asker: Asker) -> Sent:
    body = {"symbol": asker.fresh("SYM"), "family": "FORESTRY_CCER", "vintage": 2023, "reference_price": "30.00"}
    code, staff = asker.fresh("P"), asker.world.doors.staff
    await asker.approved({"type": "PROJECT", **project_of(code)}, staff["OPERATOR"], staff["SECOND"])
    return Sent({}, {**body, "project": code})


@recipe
async def halt_instrument(asker: Asker) -> Sent:
    assert asker.token is not None
    made = await asker.done(asker.world.doors.staff["OPERATOR"], "/v1/instruments", (await add_instrument(asker)).body)
    return Sent({"instrument": made["id"]}, {"reason": "a test of halts"})


@recipe
async def halt_market(asker: Asker) -> Sent:
    return Sent({}, {"reason": "a test of halts"})


@recipe
async def end_trading_day(asker: Asker) -> Sent:
    status = (await asker.world.stack.get("/v1/status")).json()
    following = date.fromisoformat(status["trading_day"]) + timedelta(days=1)
    return Sent({}, {"next_day": following.isoformat()})


# -- money, members, keys --


@recipe
async def record_deposit(asker: Asker) -> Sent:
    return Sent({}, {"participant": asker.world.buyer.id, "amount": "1000.00", "bank_reference": asker.fresh("BANK")})


@recipe
async def admit_participant(asker: Asker) -> Sent:
    return Sent({}, {"code": asker.fresh("FIRM"), "name_en": "A firm", "name_zh": "某公司", "role": "BOTH"})


@recipe
async def make_key(asker: Asker) -> Sent:
    public_key = PrivateKey.generate().public_text
    return Sent({}, {"label": asker.fresh("key"), "scopes": ["READ"], "public_key": public_key})


@recipe
async def rotate_key(asker: Asker) -> Sent:
    # The one who asks goes on with the old key in the next recipe, so a further one is what is rotated.
    made = await asker.key()
    return Sent({}, {"grace_seconds": 0}, made["token"])


@recipe
async def revoke_key(asker: Asker) -> Sent:
    return Sent({"key": (await asker.key())["id"]})


# -- agreements --


@recipe
async def propose_agreement(asker: Asker) -> Sent:
    return Sent({}, {"counterparty": asker.world.seller.id, "side": "BUY", **TERMS})


@recipe
async def affirm_agreement(asker: Asker) -> Sent:
    return Sent(
        {"agreement": (await asker.agreement())["id"]}, {"quantity": TERMS["quantity"], "total": TERMS["total"]}
    )


@recipe
async def decline_agreement(asker: Asker) -> Sent:
    return Sent({"agreement": (await asker.agreement())["id"]}, {})


@recipe
async def confirm_agreement(asker: Asker) -> Sent:
    return Sent({"agreement": (await asker.affirmed())["id"]}, {"accept": True})


# -- units --


@recipe
async def propose_use(asker: Asker) -> Sent:
    return Sent({}, use_of(await asker.own_serials()))


@recipe
async def propose_release(asker: Asker) -> Sent:
    return Sent({}, {"picks": [await asker.own_serials()], "national_account": "N-1"})


@recipe
async def call_off_release(asker: Asker) -> Sent:
    return Sent({"release": await asker.release()})


@recipe
async def set_encumbrance(asker: Asker) -> Sent:
    return Sent({}, {"kind": "FREEZE", "project": await asker.project(), "reference": "FRZ-1"})


async def brought_in(asker: Asker) -> str:
    """A lot whose lock the registry is asked for."""
    operator, space = asker.world.doors.staff["OPERATOR"], asker.fresh("SPACE")
    issuance = {"type": "ISSUANCE", **issuance_of(await asker.project(), space=space)}
    issued = await asker.approved(issuance, operator, asker.other_operator)
    lot = {"type": "LOT_ADMISSION", "issuance": issued, "owner": asker.world.stranger.id, "lock_reference": space}
    action = {**lot, "serial_lo": 1, "serial_hi": 11}
    return await asker.approved(action, operator, asker.other_operator, space)


@recipe
async def request_lock(asker: Asker) -> Sent:
    lot = await brought_in(asker)
    await asker.world.registry.answer_all("REFUSED")
    return Sent({"lot": lot})


@recipe
async def take_registry_statement(asker: Asker) -> Sent:
    await brought_in(asker)
    registry = asker.world.registry
    return Sent({}, await registry.statement((await registry.asked())[-1]))


@recipe
async def upload_units(asker: Asker) -> Sent:
    number = asker.fresh("L")
    lo = 1_000_000 + 100 * int(number.rpartition("-")[2])
    row = f"P1,2023-01-01,2023-12-31,100,50000,2024-06-30,{lo}-{lo + 99},SELLER,{number}"
    columns = "&".join(
        f"column_{name}={name}" for name in ("serials", "project", "start", "end", "quantity", "verified", "issued_on")
    )
    return Sent(
        {},
        token=asker.world.doors.staff["OPERATOR"],
        query=f"?form=MAPPED&space=CCER-FILE&template=%7Blo%7D-%7Bhi%7D&{columns}",
        file=f"project,start,end,quantity,verified,issued_on,serials,owner,lock_reference\n{row}\n".encode(),
    )


# -- what two persons do --


@recipe
async def make_proposal(asker: Asker) -> Sent:
    actions: dict[PersonRole | None, dict[str, Any]] = {
        PersonRole.TRADER: {"type": "WITHDRAWAL", "amount": "10.00", "bank_account": "ICBC-1"},
        PersonRole.OPERATOR: {"type": "ISSUANCE", **issuance_of(asker.world.project, space=asker.fresh("SPACE"))},
        PersonRole.REGULATOR: {
            "type": "STAFF",
            "name": "王工",
            "role": "AUDITOR",
            "secret_hash": secret_hash(asker.fresh("secret")),
        },
    }
    return Sent({}, {"action": actions[asker.role]})


@recipe
async def propose_withdrawal(asker: Asker) -> Sent:
    return Sent({}, {"amount": "10.00", "bank_account": "ICBC-1"})


@recipe
async def approve_proposal(asker: Asker) -> Sent:
    hashed = secret_hash(asker.fresh("secret"))
    made = await asker.proposed(
        asker.other_operator, {"type": "STAFF", "name": "王工", "role": "OPERATOR", "secret_hash": hashed}
    )
    return Sent({"proposal": made["id"]}, {"action_hash": made["action_hash"]})


@recipe
async def reject_proposal(asker: Asker) -> Sent:
    sent = await make_proposal(asker)
    assert asker.token is not None and sent.body is not None
    made = await asker.proposed(asker.token, sent.body["action"])
    return Sent({"proposal": made["id"]}, {"reason": "a test"})


@recipe
async def list_candles(asker: Asker) -> Sent:
    await asker.world.trade()
    return Sent({"instrument": asker.world.instrument}, query="?interval=1m")


async def read(asker: Asker) -> Sent:
    """An address whose names are all of things that are there."""
    world = asker.world
    await world.trade()  # the buyer sees a lot once it owns a tonne of it
    return Sent(
        {
            "instrument": world.instrument,
            "participant": world.buyer.id,
            "owner": world.buyer.id,
            "lot": world.lot,
            **await asker.life(),
        },
        query=QUERIES.get(asker.operation, ""),
    )
