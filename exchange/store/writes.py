"""Every way in which a batch changes a table: the SQL of the write path, in the order in which it has to run.

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
from sqlalchemy import ARRAY, BigInteger, Boolean, Integer, LargeBinary, SmallInteger, Table, Text

from exchange.store import tables as t

_PG_TYPES: Final = {
    BigInteger: "bigint",
    Integer: "integer",
    SmallInteger: "smallint",
    Text: "text",
    LargeBinary: "bytea",
    Boolean: "boolean",
    ARRAY: "text[]",
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


def _insert(table: Table, *, packed: bool = False) -> Write:
    columns = tuple((column.name, _PG_TYPES[type(column.type)]) for column in table.columns)
    names = ", ".join(name for name, _ in columns)
    statement = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {{rows}}"
    return Write(table.name, columns, statement, table.name, packed=packed)


def _statement(
    name: str, columns: str, statement: str, *, exact: bool = False, after: str = "", packed: bool = False
) -> Write:
    """``columns`` is "name type, name type, ...", types without brackets."""
    pairs = [column.split() for column in columns.split(", ")]
    return Write(name, tuple((column, kind) for column, kind in pairs), statement, "", exact, after, packed)


def _change(name: str, columns: str, table: str, key: str, changes: str, *, packed: bool = False) -> Write:
    """An exact update of rows by their key."""
    statement = f"UPDATE {table} SET {changes} FROM {{rows}} WHERE {table}.{key} = r.{key} RETURNING 1"
    return _statement(name, columns, statement, exact=True, packed=packed)


_WHEN: Final = "last_seq bigint, last_at_us bigint"
_SET_WHEN: Final = "last_seq = r.last_seq, last_at_us = r.last_at_us"

_ORDERS_CHANGED: Final = _change(
    "orders_changed",
    "order_id bigint, price bigint, quantity bigint, cumulative bigint, leaves bigint, cumulative_value bigint, "
    f"fee bigint, ended smallint, cancel_reason smallint, priority bigint, {_WHEN}",
    "orders",
    "order_id",
    "price = coalesce(r.price, orders.price), quantity = coalesce(r.quantity, orders.quantity), "
    "cumulative = orders.cumulative + r.cumulative, leaves = r.leaves, "
    "cumulative_value = orders.cumulative_value + r.cumulative_value, fee = orders.fee + r.fee, "
    "status = coalesce(r.ended, CASE WHEN orders.cumulative + r.cumulative > 0 THEN 2 ELSE 1 END), "
    "cancel_reason = coalesce(r.cancel_reason, orders.cancel_reason), "
    f"priority = coalesce(r.priority, orders.priority), {_SET_WHEN}",
    packed=True,
)

_PARCELS_CLOSED: Final = _statement(
    "parcels_closed",
    "lot_id bigint, lo bigint, hi bigint",
    "DELETE FROM parcels USING {rows} WHERE parcels.lot_id = r.lot_id AND parcels.lo = r.lo AND parcels.hi = r.hi "
    "RETURNING 1",
    exact=True,
    packed=True,
)

# It waits for the closed ones, because a parcel often begins where one that goes began, and the parts of a statement
# have no order by themselves.
_PARCELS_OPENED: Final = _statement(
    "parcels_opened",
    "lot_id bigint, lo bigint, hi bigint, owner bigint, acquired integer, tag smallint, state smallint",
    "INSERT INTO parcels (lot_id, lot_lo, lot_hi, lo, hi, owner, acquired, tag, state) "
    "SELECT r.lot_id, lots.lo, lots.hi, r.lo, r.hi, r.owner, r.acquired, r.tag, r.state "
    "FROM {rows} LEFT JOIN lots ON lots.lot_id = r.lot_id {after}",
    after="parcels_closed",
    packed=True,
)

_LOTS: Final = _statement(
    "lots",
    "lot_id bigint, issuance_id bigint, space_id bigint, lo bigint, hi bigint, first_owner bigint, "
    "lock_reference text, seq bigint, at_us bigint",
    "INSERT INTO lots (lot_id, issuance_id, space_id, issuance_lo, issuance_hi, lo, hi, first_owner, lock_reference, "
    "seq, at_us) SELECT r.lot_id, r.issuance_id, r.space_id, issuances.lo, issuances.hi, r.lo, r.hi, r.first_owner, "
    "r.lock_reference, r.seq, r.at_us FROM {rows} LEFT JOIN issuances ON issuances.issuance_id = r.issuance_id",
)


def _feed_through(name: str, key: str, source: str) -> Write:
    """Feed rows of the participants that ``source`` finds for a thing's id."""
    statement = (
        "INSERT INTO feed (participant_id, seq) SELECT DISTINCT found.participant_id, r.seq FROM {rows} "
        f"CROSS JOIN LATERAL ({source}) AS found (participant_id) WHERE found.participant_id IS NOT NULL "
        "ON CONFLICT DO NOTHING"
    )
    return _statement(name, f"{key} bigint, seq bigint", statement)


