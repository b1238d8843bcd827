"""What the log says of all tonnes beside what the tables say: two opinions that must be the same to the serial."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.log import Summary

Key = TypeVar("Key", int, str)
Said = TypeVar("Said", int, str)


class TableSummary(Protocol):
    """What is known of the tables, as :class:`exchange.store.double_count.Tables` has it."""

    @property
    def projects(self) -> Mapping[int, str]:
        """Every project, as :attr:`exchange.audit.double_count.counting.Counting.projects` has it."""
        ...

    @property
    def issuances(self) -> Mapping[int, str]:
        """Every issuance, as :meth:`exchange.audit.double_count.origins.Origins.issuances` has it."""
        ...

    @property
    def lots(self) -> Mapping[int, str]:
        """Every lot, as :meth:`exchange.audit.double_count.places.Places.lots` has it."""
        ...

    @property
    def steps(self) -> Mapping[int, str]:
        """The steps of each lot, as :meth:`exchange.audit.double_count.counting.Counting.steps` has them."""
        ...

    @property
    def papers(self) -> Mapping[str, str]:
        """Every paper of a lock, as :attr:`exchange.audit.double_count.origins.Origins.papers` has it."""
        ...

    @property
    def claims(self) -> frozenset[tuple[int, int, int, int]]:
        """The serials that each use has: use, lot, first serial, the one behind the last."""
        ...

    @property
    def uses(self) -> Mapping[int, str]:
        """Every use, as :meth:`exchange.audit.double_count.counting.Counting.uses` has it."""
        ...

    @property
    def adjustments(self) -> Mapping[str, str]:
        """Every adjustment, as :attr:`exchange.audit.double_count.counting.Counting.adjustments` has it."""
        ...

    @property
    def facilities(self) -> Mapping[str, str]:
        """Facilities and duties, as :attr:`exchange.audit.double_count.counting.Counting.facilities` has them."""
        ...

    @property
    def receipts(self) -> Mapping[int, str]:
        """By entry what the registry said, as :attr:`exchange.audit.double_count.statements.Statements.words` has
        it.
        """
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
    _compare_each(notebook, "TABLE-PLACES", "project", log.projects, tables.projects, "no such project")
    _compare_each(notebook, "TABLE-PLACES", "issuance", log.issuances, tables.issuances, "no such issuance")
    _compare_each(notebook, "TABLE-PLACES", "lot", log.lots, tables.lots, "no such lot")
    _compare_each(notebook, "TABLE-PLACES", "steps_of_lot", log.steps, tables.steps, "no steps")
    _compare_each(notebook, "TABLE-PLACES", "paper", log.papers, tables.papers, "no such paper")
    for use, lot, lo, hi in sorted(log.claims ^ tables.claims):
        where = "log" if (use, lot, lo, hi) in log.claims else "tables"
        notebook.tell("TABLE-CLAIMS", use=use, lot=lot, lo=lo, hi=hi, only_in=where)
    _compare_each(notebook, "TABLE-CLAIMS", "use", log.uses, tables.uses, "no such use")
    _compare_each(notebook, "TABLE-BUDGETS", "adjustment", log.adjustments, tables.adjustments, "nothing")
    _compare_each(notebook, "TABLE-FACILITIES", "facility", log.facilities, tables.facilities, "nothing")
    _compare_each(notebook, "TABLE-RECEIPTS", "entry", log.receipts, tables.receipts, "nothing")
    _compare_each(notebook, "TABLE-REQUESTS", "request", log.requests, tables.requests, "nothing")
    _compare_each(notebook, "TABLE-PEOPLE", "number", log.people, tables.people, "nobody")
    for version, entry in sorted({*log.rules, *tables.rules}):
        mine_says, theirs_say = (side.rules.get((version, entry), "nothing") for side in (log, tables))
        if mine_says != theirs_say:
            notebook.tell("TABLE-RULES", version=version, entry=entry, log=mine_says, tables=theirs_say)
    _compare_each(notebook, "TABLE-DAYS", "entry", log.days, tables.days, 0)
    _compare_each(notebook, "TABLE-HELD", "encumbrance", log.held, tables.held, "nothing")


def _compare_each(
    notebook: Notebook, check: str, name: str, log: Mapping[Key, Said], tables: Mapping[Key, Said], none: Said
) -> None:
    """Things of one kind by their numbers or names; ``none`` is what is said of one that a side does not have."""
    for number in sorted(log.keys() | tables.keys()):
        here, there = log.get(number, none), tables.get(number, none)
        if here != there:
            facts: dict[str, int | str] = {name: number, "log": here, "tables": there}
            notebook.tell(check, **facts)
