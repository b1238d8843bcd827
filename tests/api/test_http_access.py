"""Who may ask for what: every route with every role and every scope, generated from the table of operations."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import pytest_asyncio

from exchange.access.authority import READ, may_command
from exchange.access.principal import scope_names
from exchange.api.operations import Change, Operation
from exchange.api.routes import OPERATIONS, name_of
from exchange.client import PrivateKey
from exchange.core.commands.governance import PersonRole, Scope
from tests.api.stack import Stack, World
from tests.support import keyring

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROLES = (None, *PersonRole)


def address(operation: Operation, world: World) -> str:
    """The operation's path with things that are there, but for keys, orders and proposals, which stay as they are."""
    known = {"instrument": world.instrument, "participant": world.seller.id, "lot": world.lot, "owner": world.seller.id}
    return re.sub(r"\{(\w+)\}", lambda match: known.get(match[1], "none-1"), operation.path)


def expected(operation: Operation, role: PersonRole | None) -> str | None:
    """The code with which a role is turned away; None when it is not."""
    if not operation.roles:
        return None
    if role is None:
        return "UNAUTHENTICATED"
    return None if role in operation.roles else "NOT_AUTHORISED"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def tokens(stack: Stack, world: World) -> dict[PersonRole | None, str | None]:
    """A key of each role for everything, and none."""
    staff: dict[PersonRole | None, str | None] = {
        role: stack.staff[role.name] for role in PersonRole if role is not PersonRole.TRADER
    }
    return {None: None, PersonRole.TRADER: world.stranger.token, **staff}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name if role else "NOBODY")
@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
async def test_every_route_lets_in_the_roles_of_its_row_and_no_others(
    operation: Operation, role: PersonRole | None, world: World, tokens: dict[PersonRole | None, str | None]
) -> None:
    body: object = {} if isinstance(operation, Change) and operation.body is not None else None
    answer = await world.stack.ask(operation.method, address(operation, world), tokens[role], body)
    code = answer.json().get("code") if answer.status_code >= 400 else None
    if expected(operation, role):
        assert code == expected(operation, role)
    else:
        assert code not in ("UNAUTHENTICATED", "NOT_AUTHORISED", "SCOPE_MISSING", "NOT_FOUND")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def narrow_tokens(stack: Stack, world: World) -> dict[tuple[PersonRole, Scope], str]:
    """A key of each role with one scope only, which can sign."""
    made = {}
    staff = {PersonRole[name]: token for name, token in stack.staff.items() if name != "SECOND"}
    for role, token in {PersonRole.TRADER: world.buyer.token, **staff}.items():
        async with stack.client(token) as client:
            for scope in Scope:
                private_key = PrivateKey.generate()
                new = await client.keys.make(scope.name, [scope.name], public_key=private_key.public_text)
                made[role, scope] = new.token
                keyring.keep(new.token, private_key)
    return made


def narrow_cases() -> Iterator[tuple[Operation, PersonRole, Scope]]:
    for operation in OPERATIONS:
        for role in operation.roles:
            for scope in Scope:
                yield operation, role, scope


def case_id(part: Operation | PersonRole | Scope) -> str:
    return part.name if isinstance(part, PersonRole | Scope) else name_of(part)


@pytest.mark.parametrize(("operation", "role", "scope"), list(narrow_cases()), ids=case_id)
async def test_a_key_is_good_for_its_scopes_and_nothing_else(
    operation: Operation,
    role: PersonRole,
    scope: Scope,
    world: World,
    narrow_tokens: dict[tuple[PersonRole, Scope], str],
) -> None:
    body: object = {} if isinstance(operation, Change) and operation.body is not None else None
    answer = await world.stack.ask(operation.method, address(operation, world), narrow_tokens[role, scope], body)
    code = answer.json().get("code") if answer.status_code >= 400 else None
    needed = operation.scopes if isinstance(operation, Change) else READ
    assert (code == "SCOPE_MISSING") == (not needed & scope)
    if code == "SCOPE_MISSING":
        assert answer.json()["facts"] == {"needed_scopes": " ".join(scope_names(needed))}
        assert answer.json()["detail"].endswith(f"Needed: {' or '.join(scope_names(needed))}.")
    assert answer.status_code != 401


