"""What must be true of a database before the exchange serves from it; each fault is a sentence that says what to do.

The checks run as the service's own role, because settings can be given to a role, and because what counts is what this
role could do. The writer asks for synchronous_commit itself, so its default is not what the writes hang on; a default
that is off is refused all the same, since nobody switches it off by chance.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Final

import asyncpg

from exchange.store.connecting import COMMON, connect
from exchange.store.guards import NAMES, altered_guards
from exchange.store.migrate import head_revision
from exchange.store.rights import CHOSEN_BY_THE_DATABASE, FUNCTIONS, RIGHTS, excess_of, insertable, sequence_of

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

OLDEST_SERVER: Final = 150_000

DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")
"""With any of these off, what was acknowledged can be gone after a power cut."""

MOST_GUARDS_TOLD: Final = 10
"""How many guards the start names; `exchange reconcile` names them all."""

_RESET: Final = "see what `\\drds` of psql shows for the role, and take it back with ALTER ROLE ... RESET ALL"

_SUPERUSER: Final = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
_SCHEMA: Final = "SELECT has_schema_privilege(current_user, 'public', 'CREATE')"
_OWNED: Final = """
    SELECT relname::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND pg_has_role(current_user, relowner, 'MEMBER')
    ORDER BY relname
"""
_SEQUENCE: Final = "SELECT has_sequence_privilege(current_user, $1, 'USAGE, UPDATE')"
# Functions of the language `internal` (12) are PostgreSQL's own: those that make values of a range type.
_CALLABLE: Final = """
    SELECT p.oid::regprocedure::text AS function FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY($1) AND p.prolang <> 12
      AND has_function_privilege(current_user, p.oid, 'EXECUTE')
      AND NOT EXISTS (SELECT FROM unnest($2::text[]) f WHERE to_regprocedure(f) = p.oid)
    ORDER BY function
"""
_FUNCTION: Final = "SELECT has_function_privilege(current_user, $1, 'EXECUTE')"
_NAMED: Final = "SELECT has_column_privilege(current_user, $1, $2, $3)"
_TABLE: Final = "SELECT has_table_privilege(current_user, $1, $2)"
_COLUMN: Final = "SELECT has_any_column_privilege(current_user, $1, $2)"


class StartupRefusedError(Exception):
    """The exchange must not serve from this database; the text has one sentence for each reason."""

    def __init__(self, problems: list[str]) -> None:
        """``problems`` are whole sentences."""
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


async def check_startup(service_dsn: str) -> None:
    """Refuse a database from which the exchange must not be served.

    Raises:
        StartupRefusedError: with every reason at once.
        ConnectionError: if PostgreSQL cannot be reached.
    """
    connection = await connect(service_dsn, {**COMMON, "application_name": "exchange-startup"}, 30.0)
    try:
        problems = await _problems(connection)
    except asyncpg.PostgresError as error:
        problems = [f"PostgreSQL does not let the role look at its tables ({error}): {_RESET}. 该角色无权查看数据表"]
    finally:
        await connection.close(timeout=5.0)
    if problems:
        raise StartupRefusedError(problems)


async def _problems(connection: Connection) -> list[str]:
    version = int(await connection.fetchval("SHOW server_version_num"))
    if version < OLDEST_SERVER:
        return [f"PostgreSQL {version // 10_000} is too old: use version 15 or later. 版本过低，须为 15 或更新"]
    problems = [problem for name in DURABLE if (problem := await _durability(connection, name))]
    migrations = await _migrations(connection)
    if migrations:
        return [*problems, migrations]
    return [*problems, *await _role(connection), *await _guards(connection)]


async def _durability(connection: Connection, setting: str) -> str:
    value = await connection.fetchval(f"SHOW {setting}")
    if value != "off":
        return ""
    return (
        f"{setting} is off, so acknowledged orders can be lost: switch it on in postgresql.conf (and see that neither "
        f"ALTER ROLE nor ALTER DATABASE sets it off), then reload PostgreSQL. "
        f"{setting} 已关闭，已应答的申报可能丢失：请开启后重新加载配置"
    )


async def _migrations(connection: Connection) -> str:
    wanted = head_revision()
    advice = "run `exchange migrate` with EXCHANGE_OWNER_DATABASE_URL set"
    try:
        found = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return f"The database has no tables of the exchange: {advice}. 数据库中没有交易所的表，请先执行升级"
    except asyncpg.InsufficientPrivilegeError:
        return (
            f"The role of EXCHANGE_DATABASE_URL may not read the tables: {advice}, which grants it. 角色无权读取数据表"
        )
    if found == wanted:
        return ""
    return (
        f"The database is at revision {found}, this program needs {wanted}: {advice}, or use the program that fits."
        " 数据库与程序版本不符"
    )


async def _role(connection: Connection) -> list[str]:
    """What the role of EXCHANGE_DATABASE_URL must not be or be able to do."""
    role = await connection.fetchval("SELECT current_user")
    advice = "use a role of its own for EXCHANGE_DATABASE_URL, which owns nothing"
    if await connection.fetchval(_SUPERUSER):
        return [f"The role {role} is a superuser, so no guard of the database holds for it: {advice}. 不得使用超级用户"]
    owned = [row["relname"] for row in await connection.fetch(_OWNED)]
    if owned:
        whose = f"The role {role} owns {', '.join(owned[:3])} ..."
        return [f"{whose}, so it could change the past: {advice}. 不得使用拥有数据表的角色"]
    problems = []
    if await connection.fetchval(_SCHEMA):
        problems.append(
            f"The role {role} may create things in schema public: REVOKE CREATE ON SCHEMA public FROM {role}. 权限过大"
        )
    for table, power in _forbidden():
        if await _can(connection, table, power):
            problems.append(f"The role {role} may {power} {table}: REVOKE {power} ON {table} FROM {role}. 权限过大")
    problems += [problem async for problem in _numbers(connection, role)]
    problems += [problem async for problem in _functions(connection, role)]
    for table, powers in RIGHTS.items():
        missing = [power for power in powers if not await _has(connection, table, power)]
        if missing:
            problems.append(
                f"The role {role} may not {', '.join(missing)} {table}: run `exchange migrate` to grant it. 缺少权限"
            )
    return problems


async def _numbers(connection: Connection, role: str) -> AsyncIterator[str]:
    """Where the role could choose a number that is the database's to choose."""
    for table, column in CHOSEN_BY_THE_DATABASE.items():
        sequence = sequence_of(table)
        if await connection.fetchval(_NAMED, table, column, "INSERT"):
            yield f"The role {role} may choose {column} of {table}: run `exchange migrate` to take that. 权限过大"
        if await connection.fetchval(_SEQUENCE, sequence):
            yield f"The role {role} may use {sequence}: REVOKE ALL ON SEQUENCE {sequence} FROM {role}. 权限过大"


