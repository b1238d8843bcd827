"""The rules that the proof by SQL holds tables to, written out by itself: as text, in the numbers that tables have.

A part of :mod:`exchange.store.double_count_checks`. Which step is allowed and who must agree to what the core says as
well (:mod:`exchange.core.credits.states`, :mod:`exchange.core.approvals`), and so does the proof from the log
(:mod:`exchange.audit.double_count.steps`, :mod:`exchange.audit.double_count.roles`). Nothing here is made from theirs
or from a table of the database, so a row that is wrong there is found here; a test holds all of them beside each other.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from exchange.core.commands.cash import WithdrawCash
from exchange.core.commands.credits import AdmitLot, CommitImport, ReturnUnits
from exchange.core.commands.encumbrances import ForceCancellation, LiftEncumbrance, ReportReversal, WithdrawReversal
from exchange.core.commands.governance import AdoptRulebook, RegisterStaff, ReplaceKeys
from exchange.core.commands.instruments import ResumeTrading
from exchange.core.commands.participants import RegisterTrader
from exchange.core.commands.projects import RecordIssuance, RegisterProject, SetFacility
from exchange.core.commands.registry import AnswerOnPaper
from exchange.core.commands.uses import ReleaseUnits, RevokeClaim, SetBudget, SetObligation, UseUnits

STEPS: Final = """
            (0, 0, 2, 2, 1),   -- new, and waits for the registry's lock
            (0, 0, 1, 1, 2),   -- new, of no national registry
            (2, 2, 2, 3, 3),   -- a lock is asked for
            (2, 3, 1, 1, 4), (2, 4, 1, 1, 4), (2, 7, 1, 1, 4),  -- and confirmed: in time, late, of what comes back
            (2, 3, 2, 2, 5), (2, 4, 2, 2, 5), (2, 7, 2, 6, 18), -- or refused
            (2, 3, 2, 4, 6),   -- or not answered, after which nobody knows
            (1, 1, 1, 8, 7),   -- chosen for a use
            (1, 8, 1, 1, 8), (1, 8, 1, 1, 9),                   -- and free again: withdrawn, refused
            (1, 8, 1, 9, 10), (1, 8, 1, 10, 11), (1, 8, 1, 11, 12), -- or spent: retired, cancelled, exported
            (1, 1, 1, 5, 13),  -- chosen for a release
            (1, 5, 1, 1, 14), (1, 5, 1, 1, 15),                 -- and free again: withdrawn, refused
            (1, 5, 2, 6, 16),  -- or gone to the national market
            (2, 6, 2, 7, 17)   -- from which it is to come back
"""
"""The allowed steps as rows of VALUES: tag and state before, tag and state after, cause. tag: 1 REGIONAL, 2 NATIONAL, 0
new. state: 1 ACTIVE, 2 ADMITTED, 3 LOCK_REQUESTED, 4 LOCK_UNKNOWN, 5 PENDING_OUT, 6 OUT, 7 RETURN_REQUESTED,
8 PENDING_CANCEL, 9 RETIRED, 10 CANCELLED, 11 EXPORTED, 0 new.
"""


class Agreeing(NamedTuple):
    """The roles that may propose an action, and those of which one may approve it, as PostgreSQL writes lists:
    1 TRADER, 2 OPERATOR, 3 REGULATOR.
    """

    proposers: str
    approvers: str


AGREEING: Final[dict[type, Agreeing]] = {
    WithdrawCash: Agreeing("{1}", "{2}"),
    UseUnits: Agreeing("{1}", "{2}"),
    ReleaseUnits: Agreeing("{1}", "{2}"),
    AdmitLot: Agreeing("{1,2}", "{2}"),
    ReturnUnits: Agreeing("{1,2}", "{2}"),
    RegisterTrader: Agreeing("{1,2}", "{2}"),
    AnswerOnPaper: Agreeing("{2}", "{2}"),
    # The regulator where it is about quota.
    RegisterProject: Agreeing("{2}", "{2,3}"),
    RecordIssuance: Agreeing("{2}", "{2,3}"),
    CommitImport: Agreeing("{2}", "{2,3}"),
    AdoptRulebook: Agreeing("{2,3}", "{3}"),
    SetFacility: Agreeing("{2,3}", "{3}"),
    SetObligation: Agreeing("{2,3}", "{3}"),
    SetBudget: Agreeing("{2,3}", "{3}"),
    RevokeClaim: Agreeing("{2,3}", "{3}"),
    ForceCancellation: Agreeing("{2,3}", "{3}"),
    WithdrawReversal: Agreeing("{2,3}", "{3}"),
    RegisterStaff: Agreeing("{2,3}", "{2,3}"),
    ReplaceKeys: Agreeing("{1,2,3}", "{2,3}"),
    ResumeTrading: Agreeing("{2,3}", "{2,3}"),
    LiftEncumbrance: Agreeing("{2,3}", "{2,3}"),
    ReportReversal: Agreeing("{2,3}", "{2,3}"),
}
"""Every action that two persons must agree to. What narrows it (quota, supervisors, what is held fast) other queries
ask.
"""

OF_RECONCILIATION: Final = "registry reconciliation: "
"""How the reference of an encumbrance begins that was set since the registry's list contradicts the exchange."""
