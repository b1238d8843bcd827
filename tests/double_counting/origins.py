"""Attempts where tonnes come from: issued twice, issued for what is counted elsewhere, admitted twice."""

from __future__ import annotations

from exchange.core.approvals import hash_of
from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.credits import AdmitLot, CommitImport, ImportRow, StageUnits
from exchange.core.commands.instruments import League
from exchange.core.commands.projects import Activity, CcerGeneration, Mechanism, RegisterProject
from exchange.core.commands.uses import Purpose, RevokeClaim
from exchange.core.handlers.imports import rows_hash
from exchange.core.rejections import RejectReason as R
from exchange.core.values import ClaimId, Day, ImportId, IssuanceId, ProjectId, ProposalId, Tonnes
from tests.double_counting import careless as off
from tests.double_counting.attempts import Steps, agreed, agreeing, attempt, giving
from tests.double_counting.scene import OTHER, QUOTA, Scene

VCS: dict[str, object] = {
    "mechanism": Mechanism.VCS,
    "registry": "Verra",
    "ccer_generation": CcerGeneration.NONE,
    "uniqueness_declaration": "",
}
"""A voluntary project abroad's registry keeps, for the same forest."""

DOUBLE_ISSUANCE = "double issuance; the Measures for voluntary reductions, article 10 (唯一性)"
GHOSTS = "credits that do not exist: INTERPOL's guide to carbon trading crime, 2013"


# --- serials ---------------------------------------------------------------------------------------------------------


@attempt(R.SERIALS_OVERLAP, (off.SERIALS_FREE,), "issuances_never_overlap", source=GHOSTS)
def the_same_serials_issued_for_another_project(scene: Scene) -> Steps:
    """A block of serials that was issued once is entered again for another project."""
    return agreeing(scene.issuing(scene.project("P2"), 1, 101, space="CCER"), scene.second)


@attempt(R.SERIALS_OVERLAP, (off.SERIALS_FREE,), "issuances_never_overlap", source="splits that only have to add up")
def serials_that_overlap_by_one(scene: Scene) -> Steps:
    """A new block begins one serial before the old one ends, so one tonne is in both."""
    return agreeing(scene.issuing(scene.project("P2"), 100, 150, space="CCER"), scene.second)


@attempt(R.SERIALS_OVERLAP, (off.SERIALS_FREE,), "issuances_never_overlap", source="recycled CER, Hungary, March 2010")
def serials_that_are_spent_issued_again(scene: Scene) -> Steps:
    """Serials that were cancelled for a use are entered as new ones."""
    scene.used(scene.serials(1, 31))
    scene.registry_confirms()
    return agreeing(scene.issuing(scene.project("P2"), 1, 31, space="CCER"), scene.second)


@attempt(R.SPACE_SPELT_OTHERWISE, (off.SPELLING,), "serial_spaces_name_once", source="serials kept as free text")
def the_same_space_in_small_letters(scene: Scene) -> Steps:
    """The registry's serial space is spelt in another way, under which its serials look new."""
    return agreeing(scene.issuing(scene.project("P2"), 1, 101, space="ccer"), scene.second)


@attempt(R.SPACE_SPELT_OTHERWISE, (off.SPELLING,), "serial_spaces_name_once", source="serials kept as free text")
def the_same_space_with_a_hyphen(scene: Scene) -> Steps:
    """The same with a hyphen in it."""
    return agreeing(scene.issuing(scene.project("P2"), 1, 101, space="C-CER"), scene.second)


TWO_ACCOUNTS = "serials kept as free text: one block in two accounts of the same registry"


