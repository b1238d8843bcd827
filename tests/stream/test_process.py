"""The stream of a real process: on its own event loop, over a kill and over a stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from exchange.bootstrap.genesis import FirstKeys
from exchange.cli.demo.service import Service
from exchange.client import ExchangeClient
from tests.api.stack import World, build_world
from tests.stream.talker import Talker, new_key
from tests.support import keyring
from tests.support.service import a_service

pytestmark = [pytest.mark.processes, pytest.mark.asyncio(loop_scope="module")]


class Doors:
    """A process that serves, in the words of the small market."""

    world: World

    def __init__(self, service: Service, staff: dict[str, str]) -> None:
        self.service = service
        self.staff = staff

    def client(self, token: str) -> ExchangeClient:
        return ExchangeClient(self.service.url, token, private_key=keyring.private_key_of(token))

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.service.url)
        assert parts.hostname is not None and parts.port is not None
        return parts.hostname, parts.port


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def doors() -> AsyncIterator[Doors]:
    """A served exchange with the small market."""
    with a_service() as service:
        await service.start()
        doors = Doors(service, staff_of(service))
        doors.world = await build_world(doors)
        yield doors


def staff_of(service: Service) -> dict[str, str]:
    """The first keys by role, with what they sign with."""
    keys = FirstKeys(service.folder).read()
    keyring.keep_first_keys(keys)
    by_role = {key.role: key.token for key in reversed(keys)}
    return {**by_role, "SECOND": keys[1].token}


async def test_a_client_stands_where_it_stood_after_a_kill(doors: Doors) -> None:
    world, name = doors.world, f"trades:{doors.world.instrument}"
    body = {"instrument": world.instrument, "side": "BUY", "quantity": 1, "price": "29.00", "time_in_force": "GTC"}
    key = new_key()
    async with Talker.connect(doors.address, world.buyer.token) as talker:
        await talker.subscribe(name, "private")
        await talker.of("private")
        await world.trade(3)
        first = await talker.of(name)
        while not first["trades"]:
            first = await talker.of(name)
        placed = await talker.ask("place", idempotency_key=key, body=body)
        process = doors.service._process
        assert process is not None
        process.kill()
        assert await talker.closed() in (1006, 1001)
    process.wait()
    await doors.service.start()
    async with Talker.connect(doors.address, world.buyer.token) as talker:
        await world.trade(4)
        await talker.subscribe(name, after_seq=first["seq"])
        missed = await talker.of(name)
        assert [trade["trade_no"] for trade in missed["trades"]] == [first["trades"][-1]["trade_no"] + 1]
        again = await talker.ask("place", idempotency_key=key, body=body)
        assert (again["replayed"], again["body"]) == (True, placed["body"])


async def test_a_stop_says_goodbye_and_keeps_what_was_promised(doors: Doors) -> None:
    world = doors.world
    body = {"instrument": world.instrument, "side": "BUY", "quantity": 1, "price": "28.50", "time_in_force": "GTC"}
    async with Talker.connect(doors.address, world.buyer.token) as talker:
        await talker.ask("cancel_on_disconnect", enabled=True)
        assert (await talker.order("place", body=body))["status"] == 201
        stopping = asyncio.create_task(asyncio.to_thread(doors.service.stop))
        assert await talker.closed() == 1001
        await stopping
    await doors.service.start()
    async with doors.client(world.buyer.token) as client:
        assert [order async for order in client.orders.every()] == []
