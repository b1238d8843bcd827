"""A service in a process of its own with a small market in it: what is attacked, killed and talked to by the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from exchange.bootstrap.genesis import FirstKeys
from exchange.cli.demo.service import Service
from exchange.client import ExchangeClient, ExchangeProblem
from tests.api.stack import World, build_world
from tests.support import keyring
from tests.support.service import a_service

SEVERE: Final = 500
UNBOUNDED: Final = {f"EXCHANGE_RATE_{what}": "1000000" for what in ("ORDERS", "CANCELS", "READS", "ADDRESS", "KEYS")}
"""Settings under which an attack is not turned away at the door for being one."""


class Venue:
    """What a test needs to know of such a service: the address, a token for every role, the market."""

    def __init__(self, service: Service) -> None:
        """``service`` is ready; nobody has done anything in it yet."""
        self.service = service
        self.url = service.url
        self.staff = keyring.tokens_by_role(FirstKeys(service.folder).read())
        self._world: World | None = None

    def client(self, token: str) -> ExchangeClient:
        """The project's own client over HTTP."""
        return ExchangeClient(self.url, token, private_key=keyring.private_key_of(token))

    async def open_market(self) -> None:
        """Firms, a lot and an instrument; nothing is traded yet."""
        self._world = await build_world(self)

    async def populate(self) -> None:
        """A market with a trade and an order that rests."""
        await self.open_market()
        await self.world.trade(3)
        await self.world.place(self.world.buyer, "BUY", 5, "29.00")

    @property
    def world(self) -> World:
        """The market, once it is open."""
        assert self._world is not None
        return self._world

    @property
    def tokens(self) -> dict[str, str]:
        """A token for each role, both operators and the buyer's trader among them."""
        return {**self.staff, "TRADER": self.world.buyer.token}

    @property
    def spared(self) -> list[str]:
        """The ids of the keys that an attack itself uses, which it must not be given to revoke."""
        return [token.partition(".")[0] for token in self.tokens.values()]

    @property
    def log(self) -> str:
        """What the service has said so far."""
        return self.service.log_file.read_text(errors="replace")

    async def attend(self) -> None:
        """Undo what an attack with an operator's key is entitled to do: let what is halted or held fast go on."""
        async with self.client(self.staff["OPERATOR"]) as first, self.client(self.staff["REGULATOR"]) as second:
            undone: list[tuple[str, dict[str, object]]] = (
                [("RESUME", {})] if (await first.venue.status()).halted else []
            )
            undone += [("RESUME", {"instrument": each.id}) async for each in first.instruments.every() if each.halted]
            undone += [
                ("LIFT", {"encumbrance": each.id})
                async for each in first.encumbrances.every()
                if each.lifted_at is None
            ]
            for action, fields in undone:
                try:
                    await second.proposals.approve(await first.proposals.propose(action, fields))
                except ExchangeProblem as problem:
                    if problem.status >= SEVERE:
                        raise


@contextmanager
def a_venue() -> Iterator[Venue]:
    """A populated venue with a private PostgreSQL. Leaving the block stops it: it must end well and no traceback."""
    with a_service(**UNBOUNDED) as service:
        asyncio.run(service.start())
        venue = Venue(service)
        asyncio.run(venue.populate())
        yield venue
        service.end()
        assert service.poll() == 0, venue.log[-4_000:]
        assert "Traceback" not in venue.log, venue.log[-4_000:]
