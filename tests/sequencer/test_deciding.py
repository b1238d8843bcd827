"""What the client is told of a decision is told by the rules that decided it, not by those that are committed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from exchange.core.codec import encode_command
from exchange.core.commands import Command
from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.governance import AdoptRulebook
from exchange.core.events.governance import ActionProposed
from exchange.core.values import ProposalId, Seq, Side
from exchange.sequencer.deciding import Decider
from exchange.sequencer.journal import GENESIS_HEAD, Answer, Entry
from exchange.sequencer.submission import Decided
from tests.sequencer.world import PlainRenderer, WanderingClock, make_stage
from tests.support.keys import key_of
from tests.support.market import rules


@dataclass(slots=True)
class Remembering(PlainRenderer):
    """Keeps the decisions that it was given."""

    given: list[Decided] = field(default_factory=list)

    def decided(self, decision: Decided) -> Answer:
        """Keep it."""
        self.given.append(decision)
        return PlainRenderer.decided(self, decision)


def test_a_refusal_right_behind_a_new_rulebook_is_told_by_the_new_rules() -> None:
    stage = make_stage()
    market, renderer = stage.market, Remembering()
    state = market.state
    decider = Decider(state, state.seq, state.at, GENESIS_HEAD, 1, WanderingClock(Random(1)), lambda point: None)

    def decide(command: Command) -> Entry:
        submission = stage.submission(0, command)
        used = key_of(state, submission.command.actor, state.at)
        given = replace(submission, key=used, renderer=renderer)
        (entry,) = decider.written([decider.apply(given, 0, encode_command(submission.command))])
        return entry

    (proposed,) = decide(Propose(market.operator, AdoptRulebook(market.operator, "new", rules(band=100)))).events
    assert isinstance(proposed, ActionProposed)
    decide(Approve(market.regulator, ProposalId(proposed.proposal), proposed.action_hash, ""))
    decide(stage.place(0, Side.BUY, 1, 9_000))
    assert [decision.rules["BAND-LISTED"].value for decision in renderer.given] == [1_000, 1_000, 100]
    assert decider.seq == Seq(len(stage.log) + 3)
