"""The life of a key: made to sign or to stay in its networks, replaced without a gap, used from elsewhere."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import pytest

from exchange.api.app import Application
from exchange.client import ExchangeProblem, NewSecret, PrivateKey
from exchange.client.models import NewKey
from exchange.core.handlers import keys
from tests.api.documented import Documented
from tests.api.stack import BASE, Stack, World
from tests.support import keyring

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(autouse=True)
def many_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests of this file make more keys on their day than a person does."""
    monkeypatch.setattr(keys, "MAX_MADE_A_DAY", 1_000)


async def make(stack: Stack, token: str, **more: Any) -> NewKey:
    """A further key, of which the keyring knows the private one if it has one."""
    pair = more.pop("pair", None)
    async with stack.client(token) as client:
        made = await client.keys.make(
            "further", more.pop("scopes", ["READ"]), public_key=pair and pair.public_text, **more
        )
    if pair is not None:
        keyring.keep(made.token, pair)
    return made


async def shown(stack: Stack, token: str, key: str) -> dict[str, Any]:
    """A key in its owner's list."""
    items = (await stack.get("/v1/keys?limit=1000", token)).json()["items"]
    found: dict[str, Any] = next(item for item in items if item["id"] == key)
    return found


class NotWalked(dict[Any, Any]):
    """All keys of the venue, of which a listing must not look at each."""

    def __iter__(self) -> Any:
        raise AssertionError("every key of the venue was looked at")

    values = items = __iter__


async def test_a_listing_looks_at_the_keys_of_one_person_only(stack: Stack, world: World) -> None:
    assert isinstance(stack.app, Application)
    people = stack.app.services.view.people
    made = [(await make(stack, world.buyer.token)).id for _ in range(3)]
    everybodys = people.keys
    people.keys = NotWalked(everybodys)
    try:
        first = (await stack.get("/v1/keys?limit=2", world.buyer.token)).json()
        rest = (await stack.get(f"/v1/keys?limit=1000&cursor={first['next_cursor']}", world.buyer.token)).json()
    finally:
        people.keys = everybodys
    ids = [item["id"] for item in (*first["items"], *rest["items"])]
    assert len(first["items"]) == 2 and ids == sorted(set(ids), key=lambda name: int(name.split("-")[1]))
    assert set(made) <= set(ids)


async def asked_from(stack: Stack, address: str, token: str, path: str = "/v1/me") -> httpx.Response:
    """A read that comes from an address."""
    transport = Documented(stack.app, client=(address, 4_711))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as http:
        return await http.get(path, headers={"authorization": f"Bearer {token}"})


# --- rotation ---------------------------------------------------------------------------------------------------------


async def test_a_key_is_replaced_by_one_for_the_same_and_is_good_for_a_while_yet(stack: Stack, world: World) -> None:
    old = await make(
        stack, world.buyer.token, scopes=["READ", "TRADE"], networks=["127.0.0.0/8"], expires_at="2099-01-01T00:00:00Z"
    )
    async with stack.client(old.token) as client:
        new = await client.keys.rotate(grace_seconds=600)
    assert (new.scopes, new.networks, new.expires_at, new.label) == (
        old.scopes,
        old.networks,
        old.expires_at,
        old.label,
    )
    assert (new.replaces, new.public_key) == (old.id, None)
    for token in (old.token, new.token):
        assert (await stack.get("/v1/me", token)).status_code == 200
    listed = await shown(stack, world.buyer.token, old.id)
    assert listed["replaced_by"] == new.id and not listed["revoked"]
    assert listed["expires_at"] is not None and listed["expires_at"] < "2099"


async def test_without_grace_the_old_key_is_useless_at_once(stack: Stack, world: World) -> None:
    old = await make(stack, world.buyer.token)
    async with stack.client(old.token) as client:
        new = await client.keys.rotate(grace_seconds=0)
    assert (await stack.get("/v1/me", old.token)).status_code == 401
    assert (await stack.get("/v1/me", new.token)).json()["key"] == new.id


async def test_a_key_that_signs_is_replaced_by_a_signed_request_and_one_that_signs(stack: Stack, world: World) -> None:
    first, second = PrivateKey.generate(), PrivateKey.generate()
    old = await make(stack, world.buyer.token, pair=first, scopes=["FUNDS", "READ"])
    unsigned = {"authorization": f"Bearer {old.token}", "idempotency-key": f"unsigned {old.id}".replace(" ", "-")}
    body = {"public_key": second.public_text}
    answer = await stack.http.post("/v1/keys/rotate", json=body, headers=unsigned)
    assert answer.json()["code"] == "SIGNATURE_MISSING"
    async with stack.client(old.token) as client:
        with pytest.raises(ExchangeProblem) as without:
            await client.keys.rotate()
        new = await client.keys.rotate(public_key=second.public_text)
    assert without.value.status == 422
    (error,) = without.value.errors
    assert (error.pointer, error.code) == ("/public_key", "PUBLIC_KEY_OF_SIGNER")
    assert "public key of a new pair" in error.detail and "43 characters" in without.value.detail
    assert new.public_key == second.public_text
    keyring.keep(new.token, second)
    withdrawal = {"amount": "1.00", "bank_account": "ICBC-1"}
    assert (await stack.ask("POST", "/v1/withdrawals", new.token, withdrawal)).status_code == 201
    keyring.keep(new.token, first)
    assert (await stack.ask("POST", "/v1/withdrawals", new.token, withdrawal)).json()["code"] == "SIGNATURE_WRONG"


