"""``exchange keys``: the first keys, and further ones for persons who have one."""

from __future__ import annotations

import argparse
import asyncio

from exchange.bootstrap.genesis import FirstKey, FirstKeys
from exchange.cli.problem import OK, CommandError
from exchange.cli.settings import Subparsers, add_data_dir, settings_of
from exchange.cli.terminal import Screen
from exchange.client import ClientError, ExchangeClient, NewSecret, NoAnswerError

SCOPES = ("READ", "TRADE", "FUNDS", "MANAGE")


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "keys",
        help="show the first keys; make and revoke further ones 查看、新建、吊销密钥",
        description="The keys that the exchange began with, and further ones for these persons. 查看、新建、吊销密钥。",
    )
    command.add_argument(
        "--show", action="store_true", help="print the tokens too; whoever sees them can use them 显示令牌"
    )
    command.add_argument("--as", dest="name", metavar="NAME", help='whose key to use or show, such as "Operator A"')
    command.add_argument("--url", help="where the exchange answers, instead of EXCHANGE_HOST and EXCHANGE_PORT")
    what = command.add_mutually_exclusive_group()
    what.add_argument("--new", metavar="LABEL", help="make a further key for the person named by --as 新建密钥")
    what.add_argument(
        "--secret", action="store_true", help="make a secret for a first key, and its hash; nothing is sent 生成密钥串"
    )
    what.add_argument("--revoke", metavar="KEY", help="revoke a key, as the person named by --as 吊销密钥")
    command.add_argument(
        "--scopes", default="READ", help=f"of the new key, joined by commas: {', '.join(SCOPES)}; READ unless given"
    )
    add_data_dir(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show, make or revoke."""
    if arguments.secret:
        return _make_secret()
    settings = settings_of(arguments)
    keys = FirstKeys(settings.data_dir).read()
    if not keys:
        raise CommandError(
            f"there are no first keys in {settings.data_dir}.",
            "start the exchange once, or name its folder: --data-dir",
        )
    if arguments.new or arguments.revoke:
        url = arguments.url or f"http://{settings.host}:{settings.port}"
        return asyncio.run(_over_http(url, _chosen(keys, arguments.name), arguments))
    _show(keys if arguments.name is None else (_chosen(keys, arguments.name),), arguments.show)
    return OK


def _make_secret() -> int:
    secret = NewSecret.make()
    print(f"secret       {secret.text}    keep it; nobody else may know it 请自行保管密钥串，勿告知他人")
    print(f"secret_hash  {secret.secret_hash}    hand this over 提交此摘要")
    return OK


def _show(keys: tuple[FirstKey, ...], with_tokens: bool) -> None:
    rows = [
        (key.name, key.role, key.person, key.token if with_tokens else f"{key.token.partition('.')[0]}.…")
        for key in keys
    ]
    Screen().table(("name", "role", "person", "token"), rows, indent="")


def _chosen(keys: tuple[FirstKey, ...], name: str | None) -> FirstKey:
    for key in keys:
        if key.name == name:
            return key
    names = ", ".join(f'"{key.name}"' for key in keys)
    problem = "say whose key to use: --as NAME." if name is None else f'there is no first key with the name "{name}".'
    raise CommandError(problem, f"the names are {names}")


async def _over_http(url: str, key: FirstKey, arguments: argparse.Namespace) -> int:
    scopes = [scope.strip().upper() for scope in arguments.scopes.split(",")]
    async with ExchangeClient(url, key.token) as client:
        try:
            if arguments.revoke:
                await client.keys.revoke(arguments.revoke)
                print(f"{arguments.revoke} is revoked 已吊销")
                return OK
            made = await client.keys.make(arguments.new, scopes)
        except NoAnswerError as error:
            raise CommandError(str(error), f"is the exchange running at {url}?") from None
        except ClientError as error:
            raise CommandError(str(error)) from None
    print(f"{made.id} is made; its token is shown this once 令牌仅显示一次：\n{made.token}")
    return OK
