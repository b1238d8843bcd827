"""Who may propose and who may approve what, written out for this proof by itself.

The core's own tables (:mod:`exchange.core.approvals`) and those of the proof by SQL
(:mod:`exchange.store.double_count_rules`) say the same, and none is made from another: a test holds them beside each
other. What narrows them for quota, supervisors and what is held fast is found by :mod:`.persons` from the events.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from exchange.core.commands.cash import WithdrawCash
from exchange.core.commands.credits import AdmitLot, CommitImport, ReturnUnits
from exchange.core.commands.encumbrances import ForceCancellation, LiftEncumbrance, ReportReversal, WithdrawReversal
from exchange.core.commands.governance import AdoptRulebook, PersonRole, RegisterStaff, ReplaceKeys
from exchange.core.commands.instruments import ResumeTrading
from exchange.core.commands.participants import RegisterTrader
from exchange.core.commands.projects import RecordIssuance, RegisterProject, SetFacility
from exchange.core.commands.registry import AnswerOnPaper
from exchange.core.commands.uses import ReleaseUnits, RevokeClaim, SetBudget, SetObligation, UseUnits

Roles = frozenset[PersonRole]

_TRADER: Final = frozenset({PersonRole.TRADER})
_OPERATOR: Final = frozenset({PersonRole.OPERATOR})
_REGULATOR: Final = frozenset({PersonRole.REGULATOR})
_FIRM: Final = _TRADER | _OPERATOR
_VENUE: Final = _OPERATOR | _REGULATOR


class Agreeing(NamedTuple):
    """The roles of the first person and those of the second."""

    proposes: Roles
    approves: Roles


AGREEING: Final[dict[type, Agreeing]] = {
    # What a firm asks for and the operators look at.
    WithdrawCash: Agreeing(_TRADER, _OPERATOR),
    UseUnits: Agreeing(_TRADER, _OPERATOR),
    ReleaseUnits: Agreeing(_TRADER, _OPERATOR),
    AdmitLot: Agreeing(_FIRM, _OPERATOR),
    ReturnUnits: Agreeing(_FIRM, _OPERATOR),
    RegisterTrader: Agreeing(_FIRM, _OPERATOR),
    # What two operators do.
    RegisterProject: Agreeing(_OPERATOR, _OPERATOR),
    RecordIssuance: Agreeing(_OPERATOR, _OPERATOR),
    CommitImport: Agreeing(_OPERATOR, _OPERATOR),
    AnswerOnPaper: Agreeing(_OPERATOR, _OPERATOR),
    # What nobody does without the regulator.
    AdoptRulebook: Agreeing(_VENUE, _REGULATOR),
    SetFacility: Agreeing(_VENUE, _REGULATOR),
    SetObligation: Agreeing(_VENUE, _REGULATOR),
    SetBudget: Agreeing(_VENUE, _REGULATOR),
    RevokeClaim: Agreeing(_VENUE, _REGULATOR),
    ForceCancellation: Agreeing(_VENUE, _REGULATOR),
    WithdrawReversal: Agreeing(_VENUE, _REGULATOR),
    # What either of them agrees to.
    RegisterStaff: Agreeing(_VENUE, _VENUE),
    ReplaceKeys: Agreeing(_TRADER | _VENUE, _VENUE),
    ResumeTrading: Agreeing(_VENUE, _VENUE),
    LiftEncumbrance: Agreeing(_VENUE, _VENUE),
    ReportReversal: Agreeing(_VENUE, _VENUE),
}
"""Every action that two persons must agree to."""

OF_RECONCILIATION: Final = "registry reconciliation: "
"""How the reference of an encumbrance begins that was set since the registry's list contradicts the exchange: it is a
doubt about what stands on these serials, and only a regulator lifts it.
"""
