"""The market of the attempts: a forest firm with a hundred tonnes of CCER and as many of quota, and a mill."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, TypeVar

from exchange.client import PrivateKey
from exchange.core.commands import Command
from exchange.core.commands.approvals import Propose, RejectProposal
from exchange.core.commands.credits import ImportRow
from exchange.core.commands.encumbrances import Encumber, EncumbranceKind, ReportReversal
from exchange.core.commands.governance import Genesis
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.participants import RegisterTrader
from exchange.core.commands.projects import (
    Activity,
    FacilityTerms,
    ProjectTerms,
    RecordIssuance,
    RegisterProject,
    Sector,
    SetFacility,
)
from exchange.core.commands.registry import AnswerRequest, RegistryOutcome
from exchange.core.commands.uses import (
    Intensity,
    Neutrality,
    Pick,
    Purpose,
    ReleaseUnits,
    RevokeClaim,
    UseDetails,
    UseUnits,
)
from exchange.core.credits.encumbrance import RECONCILIATION
from exchange.core.credits.registry_lock import Request
from exchange.core.handlers.replacing import NO_DETAILS
from exchange.core.machine import Outcome
from exchange.core.values import (
    NOBODY,
    ClaimId,
    Day,
    EncumbranceId,
    InstrumentId,
    IssuanceId,
    KeyId,
    LotId,
    ParticipantId,
    PersonId,
    ProjectId,
    ProposalId,
    ReleaseId,
    RequestId,
    ReversalId,
    Side,
    Tonnes,
)
from tests.double_counting.attempts import Steps, giving
from tests.support.market import FIRM, Market
from tests.support.statements import sign_answer

Record = TypeVar("Record")

HOUR = 3_600
UNKNOWN_REQUEST = RequestId(7)
FOR_MILL: dict[str, Any] = {"facility": "ICP-1", "year": 2025, "league": League.NONE, "beneficiary_code": FIRM}
"""What a surrender by the mill for 2025 says."""

NO_PROJECT, NO_LOT, NO_INSTRUMENT = ProjectId(0), LotId(0), InstrumentId(0)
CCER, QUOTA, OTHER = Family.FORESTRY_CCER, Family.REDUCTION_QUOTA, Family.OTHER_SINK


class Secret:
    """What a person acts with over HTTP: a secret and a private key, both made of a number."""

    def __init__(self, number: int) -> None:
        """The same for the same number."""
        seed = hashlib.sha256(b"secret %d" % number).digest()
        self.text = base64.urlsafe_b64encode(seed).rstrip(b"=").decode()
        self.private_key = PrivateKey.read(self.text)

    @property
    def hash(self) -> bytes:
        """What the log has of the secret."""
        return hashlib.sha256(self.text.encode()).digest()

    @property
    def public_key(self) -> bytes:
        """What the log has of the private key."""
        text = self.private_key.public_text
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Scene(Market):
    """A market whose persons have real secrets, with two firms and two lots."""

    def __init__(self) -> None:
        """Serials 1 to 100 of the space CCER and 101 to 200 of the space QUOTA are the forest firm's."""
        self.secrets: dict[bytes, Secret] = {}
        super().__init__(sweep=False)
        self.wood = self.firm("WOOD")
        self.steel = self.firm("STEEL", cash=10_000_000)
        self.trader = self.traders[self.wood]
        self.new_project("P1", league=League.BAOTOU)
        self.listed = self.instrument()
        self.forest = self.lot(self.wood, 100)
        self.saved = self.admit(self.issue(101, 201, QUOTA, space="QUOTA"), self.wood, 101, 201)

    def give(self, command: Command, key: KeyId | None = None) -> Outcome:
        """As the market does, with real secrets in the place of its numbers."""
        if isinstance(command, Genesis):
            for number, member in enumerate(command.staff):
                self._equip(member, number)
        elif isinstance(command, Propose) and isinstance(command.action, RegisterTrader):
            self._equip(command.action, 100 + len(self.log))
        elif isinstance(command, AnswerRequest) and command.actor == self.registry:
            (key, *_) = self.state.register.lines[self.registry]
            sign_answer(self.state, command, self.secrets[self.state.register.keys[key].secret_hash].private_key)
        return super().give(command, key)

    def _equip(self, person: Any, number: int) -> None:
        secret = Secret(number)
        self.secrets[secret.hash] = secret
        person.secret_hash, person.public_key = secret.hash, secret.public_key

    # --- where tonnes come from --------------------------------------------------------------------------------------

    def terms(self, code: str, family: Family = CCER, **given: object) -> ProjectTerms:
        """Terms of a project, with some of them changed."""
        return changed(self.project_terms(code, family), **given)

    def new_project(self, code: str, family: Family = CCER, **given: object) -> ProjectId:
        """A project with such terms."""
        approver = self.regulator if family is QUOTA else self.second
        return ProjectId(self.agree(RegisterProject(self.operator, self.terms(code, family, **given)), approver))

    def issuing(self, project: ProjectId, lo: int, hi: int, **given: object) -> RecordIssuance:
        """An issuance of serials of a project for 2023, in the space of the project's own number."""
        made = RecordIssuance(
            self.operator,
            project,
            Day(20230101),
            Day(20231231),
            Tonnes(1_000),
            Day(20240101),
            f"SPACE-{project}",
            "",
            lo,
            hi,
            ClaimId(0),
        )
        return changed(made, **given)

    def sink_quota(self, claim: int, tonnes: int, lo: int = 5_001) -> RecordIssuance:
        """An issuance of ecosystem-sink quota against a claim."""
        project = self.state.credits.projects.codes.get("sink") or self.new_project("SINK", QUOTA, **SINK)
        return self.issuing(project, lo, lo + tonnes, space="SINK", converted=ClaimId(claim))

    def quota_issued(self, claim: ClaimId, lo: int = 5_001) -> IssuanceId:
        """Fifty tonnes of sink quota that were issued against a claim."""
        return IssuanceId(self.agree(self.sink_quota(claim, 50, lo), self.regulator))

    def quota_on(self, claim: ClaimId, lo: int = 5_001) -> LotId:
        """The same, and they came in: the forest firm has them."""
        return self.admit(self.quota_issued(claim, lo), self.wood, lo, lo + 50)

    def facility(self, code: str = "PLANT", since: int = 2021) -> None:
        """A facility of the national market; what was issued of it is held fast."""
        terms = FacilityTerms(code, "Plant", "电厂", FIRM, Sector.POWER, League.BAOTOU, since, 0)
        self.agree(SetFacility(self.operator, terms), self.regulator)
        self.finish_jobs()

    def plant_issued(self) -> IssuanceId:
        """A hundred tonnes of quota that were issued for 2023 of a plant that nobody has entered."""
        project = self.new_project("Q2", QUOTA, source_facility="LATE")
        return IssuanceId(self.agree(self.issuing(project, 1, 101), self.regulator))

    def plant_covered(self) -> tuple[LotId, EncumbranceId]:
        """Half of it came in before the plant was found to be covered; what holds it since."""
        lot = self.admit(self.plant_issued(), self.wood, 1, 51)
        self.facility("LATE")
        return lot, max(self.state.encumbrances.standing)

    def row(self, line: int, lo: int, hi: int, **given: object) -> ImportRow:
        """A row of a file for project P1 in 2022."""
        days, text = (20220101, 20221231, 1_000, 20230601), "{lo}-{hi}"
        made = ImportRow(line, "P1", *days, "CCER", text, lo, hi, self.wood, f"L-{line}")
        return changed(made, **given)

    # --- what becomes of them ----------------------------------------------------------------------------------------

    def use(self, *picks: Pick, purpose: Purpose = Purpose.VOLUNTARY, **given: object) -> UseUnits:
        """A use by the forest firm of just these serials."""
        quantity = Tonnes(sum(pick.hi - pick.lo for pick in picks))
        return UseUnits(self.trader, self.wood, NO_INSTRUMENT, picks, quantity, purpose, details(**given))

    def serials(self, lo: int, hi: int) -> Pick:
        """Serials of the forest's lot."""
        return Pick(self.forest, lo, hi)

    def quota(self, lo: int, hi: int) -> Pick:
        """Serials of the lot of quota."""
        return Pick(self.saved, lo, hi)

    def space_of(self, lot: LotId) -> str:
        """The name of a lot's serial space."""
        number = self.state.credits.lots[lot].space
        return next(name for name, known in self.state.credits.spaces.items() if known == number)

    def of(self, lot: LotId, tonnes: int) -> Pick:
        """The first serials of a lot."""
        lo = self.state.credits.lots[lot].serials.lo
        return Pick(lot, lo, lo + tonnes)

    def reject(self, proposal: ProposalId) -> None:
        """The second operator says no."""
        self.done(RejectProposal(self.second, proposal, "no"))

    def used(self, *picks: Pick, purpose: Purpose = Purpose.VOLUNTARY, **given: object) -> ClaimId:
        """A use that two persons agreed to; the registry has not been heard."""
        return ClaimId(self.agree(self.use(*picks, purpose=purpose, **given), self.second))

    def converted(self, lo: int, hi: int) -> ClaimId:
        """CCER that were given up so that sink quota can be issued; the registry has not been heard."""
        return self.used(self.serials(lo, hi), purpose=Purpose.CONVERSION, league=League.NONE)

    def lost(self, tonnes: int, project: str = "P1", firm: ParticipantId | None = None) -> ReversalId:
        """A fire in the woods of a firm, which owes as many other tonnes; the forest firm's where none is named."""
        of, owes = self.state.credits.projects.codes[project.casefold()], firm or self.wood
        report = ReportReversal(self.operator, of, 2023, owes, Tonnes(tonnes), "fire")
        return ReversalId(self.agree(report, self.second))

    def replacing(self, reversal: ReversalId, *picks: Pick) -> UseUnits:
        """Just these serials in place of what was lost, by the forest firm of its own accord."""
        return changed(self.use(*picks), details=NO_DETAILS, reversal=reversal)

    def release(self, lo: int, hi: int) -> ReleaseUnits:
        """A release of serials of the forest's lot."""
        return ReleaseUnits(self.trader, self.wood, (self.serials(lo, hi),), "N-1")

    def sent_out(self, lo: int, hi: int) -> ReleaseId:
        """Serials that are in the national market by now."""
        number = ReleaseId(self.agree(self.release(lo, hi), self.second))
        self.cool_down()
        self.registry_confirms()
        return number

    def freeze(self, lo: int, hi: int) -> EncumbranceId:
        """Serials of the forest's lot are frozen."""
        command = Encumber(self.regulator, EncumbranceKind.FREEZE, NO_PROJECT, 0, self.forest, lo, hi, "order 7")
        return EncumbranceId(self.done(command).created)

    def reconciled(self, lot: LotId, lo: int, hi: int, by: int = NOBODY) -> EncumbranceId:
        """Serials of a lot that the program, or whoever runs the reconciliation, suspends because the registry's list
        does not have them as we do.
        """
        scope = (NO_PROJECT, 0, lot, lo, hi, f"{RECONCILIATION}OTHER_STATE")
        return EncumbranceId(self.done(Encumber(PersonId(by), EncumbranceKind.SUSPENSION, *scope)).created)

    def freeze_quota(self, lo: int, hi: int) -> EncumbranceId:
        """Serials of the lot of quota are frozen."""
        command = Encumber(self.regulator, EncumbranceKind.FREEZE, NO_PROJECT, 0, self.saved, lo, hi, "order 8")
        return EncumbranceId(self.done(command).created)

    def freeze_project(self) -> EncumbranceId:
        """All quota of the firm's project is frozen, also what is to come."""
        project = self.project("P1", QUOTA)
        command = Encumber(self.regulator, EncumbranceKind.FREEZE, project, 0, NO_LOT, 0, 0, "order 9")
        return EncumbranceId(self.done(command).created)

    def revoked(self, claim: ClaimId) -> None:
        """A claim's effect is taken away."""
        self.agree(RevokeClaim(self.operator, claim, "proved wrong"), self.regulator)

    def selling(self, tonnes: int) -> Steps:
        """An offer of so many tonnes of the forest's lot."""
        return giving(self.order(self.wood, self.listed, Side.SELL, tonnes, 3_000))

    def offer(self, tonnes: int) -> None:
        """An offer that rests in the book."""
        self.done(self.order(self.wood, self.listed, Side.SELL, tonnes, 3_000))

    # --- the registry ------------------------------------------------------------------------------------------------

    def open_requests(self) -> list[Request]:
        """What the registry was asked and has not answered."""
        return [request for request in self.state.requests.by_id.values() if request.status.is_open]

    def refuses(self, request: Request) -> None:
        """The registry refuses a request."""
        self.done(self.answer(request, RegistryOutcome.REFUSED))

    def contradicts(self, claim: ClaimId) -> EncumbranceId:
        """The registry says that it never cancelled a claim's CCER; what holds them and their quota since."""
        (number,) = self.state.requests.of_subject[claim]
        refusal = self.answer(self.state.requests.by_id[number], RegistryOutcome.REFUSED)
        return EncumbranceId(self.done(refusal).created)

    def waiting_lot(self, lo: int = 501, hi: int = 601) -> tuple[LotId, Request]:
        """A lot that waits for the registry's lock, and the request for it."""
        lot = self.bring_in(self.issue(lo, hi), self.wood, lo, hi)
        (request,) = [request for request in self.open_requests() if request.lot == lot]
        return lot, request


SINK: dict[str, object] = {
    "source_category": SourceCategory.ECOSYSTEM_SINK,
    "source_facility": "",
    "activity": Activity.FOREST_MANAGEMENT,
}
"""What makes a project of quota one of an ecosystem sink."""


def changed(made: Record, **given: object) -> Record:
    """The same record with some fields changed."""
    for name, value in given.items():
        assert hasattr(made, name), name
        setattr(made, name, value)
    return made


def details(**given: object) -> UseDetails:
    """Details of a voluntary use in Hohhot, with some of them changed."""
    made = UseDetails("Steel", "钢铁", FIRM, "", 0, "", Intensity.NONE, Neutrality.NONE, "", Day(0), "", League.HOHHOT)
    return changed(made, **given)
