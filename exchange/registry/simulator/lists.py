"""The registry's two lists, signed page by page: what was ever locked for the venue, and every request of it.

For trying a reconciliation, lines and records can be told that are not true, and true ones can be hidden. The ledger
itself stays as it is.
"""

from __future__ import annotations

import json
from typing import Any, Final

from exchange.registry.simulator.ledger import FREE, Ledger
from exchange.registry.simulator.store import Store

Line = dict[str, Any]

LINE: Final = ("space", "serial_lo", "serial_hi", "holding", "holder", "reference", "receipt")
RECORD: Final = ("reference", "kind", "space", "serial_lo", "serial_hi", "outcome", "receipt")


class Lists:
    """What the registry tells."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger

    def holdings(self) -> list[Line]:
        """The list of what was ever locked, in the order of its lines."""
        lines = [
            dict(zip(LINE, (b.space, b.lo, b.hi, b.holding, b.listed, b.reference, b.receipt), strict=True))
            for b in self._ledger.all()
            if b.holding != FREE
        ]
        for row in self._store.rows("SELECT space, lo, hi, line FROM false_lines ORDER BY number"):
            if row["line"] is None:
                lines = [part for line in lines for part in _without(line, row["space"], row["lo"], row["hi"])]
            else:
                lines.append(json.loads(row["line"]))
        return sorted(lines, key=_key_of_line)

    def records(self) -> list[Line]:
        """The list of requests, by their references."""
        rows = self._store.rows("SELECT reference, body, outcome, receipt, speaks_at FROM requests")
        records = [_record(row) for row in rows]
        for row in self._store.rows("SELECT reference, record FROM false_records ORDER BY number"):
            if row["record"] is None:
                records = [record for record in records if record["reference"] != row["reference"]]
            else:
                records.append(json.loads(row["record"]))
        return sorted(records, key=_key_of_record)

    def tell_line(self, line: Line) -> None:
        """Tell a line that is not true."""
        values = (line["space"], line["serial_lo"], line["serial_hi"], json.dumps(line, ensure_ascii=False))
        self._store.run("INSERT INTO false_lines (space, lo, hi, line) VALUES (?, ?, ?, ?)", *values)

    def hide_lines(self, space: str, lo: int, hi: int) -> None:
        """Tell no more of these serials."""
        self._store.run("INSERT INTO false_lines (space, lo, hi) VALUES (?, ?, ?)", space, lo, hi)

    def tell_record(self, record: Line) -> None:
        """Tell a record that is not true, beside the true one of the same reference if there is one."""
        text = json.dumps(record, ensure_ascii=False)
        self._store.run("INSERT INTO false_records (reference, record) VALUES (?, ?)", record["reference"], text)

    def hide_record(self, reference: str) -> None:
        """Tell no more of a request."""
        self._store.run("INSERT INTO false_records (reference) VALUES (?)", reference)

    def be_honest(self) -> None:
        """Tell the truth again."""
        self._store.run("DELETE FROM false_lines")
        self._store.run("DELETE FROM false_records")


def _record(row: Any) -> Line:
    asked = json.loads(row["body"])
    outcome = row["outcome"] if row["speaks_at"] is not None else ""
    told = {name: asked[name] for name in RECORD[:5]}
    return {**told, "outcome": outcome, "receipt": row["receipt"] if outcome else ""}


def _without(line: Line, space: str, lo: int, hi: int) -> list[Line]:
    """What of a line lies outside of a range."""
    if line["space"] != space or line["serial_lo"] >= hi or line["serial_hi"] <= lo:
        return [line]
    parts = [
        {**line, "serial_hi": min(line["serial_hi"], lo)},
        {**line, "serial_lo": max(line["serial_lo"], hi)},
    ]
    return [part for part in parts if part["serial_lo"] < part["serial_hi"]]


def _key_of_line(line: Line) -> list[Any]:
    return [line[name] for name in LINE]


def _key_of_record(record: Line) -> list[Any]:
    return [record[name] for name in RECORD]


def page(lines: list[Line], names: tuple[str, ...], after: str, limit: int) -> tuple[list[Line], str]:
    """The lines behind a place, and the place behind them, "" at the end."""
    place = json.loads(after) if after else None
    rest = [line for line in lines if place is None or [line[name] for name in names] > place]
    cut = rest[:limit]
    more = len(rest) > limit
    return cut, json.dumps([cut[-1][name] for name in names], ensure_ascii=False) if more else ""
