"""The league report, made twice: what a use, a release and a return move, and that a tonne too many is noticed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.api.league_report import LeagueLine, league_report
from exchange.api.league_table import AGREES, OTHER_PLANS, headings, in_words, other_plans
from exchange.api.resources.budgets import LeagueLineModel
from exchange.core.commands.encumbrances import ForceCancellation, ReportReversal
from exchange.core.commands.instruments import League
from exchange.core.commands.projects import RegisterProject
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.commands.uses import Pick, Purpose, RevokeClaim, UseUnits
from exchange.core.handlers.replacing import NO_DETAILS
from exchange.core.ledger import chart
from exchange.core.values import ClaimId, InstrumentId, IssuanceId, ProjectId, ReversalId, Tonnes
from exchange.sequencer.committed_view import CommittedView
from tests.sequencer.test_committed_view import Recording, view_of
from tests.support.unit_story import UnitStory, details

YEARS = (2026, 2030)
CONFIRMED = RegistryOutcome.CONFIRMED


@pytest.fixture
def view() -> CommittedView:
    """A view of a market in which everything has become of units."""
    recording = Recording()
    UnitStory(recording.market).tell()
    return view_of(recording.entries)


def lines(view: CommittedView) -> dict[League, LeagueLine]:
    """The report by league; it must agree."""
    report = league_report(view, *YEARS)
    assert report.agrees
    return {line.league: line for line in report.lines}


def test_the_region_and_its_twelve_leagues_have_a_line_each(view: CommittedView) -> None:
    assert [line.league for line in league_report(view, *YEARS).lines] == list(League)


def test_each_tonne_counts_where_it_was_used(view: CommittedView) -> None:
    found = lines(view)
    baotou = found[League.BAOTOU]
    assert (baotou.used_at_home, baotou.to_leagues, baotou.to_provinces, baotou.planned) == (40, 50, 10, 900)
    assert (found[League.ORDOS].from_leagues, found[League.ORDOS].net) == (50, 50)
    hulunbuir = found[League.HULUNBUIR]
    # 30 surrendered and revoked, so that nobody counts them; 30 released, of which 10 came back.
    assert hulunbuir.to_national == 30 - 30 + 30 - 10


def test_the_region_is_the_sum_of_its_leagues(view: CommittedView) -> None:
    found = lines(view)
    region = found.pop(League.NONE)
    moved = ("to_leagues", "from_leagues", "to_national", "to_provinces", "net")
    for name in ("used_at_home", "replaced", "replaced_outside", *moved):
        assert getattr(region, name) == sum(getattr(line, name) for line in found.values()), name
    assert region.to_leagues == region.from_leagues
    assert region.net == -region.to_national - region.to_provinces


def test_what_replaced_a_loss_has_a_figure_of_its_own(view: CommittedView) -> None:
    """Wherever the tonnes came from, in the line of the league that has lost them, and never more than was used."""
    assert {line.replaced for line in lines(view).values()} == {0}
    for row in view.uses.by_id.values():
        if row.terms.details.league is not League.NONE:
            row.terms = replace(row.terms, reversal=ReversalId(7))
    found = lines(view)
    region = found.pop(League.NONE)
    baotou, ordos = found[League.BAOTOU], found[League.ORDOS]
    assert (baotou.replaced, baotou.used_at_home) == (40, 40)
    assert (ordos.replaced, ordos.used_at_home, ordos.from_leagues) == (50, 0, 50)
    assert region.replaced == sum(line.replaced for line in found.values())
    assert [line.replaced for line in found.values()] == [
        line.used_at_home + line.from_leagues for line in found.values()
    ]


def test_what_replaced_a_loss_of_no_league_has_a_column_of_its_own_and_is_gone_nowhere() -> None:
    """A project of no league burns; Hulunbuir's tonnes make it good, freely and by order, and ten prove wrong."""
    recording = Recording()
    market, story = recording.market, UnitStory(recording.market)
    story.plan()
    far = market.agree(RegisterProject(market.operator, market.project_terms("FAR")), market.second)
    market.lot(story.wood, 40, project="FAR")
    fire = ReportReversal(market.operator, ProjectId(far), 0, story.wood, Tonnes(40), "fire")
    lost = ReversalId(market.agree(fire, market.second))
    claims = [replaced(story, lost, Pick(story.lot, lo, lo + 10)) for lo in (1, 11)]
    market.registry_confirms()
    market.agree(ForceCancellation(market.operator, lost), market.regulator)
    market.registry_confirms()
    found = lines(view_of(recording.entries))
    hulunbuir, region = found[League.HULUNBUIR], found[League.NONE]
    assert (hulunbuir.replaced_outside, region.replaced_outside) == (40, 40)
    for line in (hulunbuir, region):
        assert (line.used_at_home, line.replaced, line.to_leagues, line.to_national, line.net) == (0, 0, 0, 0, 0)
    market.agree(RevokeClaim(market.operator, claims[0], "never cancelled"), market.regulator)
    after = lines(view_of(recording.entries))[League.HULUNBUIR]
    assert (after.replaced_outside, after.to_national, after.net) == (30, 0, 0)


