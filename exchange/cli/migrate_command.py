"""``exchange migrate``: bring the tables of a configured database up to date, as the role that owns them."""

from __future__ import annotations

import argparse
import asyncio

from exchange.cli.problem import OK, CommandError
from exchange.cli.settings import Subparsers, settings_of, understandable
from exchange.store.connecting import role_of
from exchange.store.migrate import DEFAULT_SERVICE_ROLE, head_revision, migrate


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "migrate",
        help="bring the tables of the configured PostgreSQL up to date 升级数据库",
        description=(
            "Bring the tables up to date and give the service's role its rights. Needs EXCHANGE_OWNER_DATABASE_URL;"
            " a private PostgreSQL needs no such step. 升级数据库表并授权。"
        ),
    )
    command.add_argument(
        "--service-role", help="the role that the service logs in as, instead of EXCHANGE_DATABASE_URL's 登录角色"
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Migrate."""
    settings = settings_of(arguments)
    if settings.owner_database_url is None:
        raise CommandError(
            "EXCHANGE_OWNER_DATABASE_URL is not set. 未设置该变量。",
            "set it to the database's URL as the role that owns the tables, for this command only "
            "请设为拥有数据表的角色的地址，仅供本命令使用",
        )
    role = arguments.service_role or role_of(settings.database_url or "") or DEFAULT_SERVICE_ROLE
    with understandable():
        asyncio.run(migrate(settings.owner_database_url, role))
    print(f"the tables are at revision {head_revision()}; {role} has its rights 数据库已升级")
    return OK
