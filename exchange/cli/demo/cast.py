"""Who plays: the firms of the sources with their traders, and the persons of the venue and its supervisors.

Only firms that the sources name are on the stage. Their traders, their money and their serial numbers are simulated and
marked so; a trader has no name of a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from exchange.bootstrap.genesis import FirstKey, FirstKeys
from exchange.client import ExchangeClient, PrivateKey
from exchange.client.models import Participant

if TYPE_CHECKING:
    from exchange.cli.demo.registry import Registry
    from exchange.cli.demo.service import Service


@dataclass(frozen=True, slots=True)
class Voice:
    """Whoever speaks on the stage, by the short name in both languages."""

    en: str
    zh: str


OPERATOR_A: Final = Voice("Operator A", "运营人员 A")
OPERATOR_B: Final = Voice("Operator B", "运营人员 B")


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm that the sources name; ``money`` is the simulated deposit in CNY."""

    code: str
    name_zh: str
    name_en: str
    short: Voice
    role: str
    owner_group: str
    money: str


FIRMS: Final = (
    Firm(
        "SENGONG",
        "内蒙古森工集团",
        "Inner Mongolia Forest Industry",
        Voice("Sengong", "森工集团"),
        "SELLER",
        "sengong",
        "0",
    ),
    Firm(
        "HLBE-FOREST",
        "呼伦贝尔林业集团",
        "Hulunbuir Forestry",
        Voice("Hulunbuir Forestry", "呼伦贝尔林业"),
        "SELLER",
        "hulunbuir-forestry",
        "0",
    ),
    Firm("TUQUAN", "兴安盟突泉县", "Tuquan County, Hinggan League", Voice("Tuquan", "突泉县"), "SELLER", "tuquan", "0"),
    Firm("BAOGANG", "包钢集团", "Baogang (steel)", Voice("Baogang", "包钢集团"), "BUYER", "baogang", "20000000"),
    Firm(
        "HN-YIMIN",
        "华能伊敏煤电",
        "Huaneng Yimin (coal power)",
        Voice("Huaneng Yimin", "华能伊敏"),
        "BOTH",
        "huaneng",
        "9000000",
    ),
    Firm(
        "HN-MENGDONG",
        "华能内蒙古东部能源",
        "Huaneng Mengdong (power)",
        Voice("Huaneng Mengdong", "华能蒙东"),
        "BUYER",
        "huaneng",
        "3000000",
    ),
)


@dataclass(slots=True)
class Desk:
    """A firm on the stage: the id of its trader, and a client with that trader's key."""

    firm: Firm
    participant: Participant
    trader: str
    client: ExchangeClient

    @property
    def id(self) -> str:
        """The participant's id."""
        return self.participant.id


@dataclass(slots=True)
class Staff:
    """The persons whose keys were made with the venue."""

    operator_a: ExchangeClient
    operator_b: ExchangeClient
    regulator: ExchangeClient
    auditor: ExchangeClient
    auditor_token: str


@dataclass(slots=True)
class Stage:
    """Everything that the acts need: exchange, registry and staff, the firms so far, and what they made."""

    service: Service
    registry: Registry
    staff: Staff
    public: ExchangeClient
    clients: AsyncExitStack
    desks: dict[str, Desk] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)
    issuances: dict[str, str] = field(default_factory=dict)
    instruments: dict[str, str] = field(default_factory=dict)
    lots: dict[str, str] = field(default_factory=dict)
    uses: dict[str, str] = field(default_factory=dict)
    certificates: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the exchange answers."""
        return self.service.url

    async def client(self, token: str, private_key: PrivateKey) -> ExchangeClient:
        """A client that is closed with the stage."""
        return await self.clients.enter_async_context(ExchangeClient(self.url, token, private_key=private_key))

    def desk(self, code: str) -> Desk:
        """The desk of an admitted firm."""
        return self.desks[code]

    def symbol_of(self, instrument: str) -> str:
        """The symbol that belongs to an instrument's id."""
        return next((symbol for symbol, known in self.instruments.items() if known == instrument), instrument)


def first_keys(folder: Path) -> dict[str, FirstKey]:
    """The keys that were made with the venue, by their persons' names."""
    return {key.name: key for key in FirstKeys(folder).read()}


async def open_stage(
    service: Service, registry: Registry, keys: Mapping[str, FirstKey], clients: AsyncExitStack
) -> Stage:
    """The stage before anybody is admitted."""

    async def client(name: str) -> ExchangeClient:
        key = keys[name]
        private_key = PrivateKey.read(key.private_key)
        return await clients.enter_async_context(ExchangeClient(service.url, key.token, private_key=private_key))

    staff = Staff(
        operator_a=await client("Operator A"),
        operator_b=await client("Operator B"),
        regulator=await client("Regulator"),
        auditor=await client("Auditor"),
        auditor_token=keys["Auditor"].token,
    )
    return Stage(service, registry, staff, await clients.enter_async_context(ExchangeClient(service.url)), clients)
