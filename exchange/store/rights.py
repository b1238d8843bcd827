"""What the service's role may do with each table; granted by migrations, checked at every start, proved by the tests.

The role owns nothing, and of the owner's functions it can call those alone that it needs. What is append-only it can
insert and read; what follows from other tables (balances, coverage, standings, monitoring periods) it can only read,
because triggers keep it with the owner's rights; it can change exactly the projections that the exchange itself
changes. And all of that only in the transaction that writes the entries concerned (``batches.sql``).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

from exchange.store.tables import METADATA

APPEND: Final = ("SELECT", "INSERT")
READ: Final = ("SELECT",)
PROJECT: Final = ("SELECT", "INSERT", "UPDATE")

RIGHTS: Final[dict[str, tuple[str, ...]]] = {
    "account_units": READ,
    "agreements": PROJECT,
    "alembic_version": READ,
    "api_keys": PROJECT,
    "balances": READ,
    "bank_references": APPEND,
    "budget_entries": APPEND,
    "budgets": APPEND,
    "claim_ranges": PROJECT,
    "claims": PROJECT,
    "downloads_ended": APPEND,
    "encumbered_ranges": APPEND,
    "encumbrances": PROJECT,
    "facilities": APPEND,
    "feed": APPEND,
    "freed_ranges": APPEND,
    "idempotency": APPEND,
    "import_refusals": APPEND,
    "import_rows": APPEND,
    "import_units": APPEND,
    "imports": PROJECT,
    "instruments": PROJECT,
    "issuances": APPEND,
    "journal": APPEND,
    "leader": ("SELECT", "UPDATE"),
    "lock_papers": APPEND,
    "lot_coverage": READ,
    "lots": APPEND,
    "monitoring_periods": READ,
    "movements": APPEND,
    "obligations": APPEND,
    "order_changes": APPEND,
    "orders": PROJECT,
    "parcel_changes": APPEND,
    "parcel_transitions": READ,
    "parcels": ("SELECT", "INSERT", "DELETE"),
    "participants": APPEND,
    "period_sites": READ,
    "persons": APPEND,
    "postings": APPEND,
    "project_sites": APPEND,
    "projects": APPEND,
    "proposals": PROJECT,
    "quarantine": APPEND,
    "reads": APPEND,
    "reference_prices": APPEND,
    "refusals": APPEND,
    "registry_answers": APPEND,
    "registry_requests": PROJECT,
    "release_ranges": PROJECT,
    "releases": PROJECT,
    "reversals": PROJECT,
    "rulebooks": APPEND,
    "rules": APPEND,
    "serial_spaces": READ,
    "serial_wordings": READ,
    "standings": READ,
    "trades": APPEND,
    "trading_days": APPEND,
    "venue": PROJECT,
}

CHOSEN_BY_THE_DATABASE: Final[dict[str, str]] = {"reads": "read_id"}
"""The column of a table whose value is the next number of a sequence: the service may name every column but this one
when it inserts, and has no right to the sequence, which the owner's table draws from by itself.
"""

FUNCTIONS: Final = (
    "a_batch_is_written()",
    "first_seq_at(bigint)",
    "folded(text)",
    "folded_number(text)",
    "folded_path(text)",
    "folded_space(text)",
    "is_doubt(bigint, smallint, bigint, text)",
    "is_name(text)",
    "purge_answers(bigint, integer)",
    "refuse_careless_commit()",
    "refuse_missing_row()",
    "refuse_other_batch(text)",
    "refuse_stale_leader()",
    "serial_wording(text)",
)
"""The functions that the service calls: in a statement of the program, in a CHECK, for an index, or in a trigger that
runs with the service's own rights. PostgreSQL lets everybody call every function unless it is told otherwise, and
whoever may call a trigger's function may hang it on a temporary table. A trigger that is there fires without any such
right.
"""

_FUNCTIONS: Final = """
    SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND pg_has_role(p.proowner, 'USAGE')
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    ORDER BY 1
"""
"""The owner's own functions. Those of extensions are left as they are, and those that make values of a range type are
PostgreSQL's.
"""

POWERS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


class NoSuchRoleError(LookupError):
    """The role that the service is to log in as does not exist; the text says how an administrator makes it."""


def excess_of(table: str) -> tuple[str, ...]:
    """The powers over a table that the service must not have."""
    return tuple(power for power in POWERS if power not in RIGHTS[table])


def insertable(table: str) -> tuple[str, ...]:
    """The columns that the service names when it inserts; empty when it is the whole table that it may insert into."""
    chosen = CHOSEN_BY_THE_DATABASE.get(table)
    if chosen is None:
        return ()
    return tuple(column.name for column in METADATA.tables[table].columns if column.name != chosen)


def _grant(table: str, role: str) -> list[str]:
    columns = insertable(table)
    powers = [f"INSERT ({', '.join(columns)})" if power == "INSERT" and columns else power for power in RIGHTS[table]]
    statements = [f"REVOKE ALL ON {table} FROM PUBLIC, {role}", f"GRANT {', '.join(powers)} ON {table} TO {role}"]
    if columns:
        sequence = sequence_of(table)
        statements.append(f"REVOKE ALL ON SEQUENCE {sequence} FROM PUBLIC, {role}")
    return statements


def sequence_of(table: str) -> str:
    """The sequence behind the column that the database chooses, by the name that PostgreSQL gives it."""
    return f"{table}_{CHOSEN_BY_THE_DATABASE[table]}_seq"


def grant_rights(connection: Connection, role: str) -> None:
    """Give the role exactly its rights on the tables that are there, and take everything else from it.

    Raises:
        NoSuchRoleError: if there is no such role. Making one needs rights that the owner of the tables should not have.
    """
    if not connection.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = :role"), {"role": role}):
        raise NoSuchRoleError(
            f"there is no role {role!r} for the service to log in as; an administrator makes it with: "
            f"CREATE ROLE {role} LOGIN PASSWORD '...' 没有供交易所登录的角色，请管理员用此语句建立"
        )
    name = connection.dialect.identifier_preparer.quote(role)
    present = set(connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
    database = connection.dialect.identifier_preparer.quote(str(connection.scalar(text("SELECT current_database()"))))
    statements = [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT TEMPORARY ON DATABASE {database} TO {name}",  # reconcile compares the tables with temporary ones
    ]
    for table in RIGHTS:
        if table in present:
            statements += _grant(table, name)
    statements.append("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    there = list(connection.scalars(text(_FUNCTIONS)))
    if there:
        statements.append(f"REVOKE ALL ON FUNCTION {', '.join(there)} FROM PUBLIC, {name}")
    if "idempotency" in present:
        statements.append(f"GRANT EXECUTE ON FUNCTION {', '.join(FUNCTIONS)} TO {name}")
    for statement in statements:
        connection.exec_driver_sql(statement)
