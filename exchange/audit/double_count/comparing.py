"""What the log says of all tonnes beside what the tables say: two opinions that must be the same to the serial."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.log import Summary

Said = TypeVar("Said", int, str)


class TableSummary(Protocol):
    """What is known of the tables, as :class:`exchange.store.double_count.Tables` has it."""

    @property
    def lots(self) -> Mapping[int, tuple[int, int, int, int, str]]:
        """By lot: serial space, first serial, the one behind the last, number of parcels, digest over them."""
        ...

    @property
    def claims(self) -> frozenset[tuple[int, int, int, int]]:
        """The serials that each use has: use, lot, first serial, the one behind the last."""
        ...

    @property
    def receipts(self) -> Mapping[int, tuple[str, str]]:
        """The receipt of each answered request, and the signature under the answer in hexadecimal digits."""
        ...

    @property
    def told(self) -> frozenset[tuple[int, str]]:
        """The receipts that came with contradictions, each with the request that was answered otherwise before."""
        ...

    @property
    def requests(self) -> Mapping[int, str]:
        """What each request asks for, as :func:`exchange.audit.double_count.requests.in_words` says it."""
        ...

    @property
    def people(self) -> Mapping[int, str]:
        """Every person and key, as :meth:`exchange.audit.double_count.people.People.rows` has them."""
        ...

    @property
    def rules(self) -> Mapping[tuple[int, int], str]:
        """Every rulebook, as :attr:`exchange.audit.double_count.beside.Beside.rules` has it."""
        ...

    @property
    def days(self) -> Mapping[int, int]:
        """The trading days, by the entries that opened them."""
        ...

    @property
    def held(self) -> Mapping[int, str]:
        """Every encumbrance, as :meth:`exchange.audit.double_count.beside.Beside.rows` has it."""
        ...


def compare(log: Summary, tables: TableSummary, notebook: Notebook) -> None:
    """Write down everything in which log and tables differ."""
    notebook.seq = 0
    for lot in sorted({*log.lots, *tables.lots}):
        mine, theirs = log.lots.get(lot), tables.lots.get(lot)
        said = None if mine is None else (mine.space, mine.lo, mine.hi, mine.parcels, mine.digest)
        if said != theirs:
            notebook.tell("TABLE-PLACES", lot=lot, **_parcels("log", said), **_parcels("tables", theirs))
    for use, lot, lo, hi in sorted(log.claims ^ tables.claims):
        where = "log" if (use, lot, lo, hi) in log.claims else "tables"
        notebook.tell("TABLE-CLAIMS", use=use, lot=lot, lo=lo, hi=hi, only_in=where)
    for request in sorted({*log.receipts, *tables.receipts}):
        said_here, said_there = log.receipts.get(request), tables.receipts.get(request)
        if said_here != said_there:
            notebook.tell("TABLE-RECEIPTS", request=request, log=_answer(said_here), tables=_answer(said_there))
    for request, receipt in sorted(log.told ^ tables.told):
        where = "log" if (request, receipt) in log.told else "tables"
        notebook.tell("TABLE-RECEIPTS", request=request, contradicted_with=receipt, only_in=where)
    _compare_each(notebook, "TABLE-REQUESTS", "request", log.requests, tables.requests, "nothing")
    _compare_each(notebook, "TABLE-PEOPLE", "number", log.people, tables.people, "nobody")
    for version, entry in sorted({*log.rules, *tables.rules}):
        mine_says, theirs_say = (side.rules.get((version, entry), "nothing") for side in (log, tables))
        if mine_says != theirs_say:
            notebook.tell("TABLE-RULES", version=version, entry=entry, log=mine_says, tables=theirs_say)
    _compare_each(notebook, "TABLE-DAYS", "entry", log.days, tables.days, 0)
    _compare_each(notebook, "TABLE-HELD", "encumbrance", log.held, tables.held, "nothing")


def _compare_each(
    notebook: Notebook, check: str, name: str, log: Mapping[int, Said], tables: Mapping[int, Said], none: Said
) -> None:
    """Things of one kind by their numbers; ``none`` is what is said of one that a side does not have."""
    for number in sorted({*log, *tables}):
        here, there = log.get(number, none), tables.get(number, none)
        if here != there:
            facts: dict[str, int | str] = {name: number, "log": here, "tables": there}
            notebook.tell(check, **facts)


def _answer(said: tuple[str, str] | None) -> str:
    """An answer in a few words: its receipt, and the beginning of its signature."""
    return "no answer" if said is None else f"{said[0] or 'no receipt'} {said[1][:12]}".rstrip()


def _parcels(name: str, place: tuple[int, int, int, int, str] | None) -> dict[str, int | str]:
    """A side of the comparison in a few words: how many parcels, and the beginning of their digest."""
    if place is None:
        return {name: "no such lot"}
    _, lo, hi, parcels, digest = place
    return {name: f"{lo}-{hi} in {parcels} parcels {digest[:12]}"}
