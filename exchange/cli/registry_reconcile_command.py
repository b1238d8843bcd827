"""``exchange registry-reconcile``: do our serials, the registry's list and what was asked of it agree?"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Final

from exchange.access.ids import Kind, id_text
from exchange.bootstrap.database import Database, open_for_reading
from exchange.bootstrap.genesis import FirstKeys
from exchange.bootstrap.registry_line import reconcile
from exchange.bootstrap.registry_token import registry_http
from exchange.cli.asking import at_the_exchange
from exchange.cli.keys_command import chosen
from exchange.cli.problem import DIFFERENT, OK, CommandError
from exchange.cli.settings import Subparsers, add_data_dir, settings_of, understandable
from exchange.cli.sign_command import MAKES_KEY_FILE, read_key_file
from exchange.cli.terminal import language_of
from exchange.client import ClientError, ExchangeClient, PrivateKey
from exchange.config import Settings
from exchange.core.values import Micros
from exchange.registry.client import RegistryClient, RegistryUnavailableError
from exchange.registry.report import Report
from exchange.registry.suspending import Affected
from exchange.store.outbox import PostgresOutbox

ENCUMBRANCES: Final = "/v1/encumbrances"

_TOKEN: Final = "is EXCHANGE_REGISTRY_TOKEN_FILE right? 令牌文件是否正确？"
_NO_TOKEN: Final = (
    "EXCHANGE_REGISTRY_TOKEN_FILE is not set: does the registry want a token? 未设置令牌文件，登记机构是否要求令牌？"
)
_BY_FILE: Final = "or use a key of your own: --hold --key-file FILE 或使用本人的密钥文件"

_WANTED: Final = (
    "--key-file takes JSON with url, key (the whole token) and private_key, and a PEM file has only the last: "
    f"{MAKES_KEY_FILE} makes one of it "
    "须为密钥文件（含 url、key 与 private_key）；PEM 文件只含私钥，可用上述 Python 语句生成"
)

Signer = tuple[str, PrivateKey]
"""A token, and what its requests are signed with."""


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "registry-reconcile",
        help="compare our serials with the registry's list and what was asked 与登记机构对账",
        description=(
            "Compare the serials in our ledger, the national registry's lists and the requests that we made. The"
            " registry is that of EXCHANGE_REGISTRY_URL. Nothing is changed without --hold."
            " 比对我方序列号、登记机构名册与所发请求；不加 --hold 则不作任何更改。"
        ),
    )
    command.add_argument("--json", action="store_true", help="write the report as JSON 以 JSON 输出报告")
    command.add_argument(
        "--hold",
        nargs="?",
        const="",
        metavar="NAME",
        help='suspend what does not agree, with the first key of this person: "Operator A" 由此人暂停不符部分',
    )
    command.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help="with --hold, instead of NAME: a file of the client's KeyFile, token and private key 密钥文件",
    )
    command.add_argument(
        "--url", help="where the exchange answers, instead of EXCHANGE_HOST and EXCHANGE_PORT 交易所地址"
    )
    add_data_dir(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Reconcile; 1 when something does not agree."""
    settings = settings_of(arguments)
    if settings.registry_url is None:
        raise CommandError(
            "no registry is configured. 未配置登记机构。",
            "set here what the exchange was started with: EXCHANGE_REGISTRY_URL=https://registry.example "
            "EXCHANGE_REGISTRY_TOKEN_FILE=FILE 请设置与启动交易所时相同的这两项",
            "a simulator has http://127.0.0.1:8100, unless --port was given, and the file venue-token in its folder "
            "模拟程序的地址如上（除非另指定 --port），令牌为其目录中的 venue-token",
            "and EXCHANGE_DATA_DIR or EXCHANGE_DATABASE_URL where the exchange is not in the usual folder "
            "交易所不在默认目录的，另设其数据目录或数据库地址",
        )
    key = _key_of(settings, arguments.hold, arguments.key_file)
    with understandable(), open_for_reading(settings) as database:
        report = asyncio.run(_reconcile(settings, database))
    told = [json.dumps(report.document(), ensure_ascii=False)] if arguments.json else report.text()
    print("\n".join(told), flush=True)
    for line in report.advice(is_held=key is not None):
        # A remark beside the results, which are for programs too.
        print(line, file=sys.stderr, flush=True)
    if key is not None and report.held:
        _hold(arguments.url or f"http://{settings.host}:{settings.port}", settings, key, report)
    return OK if report.agrees else DIFFERENT


def _key_of(settings: Settings, name: str | None, file: Path | None) -> Signer | None:
    """Who suspends what does not agree: a person with a first key or whose key is in a file; None where nobody does."""
    if file is not None and name == "":
        return read_key_file(file, _WANTED)
    if file is not None:
        raise CommandError(
            "--key-file says who holds, in the place of a name. --key-file 与姓名只能择一。",
            "write it so: --hold --key-file FILE 请如此书写",
        )
    if name is None:
        return None
    if not name:
        raise CommandError("say who holds: --hold NAME. 请指明由何人暂停", _BY_FILE)
    try:
        key = chosen(FirstKeys(settings.data_dir), name)
    except CommandError as error:
        raise CommandError(error.problem, *error.remedies, _BY_FILE) from None
    return key.token, PrivateKey.read(key.private_key)


async def _reconcile(settings: Settings, database: Database) -> Report:
    async with registry_http(settings) as http, PostgresOutbox.open(database.service_dsn) as outbox:
        keys = await outbox.registry_keys(Micros(time.time_ns() // 1_000))
        if not keys:
            raise CommandError(
                "nobody stands for the registry here, so nothing of it can be believed. 尚无登记机构人员。",
                "propose a STAFF of the role REGISTRY with its public key 请提出角色为 REGISTRY 的 STAFF 申请",
            )
        try:
            return await reconcile(outbox, RegistryClient(http, lambda: keys))
        except RegistryUnavailableError as error:
            raise CommandError(
                f"the registry's lists cannot be had: {error}. 无法取得登记机构名册。",
                f"is it running at {settings.registry_url}? 登记机构是否可达？",
                _TOKEN if settings.registry_token_file is not None else _NO_TOKEN,
            ) from None


def _hold(url: str, settings: Settings, key: Signer, report: Report) -> None:
    """Suspend what does not agree, as an operator: the doubt is the same as one that the program has."""
    try:
        asyncio.run(_hold_all(url, settings, key, report))
    except ClientError as error:
        raise at_the_exchange(error, url) from None


async def _hold_all(url: str, settings: Settings, key: Signer, report: Report) -> None:
    (token, private_key), language = key, language_of(os.environ)
    async with ExchangeClient(url, token, language, private_key=private_key, origin=settings.public_origin) as client:
        for part in report.held:
            await client.connection.change("POST", ENCUMBRANCES, _body(part), None)
            print(f"registry-reconcile: {id_text(Kind.LOT, part.lot)} {part.lo}-{part.hi - 1} suspended 已暂停")


def _body(part: Affected) -> dict[str, object]:
    lot = id_text(Kind.LOT, part.lot)
    serials = {"serial_lo": part.lo, "serial_hi": part.hi}
    return {"kind": "SUSPENSION", "lot": lot, **serials, "reference": part.reference}
