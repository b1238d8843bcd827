"""A market of the core whose entries are told to a register of certificates, as a replay of its journal would."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from exchange.audit.export import export_journal
from exchange.certificates.document import Document, document_of
from exchange.certificates.facts import log_entry
from exchange.certificates.register import CertificateRegister
from exchange.core.canonical import FORMAT_VERSION
from exchange.core.codec import encode_command, encode_events
from exchange.core.commands import Command
from exchange.core.commands.encumbrances import Encumber, EncumbranceKind, LiftEncumbrance
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.projects import ProjectTerms
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.commands.uses import Intensity, Neutrality, Pick, Purpose, RevokeClaim, UseDetails, UseUnits
from exchange.core.credits.encumbrance import RECONCILIATION
from exchange.core.credits.registry_lock import Request
from exchange.core.events import Event
from exchange.core.machine import ENGINE_VERSION, Outcome
from exchange.core.values import (
    NOBODY,
    ClaimId,
    Day,
    EncumbranceId,
    InstrumentId,
    KeyId,
    LotId,
    Micros,
    ParticipantId,
    PersonId,
    ProjectId,
    Seq,
    Tonnes,
)
from exchange.sequencer.journal import GENESIS_HEAD, Leaf, StoredEntry, encode_leaf, next_head
from tests.support.keys import key_of
from tests.support.market import Market

ORGANISATION = "91150000MA0MXT4K12"
"""A unified social credit code with a right check character, made up."""

PERSON = "150102199003078519"
"""An identity number with a right check digit, made up."""


def details(**given: Any) -> UseDetails:
    """Details of a voluntary use in Hohhot, with some of them changed."""
    made = UseDetails(
        "Steel Works",
        "包钢集团",
        ORGANISATION,
        "",
        0,
        "",
        Intensity.NONE,
        Neutrality.NONE,
        "",
        Day(0),
        "",
        League.HOHHOT,
    )
    for name, value in given.items():
        setattr(made, name, value)
    return made


class ToldMarket(Market):
    """A market with a journal, that tells a register what happens."""

    def __init__(self, **given: Any) -> None:
        """``given`` are those of a market."""
        self.register = CertificateRegister()
        self.journal: list[StoredEntry] = []
        self.events: list[tuple[Micros, list[Event]]] = []
        self.terms: dict[str, Any] = {}
        super().__init__(**given)

    def give(self, command: Command, key: KeyId | None = None) -> Outcome:
        """Give a command, write it down, and tell."""
        rules, used, at = self.state.rulebook.version, key, self.now()
        if used is None:
            used = key_of(self.state, command.actor, at)
        outcome = super().give(command, used)
        stored = self._written(command, used, at, rules, outcome)
        self.events.append((at, list(outcome.events)))
        self.register.tell(log_entry(stored.seq, at, stored.leaf_bytes, stored.head), outcome.events)
        return outcome

    def _written(self, command: Command, used: KeyId, at: Micros, rules: int, outcome: Outcome) -> StoredEntry:
        events_bytes = encode_events(outcome.events)
        seq, events_hash = Seq(len(self.journal) + 1), hashlib.sha256(events_bytes).digest()
        reason, created = int(outcome.reason or 0), outcome.created
        done = (encode_command(command), events_hash, reason, created)
        leaf = Leaf(FORMAT_VERSION, ENGINE_VERSION, rules, 1, seq, at, used, 0, "", b"", *done)
        leaf_bytes = encode_leaf(leaf)
        head = next_head(self.journal[-1].head if self.journal else GENESIS_HEAD, leaf_bytes)
        self.journal.append(StoredEntry(seq, leaf_bytes, head, events_bytes))
        return self.journal[-1]

    def export(self, path: Path) -> None:
        """Write the journal as the exchange exports it."""

        async def entries() -> AsyncIterator[StoredEntry]:
            for entry in self.journal:
                yield entry

        with open(path, "wb") as file:
            asyncio.run(export_journal(entries(), file))

    def project_terms(self, code: str, family: Family = Family.FORESTRY_CCER) -> ProjectTerms:
        """Plausible terms, of which :attr:`terms` changes some."""
        made = super().project_terms(code, family)
        for name, value in self.terms.items():
            setattr(made, name, value)
        return made

    def use(
        self, firm: ParticipantId, lot: LotId, lo: int, hi: int, purpose: Purpose = Purpose.VOLUNTARY, **given: Any
    ) -> ClaimId:
        """A firm uses serials of a lot; the venue approves, and the registry cancels what it has to."""
        claim = ClaimId(self.agree(self._use(firm, lot, lo, hi, purpose, **given), self.second))
        self.registry_confirms()
        return claim

    def propose_use(self, firm: ParticipantId, lot: LotId, lo: int, hi: int) -> ClaimId:
        """A firm asks to use serials of a lot; nobody has decided it."""
        proposal, _ = self.propose(self._use(firm, lot, lo, hi, Purpose.VOLUNTARY))
        return self.state.claims.proposed[proposal].claim

    def _use(self, firm: ParticipantId, lot: LotId, lo: int, hi: int, purpose: Purpose, **given: Any) -> UseUnits:
        pick = Pick(lot, lo, hi)
        return UseUnits(self.traders[firm], firm, InstrumentId(0), (pick,), Tonnes(hi - lo), purpose, details(**given))

    def revoke(self, claim: ClaimId, reason: str = "the forest burnt down before it was counted") -> None:
        """The regulator takes a claim's effect away."""
        self.agree(RevokeClaim(self.operator, claim, reason), self.regulator)

    def request_of(self, claim: ClaimId) -> Request:
        """The only request to the registry for a claim."""
        (number,) = self.state.requests.of_subject[claim]
        return self.state.requests.by_id[number]

    def contradict(self, claim: ClaimId, outcome: RegistryOutcome = RegistryOutcome.REFUSED) -> None:
        """The registry states something else of the cancellation than it did."""
        self.done(self.answer(self.request_of(claim), outcome))

    def reconcile(self, claim: ClaimId, by: int = NOBODY) -> EncumbranceId:
        """A reconciliation finds some serials of a claim alive in the registry's list; the program, or a person, has
        them suspended.
        """
        first = self.state.claims.claims[claim].units[0]
        scope = (ProjectId(0), 0, first.lot, first.ranges[0].lo, first.ranges[0].lo + 2)
        found = Encumber(PersonId(by), EncumbranceKind.SUSPENSION, *scope, f"{RECONCILIATION}OTHER_STATE")
        return EncumbranceId(self.done(found).created)

    def settle(self, claim: ClaimId) -> None:
        """An operator and the regulator let go what is held fast since the contradiction."""
        self.agree(LiftEncumbrance(self.operator, self.request_of(claim).disputed), self.regulator)

    def certificate(self, claim: ClaimId) -> Document:
        """The certificate of a claim, which must have one."""
        facts = self.register.facts_of(claim)
        assert facts is not None
        return document_of(facts)


def quota_market() -> tuple[ToldMarket, ClaimId]:
    """A market in which ten tonnes of quota were used."""
    market = ToldMarket()
    firm = market.firm("MILL")
    lot = market.lot(firm, 100, Family.REDUCTION_QUOTA)
    serials = market.state.credits.lots[lot].serials
    return market, market.use(firm, lot, serials.lo, serials.lo + 10)


def ccer_market(**terms: Any) -> tuple[ToldMarket, ClaimId]:
    """A market in which ten tonnes of CCER were used, of a project with some terms changed."""
    market = ToldMarket()
    market.terms = terms
    firm = market.firm("WOOD")
    lot = market.lot(firm, 100)
    serials = market.state.credits.lots[lot].serials
    return market, market.use(firm, lot, serials.lo, serials.lo + 10)