async def test_the_table_is_that_of_the_core() -> None:
    for operation in OPERATIONS:
        if isinstance(operation, Change):
            assert all(may_command(role, operation.command) for role in operation.roles)


WITHDRAWAL = {"action": {"type": "WITHDRAWAL", "amount": "1", "bank_account": "a"}}
RESUME = {"action": {"type": "RESUME"}}
STAFF = {"action": {"type": "STAFF", "name": "New", "role": "AUDITOR", "secret_hash": "0" * 64}}
TRADER = {"action": {"type": "TRADER", "name": "New", "secret_hash": "0" * 64}}
FOREIGN_TRADER = {"action": TRADER["action"] | {"participant": "par-999"}}
NEW_KEYS = {"action": {"type": "KEY_REPLACEMENT", "person": "per-999", "secret_hash": "0" * 64}}


@pytest.mark.parametrize(
    ("role", "action", "code"),
    [
        (PersonRole.OPERATOR, WITHDRAWAL, "NOT_AUTHORISED"),
        (PersonRole.TRADER, RESUME, "NOT_AUTHORISED"),
        (PersonRole.TRADER, STAFF, "NOT_AUTHORISED"),
        (PersonRole.REGULATOR, TRADER, "NOT_AUTHORISED"),
        (PersonRole.TRADER, FOREIGN_TRADER, "NOT_AUTHORISED"),
        (PersonRole.TRADER, NEW_KEYS, "NOT_AUTHORISED"),
        (PersonRole.OPERATOR, NEW_KEYS, "PERSON_NOT_FOUND"),
        (PersonRole.REGULATOR, RESUME, "NOT_HALTED"),
        (PersonRole.TRADER, WITHDRAWAL, "INSUFFICIENT_CASH"),
    ],
)
async def test_each_action_has_its_own_proposers(
    role: PersonRole, action: object, code: str, stack: Stack, tokens: dict[PersonRole | None, str | None]
) -> None:
    refused = (await stack.ask("POST", "/v1/proposals", tokens[role], action)).json()
    assert refused["code"] == code
    assert code != "INSUFFICIENT_CASH" or "a withdrawal its amount" in refused["detail"]


@pytest.mark.parametrize(
    ("scope", "action", "code"),
    [(Scope.MANAGE, WITHDRAWAL, "SCOPE_MISSING"), (Scope.FUNDS, WITHDRAWAL, "ok")],
)
async def test_each_action_needs_its_own_scope(
    scope: Scope, action: object, code: str, stack: Stack, narrow_tokens: dict[tuple[PersonRole, Scope], str]
) -> None:
    answer = await stack.ask("POST", "/v1/proposals", narrow_tokens[PersonRole.TRADER, scope], action)
    assert answer.json().get("code", "ok") == code


async def test_an_operator_without_manage_cannot_propose_the_venues_matters(
    stack: Stack, narrow_tokens: dict[tuple[PersonRole, Scope], str]
) -> None:
    for scope, code in ((Scope.FUNDS, "SCOPE_MISSING"), (Scope.MANAGE, "NOT_HALTED")):
        answer = await stack.ask("POST", "/v1/proposals", narrow_tokens[PersonRole.OPERATOR, scope], RESUME)
        assert answer.json()["code"] == code


async def test_a_key_dies_at_its_hour_and_when_it_is_revoked(stack: Stack, world: World) -> None:
    async with stack.client(world.stranger.token) as client:
        made = await client.keys.make("for an hour", ["READ"], expires_at="2099-01-01T00:00:00Z")
        assert (await stack.get("/v1/account", made.token)).status_code == 200
        await client.keys.revoke(made.id)
        shown = {key.id: key async for key in client.keys.own()}
        assert shown[made.id].revoked and shown[made.id].scopes == ("READ",)
    answer = await stack.get("/v1/account", made.token)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_key_that_has_expired_cannot_be_made(stack: Stack, world: World) -> None:
    body = {"label": "late", "scopes": ["READ"], "expires_at": "2001-01-01T00:00:00Z"}
    for language, told in (
        ("en", "`expires_at`: Write a time in the future"),
        ("zh", "`expires_at`：请填写将来的时间"),
    ):
        answer = await stack.ask("POST", "/v1/keys", world.stranger.token, body, {"accept-language": language})
        refused = answer.json()
        assert (refused["code"], told in refused["detail"]) == ("INVALID_FIELD", True)
        assert [(each["pointer"], each["code"]) for each in refused["errors"]] == [("/expires_at", "NOT_IN_FUTURE")]


