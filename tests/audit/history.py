"""A market in which everything has happened that can happen to a tonne, and its events entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, TypeVar

from exchange.audit.double_count.findings import Notebook
from exchange.audit.double_count.log import Read, TonneAudit
from exchange.core.codec import COMMANDS, decode_events, encode_events
from exchange.core.commands.credits import CommitImport, ReturnUnits, StageUnits
from exchange.core.commands.encumbrances import ForceCancellation, LiftEncumbrance, WithdrawReversal
from exchange.core.commands.instruments import EndOfDay, League
from exchange.core.commands.registry import AnswerOnPaper, RegistryOutcome
from exchange.core.commands.uses import CallOffRelease, Pick, Purpose, SetObligation
from exchange.core.events import Event
from exchange.core.handlers.imports import rows_hash
from exchange.core.machine import apply
from exchange.core.state import ExchangeState
from exchange.core.values import ClaimId, Day, ImportId, IssuanceId, Micros, Seq, Side, Tonnes
from tests.double_counting.scene import FOR_MILL, HOUR, OTHER, Scene
from tests.support.market import Market
from tests.support.statements import signed

Kind = TypeVar("Kind")


def full_scene() -> Scene:
    """A scene in which tonnes were traded, used, released, brought back, frozen, replaced, converted and imported."""
    scene = Scene()
    _trade(scene)
    _use(scene)
    _release_and_return(scene)
    _hold_fast(scene)
    _bring_in(scene)
    scene.registry_confirms()
    _doubt(scene)
    _cover(scene)
    _replace(scene)
    scene.finish_jobs()
    return scene


def _trade(scene: Scene) -> None:
    """Serials 1 to 10 of the forest's lot go to the mill in two trades, on two days."""
    scene.offer(6)
    scene.done(scene.order(scene.steel, scene.listed, Side.BUY, 6, 3_000))
    scene.done(EndOfDay(scene.operator, Day(20260922)))
    scene.finish_jobs()
    scene.offer(4)
    scene.done(scene.order(scene.steel, scene.listed, Side.BUY, 4, 3_000))


def _use(scene: Scene) -> None:
    """Uses of every ending: refused in part, withdrawn, pending, done, revoked; a surrender; a conversion."""
    scene.used(scene.serials(11, 16), scene.serials(21, 26))
    first, second = scene.open_requests()
    scene.refuses(first)
    scene.done(scene.answer(second))
    proposal, _ = scene.propose(scene.use(scene.serials(31, 36)))
    scene.reject(proposal)
    scene.facility("ICP-1", since=2025)
    scene.agree(SetObligation(scene.operator, "ICP-1", 2025, Tonnes(100)), scene.regulator)
    scene.used(scene.serials(41, 46), purpose=Purpose.NATIONAL_SURRENDER, **FOR_MILL)
    scene.registry_confirms()
    scene.used(scene.quota(101, 111))
    scene.used(scene.quota(121, 126), purpose=Purpose.INTER_PROVINCE, league=League.NONE, province="Hebei")
    scene.revoked(scene.used(scene.quota(131, 136)))
    claim = scene.converted(51, 56)
    scene.registry_confirms()
    quota = IssuanceId(scene.agree(scene.sink_quota(claim, 5), scene.regulator))
    scene.admit(quota, scene.wood, 5_001, 5_006)
    scene.propose(scene.use(scene.quota(141, 146)))


def _release_and_return(scene: Scene) -> None:
    """Two releases, of which one is called off; some of what went out comes back to the mill."""
    scene.sent_out(61, 71)
    number = scene.agree(scene.release(71, 76), scene.second)
    scene.done(CallOffRelease(scene.trader, scene.wood, number))  # type: ignore[arg-type]
    back = ReturnUnits(scene.operator, scene.forest, scene.steel, 61, 66, "back")
    scene.agree(back, scene.second, "back")
    scene.registry_confirms()
    scene.agree(scene.release(76, 81), scene.second)


