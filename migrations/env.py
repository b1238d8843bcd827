"""How Alembic reaches the database: with the owner's URL, through asyncpg, in one transaction for all revisions.

Called by :func:`exchange.store.migrate.migrate` it uses the connection that it is given; called by the ``alembic``
program it opens one. Rights are granted anew after every run, so that the service's role always has exactly what
``exchange/store/rights.py`` says.
"""

from __future__ import annotations

import asyncio
import os

from alembic import context
from sqlalchemy import Connection

from exchange.store.connecting import migration_engine, role_of
from exchange.store.migrate import DEFAULT_SERVICE_ROLE
from exchange.store.rights import grant_rights


def service_role() -> str:
    """Whom to grant: what the caller says, else ``-x service_role=``, else the user of EXCHANGE_DATABASE_URL."""
    given = context.config.attributes.get("service_role")
    chosen = given or context.get_x_argument(as_dictionary=True).get("service_role")
    return chosen or role_of(os.environ.get("EXCHANGE_DATABASE_URL", "")) or DEFAULT_SERVICE_ROLE


def run(connection: Connection) -> None:
    """Bring the database to the wanted revision and grant the rights, all or nothing."""
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
        grant_rights(connection, service_role())


async def run_alone() -> None:
    """The way of the ``alembic`` program: open a connection with the owner's URL."""
    url = os.environ.get("EXCHANGE_OWNER_DATABASE_URL")
    if not url:
        raise SystemExit("set EXCHANGE_OWNER_DATABASE_URL to postgresql://<owner>:<password>@<host>/<database>")
    engine = migration_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


if context.is_offline_mode():
    raise SystemExit("migrations cannot be written out as one SQL script; run them against the database")
if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    asyncio.run(run_alone())
