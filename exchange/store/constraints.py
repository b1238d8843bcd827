"""How the tables are made: constraints, unique indexes, columns and types, each as a text that says all of it.

Everything is here whose loss lets a row in that the migration forbids. What only makes PostgreSQL faster or slower is
left out (indexes that are not unique, fill factors, statistics), so that an administrator may tune; so are the names
and numbers that PostgreSQL chooses by itself and that differ from one version of it to the next.

No table has partitions and none is made while a market grows, so the texts of a sound database never change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

# The text that PostgreSQL makes of a constraint has its operators, predicate and deferrability, and says NOT VALID and
# NOT ENFORCED. NOT NULL is told with the columns, since PostgreSQL has names for it from version 18 on only. An index
# that was left invalid holds nothing for its constraint.
_CONSTRAINTS: Final = """
    SELECT format('constraint %s of %s', k.conname, c.relname) AS name,
           pg_get_constraintdef(k.oid)
           || CASE WHEN NOT (x.indisvalid AND x.indisready AND x.indislive) THEN ' without an index' ELSE '' END
           AS definition
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_index x ON x.indexrelid = k.conindid
    WHERE c.relnamespace = 'public'::regnamespace AND k.contype IN ('c', 'f', 'p', 'u', 'x')
"""

_INDEXES: Final = r"""
    SELECT format('index %s of %s', i.relname, c.relname) AS name,
           regexp_replace(pg_get_indexdef(i.oid), ' WITH \([^)]*\)', '')
           || CASE WHEN x.indisvalid AND x.indisready AND x.indislive THEN '' ELSE ' invalid' END AS definition
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
    WHERE c.relnamespace = 'public'::regnamespace AND x.indisunique
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
"""

# Row security hides rows from whatever looks for them, what inherits from a table has rows that its keys do not reach,
# and a table that is not logged is empty after a crash.
_TABLES: Final = """
    SELECT format('table %s', c.relname) AS name, concat_ws(E'\\n',
           format('%s %s %s %s', c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity),
           (SELECT format('has %s relatives', count(*)) FROM pg_inherits WHERE c.oid IN (inhrelid, inhparent)),
           (SELECT format('%s not validated', count(*)) FROM pg_constraint k
            WHERE k.conrelid = c.oid AND k.contype = 'n' AND NOT k.convalidated),
           (SELECT string_agg(format('%s %s %s %s %s %s %s', a.attname, format_type(a.atttypid, a.atttypmod),
                                     a.attcollation::regcollation, a.attnotnull, a.attidentity, a.attgenerated,
                                     pg_get_expr(d.adbin, d.adrelid)), E'\\n' ORDER BY a.attnum)
            FROM pg_attribute a LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) AS definition
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""

# What a range compares its texts by is nowhere in the constraints that are made of it.
_TYPES: Final = """
    SELECT format('type %s', t.typname) AS name,
           format('range of %s %s %s %s %s', r.rngsubtype::regtype, r.rngcollation::regcollation, o.opcname,
                  r.rngcanonical, r.rngsubdiff) AS definition
    FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid JOIN pg_opclass o ON o.oid = r.rngsubopc
    WHERE t.typnamespace = 'public'::regnamespace
"""

# A rule puts another statement, or none, in the place of the one that was asked for. The migration makes none.
_RULES: Final = """
    SELECT format('rule %s of %s', w.rulename, c.relname) AS name, pg_get_ruledef(w.oid) AS definition
    FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""

ADDED_FREELY: Final = ("constraint", "index", "table", "type")
"""The kinds of which an administrator may have more than the migration makes: they let nothing in."""


async def read_constraints(connection: Connection) -> dict[str, str]:
    """The text of each constraint, unique index, table, type and rule by its name."""
    return {
        row["name"]: row["definition"]
        for query in (_CONSTRAINTS, _INDEXES, _TABLES, _TYPES, _RULES)
        for row in await connection.fetch(query)
    }
