"""Where requests come in: each reference is done once, at once, with the statement about it, in one transaction.

What the faults change is what is said and when. What is done stays consistent, but for two: NOT_DONE says that
something was done which was not, and OTHER_ACCOUNT lets go to an account that nobody has named.
"""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import replace
from typing import Any, Final

from exchange.access.public_keys import read_public_key
from exchange.client import PrivateKey
from exchange.registry.messages import Asked, Kind
from exchange.registry.simulator.faults import Fault, Faults
from exchange.registry.simulator.identity import Identity
from exchange.registry.simulator.ledger import Ledger
from exchange.registry.simulator.store import Store
from exchange.registry.statements import Statement, StatementError, canonical_json, read_statement, sign

CONFIRMED: Final = "CONFIRMED"
REFUSED: Final = "REFUSED"
THE_RECEIPT: Final = "RECEIPT-OF-EVERYTHING"
A_STRANGER: Final = "NATIONAL-STRANGER"
"""The account to which units are let go that should go to another."""

_ANOTHER: Final = {Kind.LOCK: Kind.CANCEL, Kind.RELEASE: Kind.LOCK, Kind.CANCEL: Kind.LOCK}
"""Of what a registry speaks that mixes up what it was asked for."""

TIMES: Final = 3
"""How often a duplicating registry calls back."""

Reply = tuple[int, dict[str, Any]]
"""Status and document of an answer."""