@attempt(R.SERIALS_OF_ANOTHER_SPACE, (off.WORDING,), "serial_wordings_of_one_space", source=TWO_ACCOUNTS)
def the_same_serials_in_another_space(scene: Scene) -> Steps:
    """A block is entered again under the name of a space of its own, with its serials written as before."""
    scene.agree(scene.issuing(scene.project("P2"), 1, 101, space="WOODS", serial_text="WOOD-{lo}-{hi}"), scene.second)
    again = scene.issuing(scene.project("P3"), 1, 101, space="TREES", serial_text="wood {lo:6} to {hi:6}")
    return agreeing(again, scene.second)


@attempt(R.SERIALS_OF_ANOTHER_SPACE, (off.WORDING,), "serial_wordings_of_one_space", source=TWO_ACCOUNTS)
def the_serials_of_a_known_registry_by_hand(scene: Scene) -> Steps:
    """What came in a registry's own file is entered by hand, in a space that is named as the registry."""
    acr = "ACR-US-192-2023-203"
    scene.agree(scene.issuing(scene.project("P2"), 1, 101, space=acr, serial_text=acr + "-{lo}-{hi}"), scene.second)
    again = scene.issuing(scene.project("P3"), 1, 101, space="ACR", serial_text=acr + "-{lo}-{hi}")
    return agreeing(again, scene.second)


# --- ground and time -------------------------------------------------------------------------------------------------

KEYIHE = "克一河 (Keyihe): a CCER and a VCS project in one forest bureau"
SAME_GROUND = "one tonne under the serials of two registries: a forest bureau with a CCER and a VCS project"


@attempt(R.GROUND_TAKEN, (off.GROUND,), "period_sites_never_overlap", source=SAME_GROUND)
def the_same_ground_under_another_registry(scene: Scene) -> Steps:
    """What a forest took up in a year is issued a second time by another mechanism, with serials of its own."""
    project = scene.new_project("V1", OTHER, site_parcels=("INM/P1",), **VCS)
    return agreeing(scene.issuing(project, 1, 101), scene.second)


@attempt(R.GROUND_TAKEN, (off.GROUND,), "period_sites_never_overlap", source=SAME_GROUND)
def the_same_ground_spelt_in_another_way(scene: Scene) -> Steps:
    """The same, and the parcel of ground is written in small and full-width letters, with signs and a zero more."""
    project = scene.new_project("V1", OTHER, site_parcels=("- ／ inm ＼ ｐ-01",), **VCS)
    return agreeing(scene.issuing(project, 1, 101), scene.second)


@attempt(R.GROUND_TAKEN, (off.GROUND,), "period_sites_never_overlap", source=SAME_GROUND)
def a_part_of_the_ground(scene: Scene) -> Steps:
    """Another project has a single compartment of the same forest."""
    project = scene.new_project("V1", OTHER, site_parcels=("INM/P1/012/03",), **VCS)
    return agreeing(scene.issuing(project, 1, 101), scene.second)


@attempt(R.GROUND_TAKEN, (off.GROUND,), "period_sites_never_overlap", source=SAME_GROUND)
def ground_around_the_ground(scene: Scene) -> Steps:
    """Another project has the whole county in which the forest lies."""
    project = scene.new_project("V1", OTHER, site_parcels=("INM",), **VCS)
    return agreeing(scene.issuing(project, 1, 101), scene.second)


@attempt(R.GROUND_TAKEN, (off.GROUND,), "period_sites_never_overlap", source=KEYIHE)
def the_same_compartment_as_another_activity(scene: Scene) -> Steps:
    """A compartment has CCER of its planting, and a VCS project calls the same year its forest management."""
    project = scene.new_project("V1", OTHER, site_parcels=("INM/P1/03",), activity=Activity.FOREST_MANAGEMENT, **VCS)
    return agreeing(scene.issuing(project, 1, 101), scene.second)


@attempt(R.GROUND_TAKEN, (off.GROUND,), "period_sites_never_overlap", source=KEYIHE)
def the_same_ground_as_something_else(scene: Scene) -> Steps:
    """The same, and what is done there is called OTHER."""
    project = scene.new_project("V1", OTHER, site_parcels=("INM/P1",), activity=Activity.OTHER, **VCS)
    return agreeing(scene.issuing(project, 1, 101), scene.second)


