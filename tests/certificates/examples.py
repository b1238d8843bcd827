"""A certificate's facts made by hand, with a value wherever there can be one: the same on every machine and in every
release.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from exchange.certificates.document import Document, document_of
from exchange.certificates.facts import (
    CertificateFacts,
    ConversionFacts,
    Dispute,
    FacilityNames,
    ProjectFacts,
    Receipt,
    Revocation,
    UnitFacts,
    contradicted,
    log_entry,
)
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import Activity, CcerGeneration, Mechanism
from exchange.core.commands.registry import RegistryOutcome, RequestKind
from exchange.core.commands.uses import Intensity, Neutrality, Purpose, UseDetails
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, Day, IssuanceId, LotId, Micros, Seq, Tonnes, day_start, derived_id
from tests.certificates.told import ORGANISATION

FULFILLED: Final = log_entry(Seq(1030), Micros(1_795_000_000_123_456), b"the leaf of entry 1030", bytes(range(32)))
REVOKED: Final = log_entry(Seq(2040), Micros(1_796_000_000_654_321), b"the leaf of entry 2040", bytes(range(32, 64)))
DISPUTED: Final = log_entry(Seq(1800), Micros(1_795_500_000_000_001), b"the leaf of entry 1800", bytes(range(64, 96)))
SATURDAY: Final = Micros(1_795_192_200_000_000)
"""Half past midnight of 2026-11-21 in China; in UTC it is still Friday."""

ADDRESS: Final = "https://exchange.example/certificates/"

FOREST: Final = ProjectFacts(
    code="CCER-15-2024-0017",
    name_en="Afforestation at Kyihe",
    name_zh="克一河造林碳汇项目",
    family=Family.FORESTRY_CCER,
    mechanism=Mechanism.CCER,
    registry="National registry",
    methodology="CCER-14-001-V01",
    activity=Activity.AFFORESTATION,
    league=League.HULUNBUIR,
    source_category=SourceCategory.NONE,
    ccer_generation=CcerGeneration.NEW,
)
MILL: Final = ProjectFacts(
    code="NMQ-2026-0003",
    name_en="Waste heat of a mill",
    name_zh="余热利用节能项目",
    family=Family.REDUCTION_QUOTA,
    mechanism=Mechanism.REGIONAL_QUOTA,
    registry="Regional register",
    methodology="",
    activity=Activity.ENERGY_SAVING,
    league=League.BAOTOU,
    source_category=SourceCategory.ENERGY_SAVING,
    ccer_generation=CcerGeneration.NONE,
)
RECEIPT: Final = Receipt("VENUE-req-1028-1", "ZX-2026-000311", "M-99", Micros(1_794_999_999_000_000), bytes(range(64)))
CCER: Final = UnitFacts(
    lot=LotId(derived_id(Seq(900), 1)),
    serials=SerialRange(101, 151),
    issuance=IssuanceId(derived_id(Seq(890), 1)),
    space="CCER",
    serial_text="CCER-15-{lo:9}-{hi:9}-2023",
    vintage=2023,
    monitoring_start=Day(20230101),
    monitoring_end=Day(20231231),
    converted=ClaimId(0),
    project=FOREST,
    receipt=RECEIPT,
)
QUOTA: Final = replace(
    CCER,
    lot=LotId(derived_id(Seq(910), 1)),
    serials=SerialRange(1, 51),
    space="NM-QUOTA",
    serial_text="",
    project=MILL,
    receipt=None,
)

SINK: Final = replace(
    MILL,
    code="NMQ-2026-0007",
    name_en="Quota of the woods of Kyihe",
    name_zh="克一河生态系统碳汇指标",
    activity=Activity.AFFORESTATION,
    league=League.HULUNBUIR,
    source_category=SourceCategory.ECOSYSTEM_SINK,
)
PAPER: Final = Receipt("VENUE-req-0951-2", "ZX-2026-000007", "", day_start(Day(20260902)), b"")
CONVERTED: Final = ClaimId(derived_id(Seq(950), 1))
CONVERSION: Final = ConversionFacts(
    CONVERTED,
    (
        replace(CCER, serials=SerialRange(501, 541), receipt=replace(RECEIPT, reference="VENUE-req-0951-1")),
        replace(CCER, serials=SerialRange(601, 611), receipt=PAPER),
    ),
)
SINK_QUOTA: Final = replace(QUOTA, space="NM-SINK", converted=CONVERTED, project=SINK)
"""Quota of an ecosystem sink, and the CCER that were cancelled for it: some by a signed statement, some on paper."""


def facts(**given: Any) -> CertificateFacts:
    """A summer festival that was made carbon-neutral, with some facts changed."""
    made = CertificateFacts(
        venue="Inner Mongolia Carbon Exchange",
        is_sandbox=False,
        claim=ClaimId(derived_id(Seq(1027), 1)),
        purpose=Purpose.EVENT_NEUTRALITY,
        details=UseDetails(
            "Baotou Steel",
            "包钢集团",
            ORGANISATION,
            "",
            0,
            "",
            Intensity.NONE,
            Neutrality.EVENT,
            "Nadam 2026",
            Day(20260711),
            "",
            League.BAOTOU,
        ),
        facility=None,
        day=Day(20261118),
        quantity=Tonnes(100),
        covers=Tonnes(100),
        units=(CCER, QUOTA),
        fulfilled=FULFILLED,
        revocation=None,
    )
    return replace(made, **given)


def document(**given: Any) -> Document:
    """Its document."""
    return document_of(facts(**given))


REVOKED_BY: Any = {"revocation": Revocation("the monitoring report was false", REVOKED)}
DISPUTED_BY: Any = {
    "disputes": (contradicted(RECEIPT.reference, RequestKind.CANCEL, RegistryOutcome.REFUSED, "M-117", DISPUTED),)
}
"""The facts of one that is revoked, and of one about which the registry contradicts itself."""


def revoked_document() -> Document:
    """The same after it was revoked."""
    return document(**REVOKED_BY)


def reconciled_document() -> Document:
    """A certificate of units that the registry has as alive."""
    dispute = Dispute("enc-1099-1", "RECONCILIATION", "DIFFERENT", "registry reconciliation: OTHER_STATE", DISPUTED)
    return document(disputes=(dispute,))


def disputed_document() -> Document:
    """The same after the registry stated that it has not cancelled the forest's units."""
    return document(**DISPUTED_BY)