async def test_a_key_without_a_public_key_cannot_be_given_one(stack: Stack, world: World) -> None:
    old = await make(stack, world.buyer.token)
    public = PrivateKey.generate().public_text
    answer = await stack.ask("POST", "/v1/keys/rotate", old.token, {"public_key": public})
    assert (answer.status_code, answer.json()["code"]) == (403, "KEY_CANNOT_SIGN")
    made = await stack.ask("POST", "/v1/keys", old.token, {"label": "x", "scopes": ["READ"], "public_key": public})
    assert made.status_code == 403


async def test_the_secret_of_a_new_key_is_shown_once(stack: Stack, world: World) -> None:
    old = await make(stack, world.buyer.token)
    headers = {"idempotency-key": f"rotate-{old.id}"}
    first = await stack.ask("POST", "/v1/keys/rotate", old.token, {}, headers)
    again = await stack.ask("POST", "/v1/keys/rotate", old.token, {}, headers)
    assert (first.status_code, again.status_code, again.json()["code"]) == (201, 409, "SECRET_SHOWN_ONCE")
    assert again.json()["facts"] == {"key": first.json()["id"]}


@pytest.mark.parametrize(("path", "body"), [("/v1/keys", {"label": "x", "scopes": ["READ"]}), ("/v1/keys/rotate", {})])
async def test_a_secret_that_the_caller_made_is_never_told_and_the_answer_is_given_again(
    path: str, body: dict[str, Any], stack: Stack, world: World
) -> None:
    """So that no crash between the answer and the caller's file can lose a key."""
    old, secret = await make(stack, world.stranger.token, scopes=["READ", "MANAGE"]), NewSecret.make()
    headers = {"idempotency-key": f"own-{secret.secret_hash[:9]}"}
    sent = {**body, "secret_hash": secret.secret_hash}
    first, again = [await stack.ask("POST", path, old.token, sent, headers) for _ in range(2)]
    assert (first.status_code, first.json()["token"]) == (201, None)
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    me = await stack.get("/v1/me", secret.token(first.json()["id"]))
    assert (me.status_code, me.json()["key"]) == (200, first.json()["id"])
    assert (await stack.get("/v1/me", f"{first.json()['id']}.{NewSecret.make().text}")).status_code == 401


async def test_the_client_tells_the_token_of_a_secret_that_it_was_given(stack: Stack, world: World) -> None:
    old = await make(stack, world.stranger.token, scopes=["READ", "MANAGE"])
    made, rotated = NewSecret.make(), NewSecret.make()
    async with stack.client(old.token) as client:
        tokens = [
            (await client.keys.make("y", ["READ"], secret=made)).token,
            (await client.keys.rotate(secret=rotated)).token,
        ]
    assert [token.partition(".")[2] for token in tokens] == [made.text, rotated.text]
    for token in tokens:
        assert (await stack.get("/v1/me", token)).status_code == 200


@pytest.mark.parametrize("seconds", [-1, 86_401])
async def test_the_grace_is_a_day_at_most(seconds: int, stack: Stack, world: World) -> None:
    answer = await stack.ask("POST", "/v1/keys/rotate", world.stranger.token, {"grace_seconds": seconds})
    assert answer.json()["errors"][0]["pointer"] == "/grace_seconds"


async def test_who_has_lost_the_private_key_is_entered_anew_with_another(stack: Stack) -> None:
    lost, found = PrivateKey.generate(), PrivateKey.generate()
    fields: dict[str, Any] = {"name": "Operator C", "role": "OPERATOR", "secret_hash": hashed("first")}
    async with stack.client(stack.staff["OPERATOR"]) as first, stack.client(stack.staff["SECOND"]) as second:
        entered = await first.proposals.propose("STAFF", fields | {"public_key": lost.public_text})
        person = (await second.proposals.approve(entered)).created
        anew = {"person": person, "secret_hash": hashed("second"), "public_key": found.public_text}
        replaced = await second.proposals.approve(await first.proposals.propose("KEY_REPLACEMENT", anew))
        waiting = await first.proposals.propose("STAFF", fields | {"secret_hash": hashed("third")})
    token = f"{replaced.created_key}.{secret_of('second')}"
    body = {"action_hash": waiting.action_hash}
    for private_key, code in ((lost, "SIGNATURE_WRONG"), (found, "done")):
        keyring.keep(token, private_key)
        answer = await stack.ask("POST", f"/v1/proposals/{waiting.id}/approve", token, body)
        assert answer.json().get("code", "done") == code