MISNAMED = "a forest entered as something else, so that its ground looks free"


@attempt(R.PROJECT_INVALID, (off.ACTIVITY,), "projects_activity_fits", source=MISNAMED)
def a_forest_called_methane(scene: Scene) -> Steps:
    """The forest's own ground is entered as a second CCER project, and what is done there is called METHANE."""
    terms = scene.terms("P2", site_parcels=("INM/P1",), activity=Activity.METHANE)
    action = RegisterProject(scene.operator, terms)
    proposed = yield Propose(action.actor, action)
    project = yield Approve(scene.second, ProposalId(proposed.created), hash_of(action), "")
    yield from agreeing(scene.issuing(ProjectId(project.created), 1_001, 1_101, space="CCER"), scene.second)


@attempt(R.PROJECT_INVALID, (off.ACTIVITY,), "projects_activity_fits", source=MISNAMED)
def a_forest_called_the_savings_of_a_plant(scene: Scene) -> Steps:
    """A forest's uptake is entered as quota of energy saving, which needs no cancelled CCER."""
    terms = scene.terms("Q9", QUOTA, activity=Activity.FOREST_MANAGEMENT)
    return agreeing(RegisterProject(scene.operator, terms), scene.regulator)


@attempt(R.GROUND_TAKEN, (off.GROUND,), "period_sites_never_overlap", source=DOUBLE_ISSUANCE)
def the_same_ground_by_another_methodology(scene: Scene) -> Steps:
    """A second CCER project on the same ground, by the older methodology of afforestation."""
    project = scene.new_project("P2", site_parcels=("INM/P1",), methodology="AR-CM-001-V01")
    return agreeing(scene.issuing(project, 1_001, 1_101, space="CCER"), scene.second)


@attempt(R.GROUND_TAKEN, (off.GROUND,), "period_sites_never_overlap", source=DOUBLE_ISSUANCE)
def a_monitoring_period_inside_another(scene: Scene) -> Steps:
    """The same project issues once for the year and once for its second half."""
    action = scene.issuing(scene.project("P1"), 1_001, 1_101, space="CCER", monitoring_start=Day(20230701))
    return agreeing(action, scene.second)


# --- how much --------------------------------------------------------------------------------------------------------

OVER_ISSUED = "six million credits too many on false data: C-Quest, 2024"


@attempt(R.VERIFIED_EXCEEDED, (off.VERIFIED,), "monitoring_periods_not_exceeded", source=OVER_ISSUED)
def more_than_was_verified(scene: Scene) -> Steps:
    """A period's second issuance takes more than the verification report has left."""
    project = scene.new_project("P2")
    scene.agree(scene.issuing(project, 1, 601, verified=Tonnes(1_000)), scene.second)
    return agreeing(scene.issuing(project, 601, 1_002, verified=Tonnes(1_000)), scene.second)


@attempt(R.VERIFIED_EXCEEDED, (off.VERIFIED,), "monitoring_periods_not_exceeded", source="the Measures, article 22")
def half_a_tonne_rounded_up(scene: Scene) -> Steps:
    """750.5 t were verified, which are 750 units; 751 are issued."""
    return agreeing(scene.issuing(scene.new_project("P2"), 1, 752, verified=Tonnes(750)), scene.second)


@attempt(R.VERIFIED_DIFFERS, (off.VERIFIED,), "issuances_verified_alike", source=OVER_ISSUED)
def a_higher_verified_figure_afterwards(scene: Scene) -> Steps:
    """For a later issuance of the same period the verified figure has grown."""
    project = scene.new_project("P2")
    scene.agree(scene.issuing(project, 1, 601, verified=Tonnes(1_000)), scene.second)
    return agreeing(scene.issuing(project, 601, 701, verified=Tonnes(1_400)), scene.second)


