"""What is said of quota of an ecosystem sink that is refused: which thing about its conversion does not fit."""

from __future__ import annotations

from dataclasses import replace

from exchange.access.ids import Kind, id_text
from exchange.api.explaining import explained
from exchange.api.refused_rows import refused_row
from exchange.core.commands.approvals import Action, Propose, RejectProposal
from exchange.core.commands.credits import ImportRow
from exchange.core.commands.instruments import League
from exchange.core.commands.projects import RecordIssuance
from exchange.core.commands.uses import Purpose
from exchange.core.rejections import RejectReason as R
from exchange.core.values import NOBODY, ClaimId, Day, Micros, Seq, Tonnes
from exchange.registry.row_faults import REFUSED_ROWS
from exchange.sequencer.committed_view import CommittedView
from tests.core.test_conversions import SinkMarket, U, sink
from tests.support.market import Market

__all__ = ["sink"]

NOBODY_KNOWS = ClaimId(10**6)
Told = tuple[R | None, list[tuple[str, str]]]


def view_of(market: Market) -> CommittedView:
    """The committed view of the world, and of what the market has told since it was made from it."""
    view = CommittedView()
    view.apply(Seq(1), Micros(market.now()), b"", [*U.market.told, *market.told])
    return view


def told(market: Market, action: Action) -> Told:
    """Why an action cannot be proposed, and the fields that are named with it."""
    wrong = explained(action, view_of(market), "/action")
    reason = market.give(Propose(action.actor, action)).reason
    errors = () if reason is None else wrong.get(reason, ())
    return reason, [(error.pointer.removeprefix("/action/"), error.code) for error in errors]


def invalid(field: str, *codes: str) -> Told:
    """What is told of a conversion that does not fit."""
    return R.CONVERSION_INVALID, [(field, code) for code in codes]


def of_year(action: RecordIssuance, year: int) -> RecordIssuance:
    """The issuance for the whole of another year."""
    start, end, applied = (Day(year * 10_000 + day) for day in (101, 1231, 10_601))
    return replace(action, monitoring_start=start, monitoring_end=end, applied_on=applied)


def test_what_does_not_fit_is_named(sink: SinkMarket) -> None:
    right = sink.issuing
    of_ccer = replace(U.issuance(U.new, 5_001, 5_002, year=2022), converted=U.conversion)
    for action, code in (
        (replace(right, converted=NOBODY_KNOWS), "NO_SUCH_USE"),
        (replace(right, converted=U.fulfilled), "NOT_A_CONVERSION"),
        (replace(right, project=U.foreign_sink), "CONVERSION_OF_ANOTHER_LEAGUE"),
        (of_year(right, 2022), "CONVERSION_OF_ANOTHER_YEAR"),
        (of_ccer, "OF_SINK_QUOTA"),
    ):
        assert told(sink.market, action) == invalid("converted", code)


def test_a_missing_conversion_is_named_whatever_is_refused_for_want_of_it(sink: SinkMarket) -> None:
    bare = replace(sink.issuing, converted=ClaimId(NOBODY))
    for market, action, reason in (
        (U.copy(), bare, R.GROUND_TAKEN),
        (sink.market, replace(bare, verified=Tonnes(999)), R.VERIFIED_DIFFERS),
        (sink.market, replace(bare, serial_hi=9_000), R.VERIFIED_EXCEEDED),
        (U.copy(), of_year(bare, 2024), R.CONVERSION_INVALID),
    ):
        assert told(market, action) == (reason, [("converted", "MISSING")])


def test_nothing_is_named_where_the_conversion_fits(sink: SinkMarket) -> None:
    view = view_of(sink.market)
    assert explained(sink.issuing, view)[R.CONVERSION_INVALID] == ()
    assert explained(sink.admitting(7_011, 7_016), view)[R.CONVERSION_INVALID] == ()
    assert sink.reason(sink.issuing) is sink.reason(sink.admitting(7_011, 7_016)) is None


def test_a_conversion_for_which_nothing_is_cancelled_is_named(sink: SinkMarket) -> None:
    market = sink.market
    proposal, _ = market.propose(U.use(U.pick(181, 191), purpose=Purpose.CONVERSION, league=League.NONE))
    waiting = replace(sink.issuing, converted=max(market.state.claims.claims))
    assert told(market, waiting) == invalid("converted", "CONVERSION_NOT_FULFILLED")
    market.done(RejectProposal(market.second, proposal, "no"))
    assert told(market, waiting) == invalid("converted", "CONVERSION_ENDED")


def test_a_dispute_and_a_revocation_are_named_to_issuance_and_admission(sink: SinkMarket) -> None:
    number = sink.contradict()
    assert told(sink.market, sink.issuing) == invalid("converted", "CONVERSION_DISPUTED")
    assert told(sink.market, sink.admitting(7_011, 7_016)) == invalid("issuance", "CONVERSION_DISPUTED")
    sink.market.agree(sink.revoking, sink.market.regulator)
    assert told(sink.market, sink.issuing) == invalid("converted", "CONVERSION_REVOKED")
    assert told(sink.market, sink.admitting(7_011, 7_016)) == invalid("issuance", "CONVERSION_REVOKED")
    assert told(sink.market, sink.lifting(number)) == invalid("encumbrance", "NEVER_LIFTED")


def test_a_dispute_that_is_lifted_is_none(sink: SinkMarket) -> None:
    number = sink.contradict()
    sink.market.agree(sink.lifting(number), sink.market.regulator)
    assert explained(sink.issuing, view_of(sink.market))[R.CONVERSION_INVALID] == ()


def test_whose_the_quota_is_staff_hear_and_no_other_firm(sink: SinkMarket) -> None:
    theirs = replace(sink.admitting(7_011, 7_016), owner=U.steel)
    assert told(sink.market, theirs) == (R.OWNER_NOT_OF_CONVERSION, [("owner", "OF_ANOTHER_FIRM")])
    (error,) = explained(theirs, view_of(sink.market))[R.OWNER_NOT_OF_CONVERSION]
    assert error.allowed == (id_text(Kind.PARTICIPANT, U.wood),)
    assert told(sink.market, replace(theirs, actor=U.other)) == (R.OWNER_NOT_OF_CONVERSION, [])
    own = replace(theirs, owner=U.wood, actor=U.trader)
    sink.contradict()
    assert told(sink.market, own) == invalid("issuance", "CONVERSION_DISPUTED")


def test_a_row_of_a_file_is_told_that_such_quota_does_not_come_by_file() -> None:
    row = ImportRow(2, "s1", 20230101, 20231231, 1_000, 20240601, "F", "{lo}-{hi}", 1, 11, U.wood, "F-2")
    view, words = view_of(U.copy()), REFUSED_ROWS[R.CONVERSION_INVALID]
    for reason in (R.GROUND_TAKEN, R.CONVERSION_INVALID):
        for language, detail in (("en", words.en), ("zh", words.zh)):
            shown = refused_row(row, reason, view, "zh" if language == "zh" else "en")
            assert (shown["code"], shown["detail"]) == (reason.name, detail)
    assert refused_row(replace(row, project="U1"), R.GROUND_TAKEN, view, "en")["detail"] != words.en
