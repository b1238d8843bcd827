"""What an error of PostgreSQL or of the way to it means for a batch: the one table of it.

=====================================  =========  ====================================================================
error                                  verdict    why
=====================================  =========  ====================================================================
EX001 (leader row moved)               FENCED     the statement raised it itself, so nothing was written
EX006 (careless commit)                UNKNOWN    nothing was written; a new session asks for synchronous_commit again
class 23, 22, P0, other EX             BROKEN     a constraint, a trigger of ours or a value out of range refused the
                                                  batch before COMMIT could happen; sending it again cannot help
57P01 admin shutdown, 57P02, 08...     UNKNOWN    the backend ended; with synchronous replication even after its commit
53 disk or memory full, 40P01          UNKNOWN    nothing was written, but sending it again can help, and asking first
deadlock, 55P03 lock timeout, 57014    UNKNOWN    costs little and cannot be wrong
statement timeout, 58, XX              UNKNOWN
42 (no such table, no such right)      UNKNOWN    the installation is wrong, not a command, so none may be quarantined
connection lost, time-out, all others  UNKNOWN    the COMMIT may have arrived
=====================================  =========  ====================================================================
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

import asyncpg

STALE_LEADER: Final = "EX001"
CARELESS_COMMIT: Final = "EX006"


class Verdict(Enum):
    """What is known of a batch after an error."""

    FENCED = auto()
    BROKEN = auto()
    UNKNOWN = auto()


def verdict(error: BaseException) -> Verdict:
    """Look an error up."""
    state = error.sqlstate if isinstance(error, asyncpg.PostgresError) else None
    if state is None or state == CARELESS_COMMIT:
        return Verdict.UNKNOWN
    if state == STALE_LEADER:
        return Verdict.FENCED
    return Verdict.BROKEN if state[:2] in ("23", "22", "P0", "EX") else Verdict.UNKNOWN
