"""Which uses have certificates, and what these say: from the events of real commands."""

from __future__ import annotations

import pytest

from exchange.certificates.document import canonical_bytes, document_of
from exchange.certificates.facts import log_entry
from exchange.certificates.register import CertificateRegister
from exchange.core.commands.approvals import RejectProposal
from exchange.core.commands.encumbrances import ForceCancellation, ReportReversal
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.commands.uses import Pick, Purpose, UseUnits
from exchange.core.credits.claims import ClaimStatus
from exchange.core.handlers.replacing import NO_DETAILS
from exchange.core.state import ExchangeState
from exchange.core.values import ClaimId, InstrumentId, Micros, ParticipantId, ProjectId, ReversalId, Seq, Tonnes
from exchange.sequencer.journal import GENESIS_HEAD
from exchange.sequencer.replaying import Replayer
from tests.certificates.told import ToldMarket, ccer_market, details, quota_market


def test_quota_has_its_certificate_with_the_approval() -> None:
    market, claim = quota_market()
    made = market.certificate(claim)
    assert made["log"]["seq"] == len(market.journal)
    (unit,) = made["units"]
    assert unit["quantity"] == made["quantity"] == made["covers"] == 10
    assert unit["receipt"] is None
    assert unit["project"]["source_category"] == "ENERGY_SAVING"
    assert made["kind"] == "REDUCTION"


def test_the_leaf_hash_is_that_of_the_journal() -> None:
    market, claim = quota_market()
    stored = market.journal[-1]
    told = market.certificate(claim)["log"]
    entry = log_entry(stored.seq, market.state.at, stored.leaf_bytes, stored.head)
    assert (told["leaf_hash"], told["head"]) == (entry.leaf_hash.hex(), stored.head.hex())


class Wood:
    """A market with a firm that has a hundred tonnes of CCER."""

    def __init__(self) -> None:
        self.market = ToldMarket()
        self.market.terms = {"league": League.HOHHOT}
        self.firm = self.market.firm("WOOD")
        self.lot = self.market.lot(self.firm, 100)
        self.lo = self.market.state.credits.lots[self.lot].serials.lo

    def picked(self, *ranges: tuple[int, int], purpose: Purpose = Purpose.VOLUNTARY) -> UseUnits:
        """A use of serials, counted from the lot's first."""
        picks = tuple(Pick(self.lot, self.lo + lo, self.lo + hi) for lo, hi in ranges)
        quantity = Tonnes(sum(hi - lo for lo, hi in ranges))
        trader = self.market.traders[self.firm]
        return UseUnits(trader, self.firm, InstrumentId(0), picks, quantity, purpose, details())


@pytest.fixture
def wood() -> Wood:
    """A new one."""
    return Wood()


def test_ccer_has_none_before_the_last_receipt(wood: Wood) -> None:
    market = wood.market
    claim = ClaimId(market.agree(wood.picked((0, 5), (10, 20)), market.second))
    first, second = [one for one in market.state.requests.by_id.values() if one.subject == claim]
    assert market.register.facts_of(claim) is None
    market.done(market.answer(second, receipt="R-2"))
    assert market.register.facts_of(claim) is None
    market.done(market.answer(first, receipt="R-1"))
    made = market.certificate(claim)
    assert [(unit["quantity"], unit["receipt"]["number"]) for unit in made["units"]] == [(5, "R-1"), (10, "R-2")]
    assert made["log"]["seq"] == len(market.journal)


def test_what_the_registry_refused_is_not_on_it(wood: Wood) -> None:
    market = wood.market
    claim = ClaimId(market.agree(wood.picked((0, 5), (10, 20)), market.second))
    first, second = [one for one in market.state.requests.by_id.values() if one.subject == claim]
    market.done(market.answer(first, RegistryOutcome.REFUSED))
    market.done(market.answer(second))
    made = market.certificate(claim)
    assert made["quantity"] == made["covers"] == 10
    assert [unit["quantity"] for unit in made["units"]] == [10]


def test_a_use_that_was_rejected_has_none(wood: Wood) -> None:
    market = wood.market
    proposal, _ = market.propose(wood.picked((0, 5)))
    market.done(RejectProposal(market.second, proposal, "no"))
    (claim,) = market.state.claims.claims.values()
    assert claim.status is ClaimStatus.ENDED
    assert market.register.facts_of(claim.claim) is None


