"""A service in a process of its own with a small market in it, kept alive while it is attacked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from exchange.bootstrap.genesis import FirstKeys
from exchange.client import ExchangeClient, ExchangeProblem
from exchange.store.embedded import temporary_home
from tests.api.stack import World, build_world
from tests.crash.service import Service
from tests.support import keyring

SEVERE = 500


class Venue:
    """What an attack needs to know: the address, and a token for every role."""

    def __init__(self, service: Service) -> None:
        """``service`` is ready; nobody has done anything in it yet."""
        self.service = service
        self.url = service.url
        keys = FirstKeys(service.folder).read()
        keyring.keep_first_keys(keys)
        self.staff: dict[str, str] = {key.role: key.token for key in reversed(keys)}
        self.staff["SECOND"] = keys[1].token
        self.tokens: dict[str, str] = {}
        self._world: World | None = None

    def client(self, token: str) -> ExchangeClient:
        """The project's own client over HTTP."""
        return ExchangeClient(self.url, token, private_key=keyring.private_key_of(token))

    async def populate(self) -> None:
        """A market with a trade and an order that rests."""
        world = self._world = await build_world(self)
        await world.trade(3)
        await world.place(world.buyer, "BUY", 5, "29.00")
        self.tokens = {**self.staff, "TRADER": world.buyer.token}

    @property
    def instrument(self) -> str:
        """The instrument of the market."""
        assert self._world is not None
        return self._world.instrument

    @property
    def spared(self) -> list[str]:
        """The ids of the keys that the attack itself uses, which it must not be given to revoke."""
        return [token.partition(".")[0] for token in self.tokens.values()]

    async def attend(self) -> None:
        """Undo what an attack with an operator's key is entitled to do: let what is halted go on."""
        async with self.client(self.staff["OPERATOR"]) as first, self.client(self.staff["SECOND"]) as second:
            halted: list[dict[str, object]] = [{}] if (await first.venue.status()).halted else []
            halted += [{"instrument": each.id} async for each in first.instruments.every() if each.halted]
            for fields in halted:
                try:
                    await second.proposals.approve(await first.proposals.propose("RESUME", fields))
                except ExchangeProblem as problem:
                    if problem.status >= SEVERE:
                        raise


@asynccontextmanager
async def open_venue(log: Path) -> AsyncIterator[Venue]:
    """A venue with a private PostgreSQL; leaving the block stops it, and it must end well."""
    with temporary_home() as home:
        service = Service(home, log, None)
        service.start()
        try:
            assert await service.wait_until_ready(), service.last_lines()
            venue = Venue(service)
            await venue.populate()
            yield venue
            await service.stop()
        finally:
            service.kill()
