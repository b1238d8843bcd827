"""Agreed trades as committed, each found by both of its parties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from exchange.core.events.agreements import AgreementAffirmed, AgreementEnded, AgreementProposed, AgreementSettled
from exchange.core.negotiated.agreed import AgreementStatus
from exchange.core.values import NOBODY, AgreementId, Fen, Micros, ParticipantId, PersonId, Seq
from exchange.sequencer.view.rows import AgreementRow


@dataclass(slots=True)
class Agreements:
    """Every agreed trade ever proposed, by id, and by party."""

    by_id: dict[AgreementId, AgreementRow] = field(default_factory=dict)
    by_party: dict[ParticipantId, dict[AgreementId, AgreementRow]] = field(default_factory=dict)

    def of(self, participant: ParticipantId) -> Iterator[AgreementRow]:
        """The agreements to which a participant is a party, oldest first."""
        return iter(self.by_party.get(participant, {}).values())

    def add(self, row: AgreementRow) -> None:
        """Enter an agreement and give it to both parties."""
        terms = row.terms
        self.by_id[terms.agreement] = row
        for party in (terms.proposer, terms.counterparty):
            self.by_party.setdefault(party, {})[terms.agreement] = row

    def on_proposed(self, event: AgreementProposed, seq: Seq, at: Micros) -> None:
        """A trade was proposed to its counterparty."""
        nobody, nothing = PersonId(NOBODY), Fen(0)
        proposed = AgreementStatus.PROPOSED
        self.add(AgreementRow(event, proposed, seq, at, nobody, nobody, Micros(0), nothing, nothing))

    def on_affirmed(self, event: AgreementAffirmed, _seq: Seq, at: Micros) -> None:
        """Both have agreed; a spot agreement waits for the venue now, a pre-issuance one stands."""
        row = self.by_id[event.agreement]
        row.status = AgreementStatus.AGREED
        row.affirmed_by = row.changed_by = event.by
        row.changed_at = at

    def on_ended(self, event: AgreementEnded, _seq: Seq, at: Micros) -> None:
        """It ended without a trade."""
        row = self.by_id[event.agreement]
        row.status, row.changed_by, row.changed_at = AgreementStatus.ENDED, event.by, at

    def on_settled(self, event: AgreementSettled, _seq: Seq, at: Micros) -> None:
        """Both legs moved."""
        row = self.by_id[event.agreement]
        row.status, row.changed_by, row.changed_at = AgreementStatus.SETTLED, PersonId(NOBODY), at
        row.buy_fee, row.sell_fee = event.buy_fee, event.sell_fee