HOT: Final = (
    _insert(t.journal, packed=True),
    _insert(t.idempotency, packed=True),
    _insert(t.feed, packed=True),
    _insert(t.postings, packed=True),
    _insert(t.bank_references, packed=True),
    _insert(t.orders, packed=True),
    _ORDERS_CHANGED,
    _insert(t.order_changes, packed=True),
    _insert(t.trades, packed=True),
    _PARCELS_CLOSED,
    _PARCELS_OPENED,
    _insert(t.movements, packed=True),
    _insert(t.refusals, packed=True),
)
"""What ordinary trading writes. None of these needs what another of the same batch writes, so they fit in one
statement.
"""

COLD: Final = (
    _insert(t.venue),
    _change(
        "venue_day",
        "trading_day integer, is_open boolean, last_seq bigint, one boolean",
        "venue",
        "one",
        "trading_day = r.trading_day, is_open = r.is_open, last_seq = greatest(venue.last_seq, r.last_seq)",
    ),
    _change(
        "venue_halt",
        "halt_reason text, last_seq bigint, one boolean",
        "venue",
        "one",
        "halt_reason = r.halt_reason, last_seq = greatest(venue.last_seq, r.last_seq)",
    ),
    _insert(t.rulebooks),
    _insert(t.rules),
    _insert(t.participants),
    _insert(t.persons),
    _insert(t.api_keys),
    _change(
        "keys_changed",
        "key_id bigint, expires_at_us bigint, replaced_by bigint, revoked_seq bigint, revoked_at_us bigint, "
        "last_seq bigint",
        "api_keys",
        "key_id",
        "expires_at_us = coalesce(r.expires_at_us, api_keys.expires_at_us), "
        "replaced_by = coalesce(r.replaced_by, api_keys.replaced_by), "
        "revoked_seq = coalesce(r.revoked_seq, api_keys.revoked_seq), "
        "revoked_at_us = coalesce(r.revoked_at_us, api_keys.revoked_at_us), last_seq = r.last_seq",
    ),
    _insert(t.proposals),
    _change(
        "proposals_decided",
        f"proposal_id bigint, status smallint, decided_by bigint, reject_reason text, {_WHEN}",
        "proposals",
        "proposal_id",
        f"status = r.status, decided_by = r.decided_by, reject_reason = r.reject_reason, {_SET_WHEN}",
    ),
    _insert(t.instruments),
    _change(
        "instruments_halted",
        "instrument_id bigint, halt_reason text, last_seq bigint",
        "instruments",
        "instrument_id",
        "halt_reason = r.halt_reason, last_seq = r.last_seq",
    ),
    _insert(t.reference_prices),
    _insert(t.issuances),
    _LOTS,
    _insert(t.agreements),
    _change(
        "agreements_affirmed",
        f"agreement_id bigint, affirmed_by bigint, {_WHEN}",
        "agreements",
        "agreement_id",
        f"status = 2, affirmed_by = r.affirmed_by, {_SET_WHEN}",
    ),
    _change(
        "agreements_ended",
        f"agreement_id bigint, ended_by bigint, {_WHEN}",
        "agreements",
        "agreement_id",
        f"status = 4, ended_by = r.ended_by, {_SET_WHEN}",
    ),
    _change(
        "agreements_settled",
        f"agreement_id bigint, transaction_id bigint, buy_fee bigint, sell_fee bigint, {_WHEN}",
        "agreements",
        "agreement_id",
        f"status = 3, transaction_id = r.transaction_id, buy_fee = r.buy_fee, sell_fee = r.sell_fee, {_SET_WHEN}",
    ),
)
"""What the venue's own business writes, each statement after those that it builds on."""

FEEDS: Final = (
    _feed_through(
        "feed_of_agreements",
        "agreement_id",
        "SELECT proposer FROM agreements WHERE agreement_id = r.agreement_id "
        "UNION SELECT counterparty FROM agreements WHERE agreement_id = r.agreement_id",
    ),
    _feed_through(
        "feed_of_proposals", "proposal_id", "SELECT participant_id FROM proposals WHERE proposal_id = r.proposal_id"
    ),
    _feed_through(
        "feed_of_keys",
        "key_id",
        "SELECT participant_id FROM api_keys JOIN persons USING (person_id) WHERE key_id = r.key_id",
    ),
)

WRITES: Final = {write.name: write for write in (HOT[0], *COLD, *HOT[1:], *FEEDS)}
"""All writes by name, in the order in which a transaction of several statements runs them."""

HOT_NAMES: Final = frozenset(write.name for write in HOT)


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