def test_a_use_that_the_registry_refused_has_none(wood: Wood) -> None:
    market = wood.market
    claim = ClaimId(market.agree(wood.picked((0, 5)), market.second))
    (request,) = [one for one in market.state.requests.by_id.values() if one.subject == claim]
    market.done(market.answer(request, RegistryOutcome.REFUSED))
    assert market.register.facts_of(claim) is None


def test_a_conversion_has_none_since_its_tonnes_go_on_as_quota(wood: Wood) -> None:
    market = wood.market
    action = wood.picked((0, 5), purpose=Purpose.CONVERSION)
    action.details.league = type(action.details.league)(0)
    claim = ClaimId(market.agree(action, market.second))
    market.registry_confirms()
    assert market.state.claims.claims[claim].status is ClaimStatus.FULFILLED
    assert market.register.facts_of(claim) is None


def test_a_forced_cancellation_has_none_since_nobody_benefits(wood: Wood) -> None:
    market = wood.market
    project = market.project()
    lost = ReportReversal(market.operator, ProjectId(project), 2023, ParticipantId(wood.firm), Tonnes(7), "fire")
    reversal = market.agree(lost, market.second)
    claim = ClaimId(market.agree(ForceCancellation(market.operator, reversal), market.regulator))  # type: ignore[arg-type]
    market.registry_confirms()
    assert market.state.claims.claims[claim].purpose is Purpose.FORCED
    assert market.state.claims.claims[claim].status is ClaimStatus.FULFILLED
    assert market.register.facts_of(claim) is None


def test_a_replacement_of_the_firms_own_accord_has_none_either(wood: Wood) -> None:
    market = wood.market
    lost = ReportReversal(
        market.operator, ProjectId(market.project()), 2023, ParticipantId(wood.firm), Tonnes(7), "fire"
    )
    action = wood.picked((0, 5))
    action.details, action.reversal = NO_DETAILS, ReversalId(market.agree(lost, market.second))
    claim = ClaimId(market.agree(action, market.second))
    market.registry_confirms()
    assert market.state.claims.claims[claim].purpose is Purpose.VOLUNTARY
    assert market.state.claims.claims[claim].status is ClaimStatus.FULFILLED
    assert market.register.facts_of(claim) is None


def test_a_claim_that_nobody_made_has_none() -> None:
    assert ToldMarket().register.facts_of(ClaimId(1)) is None


def test_a_revoked_one_says_why_and_since_when() -> None:
    market, claim = ccer_market()
    before = market.certificate(claim)
    market.revoke(claim, "a false report")
    after = market.certificate(claim)
    assert after["status"] == "REVOKED"
    assert after["revocation"]["reason"] == "a false report"
    assert after["revocation"]["log"]["seq"] == len(market.journal)
    assert after["status_since"] == after["revocation"]["log"]["at"]
    assert {**after, "status": "VALID", "status_since": before["status_since"], "revocation": None} == before


def test_a_sandbox_says_that_it_is_one() -> None:
    market = ToldMarket(sandbox=(1_000_000, 50))
    firm = market.firm("PLAY")
    units = market.state.credits
    (lot,) = [one for one in units.lots if units.terms_of(one).family is Family.REDUCTION_QUOTA]
    lo = units.lots[lot].serials.lo
    assert market.certificate(market.use(firm, lot, lo, lo + 1))["sandbox"] is True
    assert quota_market()[0].register.is_sandbox is False


def test_whoever_replays_the_journal_finds_the_same_bytes() -> None:
    market, claim = ccer_market(name_zh="大兴安岭造林", name_en="Khingan", site_parcels=("INM/KYH/012/03",))
    market.revoke(claim)
    register = CertificateRegister()
    replayer = Replayer(ExchangeState(), Seq(0), Micros(0), GENESIS_HEAD)
    for stored in market.journal:
        replayed = replayer.step_stored(stored)
        entry = log_entry(stored.seq, replayed.leaf.at, stored.leaf_bytes, stored.head)
        register.tell(entry, replayed.events)
    (facts,) = register.certificates()
    assert canonical_bytes(document_of(facts)) == canonical_bytes(market.certificate(claim))


def test_nothing_of_the_firm_and_its_people_is_on_it() -> None:
    market, claim = ccer_market()
    said = canonical_bytes(market.certificate(claim)).decode()
    assert "WOOD" not in said
    assert "trader of" not in said
    assert "operator" not in said.lower()
