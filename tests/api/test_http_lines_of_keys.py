"""Keys that were rotated belong together: what a thief made of one ends with it, and how many a person makes a day."""

from __future__ import annotations

import pytest

from exchange.client import ExchangeProblem
from exchange.client.models import Key, NewKey, RevokedKey
from exchange.core.handlers import keys
from tests.api.stack import Stack, World

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(autouse=True)
def many_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests of this file make more keys on their day than a person does."""
    monkeypatch.setattr(keys, "MAX_MADE_A_DAY", 1_000)


async def make(stack: Stack, token: str) -> NewKey:
    """A key that can make, rotate and revoke others."""
    async with stack.client(token) as client:
        return await client.keys.make("a program's", ["READ", "MANAGE"])


async def rotated(stack: Stack, key: NewKey, grace: int = 600) -> NewKey:
    """What it is replaced by."""
    async with stack.client(key.token) as client:
        return await client.keys.rotate(grace_seconds=grace)


async def revoke(stack: Stack, token: str, key: str) -> RevokedKey:
    """Revoke a key with another one or with itself."""
    async with stack.client(token) as client:
        return await client.keys.revoke(key)


async def opens(stack: Stack, *several: NewKey) -> list[bool]:
    """Which of these keys are good."""
    return [(await stack.get("/v1/me", key.token)).status_code == 200 for key in several]


async def shown(stack: Stack, token: str, key: str) -> Key:
    """A key in its owner's list."""
    async with stack.client(token) as client:
        (found,) = [each async for each in client.keys.own() if each.id == key]
        return found


@pytest.mark.parametrize("grace", [0, 600])
@pytest.mark.parametrize("by", ["owner", "operator"])
async def test_what_a_thief_has_rotated_ends_with_the_stolen_key(
    by: str, grace: int, stack: Stack, world: World
) -> None:
    stolen = await make(stack, world.buyer.token)
    first = await rotated(stack, stolen, grace)
    second = await rotated(stack, first, grace)
    other = await make(stack, world.buyer.token)
    revoked = await revoke(stack, world.buyer.token if by == "owner" else stack.staff["OPERATOR"], stolen.id)
    # Without a grace the one in between had ended by itself and is left as it was.
    ended = (stolen, first, second) if grace else (stolen, second)
    assert revoked == RevokedKey(stolen.id, True, tuple(key.id for key in ended))
    assert await opens(stack, stolen, first, second, other) == [False, False, False, True]
    for key in (stolen, second):
        assert (await shown(stack, world.buyer.token, key.id)).revoked


async def test_what_is_revoked_may_be_revoked_again_by_whoever_may_see_it(stack: Stack, world: World) -> None:
    first = await make(stack, world.buyer.token)
    second = await rotated(stack, first)
    assert (await revoke(stack, first.token, second.id)).revoked_keys == (first.id, second.id), "its own key too"
    for key in (first, second):
        for token in (world.buyer.token, stack.staff["OPERATOR"]):
            assert await revoke(stack, token, key.id) == RevokedKey(key.id, True, ())
        with pytest.raises(ExchangeProblem) as unseen:
            await revoke(stack, world.seller.token, key.id)
        assert (unseen.value.status, unseen.value.code) == (404, "KEY_NOT_FOUND")


async def test_a_key_that_has_ended_by_itself_is_revoked_once(stack: Stack, world: World) -> None:
    old = await make(stack, world.buyer.token)
    new = await rotated(stack, old, 0)
    assert (await revoke(stack, world.buyer.token, new.id)).revoked_keys == (new.id,)
    assert (await revoke(stack, world.buyer.token, old.id)).revoked_keys == (old.id,)
    assert (await revoke(stack, world.buyer.token, old.id)).revoked_keys == ()
    assert (await shown(stack, world.buyer.token, old.id)).revoked


async def test_a_secret_that_was_used_breaks_no_rule_of_the_rulebook(stack: Stack, world: World) -> None:
    body = {"label": "twice", "scopes": ["READ"], "secret_hash": "5e" * 32}
    answers = [await stack.ask("POST", "/v1/keys", world.buyer.token, body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert (answers[1].json()["code"], answers[1].json().get("rule")) == ("SECRET_USED", None)


async def test_a_program_that_has_changed_over_ends_its_old_key_alone(stack: Stack, world: World) -> None:
    old = await make(stack, world.buyer.token)
    new = await rotated(stack, old)
    await revoke(stack, new.token, old.id)
    assert await opens(stack, old, new) == [False, True]
    await revoke(stack, world.buyer.token, old.id)
    assert await opens(stack, new) == [False]


async def test_a_person_makes_so_many_keys_a_day_and_revokes_them_all_the_same(
    stack: Stack, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await make(stack, world.seller.token)
    monkeypatch.setattr(keys, "MAX_MADE_A_DAY", 1)
    with pytest.raises(ExchangeProblem) as making:
        await make(stack, world.seller.token)
    with pytest.raises(ExchangeProblem) as rotating:
        await rotated(stack, made)
    for refused in (making.value, rotating.value):
        assert (refused.status, refused.code, refused.facts) == (422, "TOO_MANY_KEYS_MADE", {"highest": 1})
    await revoke(stack, world.seller.token, made.id)
    assert await opens(stack, made) == [False]


async def test_all_orders_of_one_side_are_cancelled(stack: Stack, world: World) -> None:
    await world.trade(5)
    for price in ("28.00", "28.10"):
        await world.place(world.buyer, "BUY", 1, price)
    await world.place(world.buyer, "SELL", 2, "32.00")
    async with stack.client(world.buyer.token) as client, stack.client(stack.staff["OPERATOR"]) as operator:
        bids = await client.orders.cancel_all(side="BUY")
        assert (bids.side, bids.instrument, bids.cancelled, bids.finished) == ("BUY", None, 2, True)
        none = await client.orders.cancel_all(world.instrument, side="BUY")
        assert (none.side, none.instrument, none.cancelled) == ("BUY", world.instrument, 0)
        assert [order.side async for order in client.orders.every()] == ["SELL"]
        offers = await operator.orders.cancel_all_of(world.buyer.id, world.instrument, side="SELL")
        assert (offers.side, offers.cancelled) == ("SELL", 1)
        both = await operator.orders.cancel_all_of(world.buyer.id)
        assert (both.side, both.cancelled) == (None, 0)
        told, seq = [], 0
        while (page := await client.feed.after(seq))[0]:
            told += page[0]
            seq = page[1]
    assert [event.fields["side"] for event in told if event.type == "JobStarted"] == ["BUY", "BUY", "SELL", None]


async def test_a_side_that_there_is_not_is_named(stack: Stack, world: World) -> None:
    answer = await stack.ask("DELETE", "/v1/orders?side=BOTH", world.buyer.token)
    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION")


async def test_orders_of_a_revoked_key_stay_until_an_operator_cancels_them(stack: Stack, world: World) -> None:
    async with stack.client(world.buyer.token) as owner:
        desk = await owner.keys.make("a desk's", ["READ", "TRADE"])
        async with stack.client(desk.token) as client:
            placed = await client.orders.place(world.instrument, "BUY", 1, "28.00")
        await owner.keys.revoke(desk.id)
        assert placed.order.id in [order.id async for order in owner.orders.every()]
        async with stack.client(stack.staff["OPERATOR"]) as operator:
            await operator.orders.cancel_all_of(world.buyer.id)
        assert [order.id async for order in owner.orders.every()] == []