@attempt(R.PERIOD_INVALID, (off.PERIOD,), "issuances_of_one_year", source="22,514.2 t over 30 years: an estimate")
def an_estimate_of_thirty_years_issued(scene: Scene) -> Steps:
    """What a mine's restoration is expected to take up in thirty years is issued as units."""
    project = scene.new_project("P2", estimate_kg=22_514_200, estimate_years=30)
    action = scene.issuing(project, 1, 22_515, verified=Tonnes(22_514), monitoring_end=Day(20521231))
    return agreeing(action, scene.second)


# --- who else counts it ----------------------------------------------------------------------------------------------

ETS = "Interim Regulations on carbon trading, article 29; 避免重复交易"


@attempt(R.SOURCE_COVERED, (off.SOURCE,), "issuances_source_not_covered", source=ETS)
def quota_of_a_facility_of_the_national_market(scene: Scene) -> Steps:
    """A power plant sells its savings as regional quota, which have freed its national allowances already."""
    scene.facility("PLANT")
    project = scene.new_project("Q2", QUOTA, source_facility="PLANT")
    return agreeing(scene.issuing(project, 1, 101), scene.regulator)


@attempt(R.SOURCE_COVERED, (off.SOURCE,), "issuances_source_not_covered", source=ETS)
def quota_of_such_a_facility_spelt_otherwise(scene: Scene) -> Steps:
    """The same, and the plant's code is written in small letters, with another sign and a zero more."""
    scene.facility("PLANT-7")
    project = scene.new_project("Q2", QUOTA, source_facility=" plant_07")
    return agreeing(scene.issuing(project, 1, 101), scene.regulator)


@attempt(R.SOURCE_COVERED, (off.SOURCE_SINCE,), "lots_source_not_covered", source=ETS)
def a_lot_of_a_plant_that_is_covered_since(scene: Scene) -> Steps:
    """Quota was issued; then the regulator entered its plant as covered for that year; then the quota is to come in."""
    action = AdmitLot(scene.operator, scene.plant_issued(), scene.wood, 1, 101, "lock-late")
    scene.facility("LATE")
    return agreeing(action, scene.second, "lock-late")


@attempt(R.SOURCE_COVERED, (off.SOURCE,), "issuances_source_not_covered", "lots_source_not_covered", source=ETS)
def a_file_of_a_plant_that_is_covered_since(scene: Scene) -> Steps:
    """A file of units waits for the second person, and meanwhile the plant of its row is entered as covered."""
    scene.new_project("Q2", QUOTA, source_facility="LATE")
    row = scene.row(2, 501, 551, project="Q2", space="Q2")
    staged = waiting(scene, row)
    proposal, action_hash = scene.propose(brought_in(scene, staged, row))
    scene.facility("LATE")
    return giving(Approve(scene.regulator, proposal, action_hash, ""))


SINK = "sources/003: the ecosystem-sink category is certified CCER"


@attempt(R.CONVERSION_INVALID, (off.CONVERSION,), "issuances_sink_is_converted", source=SINK)
def sink_quota_without_a_cancellation(scene: Scene) -> Steps:
    """A forest's tonnes are issued as quota while its CCER go on being traded."""
    return agreeing(scene.sink_quota(0, 50), scene.regulator)


@attempt(R.CONVERSION_INVALID, (off.CONVERSION,), "issuances_converted_of_a_cancelled_claim", source=SINK)
def sink_quota_on_a_voluntary_use(scene: Scene) -> Steps:
    """Quota is issued on CCER that were cancelled, but for somebody's neutrality."""
    claim = scene.used(scene.serials(1, 51))
    scene.registry_confirms()
    return agreeing(scene.sink_quota(claim, 50), scene.regulator)