def sink_document(**given: Any) -> Document:
    """The festival, made carbon-neutral with quota of a sink."""
    units = {"units": (SINK_QUOTA,), "conversions": (CONVERSION,), "quantity": Tonnes(50), "covers": Tonnes(50)}
    return document(**units | given)


def surrender_document(**given: Any) -> Document:
    """A plant's surrender with the forest's units, cancelled by the registry on a Saturday: the usual certificate."""
    details = replace(
        facts().details,
        facility="NM-PLANT-07",
        year=2025,
        neutrality=Neutrality.NONE,
        event="",
        event_day=Day(0),
        league=League.NONE,
    )
    made: dict[str, Any] = {
        "venue": "Inner Mongolia carbon exchange (simulated) 内蒙古碳减排量交易所（模拟）",
        "purpose": Purpose.NATIONAL_SURRENDER,
        "details": details,
        "facility": FacilityNames("Blast furnaces of Baotou", "包头高炉"),
        "units": (replace(CCER, receipt=replace(RECEIPT, stated_at=SATURDAY)),),
        "quantity": Tonnes(50),
        "covers": Tonnes(50),
        "day": Day(20261123),
        "fulfilled": log_entry(Seq(1030), Micros(SATURDAY + 60_000_000), b"the leaf of entry 1030", bytes(range(32))),
    }
    return document(**made | given)
