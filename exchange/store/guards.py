"""Are the guards of the database those that the migration made? Each is compared with what it was.

Whoever has the owner's or a superuser's rights can switch a trigger off, drop a constraint or put another body into a
function, write what the guards refuse, and leave no wrong row behind for now. So `exchange reconcile` and every start
look at the guards themselves (functions, triggers, and what :mod:`exchange.store.constraints` has), and at who may call
them. What they must be is kept as hashes in two tables beside this module; a test holds them to the migration. Run as a
program, this makes both anew from a database that has just been migrated::

    python -m exchange.store.guards postgresql://...
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from exchange.store.connecting import READER, connect
from exchange.store.constraint_hashes import CONSTRAINTS
from exchange.store.constraints import ADDED_FREELY, read_constraints
from exchange.store.guard_hashes import GUARDS
from exchange.store.rights import FUNCTIONS

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

NAMES: Final = [name.split("(")[0].removeprefix("function ") for name in GUARDS if name.startswith("function ")]
"""The functions that a migration makes, without their arguments."""

ENABLED: Final = "O"
"""How PostgreSQL spells a trigger that fires for everybody but a replica's own writer."""

# A function of the same name with other arguments would be called in the place of ours, so it is listed too. Functions
# of extensions and an administrator's own are nobody's business here.
_FUNCTIONS: Final = """
    SELECT format('function %s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)) AS name,
           pg_get_functiondef(p.oid) AS definition, 'O' AS enabled
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f' AND p.proname = ANY($1)
"""

_TRIGGERS: Final = """
    SELECT format('trigger %s of %s', t.tgname, c.relname) AS name, pg_get_triggerdef(t.oid) AS definition,
           t.tgenabled::text AS enabled
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
"""

# Who may call a trigger's function may hang it on a table of their own. An empty list stands for what PostgreSQL gives
# by itself, which is everything to everybody. Functions of the language `internal` (12) are its own.
_CALLERS: Final = """
    SELECT DISTINCT format('function %s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)) AS name,
           CASE a.grantee WHEN 0 THEN 'everybody' ELSE a.grantee::regrole::text END AS caller
    FROM pg_proc p CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE p.pronamespace = 'public'::regnamespace AND a.grantee <> p.proowner AND p.prolang <> 12
      AND (a.grantee = 0 OR NOT EXISTS (SELECT FROM unnest($1::text[]) f WHERE to_regprocedure(f) = p.oid))
    ORDER BY 1, 2
"""

# Foreign keys and deferred constraints are kept by triggers that PostgreSQL makes and names after numbers of its own.
_INTERNAL: Final = """
    SELECT DISTINCT format('constraint %s of %s', k.conname, c.relname) AS name
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_constraint k ON k.oid = t.tgconstraint
    WHERE c.relnamespace = 'public'::regnamespace AND t.tgisinternal AND t.tgenabled <> 'O' ORDER BY name
"""


# A superuser can give this to a role or a database, and then no trigger fires and no foreign key is looked at for it.
_UNHEEDED: Final = "SELECT current_setting('session_replication_role') <> 'origin'"


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard as it is: ``digest`` is that of its definition; what is not ``enabled`` guards nothing."""

    name: str
    digest: str
    enabled: bool = True


async def read_guards(connection: Connection, functions: list[str] | None = None) -> list[Guard]:
    """All triggers of the tables, and the functions of the given names; by default those that a migration made."""
    names = functions or NAMES
    rows = [*await connection.fetch(_FUNCTIONS, names), *await connection.fetch(_TRIGGERS)]
    return [Guard(row["name"], _digest(row["definition"]), row["enabled"] == ENABLED) for row in rows]


async def changed_guards(connection: Connection) -> list[tuple[str, str]]:
    """Every guard that is not as the migration made it, with what is wrong about it."""
    callers = await connection.fetch(_CALLERS, FUNCTIONS)
    called = [(row["name"], f"may be called by {row['caller']}") for row in callers if row["name"] in GUARDS]
    return await altered_guards(connection) + called


async def altered_guards(connection: Connection) -> list[tuple[str, str]]:
    """The same but for who may call them, which a start asks of its own role and says with what to do about it."""
    found = list(_compared(await read_guards(connection), GUARDS))
    found += _compared(await _constraints(connection), CONSTRAINTS)
    found += [(row["name"], "is switched off") for row in await connection.fetch(_INTERNAL)]
    if await connection.fetchval(_UNHEEDED):
        found.append(("session_replication_role", "makes every trigger and foreign key silent for this role"))
    return found


async def _constraints(connection: Connection) -> list[Guard]:
    return [Guard(name, _digest(text)) for name, text in (await read_constraints(connection)).items()]


def _compared(guards: Iterable[Guard], made: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    found = {guard.name: guard for guard in guards}
    for name in sorted({*found, *made}):
        guard = found.get(name)
        if guard is None:
            yield name, "is missing"
        elif name in made and guard.digest != made[name]:
            yield name, "is another than the migration makes"
        elif name not in made and not name.startswith(ADDED_FREELY):
            yield name, "is none that the migration makes"
        if guard is not None and not guard.enabled:
            yield name, "is switched off"


def _digest(definition: str) -> str:
    return hashlib.sha256(definition.encode()).hexdigest()[:32]


async def sources(dsn: str) -> dict[str, str]:
    """The sources of the two modules of hashes, by their names, for a database as it is."""
    connection = await connect(dsn, READER)
    rows = await connection.fetch("SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    guards = await read_guards(connection, [row["proname"] for row in rows])
    constraints = await _constraints(connection)
    await connection.close()
    return {
        "guard_hashes": _source("function and trigger", "GUARDS", guards),
        "constraint_hashes": _source("constraint, unique index, table and type", "CONSTRAINTS", constraints),
    }


def _source(kinds: str, variable: str, guards: Iterable[Guard]) -> str:
    lines = [f'    "{guard.name}": "{guard.digest}",\n' for guard in sorted(guards, key=lambda guard: guard.name)]
    return f"{_HEADING.format(kinds)}\n{variable}: Final = {{\n{''.join(lines)}}}\n"


_HEADING: Final = '''"""What the migration makes: for each {} half the SHA-256 of its definition.

Made by ``python -m exchange.store.guards``.
"""

from __future__ import annotations

from typing import Final
'''


def _main(dsn: str) -> None:
    for module, source in asyncio.run(sources(dsn)).items():
        Path(__file__).with_name(f"{module}.py").write_text(source, encoding="utf-8")


if __name__ == "__main__":
    _main(sys.argv[1])