def replaced(story: UnitStory, lost: ReversalId, pick: Pick) -> ClaimId:
    """What the firm cancels of its own accord in place of a loss."""
    market, tonnes = story.market, Tonnes(pick.hi - pick.lo)
    use = (InstrumentId(0), (pick,), tonnes, Purpose.VOLUNTARY, NO_DETAILS, lost)
    return ClaimId(market.agree(UseUnits(market.traders[story.wood], story.wood, *use), market.second))


def test_a_tonne_that_was_converted_is_issued_once(view: CommittedView) -> None:
    years = 2021, 2025
    before = {line.league: line.issued for line in league_report(view, *years).lines}
    one = next(one for one in view.units.issuances.values() if one.vintage in range(2021, 2026))
    again = replace(one, issuance=IssuanceId(7), converted=ClaimId(7))
    view.units.issuances[again.issuance] = again
    assert before[League.NONE] > 0
    assert {line.league: line.issued for line in league_report(view, *years).lines} == before


@pytest.mark.parametrize(
    ("first", "last", "issued"), [(2021, 2025, 1_530), (2022, 2022, 20), (2023, 2023, 1_510), (2026, 2030, 0)]
)
def test_a_tonne_is_issued_in_the_year_of_its_vintage(view: CommittedView, first: int, last: int, issued: int) -> None:
    """What no league of the region has made is in no line."""
    assert league_report(view, first, last).lines[0].issued == issued


def test_another_year_has_nothing_of_it(view: CommittedView) -> None:
    report = league_report(view, 2021, 2025)
    assert report.agrees
    assert {(line.to_leagues, line.to_national, line.used_at_home) for line in report.lines} == {(0, 0, 0)}


def test_a_tonne_that_was_booked_and_not_used_is_noticed(view: CommittedView) -> None:
    view.plans.budgets.adjust(League.BAOTOU, League.ORDOS, "", 2026, 1)
    assert not league_report(view, *YEARS).agrees


def test_what_is_gone_of_a_use_that_still_waits_is_gone_by_both_books() -> None:
    """The registry has cancelled one range of two: it counts in another league when the use is done, and not before."""
    recording = Recording()
    story = UnitStory(recording.market)
    picks, who = (Pick(story.lot, 1, 11), Pick(story.lot, 21, 26)), recording.market.traders[story.wood]
    told = details(League.ALXA)
    using = UseUnits(who, story.wood, InstrumentId(0), picks, Tonnes(15), Purpose.VOLUNTARY, told)
    recording.market.agree(using, recording.market.second)
    first, second = [one for one in recording.market.state.requests.by_id.values() if one.status.is_open]
    for request, outcome, gone in ((first, CONFIRMED, 0), (second, RegistryOutcome.REFUSED, 10)):
        recording.market.done(recording.market.answer(request, outcome))
        assert lines(view_of(recording.entries))[League.ALXA].from_leagues == gone


def test_what_is_converted_goes_on_as_quota_and_leaves_no_league() -> None:
    recording = Recording()
    story = UnitStory(recording.market)
    story.use_units(Purpose.CONVERSION, Pick(story.lot, 1, 11))
    recording.market.registry_confirms()
    region = lines(view_of(recording.entries))[League.NONE]
    assert (region.to_national, region.used_at_home, region.net) == (0, 0, 0)


@pytest.mark.parametrize("account", [chart.RETIRED, chart.CANCELLED, chart.EXPORTED, chart.OUT])
def test_a_tonne_that_is_gone_without_a_use_is_noticed(view: CommittedView, account: int) -> None:
    lot = next(lot for lot in view.units.lots if account in view.money.balances.accounts[lot])
    view.money.balances.accounts[lot][account].credits_posted += 1
    assert not league_report(view, *YEARS).agrees


def test_a_tonne_that_left_without_a_release_is_noticed(view: CommittedView) -> None:
    view.releases.returns.pop()
    assert not league_report(view, *YEARS).agrees


def test_a_plan_for_other_years_is_named_where_there_is_none_for_these(view: CommittedView) -> None:
    one_year = {line.league: line for line in league_report(view, 2026, 2026).lines}
    baotou = one_year[League.BAOTOU]
    assert (baotou.planned, baotou.other_plans) == (None, (YEARS,))
    assert other_plans(baotou, "en") == other_plans(baotou, "zh") == "2026–2030"
    assert other_plans(replace(baotou, other_plans=(YEARS, (2027, 2027))), "zh") == "2026–2030、2027"
    assert other_plans(lines(view)[League.BAOTOU], "en") is other_plans(one_year[League.HOHHOT], "en") is None


def test_a_table_for_people_is_in_their_language_whole() -> None:
    columns = [*LeagueLineModel.model_fields, AGREES, OTHER_PLANS]
    assert headings(columns, "zh")[:2] == ["盟市", "起始年度"]
    assert len({*headings(columns, "en")}) == len({*headings(columns, "zh")}) == len(columns)
    named = {one: in_words({"league": one.name, "net": 7, AGREES: True}, "zh") for one in League}
    assert named[League.NONE] == {"league": "自治区合计", "net": 7, AGREES: "是"}
    assert in_words({"league": "NONE", AGREES: False}, "zh")[AGREES] == "否，须查明"
    assert in_words({"league": "NONE", AGREES: False}, "en")[AGREES] == "NO: an alarm"
    assert named[League.HOHHOT]["league"] == "呼和浩特市"
    assert len({line["league"] for line in named.values()}) == len(League)
