"""Bring a database to the newest revision, as the role that owns its tables."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from exchange.store.connecting import migration_engine

DEFAULT_SERVICE_ROLE: Final = "exchange_service"
FOLDER: Final = Path(__file__).resolve().parents[2] / "migrations"


class MigrationFailedError(Exception):
    """Nothing was migrated; the text says what PostgreSQL said."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def head_revision() -> str:
    """The newest revision that this program knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "there is no migration"
    return head


async def migrate(owner_dsn: str, service_role: str = DEFAULT_SERVICE_ROLE, revision: str = "head") -> None:
    """Upgrade the database (``revision="base"`` takes everything away again) and grant ``service_role`` its rights.

    Does nothing but granting when the database is up to date. All or nothing: one transaction.

    Raises:
        NoSuchRoleError: if the service's role does not exist.
        MigrationFailedError: if the database cannot be reached or the owner's rights do not suffice.
    """
    config = _config()
    config.attributes["service_role"] = service_role

    def run(connection: Connection) -> None:
        config.attributes["connection"] = connection
        if revision == "base":
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)

    engine = migration_engine(owner_dsn)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
            await connection.commit()
    except (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise MigrationFailedError(f"the database could not be migrated: {error} 数据库升级失败") from error
    finally:
        await engine.dispose()