async def keys_of(stack: Stack, person: str, token: str) -> list[str]:
    """The labels of the keys that one is shown of a person."""
    answer = await stack.get(f"/v1/keys?person={person}", token)
    assert answer.status_code == 200, answer.text
    return [key["label"] for key in answer.json()["items"]]


async def test_the_keys_that_a_stolen_key_made_are_found_by_whoever_may_revoke_them(
    stack: Stack, world: World, tokens: dict[PersonRole | None, str | None]
) -> None:
    async with stack.client(world.buyer.token) as thief:
        child = await thief.keys.make("a thief's", ["READ", "MANAGE"])
    persons = {role: (await stack.get("/v1/me", token)).json()["id"] for role, token in tokens.items() if role}
    for role, token in tokens.items():
        if role is None or token is None:
            continue
        shown = {owner for owner, person in persons.items() if await keys_of(stack, person, token)}
        everybody = {
            PersonRole.REGULATOR: set(PersonRole),
            PersonRole.OPERATOR: {PersonRole.TRADER, PersonRole.OPERATOR},
        }
        assert shown == everybody.get(role, {role}) | {role}
    assert await keys_of(stack, "per-999999", stack.staff["OPERATOR"]) == []
    assert "a thief's" in await keys_of(stack, world.buyer.person, world.buyer.token)
    async with stack.client(stack.staff["SECOND"]) as operator:
        found = {key.label: key async for key in operator.keys.of(world.buyer.person)}
        assert found["a thief's"].made_with == world.buyer.token.partition(".")[0]
        await operator.keys.revoke(found["a thief's"].id)
    assert (await stack.get("/v1/me", child.token)).status_code == 401


async def test_to_look_at_anothers_keys_is_written_down(stack: Stack, world: World) -> None:
    regulator, auditor = stack.staff["REGULATOR"], stack.staff["AUDITOR"]
    me = (await stack.get("/v1/me", regulator)).json()["id"]
    for asked in ("", f"?person={me}", f"?person={world.seller.person}"):
        await stack.get(f"/v1/keys{asked}", regulator)
    reads = (await stack.get("/v1/audit/reads?limit=1000", auditor)).json()["items"]
    asked_for = [read["asked"] for read in reads if read["operation"] == "/v1/keys" and read["person"] == me]
    assert asked_for[-1:] == [f"person={world.seller.person}"]
    assert not {"", f"person={me}"} & set(asked_for)


async def test_a_proposal_tells_for_ever_what_its_approval_made(stack: Stack, world: World) -> None:
    async with stack.client(stack.staff["OPERATOR"]) as operator:
        lot = await operator.proposals.get(world.proposal)
        made = {each.id: each async for each in operator.proposals.every()}
    assert (lot.created, lot.created_key) == (world.lot, None) == (made[lot.id].created, None)
    kinds = {str(each.action["type"]): (each.created, each.created_key) for each in made.values() if each.created}
    assert kinds["ISSUANCE"] == (world.issuance, None)
    assert kinds["TRADER"] == (world.stranger.person, world.stranger.token.partition(".")[0])
    second = stack.staff["SECOND"]
    async with stack.client(second) as approver, stack.client(stack.staff["OPERATOR"]) as operator:
        lost = {"person": world.stranger.person, "secret_hash": "5" * 64}
        proposed = await operator.proposals.propose("KEY_REPLACEMENT", lost)
        answered = await approver.proposals.approve(proposed)
        await approver.keys.make("of no proposal", ["READ"])
        told = await operator.proposals.get(proposed.id)
    assert (told.created, told.created_key) == (None, answered.created_key)
    assert told.created_key is not None