def _hold_fast(scene: Scene) -> None:
    """Freezes that overlap, and what a reconciliation has set, one of them lifted each time; a reversal that is
    replaced as far as there is something, be it set aside for a use.
    """
    first = scene.freeze(81, 91)
    scene.freeze(86, 96)
    scene.agree(LiftEncumbrance(scene.operator, first), scene.regulator)
    missing = scene.reconciled(scene.forest, 26, 31)
    scene.reconciled(scene.forest, 29, 31)
    scene.agree(LiftEncumbrance(scene.operator, missing), scene.regulator)
    scene.lot(scene.steel, 3)
    scene.lot(scene.wood, 4, project="FAR")
    scene.agree(ForceCancellation(scene.operator, scene.lost(3, firm=scene.steel)), scene.regulator)
    kept = scene.use(scene.of(scene.lot(scene.steel, 3, OTHER, project="O1"), 2))
    kept.actor, kept.participant = scene.traders[scene.steel], scene.steel
    scene.propose(kept)
    scene.agree(ForceCancellation(scene.operator, scene.lost(3, "O1", scene.steel)), scene.regulator)


def _replace(scene: Scene) -> None:
    """Five losses that the firm replaces itself: quota, of which a part is owed still and of which all is owed again;
    CCER, which are pending; and two of a project of no league, of which one is owed again. All that is left of the
    firm's was reported as lost in between, by mistake.
    """
    scene.agree(scene.replacing(scene.lost(9, "P1-QUOTA"), scene.quota(151, 156)), scene.second)
    replaced = scene.agree(scene.replacing(scene.lost(6, "P1-QUOTA"), scene.quota(156, 161)), scene.second)
    scene.revoked(ClaimId(replaced))
    brought = scene.state.brought_in(scene.project("P1"), scene.wood)
    left = scene.state.encumbrances.left_to_lose(scene.project("P1"), scene.wood, brought)
    mistake = scene.lost(left[2023])
    scene.agree(WithdrawReversal(scene.operator, mistake, "another forest"), scene.regulator)
    scene.agree(scene.replacing(scene.lost(4), scene.serials(96, 100)), scene.second)
    scene.revoked(_replaced_far_away(scene, 31))
    _replaced_far_away(scene, 33)


def _replaced_far_away(scene: Scene, lo: int) -> ClaimId:
    """What CCER of Baotou have replaced of a project of no league."""
    claim = scene.agree(scene.replacing(scene.lost(2, "FAR"), scene.serials(lo, lo + 2)), scene.second)
    scene.done(scene.answer(scene.open_requests()[-1]))
    return ClaimId(claim)


def _doubt(scene: Scene) -> None:
    """Three conversions whose quota came in: the registry takes back each. One is found good, has its CCER alive in the
    registry's list and is found good again; one is revoked, and so is an earlier one of which the registry has not said
    anything.
    """
    claims = [scene.converted(56, 58), scene.converted(58, 61), scene.converted(16, 21)]
    scene.registry_confirms()
    lots = []
    for claim, lo in zip(claims, (5_101, 5_201, 5_301), strict=True):
        quota = IssuanceId(scene.agree(scene.sink_quota(claim, 2, lo), scene.regulator))
        lots.append(scene.admit(quota, scene.wood, lo, lo + 2))
    scene.used(scene.of(lots[0], 1))
    found_good, _, _ = [scene.contradicts(claim) for claim in claims]
    scene.agree(LiftEncumbrance(scene.operator, found_good), scene.regulator)
    alive_again = scene.reconciled(scene.forest, 57, 58, scene.operator)
    scene.agree(LiftEncumbrance(scene.operator, alive_again), scene.regulator)
    scene.revoked(claims[2])
    scene.revoked(min(scene.state.credits.of_conversion))


def _cover(scene: Scene) -> None:
    """A plant is found to be inside the national market after some of its quota has come in. That was a mistake, and
    what held the quota is lifted; then it was none.
    """
    _, suspension = scene.plant_covered()
    scene.facility("LATE", since=2024)
    scene.agree(LiftEncumbrance(scene.operator, suspension), scene.regulator)
    scene.facility("LATE")