@attempt(R.CONVERSION_INVALID, (off.CONVERSION,), "issuances_converted_of_a_cancelled_claim", source=SINK)
def sink_quota_before_the_cancellation(scene: Scene) -> Steps:
    """Quota is issued while the registry has not answered whether it cancels the CCER."""
    return agreeing(scene.sink_quota(scene.converted(1, 51), 50), scene.regulator)


@attempt(R.FAMILY_CANNOT_SERVE, (off.PURPOSE,), "claim_ranges_converted_of_ccer", source=SINK)
def sink_quota_out_of_another_registrys_units(scene: Scene) -> Steps:
    """Units of a voluntary registry are cancelled on paper, so that quota can be issued against them."""
    scene.new_project("O1", OTHER, league=League.HULUNBUIR)
    bought = scene.of(scene.lot(scene.wood, 20, OTHER, project="O1"), 5)
    return agreeing(scene.use(bought, purpose=Purpose.CONVERSION, league=League.NONE), scene.second)


@attempt(R.CONVERSION_EXCEEDED, (off.CONVERSION,), "issuances_converted_once", source=SINK)
def sink_quota_twice_on_one_cancellation(scene: Scene) -> Steps:
    """One cancellation of fifty tonnes stands behind two issuances of forty."""
    claim = scene.converted(1, 51)
    scene.registry_confirms()
    scene.agree(scene.sink_quota(claim, 40), scene.regulator)
    return agreeing(scene.sink_quota(claim, 40, lo=6_001), scene.regulator)


@attempt(R.CONVERSION_INVALID, (off.CONVERSION,), "issuances_converted_of_a_cancelled_claim", source=SINK)
def sink_quota_on_a_revoked_cancellation(scene: Scene) -> Steps:
    """The claim behind it was revoked, because its units had proved wrong."""
    claim = scene.converted(1, 51)
    scene.registry_confirms()
    scene.agree(RevokeClaim(scene.operator, ClaimId(claim), "never grown"), scene.regulator)
    return agreeing(scene.sink_quota(claim, 50), scene.regulator)


@attempt(R.CONVERSION_INVALID, (off.CONVERSION,), "issuances_of_sound_conversions", source=SINK)
def sink_quota_on_a_cancellation_that_the_registry_disputes(scene: Scene) -> Steps:
    """The registry has confirmed the cancellation, and says now that it never cancelled anything."""
    claim = scene.converted(1, 51)
    scene.registry_confirms()
    scene.contradicts(claim)
    return agreeing(scene.sink_quota(claim, 50), scene.regulator)


@attempt(R.CONVERSION_INVALID, (off.SOUND,), "lots_of_sound_conversions", source=SINK)
def a_lot_of_sink_quota_whose_cancellation_is_disputed(scene: Scene) -> Steps:
    """The same, and the quota had been issued by then; it is still to come in."""
    claim = scene.converted(1, 51)
    scene.registry_confirms()
    action = AdmitLot(scene.operator, scene.quota_issued(claim), scene.wood, 5_001, 5_051, "lock-sink")
    scene.contradicts(claim)
    return agreeing(action, scene.second, "lock-sink")


@attempt(R.OWNER_NOT_OF_CONVERSION, (off.WHOSE_QUOTA,), "lots_of_who_converted", source=SINK)
def sink_quota_of_another_firms_cancellation(scene: Scene) -> Steps:
    """Quota that stands on the forest firm's cancelled CCER is to come in for the mill, which has cancelled none."""
    claim = scene.converted(1, 51)
    scene.registry_confirms()
    action = AdmitLot(scene.operator, scene.quota_issued(claim), scene.steel, 5_001, 5_051, "lock-sink")
    return agreeing(action, scene.second, "lock-sink")


@attempt(R.CONVERSION_INVALID, (off.CONVERSION,), "issuances_of_sound_conversions", source=SINK)
def sink_quota_on_ccer_that_are_alive_again(scene: Scene) -> Steps:
    """The registry has confirmed the cancellation; its list has the CCER as alive, as an operator has found."""
    claim = scene.converted(1, 51)
    scene.registry_confirms()
    scene.reconciled(scene.forest, 41, 46, scene.operator)
    return agreeing(scene.sink_quota(claim, 50), scene.regulator)


