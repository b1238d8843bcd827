"""One way in which a batch changes a table: its SQL, and how rows travel to it.

A plain insert can travel as arrays in one statement or by COPY. The others are statements over arrays: changes of
earlier rows, and rows that need something from another table (a lot its issuance's range, a parcel its lot's). An
**exact** write must find a row for each that it is given; one that it does not find is a bug, and the statement fails.

Of a **packed** write all numbers and truth values of a row travel as one value of the type ``<name>_packed``
(``migrations/versions/0001/packed.sql``), only what is text or bytes as an array of its own: PostgreSQL unpacks each
array of a statement into a store of its own before it looks at a row, and asyncpg encodes each by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, Final

import orjson
from sqlalchemy import BigInteger, Boolean, Integer, LargeBinary, SmallInteger, Table, Text

_PG_TYPES: Final = {
    BigInteger: "bigint",
    Integer: "integer",
    SmallInteger: "smallint",
    Text: "text",
    LargeBinary: "bytea",
    Boolean: "boolean",
}

_AS_TEXT: Final = frozenset({"bigint", "integer", "smallint", "boolean"})
"""Types whose values travel as text. The driver asks of each element of an array whether it is an array itself, which
costs four times as much as to write and to read a text; of these types the text is nearly what JSON has.
"""


@dataclass(frozen=True)
class Write:
    """One write. ``statement`` has ``{rows}`` where the rows come in, named r, and ``{after}`` where it can be told to
    wait for the write named in ``after``.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    statement: str
    copied_to: str = ""
    exact: bool = False
    after: str = ""
    packed: bool = False

    @property
    def column_names(self) -> list[str]:
        """The columns of the rows, in order."""
        return [name for name, _ in self.columns]

    @cached_property
    def packs(self) -> tuple[int, ...]:
        """The positions of the columns that travel in one value."""
        return tuple(n for n, (_, kind) in enumerate(self.columns) if self.packed and kind in _AS_TEXT)

    @cached_property
    def alone(self) -> tuple[int, ...]:
        """The positions of the columns that are arrays of their own."""
        return tuple(n for n in range(len(self.columns)) if n not in self.packs)

    @cached_property
    def pick(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """What takes the columns that travel in one value out of a row."""
        return itemgetter(*self.packs)


def insert(table: Table, *, packed: bool = False) -> Write:
    """All columns of new rows, as they come."""
    columns = tuple((column.name, _PG_TYPES[type(column.type)]) for column in table.columns)
    names = ", ".join(name for name, _ in columns)
    text = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {{rows}}"
    return Write(table.name, columns, text, table.name, packed=packed)


def statement(
    name: str, columns: str, text: str, *, exact: bool = False, after: str = "", packed: bool = False
) -> Write:
    """``columns`` is "name type, name type, ...", types without brackets."""
    pairs = [column.split() for column in columns.split(", ")]
    return Write(name, tuple((column, kind) for column, kind in pairs), text, "", exact, after, packed)


def change(name: str, columns: str, table: str, key: str, changes: str, *, packed: bool = False) -> Write:
    """An exact update of rows by their key."""
    text = f"UPDATE {table} SET {changes} FROM {{rows}} WHERE {table}.{key} = r.{key} RETURNING 1"
    return statement(name, columns, text, exact=True, packed=packed)


WHEN: Final = "last_seq bigint, last_at_us bigint"
"""The columns that say which entry changed a row last."""

SET_WHEN: Final = "last_seq = r.last_seq, last_at_us = r.last_at_us"


def feed_through(name: str, key: str, source: str) -> Write:
    """Feed rows of the participants that ``source`` finds for a thing's id."""
    text = (
        "INSERT INTO feed (participant_id, seq) SELECT DISTINCT found.participant_id, r.seq FROM {rows} "
        f"CROSS JOIN LATERAL ({source}) AS found (participant_id) WHERE found.participant_id IS NOT NULL "
        "ON CONFLICT DO NOTHING"
    )
    return statement(name, f"{key} bigint, seq bigint", text)


def statement_of(writes: list[Write], first_parameter: int) -> tuple[str, list[str]]:
    """Several writes as the parts of one WITH, and the conditions under which all of them found their rows."""
    names = {write.name for write in writes}
    parts, conditions = [], []
    parameter = first_parameter
    for write in writes:
        types = [f"text::public.{write.name}_packed[]"] if write.packs else []
        types += [_type_of(write.columns[n][1]) for n in write.alone]
        arrays = ", ".join(f"${parameter + n}::{kind}" for n, kind in enumerate(types))
        columns = ", ".join(write.columns[n][0] for n in (*write.packs, *write.alone))
        rows = f"unnest({arrays}) AS r ({columns})"
        waits = f"WHERE (SELECT count(*) FROM {write.after}_) >= 0" if write.after in names else ""
        parts.append(f"{write.name}_ AS ({write.statement.format(rows=rows, after=waits)})")
        parameter += len(types)
        if write.exact:
            conditions.append(f"(SELECT count(*) FROM {write.name}_) = ${parameter}::bigint")
            parameter += 1
    return ",\n".join(parts), conditions


def _type_of(kind: str) -> str:
    """The type of a column's array as the statement takes it."""
    return f"text::{kind}[]" if kind in _AS_TEXT else f"{kind}[]"


def arguments_of(write: Write, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    """The rows as :func:`statement_of` takes them; a row of another length than the others is a bug."""
    arguments: list[Any] = []
    if write.packs:
        arguments.append(_packed(list(map(write.pick, rows)) if write.alone else rows))
    for n in write.alone:
        column = [row[n] for row in rows]
        arguments.append(f"{{{_json(column)[1:-1]}}}" if write.columns[n][1] in _AS_TEXT else column)
    if write.exact:
        arguments.append(len(rows))
    return arguments


def _packed(rows: Sequence[tuple[Any, ...]]) -> str:
    """Rows of numbers and truth values as the text of an array of rows. It is what JSON has, but for brackets, quotes
    and what stands for nothing.
    """
    between = _json(rows)[2:-2].replace("],[", ')","(').replace("null", "")
    return f'{{"({between})"}}'


def _json(values: Sequence[Any]) -> str:
    return orjson.dumps(values).decode()