class Desk:
    """The registry's front desk. With ``on_demand`` serials that nobody knows are issued to the first who asks for
    their lock.
    """

    def __init__(self, store: Store, identity: Identity, faults: Faults, on_demand: bool = False) -> None:
        self.store = store
        self.identity = identity
        self.faults = faults
        self.ledger = Ledger(store)
        self.on_demand = on_demand

    def count_call(self, reference: str) -> int:
        """The number of this call about a request, from 1, whether the request has arrived or not."""
        query = "INSERT INTO calls VALUES (?, 1) ON CONFLICT (reference) DO UPDATE SET n = n + 1"
        self.store.run(query, reference)
        found = self.store.row("SELECT n FROM calls WHERE reference = ?", reference)
        assert found is not None
        return int(found["n"])

    def take(self, document: dict[str, Any]) -> Reply:
        """Do a request if it is new, and say how it stands."""
        try:
            asked = read_asked(document)
        except (KeyError, TypeError, ValueError):
            return 400, {"why": "this is no request"}
        body = canonical_json(document).decode()
        known = self.store.row("SELECT body FROM requests WHERE reference = ?", asked.reference)
        if known is None:
            with self.store.transaction():
                self._do(asked, body)
        elif known["body"] != body:
            return 409, {"why": "this reference stands for another request"}
        else:
            self.store.run("UPDATE requests SET asks = asks + 1 WHERE reference = ?", asked.reference)
        return self.look_up(asked.reference)

    def look_up(self, reference: str) -> Reply:
        """How a request stands."""
        row = self.store.row("SELECT statement, speaks_at FROM requests WHERE reference = ?", reference)
        if row is None:
            return 404, {"why": "no such request"}
        if row["speaks_at"] is None or row["speaks_at"] > time.time():
            return 202, {"status": "PENDING"}
        return 200, {"status": "DONE", "statement": json.loads(row["statement"])}

    def speak(self) -> None:
        """Make the statements that silence has held back."""
        now = time.time()
        with self.store.transaction():
            self.store.run("UPDATE requests SET speaks_at = ? WHERE speaks_at IS NULL", now)
            self.store.run("UPDATE callbacks SET due = ? WHERE due IS NULL", now)

    def put_right(self) -> list[str]:
        """State anew, each with a new number, what was stated untruly: of other serials or another space, with another
        key, or with a receipt that stands for something else: for what was stated first, which is what the venue has
        believed. The references of these requests.

        What faults will do to further requests is as before; one that was not done stays so.
        """
        restated: list[str] = []
        receipts: set[str] = set()
        with self.store.transaction():
            for row in self.store.rows("SELECT * FROM requests ORDER BY speaks_at IS NULL, speaks_at, rowid"):
                asked = read_asked(json.loads(row["body"]))
                used = row["receipt"] in receipts
                receipts.add(row["receipt"] or asked.reference)
                if used or not self._is_true(asked, row):
                    self._restate(asked, row, self._new_receipt(asked) if used else row["receipt"])
                    restated.append(asked.reference)
        return restated

    def _is_true(self, asked: Asked, row: sqlite3.Row) -> bool:
        """Whether the statement about a request is signed by this registry and says what it has on record."""
        key = read_public_key(self.identity.private_key.public_text)
        assert key is not None
        try:
            said = read_statement(json.loads(row["statement"]), [key]).statement
        except StatementError:
            return False
        said_of = (said.kind, said.account, said.space, said.serial_lo, said.serial_hi)
        asked_of = (asked.kind, asked.account, *_range(asked))
        return (*said_of, said.outcome, said.receipt) == (*asked_of, row["outcome"], row["receipt"])

    def _restate(self, asked: Asked, row: sqlite3.Row, receipt: str) -> None:
        statement = sign(self._truth(asked, row["outcome"], receipt), self.identity.private_key)
        text = json.dumps(statement, ensure_ascii=False)
        self.store.run(
            "UPDATE requests SET statement = ?, receipt = ? WHERE reference = ?", text, receipt, asked.reference
        )
        self.store.run("UPDATE blocks SET receipt = ? WHERE reference = ?", receipt, asked.reference)
        due = None if row["speaks_at"] is None else time.time()
        query = "INSERT INTO callbacks (reference, statement, due, tries) VALUES (?, ?, ?, 0)"
        self.store.run(query, asked.reference, text, due)

    def _do(self, asked: Asked, body: str) -> None:
        happens, reference = self.faults.happens, asked.reference
        if self.on_demand and asked.kind is Kind.LOCK and self.ledger.is_new(*_range(asked)):
            self.ledger.issue(*_range(asked), asked.holder)
        why = self.ledger.why_not(asked)
        receipt = "" if why else self._receipt(asked)
        if not why and not happens(Fault.NOT_DONE, reference):
            self.ledger.do(self._understood(asked), receipt)
        outcome = REFUSED if why else CONFIRMED
        statement = self._statement(asked, outcome, receipt)
        speaks_at = self._speaks_at(reference)
        values = (reference, body, outcome, why, receipt, json.dumps(statement, ensure_ascii=False), speaks_at, 1)
        self.store.run("INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *values)
        self._call_back(asked, statement, speaks_at)
        if happens(Fault.OTHER_OUTCOME, reference):
            opposite = REFUSED if outcome == CONFIRMED else CONFIRMED
            other = self._statement(asked, opposite, "" if opposite == REFUSED else self._receipt(asked))
            self._call_back(asked, other, None if speaks_at is None else speaks_at + 0.2)

    def _understood(self, asked: Asked) -> Asked:
        """A request as it is done."""
        elsewhere = asked.kind is Kind.RELEASE and self.faults.happens(Fault.OTHER_ACCOUNT, asked.reference)
        return replace(asked, account=A_STRANGER) if elsewhere else asked

    def _receipt(self, asked: Asked) -> str:
        if self.faults.happens(Fault.SAME_RECEIPT, asked.reference):
            return THE_RECEIPT
        return self._new_receipt(asked)

    def _new_receipt(self, asked: Asked) -> str:
        day = time.strftime("%Y%m%d", time.gmtime())
        return f"CCER-{asked.kind}-{day}-{self.store.next_number():06d}"

    def _statement(self, asked: Asked, outcome: str, receipt: str) -> dict[str, Any]:
        made = self._truth(asked, outcome, receipt)
        happens = self.faults.happens
        if happens(Fault.OTHER_RANGE, asked.reference):
            made = replace(made, serial_hi=made.serial_hi + 1)
        if happens(Fault.OTHER_SPACE, asked.reference):
            made = replace(made, space=made.space + "-B")
        if happens(Fault.OTHER_KIND, asked.reference):
            made = replace(made, kind=_ANOTHER[asked.kind].value)
        wrong = happens(Fault.BAD_SIGNATURE, asked.reference)
        return sign(made, PrivateKey.generate() if wrong else self.identity.private_key)

    def _truth(self, asked: Asked, outcome: str, receipt: str) -> Statement:
        """A statement with a number of its own, of now: what it was asked to do, from its own record of the request."""
        message = f"statement-{self.store.next_number():08d}"
        act = (asked.reference, asked.kind.value, asked.account)
        return Statement(*act, outcome, *_range(asked), receipt, message, time.time_ns() // 1_000)

    def _speaks_at(self, reference: str) -> float | None:
        if self.faults.happens(Fault.SILENT, reference):
            return None
        late = self.faults.slow_seconds if self.faults.happens(Fault.SLOW, reference) else 0.0
        return time.time() + late

    def _call_back(self, asked: Asked, statement: dict[str, Any], due: float | None) -> None:
        """Have it called back, as often as the faults say; where there is silence, not before it ends."""
        faults, reference = self.faults, asked.reference
        times = TIMES if faults.happens(Fault.DUPLICATING, reference) else 1
        for n in range(times):
            spread = faults.spread_seconds if faults.happens(Fault.REORDERING, reference) else 0.0
            when = None if due is None else due + spread * faults.draw(f"{reference}/{statement['message']}/{n}")
            query = "INSERT INTO callbacks (reference, statement, due, tries) VALUES (?, ?, ?, 0)"
            self.store.run(query, reference, json.dumps(statement, ensure_ascii=False), when)


def _range(asked: Asked) -> tuple[str, int, int]:
    return asked.space, asked.serial_lo, asked.serial_hi


def read_asked(document: dict[str, Any]) -> Asked:
    """A request as it came.

    Raises:
        KeyError, TypeError, ValueError: when it is none.
    """
    if document.keys() != set(Asked.__annotations__):
        raise ValueError("other fields")
    wrong = [name for name, value in document.items() if type(value) is not (int if name in _NUMBERS else str)]
    if wrong or not document["reference"]:
        raise TypeError("fields of another kind")
    asked = Asked(**{**document, "kind": Kind(document["kind"])})
    if not 0 < asked.serial_lo < asked.serial_hi:
        raise ValueError("no serials")
    return asked


_NUMBERS: Final = ("serial_lo", "serial_hi")
