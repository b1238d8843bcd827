"""Rulebooks with their rules, and proposals with what became of them."""

from __future__ import annotations

from typing import Final

from exchange.core.approvals import ProposalStatus
from exchange.core.codec import ACTIONS
from exchange.core.events.governance import ActionApproved, ActionProposed, ProposalRejected, RulebookAdopted
from exchange.sequencer.journal import Leaf
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (RulebookAdopted, ActionProposed, ActionApproved, ProposalRejected)


def project(history: History) -> Rows:
    """New rulebooks, rules and proposals, and the decisions on proposals."""
    rows: Rows = {"rulebooks": [], "rules": [], "proposals": [], "proposals_decided": []}
    for leaf, event in history:
        when = (leaf.seq, leaf.at)
        if type(event) is ActionProposed:
            who = (event.proposer, event.participant or None)
            action = (ACTIONS.encode(event.action), event.action_hash)
            decided = (ProposalStatus.OPEN, None, None)
            rows["proposals"].append((event.proposal, *who, *action, *decided, *when, *when))
        elif type(event) is ActionApproved:
            rows["proposals_decided"].append((event.proposal, ProposalStatus.APPROVED, event.approver, None, *when))
        elif type(event) is ProposalRejected:
            why = event.reason
            rows["proposals_decided"].append((event.proposal, ProposalStatus.REJECTED, event.by or None, why, *when))
        else:
            _adopt(rows, leaf, event)
    return rows


def _adopt(rows: Rows, leaf: Leaf, event: RulebookAdopted) -> None:
    rows["rulebooks"].append((event.version, event.profile, leaf.seq, leaf.at))
    for n, rule in enumerate(event.rules):
        what = (rule.rule, rule.value, rule.unit, rule.article, rule.verified, rule.effective_from)
        rows["rules"].append((event.version, n, *what, rule.text_en, rule.text_zh))
