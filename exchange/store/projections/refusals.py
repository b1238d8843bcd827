"""Commands that were refused: who gave which, and why not. What they asked for stays in the journal."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.core.commands import Command
from exchange.core.commands.approvals import Propose
from exchange.core.commands.orders import AmendOrder, CancelOrder
from exchange.core.events import Rejected
from exchange.sequencer.journal import Entry
from exchange.store.projections.happened import Rows


def project(entries: Sequence[Entry]) -> Rows:
    """One row for each entry whose command was refused, and one among its changes for the order that it named."""
    rows = []
    changes = []
    for entry in entries:
        refusal = refusal_of(entry)
        if refusal is not None:
            leaf, command = entry.leaf, entry.command
            who = (leaf.scope, command.actor, leaf.key)
            rows.append((leaf.seq, leaf.at, *who, command_name(command), refusal.reason))
            if isinstance(command, AmendOrder | CancelOrder) and command.order:
                changes.append((command.order, command.participant, leaf.seq))
    return {"refusals": rows, "order_changes": changes}


def refusal_of(entry: Entry) -> Rejected | None:
    """The refusal of an entry's command, which is then all that happened; None when it was done."""
    first = entry.events[0] if entry.events else None
    return first if isinstance(first, Rejected) else None


def command_name(command: Command) -> str:
    """The name of a command's type; a proposal is nothing without what it proposes."""
    name = type(command).__name__
    return f"{name} {type(command.action).__name__}" if isinstance(command, Propose) else name