def secret_of(name: str) -> str:
    """A secret that a person made."""
    return (name * 43)[:43]


def hashed(name: str) -> str:
    """What the person hands over of it."""
    return hashlib.sha256(secret_of(name).encode()).hexdigest()


# --- networks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("networks", "good", "bad"),
    [
        (["203.0.113.0/24"], ["203.0.113.1", "::ffff:203.0.113.255"], ["203.0.114.1", "127.0.0.1", "::1"]),
        (["203.0.113.7"], ["203.0.113.7"], ["203.0.113.8"]),
        (["2001:DB8::/32", "10.0.0.0/8"], ["2001:db8:1::5", "10.9.9.9"], ["2001:db9::1", "11.0.0.1"]),
        ([], ["203.0.113.1", "2001:db8::1"], []),
    ],
)
async def test_a_key_can_be_used_from_its_networks_only(
    networks: list[str], good: list[str], bad: list[str], stack: Stack, world: World
) -> None:
    made = await make(stack, world.buyer.token, networks=networks)
    for address in good:
        assert (await asked_from(stack, address, made.token)).status_code == 200, address
    for address in bad:
        assert (await asked_from(stack, address, made.token)).status_code == 401, address


async def test_out_of_place_looks_like_a_wrong_key_to_the_byte_and_its_owner_sees_it(
    stack: Stack, world: World
) -> None:
    made = await make(stack, world.buyer.token, networks=["203.0.113.0/24"])
    assert (await shown(stack, world.buyer.token, made.id))["strayed_from"] is None
    wrong = await asked_from(stack, "198.51.100.4", f"{made.id}.{'A' * 43}")
    assert (await shown(stack, world.buyer.token, made.id))["strayed_from"] is None
    astray = await asked_from(stack, "198.51.100.4", made.token)
    assert (astray.status_code, astray.content) == (wrong.status_code, wrong.content)
    variable = {"x-request-id", "ratelimit"}
    assert [h for h in astray.headers.items() if h[0] not in variable] == [
        h for h in wrong.headers.items() if h[0] not in variable
    ]
    listed = await shown(stack, world.buyer.token, made.id)
    assert listed["strayed_from"] == "198.51.100.4" and listed["strayed_at"] is not None
    assert listed["networks"] == ["203.0.113.0/24"]


async def test_the_networks_hold_for_changes_too(stack: Stack, world: World) -> None:
    made = await make(stack, world.buyer.token, networks=["203.0.113.0/24"], scopes=["TRADE"])
    answer = await stack.ask("DELETE", "/v1/orders/ord-1", made.token)
    assert answer.json()["code"] == "UNAUTHENTICATED"


async def test_networks_have_one_spelling_and_stand_once(stack: Stack, world: World) -> None:
    made = await make(
        stack, world.buyer.token, networks=["2001:DB8:0::/32", "10.0.0.1", "10.0.0.1/32", "::ffff:1.2.3.4"]
    )
    assert made.networks == ("1.2.3.4/32", "10.0.0.1/32", "2001:db8::/32")


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"networks": ["10.0.0.1/8"]}, "/networks/0", "NETWORK"),
        ({"networks": ["10.0.0.0/8", "here"]}, "/networks/1", "NETWORK"),
        ({"networks": ["10.0.0.0/8"] * 21}, "/networks", "TOO_MANY"),
        ({"networks": "10.0.0.0/8"}, "/networks", "WRONG_TYPE"),
        ({"public_key": "A" * 43}, "/public_key", "PUBLIC_KEY"),
        ({"public_key": "00" * 32}, "/public_key", "PUBLIC_KEY"),
    ],
)
async def test_a_bad_network_or_public_key_is_named(
    fields: dict[str, Any], pointer: str, code: str, stack: Stack, world: World
) -> None:
    answer = await stack.ask("POST", "/v1/keys", world.buyer.token, {"label": "x", "scopes": ["READ"]} | fields)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


async def test_a_key_with_networks_makes_none_for_elsewhere(stack: Stack, world: World) -> None:
    narrow = await make(stack, world.buyer.token, networks=["127.0.0.0/8", "10.0.0.0/8"], scopes=["READ", "MANAGE"])
    for networks in ([], ["192.0.2.0/24"], ["127.0.0.0/8", "192.0.2.0/24"]):
        with pytest.raises(ExchangeProblem) as refused:
            await make(stack, narrow.token, networks=networks)
        assert refused.value.code == "KEY_TOO_WIDE"
    assert (await make(stack, narrow.token, networks=["127.0.0.0/8"])).networks == ("127.0.0.0/8",)


async def test_me_tells_what_the_key_is_good_for(stack: Stack, world: World) -> None:
    made = await make(stack, world.buyer.token, networks=["127.0.0.0/8"])
    me = (await stack.get("/v1/me", made.token)).json()
    assert (me["networks"], me["signs"]) == (["127.0.0.0/8"], False)
    assert (await stack.get("/v1/me", world.buyer.token)).json()["signs"] is True
