"""The proofs have rules of their own, and all say the same: whoever changes one has to change it in every place."""

from __future__ import annotations

import re
from typing import Final

from exchange.audit.double_count import roles, steps
from exchange.core.approvals import APPROVERS, PROPOSERS
from exchange.core.commands.credits import CommitImport
from exchange.core.commands.governance import PersonRole
from exchange.core.commands.projects import RecordIssuance, RegisterProject
from exchange.core.credits.encumbrance import RECONCILIATION
from exchange.core.credits.states import TRANSITIONS
from exchange.store import double_count_rules as sql

OF_QUOTA_AT_TIMES: Final = (RegisterProject, RecordIssuance, CommitImport)
"""What the regulator approves where it is about quota: the core and the log's proof look which it is, SQL at either."""

NEW: Final = (0, 0)


def test_the_steps_of_the_core_are_those_of_both_proofs() -> None:
    """Those of PostgreSQL are held to the core's in tests/store/test_rights.py."""
    core = [(*map(int, step.before or NEW), *map(int, step.after), int(step.cause)) for step in TRANSITIONS]
    log = [(*before, *after, int(cause)) for cause, ways in steps.STEPS.items() for before, after in ways]
    tables = [tuple(map(int, row)) for row in re.findall(r"\((\d+), (\d+), (\d+), (\d+), (\d+)\)", sql.STEPS)]
    assert sorted(core) == sorted(log) == sorted(tables)


def test_who_proposes_and_approves_is_the_same_in_the_core_and_in_the_log() -> None:
    assert {action: set(agreeing.proposes) for action, agreeing in roles.AGREEING.items()} == as_sets(PROPOSERS)
    assert {action: set(agreeing.approves) for action, agreeing in roles.AGREEING.items()} == as_sets(APPROVERS)


def test_who_proposes_and_approves_is_the_same_in_the_core_and_in_sql() -> None:
    approvers = as_sets(APPROVERS)
    for action in OF_QUOTA_AT_TIMES:
        approvers[action].add(PersonRole.REGULATOR)
    assert {action: read(agreeing.proposers) for action, agreeing in sql.AGREEING.items()} == as_sets(PROPOSERS)
    assert {action: read(agreeing.approvers) for action, agreeing in sql.AGREEING.items()} == approvers


def test_a_reconciliation_is_known_by_the_same_words() -> None:
    assert RECONCILIATION == roles.OF_RECONCILIATION == sql.OF_RECONCILIATION


def as_sets(table: dict[type, tuple[PersonRole, ...]]) -> dict[type, set[PersonRole]]:
    """A table of the core in which order says nothing."""
    return {action: set(allowed) for action, allowed in table.items()}


def read(written: str) -> set[PersonRole]:
    """The roles of a list as PostgreSQL writes it."""
    return {PersonRole(int(number)) for number in written.strip("{}").split(",")}