async def _functions(connection: Connection, role: str) -> AsyncIterator[str]:
    """Whether the role can call the owner's functions that it needs, and no other: it could hang those on tables of its
    own, where they would do with the owner's rights what it says.
    """
    excess = [row["function"] for row in await connection.fetch(_CALLABLE, NAMES, FUNCTIONS)]
    if excess:
        told = ", ".join(excess[:3]) + (" ..." if excess[3:] else "")
        yield f"The role {role} may call {told}: run `exchange migrate` to take that. 权限过大"
    missing = [function for function in FUNCTIONS if not await connection.fetchval(_FUNCTION, function)]
    if missing:
        yield f"The role {role} may not call {', '.join(missing)}: run `exchange migrate` to grant it. 缺少权限"


async def _guards(connection: Connection) -> list[str]:
    """Where the database would let in what its migration forbids."""
    changed = [f"{guard} {what}" for guard, what in await altered_guards(connection)]
    if not changed:
        return []
    told = "; ".join(changed[:MOST_GUARDS_TOLD])
    more = f"; and {len(changed) - MOST_GUARDS_TOLD} more" if changed[MOST_GUARDS_TOLD:] else ""
    advice = "see what `exchange reconcile` finds, and let the owner put them back as migrations/versions has them"
    fault = f"The guards of the database are not those of its migration: {told}{more}"
    return [f"{fault}: {advice}. 数据库的防护与迁移所建立的不一致，请恢复原状"]


async def _has(connection: Connection, table: str, power: str) -> bool:
    """Whether the role has a power that it needs, be it over the columns that it names."""
    if power != "INSERT" or not insertable(table):
        return bool(await connection.fetchval(_TABLE, table, power))
    return all([await connection.fetchval(_NAMED, table, column, power) for column in insertable(table)])


def _forbidden() -> Iterator[tuple[str, str]]:
    for table in RIGHTS:
        for power in excess_of(table):
            yield table, power


async def _can(connection: Connection, table: str, power: str) -> bool:
    """Whether the role has a power over a table or, where there is such a thing, over one of its columns."""
    if await connection.fetchval(_TABLE, table, power):
        return True
    by_column = power in ("SELECT", "INSERT", "UPDATE", "REFERENCES")
    return by_column and bool(await connection.fetchval(_COLUMN, table, power))
