"""The rulebook that docs/PROPOSALS.md shows is adopted as it stands; who sends a wrong one is told which rule it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.stack import World
from tests.docs.pages import page

pytestmark = pytest.mark.asyncio(loop_scope="module")


def example(name: str) -> dict[str, Any]:
    """The body that a page shows."""
    shown = [json.loads("\n".join(block.lines)) for block in page(f"docs/{name}").blocks("json")]
    (body,) = [each for each in shown if each.get("action", {}).get("type") == "RULEBOOK"]
    return dict(body)


async def proposed(world: World, body: dict[str, Any], language: str = "en") -> dict[str, Any]:
    """The answer to an operator."""
    headers = {"accept-language": language}
    answer = await world.stack.ask("POST", "/v1/proposals", world.stack.staff["OPERATOR"], body, headers=headers)
    return dict(answer.json())


@pytest.mark.parametrize("name", ["PROPOSALS.md", "PROPOSALS.zh-CN.md"])
async def test_the_rulebook_of_the_page_is_adopted_as_it_stands(world: World, name: str) -> None:
    before = (await world.stack.get("/v1/rulebook")).json()
    proposal = await proposed(world, example(name))
    path, approval = f"/v1/proposals/{proposal['id']}/approve", {"action_hash": proposal["action_hash"]}
    approved = await world.stack.ask("POST", path, world.stack.staff["REGULATOR"], approval)
    assert approved.json()["status"] == "APPROVED"
    after = (await world.stack.get("/v1/rulebook")).json()
    assert after["version"] == before["version"] + 1
    unnamed = [rule for rule in before["rules"] if rule["id"] != "FEE"]
    fees = [rule for rule in after["rules"] if rule["id"] == "FEE"]
    assert [rule for rule in after["rules"] if rule["id"] != "FEE"] == unnamed
    assert [(fee["value"], fee["effective_from"]) for fee in fees] == [(0, "2023-11-16"), (300, "2027-01-01")]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", " Not in force yet: 1 rule, the first of them FEE, from 2999-01-01, the trading day is {}."),
        ("zh", "尚未生效的有 1 条规则，首条为：FEE，生效日期：2999-01-01，当前交易日：{}。"),
    ],
)
async def test_a_rule_that_begins_later_alone_is_named(world: World, language: str, told: str) -> None:
    body = example("PROPOSALS.md")
    body["action"]["rules"] = [{**body["action"]["rules"][0], "effective_from": "2999-01-01"}]
    answer = await proposed(world, body, language)
    day = (await world.stack.get("/v1/status")).json()["trading_day"]
    facts = {"later": 1, "later_rule": "FEE", "effective_from": "2999-01-01", "trading_day": day}
    assert (answer["code"], answer["facts"]) == ("RULEBOOK_INCOMPLETE", facts)
    assert answer["detail"].endswith(told.format(day))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", " It is about the rule FEE, its value is at least 0, at most 1000000."),
        ("zh", "所涉规则：FEE，取值最小为：0，取值最大为：1000000。"),
    ],
)
async def test_a_value_that_cannot_be_is_named_with_its_bounds(world: World, language: str, told: str) -> None:
    body = example("PROPOSALS.md")
    body["action"]["rules"][1]["value"] = -1
    answer = await proposed(world, body, language)
    facts = {"wrong_rule": "FEE", "lowest_value": 0, "highest_value": 1_000_000}
    assert (answer["code"], answer["facts"]) == ("RULEBOOK_INCOMPLETE", facts)
    assert answer["detail"].endswith(told)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", " Its unit is another than this rule has: entry 2."),
        ("zh", "单位与该规则现有的单位不同，序号：2。"),
    ],
)
async def test_a_unit_that_is_not_the_rule_s_is_told_with_its_entry(world: World, language: str, told: str) -> None:
    body = example("PROPOSALS.md")
    body["action"]["rules"][1] |= {"unit": "percent", "value": 3}
    answer = await proposed(world, body, language)
    assert (answer["code"], answer["facts"]) == ("RULEBOOK_INCOMPLETE", {"other_unit": 2})
    assert answer["detail"].endswith(told)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", " Its id is another one in other signs: entry 1, which is the rule OFFSET-CAP."),
        ("zh", "编号与另一编号仅写法不同，序号：1，该编号所指规则：OFFSET-CAP。"),
    ],
)
async def test_an_id_that_is_nearly_a_rule_s_is_told_with_that_rule(world: World, language: str, told: str) -> None:
    body = example("PROPOSALS.md")
    body["action"]["rules"] = [{**body["action"]["rules"][0], "id": "offset_cap"}]
    answer = await proposed(world, body, language)
    assert (answer["code"], answer["facts"]) == ("RULEBOOK_INCOMPLETE", {"look_alike": 1, "meant_rule": "OFFSET-CAP"})
    assert answer["detail"].endswith(told)


@pytest.mark.parametrize(
    ("removed", "told"),
    [([], "INVALID_FIELD"), (["FEE"], "RULEBOOK_INCOMPLETE"), (["SURV-1"], "RULEBOOK_INCOMPLETE")],
)
async def test_what_the_venue_keeps_or_does_not_have_cannot_be_taken_out(
    world: World, removed: list[str], told: str
) -> None:
    body = {"action": {"type": "RULEBOOK", "profile": "without it", "rules": [], "removed": removed}}
    assert (await proposed(world, body))["code"] == told


async def test_a_rule_of_the_venue_is_adopted_and_taken_out_again(world: World) -> None:
    before = (await world.stack.get("/v1/rulebook")).json()["rules"]
    own = {**example("PROPOSALS.md")["action"]["rules"][0], "id": "SURV-1"}
    changes = ({"rules": [own]}, {"rules": [], "removed": ["SURV-1"]})
    seen = []
    for change in changes:
        proposal = await proposed(world, {"action": {"type": "RULEBOOK", "profile": "own rules", **change}})
        shown = proposal["action"]
        assert (len(shown["rules"]), shown["removed"]) == (len(change["rules"]), change.get("removed", []))
        path, approval = f"/v1/proposals/{proposal['id']}/approve", {"action_hash": proposal["action_hash"]}
        await world.stack.ask("POST", path, world.stack.staff["REGULATOR"], approval)
        seen.append([rule["id"] for rule in (await world.stack.get("/v1/rulebook")).json()["rules"]])
    assert seen == [[*(rule["id"] for rule in before), "SURV-1"], [rule["id"] for rule in before]]