# --- lots ------------------------------------------------------------------------------------------------------------

ONE_LOCK = "the registry locks a block for one venue; one paper locks one block"


@attempt(R.SERIALS_OVERLAP, (off.SERIALS_FREE,), "lots_never_overlap", source=ONE_LOCK)
def a_block_admitted_twice(scene: Scene) -> Steps:
    """Serials that are traded here already are admitted for another firm as well."""
    issuance = scene.state.credits.lots[scene.forest].issuance
    action = AdmitLot(scene.operator, issuance, scene.steel, 51, 101, "lock-again")
    return agreeing(action, scene.second, "lock-again")


@attempt(
    R.PROPOSAL_CLOSED,
    (off.CLOSED, off.SERIALS_FREE, off.PAPER, off.INVARIANTS),
    "proposals_decided_once",
    "lots_never_overlap",
    "lock_papers_entered_once",
    source="retries of a client that hears nothing",
)
def one_approval_twice(scene: Scene) -> Steps:
    """A client that hears nothing makes a new idempotency key, and approves once more that a lot comes in."""
    issuance = scene.issue(501, 601, QUOTA, space="QUOTA")
    proposal, action_hash = scene.propose(AdmitLot(scene.operator, issuance, scene.wood, 501, 601, "paper"))
    approve = Approve(scene.second, proposal, action_hash, "paper")
    scene.done(approve)
    return giving(approve)


@attempt(R.OUTSIDE_ISSUANCE, (off.INSIDE,), "lots_inside_their_issuance", source=GHOSTS)
def a_lot_larger_than_its_issuance(scene: Scene) -> Steps:
    """A block is admitted that reaches beyond what was issued."""
    issuance = scene.issue(501, 601)
    action = AdmitLot(scene.operator, issuance, scene.wood, 501, 651, "lock-large")
    return agreeing(action, scene.second, "lock-large")


@attempt(R.LOCK_REFERENCE_USED, (off.PAPER,), "lock_papers_entered_once", source=ONE_LOCK)
def one_lock_paper_for_two_lots(scene: Scene) -> Steps:
    """The paper on which one block is locked is shown for a second block."""
    issuance = scene.issue(501, 601)
    paper = scene.state.credits.lots[scene.saved].lock_reference
    return agreeing(AdmitLot(scene.operator, issuance, scene.wood, 501, 601, paper), scene.second, paper)


@attempt(R.LOCK_REFERENCE_USED, (off.PAPER,), "lock_papers_entered_once", source=ONE_LOCK)
def one_lock_paper_in_two_spellings(scene: Scene) -> Steps:
    """The same, and its number is typed in capitals with a space."""
    issuance = scene.issue(501, 601)
    paper = scene.state.credits.lots[scene.saved].lock_reference.upper().replace("-", " -")
    return agreeing(AdmitLot(scene.operator, issuance, scene.wood, 501, 601, paper), scene.second, paper)


@attempt(R.LOCK_REFERENCE_USED, (off.PAPER,), "lock_papers_entered_once", source=ONE_LOCK)
def one_lock_paper_in_other_signs(scene: Scene) -> Steps:
    """The same, and other signs stand between its letters and numbers: LOCK-2026-7, LOCK_2026_007."""
    first = AdmitLot(scene.operator, scene.issue(501, 601), scene.wood, 501, 601, "LOCK-2026-7")
    scene.agree(first, scene.second, first.lock_reference)
    again = AdmitLot(scene.operator, scene.issue(601, 701), scene.wood, 601, 701, "LOCK_2026_007")
    return agreeing(again, scene.second, again.lock_reference)


