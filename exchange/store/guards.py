"""Are the guards of the database those that the migration made? Functions and triggers, compared with what they were.

Whoever has the owner's or a superuser's rights can switch a trigger off, take it away or put another body into a
function, write what the guards refuse, and leave no wrong row behind for now. So `exchange reconcile` looks at the
guards themselves, and at who may call them. What they must be is kept as hashes in
:mod:`exchange.store.guard_hashes`; a test holds that table to the migration. Run as a program, this prints the table
for a database that has just been migrated::

    python -m exchange.store.guards postgresql://... > exchange/store/guard_hashes.py
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from exchange.store.connecting import READER, connect
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


@dataclass(frozen=True, slots=True)
class Guard:
    """A function or a trigger as it is: ``digest`` is that of its definition."""

    name: str
    digest: str
    enabled: bool


async def read_guards(connection: Connection, functions: list[str] | None = None) -> list[Guard]:
    """All triggers of the tables, and the functions of the given names; by default those that a migration made."""
    names = functions or NAMES
    rows = [*await connection.fetch(_FUNCTIONS, names), *await connection.fetch(_TRIGGERS)]
    return [Guard(row["name"], _digest(row["definition"]), row["enabled"] == ENABLED) for row in rows]


async def changed_guards(connection: Connection) -> list[tuple[str, str]]:
    """Every guard that is not as the migration made it, with what is wrong about it."""
    found = list(_compared({guard.name: guard for guard in await read_guards(connection)}))
    callers = await connection.fetch(_CALLERS, FUNCTIONS)
    found += [(row["name"], f"may be called by {row['caller']}") for row in callers if row["name"] in GUARDS]
    internal = await connection.fetch(_INTERNAL)
    return found + [(row["name"], "is switched off") for row in internal]


def _compared(found: Mapping[str, Guard]) -> Iterator[tuple[str, str]]:
    for name in sorted({*found, *GUARDS}):
        guard = found.get(name)
        if guard is None:
            yield name, "is missing"
        elif name not in GUARDS:
            yield name, "is none that the migration makes"
        elif guard.digest != GUARDS[name]:
            yield name, "is another than the migration makes"
        if guard is not None and not guard.enabled:
            yield name, "is switched off"


def _digest(definition: str) -> str:
    return hashlib.sha256(definition.encode()).hexdigest()[:32]


async def _table(dsn: str) -> str:
    """The source of :mod:`exchange.store.guard_hashes` for a database as it is."""
    connection = await connect(dsn, READER)
    rows = await connection.fetch("SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    guards = await read_guards(connection, [row["proname"] for row in rows])
    await connection.close()
    lines = [f'    "{guard.name}": "{guard.digest}",\n' for guard in sorted(guards, key=lambda guard: guard.name)]
    return f"{_HEADING}\nGUARDS: Final = {{\n{''.join(lines)}}}\n"


_HEADING: Final = '''"""What the migration makes: for each function and trigger half the SHA-256 of its definition.

Made by ``python -m exchange.store.guards``.
"""

from __future__ import annotations

from typing import Final
'''


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(_table(sys.argv[1])))
