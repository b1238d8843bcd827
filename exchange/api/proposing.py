"""From an action to the command that proposes it, for every address at which something can be proposed."""

from __future__ import annotations

from exchange.access.authority import may_propose
from exchange.access.principal import Principal
from exchange.api.problems import ProblemError, need_scope
from exchange.api.validation import invalid
from exchange.core.authority import ACTION_SCOPES
from exchange.core.commands.approvals import Action, Propose
from exchange.core.rejections import RejectReason
from exchange.core.values import ParticipantId


def proposal_of(who: Principal, action: Action) -> Propose:
    """The command, unless the role or the key is not good for this kind of action; ownership is the core's matter.

    Raises:
        ProblemError: NOT_AUTHORISED or SCOPE_MISSING.
    """
    _permit(who, type(action))
    return Propose(who.person, action)


def _permit(who: Principal, kind: type) -> None:
    if not may_propose(who, kind):
        raise ProblemError(RejectReason.NOT_AUTHORISED)
    need_scope(who, ACTION_SCOPES[kind])


def firm_meant(who: Principal, kind: type, named: int | None, field: str) -> ParticipantId:
    """The firm that an action of this kind names, or the trader's own; whoever has none must name one.

    Raises:
        ProblemError: when a person of the venue names none; NOT_AUTHORISED or SCOPE_MISSING come first.
    """
    if named is not None:
        return ParticipantId(named)
    if who.is_staff:
        _permit(who, kind)
        raise invalid(f"/action/{field}", "MISSING")
    return who.participant