@attempt(R.INVALID_FIELD, off.PLAYS, "projects_play_in_a_sandbox", source=GHOSTS)
def play_units_at_a_real_venue(scene: Scene) -> Steps:
    """A forest's CCER are entered as a sandbox's play units, for which no registry is asked for a lock."""
    terms = scene.terms("PLAY", registry="SANDBOX", site_parcels=("PLAY/1",))
    project = yield from agreed(RegisterProject(scene.operator, terms), scene.second)
    issuance = yield from agreed(scene.issuing(ProjectId(project), 1, 101), scene.second)
    lot = AdmitLot(scene.operator, IssuanceId(issuance), scene.wood, 1, 101, "lock-play")
    yield from agreeing(lot, scene.second, lot.lock_reference)


# --- imports ---------------------------------------------------------------------------------------------------------


def waiting(scene: Scene, row: ImportRow) -> ImportId:
    """An import in which a row waits."""
    return ImportId(scene.done(StageUnits(scene.operator, ImportId(0), (row,))).created)


def brought_in(scene: Scene, staged: ImportId, *rows: ImportRow) -> CommitImport:
    """The action that brings an import of these rows in."""
    return CommitImport(scene.operator, staged, rows_hash(list(rows)))


def together(scene: Scene, first: ImportRow, second: ImportRow) -> Steps:
    """A row waits, another one that does not go with it joins it, and both are brought in."""
    staged = waiting(scene, first)
    return joining(scene, staged, first, second)


def joining(scene: Scene, staged: ImportId, first: ImportRow, second: ImportRow) -> Steps:
    """The same when the first row waits already."""
    yield StageUnits(scene.operator, staged, (second,))
    yield from agreeing(brought_in(scene, staged, first, second), scene.second)


@attempt(R.SERIALS_OVERLAP, (off.ROWS_TOGETHER, off.SERIALS_FREE), "issuances_never_overlap", source=GHOSTS)
def a_file_with_a_row_twice(scene: Scene) -> Steps:
    """A file of units has the same serials in two rows, of which each alone is good."""
    return together(scene, scene.row(2, 501, 551), scene.row(3, 501, 551))


@attempt(R.SERIALS_OVERLAP, (off.SERIALS_FREE,), "issuances_never_overlap", source="a file that is sent a second time")
def a_file_brought_in_twice(scene: Scene) -> Steps:
    """The same file is staged twice before either is brought in, and both are."""
    row, again = scene.row(2, 501, 551), scene.row(2, 501, 551, lock_reference="L-3")
    first, second = waiting(scene, row), waiting(scene, again)
    scene.agree(brought_in(scene, first, row), scene.second)
    scene.registry_confirms()
    return agreeing(brought_in(scene, second, again), scene.second)


@attempt(R.LOCK_REFERENCE_USED, (off.ROWS_TOGETHER, off.PAPER), "lock_papers_entered_once", source=ONE_LOCK)
def a_file_with_one_paper_for_two_rows(scene: Scene) -> Steps:
    """Two rows of a file name the same lock."""
    return together(scene, scene.row(2, 501, 551), scene.row(3, 551, 601, lock_reference="L-2"))


@attempt(R.LOCK_REFERENCE_USED, (off.ROWS_TOGETHER, off.PAPER), "lock_papers_entered_once", source=ONE_LOCK)
def a_file_with_one_paper_in_other_signs(scene: Scene) -> Steps:
    """The same, and the second row writes its number with a stroke."""
    return together(scene, scene.row(2, 501, 551), scene.row(3, 551, 601, lock_reference="l/2"))


@attempt(R.VERIFIED_EXCEEDED, (off.ROWS_TOGETHER, off.VERIFIED), "monitoring_periods_not_exceeded", source=OVER_ISSUED)
def a_file_that_exceeds_what_was_verified(scene: Scene) -> Steps:
    """Each row stays below what was verified, all of them together do not."""
    return together(scene, scene.row(2, 501, 1_201), scene.row(3, 1_201, 1_701))