def _bring_in(scene: Scene) -> None:
    """A lot whose lock was refused and one whose registry is silent; a file of units; units of another registry, which
    cancels some of them and will not cancel others.
    """
    _, request = scene.waiting_lot(501, 551)
    scene.refuses(request)
    scene.waiting_lot(551, 601)
    scene.wait(2 * HOUR)
    scene.finish_jobs()
    rows = (scene.row(2, 601, 651), scene.row(3, 651, 701))
    staged = ImportId(scene.done(StageUnits(scene.operator, ImportId(0), rows)).created)
    scene.agree(CommitImport(scene.operator, staged, rows_hash(list(rows))), scene.second)
    other = scene.lot(scene.wood, 20, OTHER, project="O1")
    use = scene.use(scene.of(other, 5))
    scene.agree(use, scene.second)
    request = scene.open_requests()[-1]
    scene.agree(AnswerOnPaper(scene.operator, request.request, scene.today(), "paper 5"), scene.second, "paper 5")
    lo = scene.state.credits.lots[other].serials.lo
    scene.used(Pick(other, lo + 5, lo + 8))
    refused = (scene.open_requests()[-1].request, scene.today(), "", RegistryOutcome.REFUSED, "account closed")
    scene.agree(AnswerOnPaper(scene.operator, *refused), scene.second)
    lot, disputed = scene.waiting_lot(801, 821)
    # Persons have typed this number from a paper before: that makes the registry's word no less true.
    scene.done(scene.answer(disputed, receipt="Paper-05"))
    scene.reconciled(lot, 801, 821)
    scene.done(scene.answer(disputed, RegistryOutcome.REFUSED))
    scene.reconciled(lot, 811, 821)


class History:
    """The events of every entry, with its time and command, which a test may change."""

    def __init__(self, entries: list[list[Event]], given: list[tuple[Micros, bytes]]) -> None:
        self.entries = entries
        self.given = given

    @classmethod
    def of(cls, scene: Market) -> History:
        """The events that the core gives for a scene's log, as they are read back: none has a part of another."""
        state, entries, given = ExchangeState(), [], []
        for seq, (command, key, at) in enumerate(signed(scene.log), 1):
            entries.append(decode_events(encode_events(apply(state, command, key, Seq(seq), at).events)))
            given.append((at, COMMANDS.encode(command)))
        return cls(entries, given)

    def copy(self) -> History:
        """One that can be changed without the other."""
        return History(deepcopy(self.entries), list(self.given))

    def every(self, kind: type[Kind]) -> Iterator[tuple[list[Event], Kind]]:
        """Each event of a kind, with the events of its entry."""
        for entry in self.entries:
            for event in list(entry):
                if isinstance(event, kind):
                    yield entry, event

    def first(self, kind: type[Kind], **wanted: Any) -> tuple[list[Event], Kind]:
        """The first event of a kind that has these values."""
        for entry, event in self.every(kind):
            if all(getattr(event, name) == value for name, value in wanted.items()):
                return entry, event
        raise LookupError(kind, wanted)

    def only(self, kind: type[Kind], **wanted: Any) -> Kind:
        """The same without its entry."""
        return self.first(kind, **wanted)[1]

    def drop(self, kind: type[Any], **wanted: Any) -> None:
        """Take the first such event out."""
        entry, event = self.first(kind, **wanted)
        entry.remove(event)

    def append(self, *events: Event) -> None:
        """One more entry."""
        self.entries.append(list(events))
        self.given.append(self.given[-1])

    def audited(self) -> Notebook:
        """What the audit finds."""
        audit = TonneAudit()
        for seq, (events, (at, command)) in enumerate(zip(self.entries, self.given, strict=True), 1):
            audit.read(Read(seq, at, command, events))
        audit.conclude()
        return audit.notebook
