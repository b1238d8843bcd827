"""The national registry as a test plays it: a person with a key, who answers what was asked, over HTTP and signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final, Protocol

from exchange.client import ExchangeClient, NewSecret, PrivateKey
from exchange.client.models import RegistryRequest
from exchange.registry.statements import Statement, sign
from tests.support import keyring

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
CALLBACKS: Final = "/v1/registry/callbacks"
_numbers = count(1)


class Doors(Protocol):
    """An exchange that can be asked by the project's own client."""

    staff: dict[str, str]

    def client(self, token: str) -> ExchangeClient:
        """A client with a key."""
        ...


@dataclass
class Registry:
    """The registry's person and key."""

    doors: Doors
    token: str
    private_key: PrivateKey

    @classmethod
    async def introduce(cls, doors: Doors) -> Registry:
        """Let the registry in: proposed by an operator, approved by the regulator, since it watches the operators."""
        secret, private_key = NewSecret.make(), PrivateKey.generate()
        fields = {
            "name": "National registry",
            "role": "REGISTRY",
            "secret_hash": secret.secret_hash,
            "public_key": private_key.public_text,
        }
        async with (
            doors.client(doors.staff["OPERATOR"]) as operator,
            doors.client(doors.staff["REGULATOR"]) as regulator,
        ):
            approved = await regulator.proposals.approve(await operator.proposals.propose("STAFF", fields))
        assert approved.created_key is not None
        token = secret.token(approved.created_key)
        keyring.keep(token, private_key)
        doors.staff["REGISTRY"] = token
        return cls(doors, token, private_key)

    async def asked(self) -> list[RegistryRequest]:
        """What waits for an answer."""
        async with self.doors.client(self.doors.staff["OPERATOR"]) as operator:
            found = [request async for request in operator.requests.every()]
        return [request for request in found if request.status in ("OPEN", "SILENT")]

    async def statement(self, request: RegistryRequest, outcome: str = "CONFIRMED", **changed: Any) -> dict[str, Any]:
        """The registry's signed word about a request."""
        n = next(_numbers)
        fields: dict[str, Any] = {
            "reference": request.reference,
            "kind": request.kind,
            "account": await self._account_of(request),
            "outcome": outcome,
            "space": await self._space_of(request.lot),
            "serial_lo": request.serial_lo,
            "serial_hi": request.serial_hi,
            "receipt": f"RECEIPT-{n}" if outcome == "CONFIRMED" else "",
            "message": f"STATEMENT-{n}",
            "stated_at": (request.asked_at - EPOCH) // timedelta(microseconds=1),
        }
        return sign(Statement(**{**fields, **changed}), self.private_key)

    async def _space_of(self, lot: str) -> str:
        async with self.doors.client(self.doors.staff["OPERATOR"]) as operator:
            issuance = (await operator.units.lot(lot)).issuance
            return next(iter([each.space async for each in operator.units.issuances() if each.id == issuance]))

    async def _account_of(self, request: RegistryRequest) -> str:
        """Where a release goes, as the registry was told with the request."""
        if request.kind != "RELEASE" or request.subject is None:
            return ""
        async with self.doors.client(self.doors.staff["OPERATOR"]) as operator:
            release: dict[str, Any] = await operator.connection.read(f"/v1/releases/{request.subject}")
        return str(release["national_account"])

    async def answer(self, request: RegistryRequest, outcome: str = "CONFIRMED", **changed: Any) -> dict[str, object]:
        """Call back about a request; raises what the client does when the venue refuses."""
        statement = await self.statement(request, outcome, **changed)
        async with self.doors.client(self.token) as registry:
            return await registry.connection.change("POST", CALLBACKS, statement, statement["message"])

    async def answer_all(self, outcome: str = "CONFIRMED") -> None:
        """Answer everything that waits."""
        for request in await self.asked():
            await self.answer(request, outcome)
