"""``exchange sandbox-join``: let a firm into a sandbox, with a trader whose key is written to a file.

It does what two operators do at a real venue, with the first keys of this one: the first admits the firm and proposes
the trader, the second approves, signed. The sandbox gives the firm play money and play units. Books for these are
listed with the first firm.
"""

from __future__ import annotations

import argparse
import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from exchange.bootstrap.genesis import FirstKey, FirstKeys
from exchange.cli.problem import OK, CommandError
from exchange.cli.settings import Subparsers, add_data_dir, settings_of
from exchange.client import ClientError, ExchangeClient, KeyFile, NewSecret, NoAnswerError, PrivateKey
from exchange.client.models import Instrument, Participant
from exchange.core.handlers.sandbox import PLAY_CATEGORY, PLAY_LEAGUE, PLAY_VINTAGE, SANDBOX

ROLES: Final = ("BUYER", "SELLER", "BOTH")
LONGEST_CODE: Final = 32

BOOKS: Final[tuple[dict[str, Any], ...]] = (
    {
        "symbol": "SANDBOX-CCER",
        "family": "FORESTRY_CCER",
        "project": SANDBOX,
        "vintage": PLAY_VINTAGE,
        "reference_price": "70.00",
    },
    {
        "symbol": "SANDBOX-QUOTA",
        "family": "REDUCTION_QUOTA",
        "vintage": PLAY_VINTAGE,
        "source_category": PLAY_CATEGORY.name,
        "league": PLAY_LEAGUE.name,
        "reference_price": "30.00",
    },
)
"""What can be traded in a sandbox: the two kinds of play units. The prices are invented."""


@dataclass(slots=True)
class Operators:
    """Both operators of the venue, who let a firm in together."""

    first: ExchangeClient
    second: ExchangeClient


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "sandbox-join",
        help="let a firm into a sandbox and write its trader's key to a file 加入沙箱",
        description="Let a firm into a sandbox (EXCHANGE_SANDBOX=on) that runs on this machine. 企业加入沙箱。",
    )
    command.add_argument("--name", required=True, help="name of the firm, such as steel 企业名称")
    command.add_argument("--role", choices=ROLES, default="BOTH", help="what it may do; BOTH unless given 交易资格")
    command.add_argument(
        "--file", type=Path, metavar="FILE", help="where to write the key; NAME.key.json unless given 密钥文件"
    )
    command.add_argument("--url", help="where the exchange answers, instead of EXCHANGE_HOST and EXCHANGE_PORT")
    add_data_dir(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Let the firm in."""
    settings = settings_of(arguments)
    keys = FirstKeys(settings.data_dir).read()
    if not keys:
        raise CommandError(
            f"there are no first keys in {settings.data_dir}.",
            "start a sandbox first: EXCHANGE_SANDBOX=on ./dev run 请先启动沙箱",
            "or name its folder: --data-dir 或指明其数据目录",
        )
    url = arguments.url or f"http://{settings.host}:{settings.port}"
    code = code_of(arguments.name)
    file = arguments.file or Path(f"{code.lower()}.key.json")
    if file.exists():
        raise CommandError(f"{file} is there already, and is not written over.", "choose another one with --file")
    try:
        asyncio.run(_join(url, settings.public_origin, keys, arguments.name, code, arguments.role, file))
    except NoAnswerError as error:
        raise CommandError(str(error), f"is the exchange running at {url}? 交易所是否已启动？") from None
    except (ClientError, OSError) as error:
        raise CommandError(str(error)) from None
    return OK


def code_of(name: str) -> str:
    """A firm's code from its name: what of it a code may have, in capitals."""
    code = re.sub(r"[^A-Z0-9]+", "-", name.upper()).strip("-")[:LONGEST_CODE].strip("-")
    if not code:
        raise CommandError("the name has no letter or digit for a code.", "write it in Latin letters, such as steel")
    return code


async def _join(
    url: str, origin: str | None, keys: tuple[FirstKey, ...], name: str, code: str, role: str, file: Path
) -> None:
    first, second = (key for key in keys if key.role == "OPERATOR")
    async with _client(url, origin, first) as one, _client(url, origin, second) as other:
        if not (await one.venue.status()).sandbox:
            raise CommandError(
                f"the exchange at {url} is no sandbox, where nobody gets anything to play with.",
                "start one in a folder of its own: EXCHANGE_SANDBOX=on ./dev run --data-dir FOLDER 请启动沙箱",
            )
        operators = Operators(one, other)
        books = await _books(one)
        firm, mine = await _admit(operators, name, code, role)
    KeyFile(url, *mine).save(file)
    _tell(firm, books, file)


def _client(url: str, origin: str | None, key: FirstKey) -> ExchangeClient:
    return ExchangeClient(url, key.token, private_key=PrivateKey.read(key.private_key), origin=origin)


async def _books(operator: ExchangeClient) -> list[Instrument]:
    """The books of the play units, listed if they are not."""
    listed = {book.symbol: book async for book in operator.instruments.every()}
    return [listed.get(terms["symbol"]) or await operator.instruments.list_new(**terms) for terms in BOOKS]


async def _admit(operators: Operators, name: str, code: str, role: str) -> tuple[Participant, tuple[str, PrivateKey]]:
    """The firm, and its trader's key."""
    firm = await operators.first.participants.admit(
        code=code, name_en=name, name_zh=name, role=role, owner_group=code.lower()
    )
    secret, private_key = NewSecret.make(), PrivateKey.generate()
    fields = {
        "participant": firm.id,
        "name": f"{name}: trader",
        "secret_hash": secret.secret_hash,
        "public_key": private_key.public_text,
    }
    approved = await operators.second.proposals.approve(await operators.first.proposals.propose("TRADER", fields))
    assert approved.created_key is not None, "an approved trader has a key"
    return firm, (secret.token(approved.created_key), private_key)


def _tell(firm: Participant, books: list[Instrument], file: Path) -> None:
    print(f"{firm.id}  {firm.code} is in the sandbox 已加入沙箱")
    print(f"its trader's key is in {file}, readable by you alone 交易员密钥文件")
    for book in books:
        print(f"{book.id}  {book.symbol}  {book.lowest} – {book.highest} CNY/t")
