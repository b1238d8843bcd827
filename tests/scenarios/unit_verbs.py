"""What can be said in a scenario about the life of units: the registry's word, uses, releases, freezes, imports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exchange.core.commands.approvals import Action
from exchange.core.commands.credits import CommitImport, ImportRow, RequestLock, ReturnUnits, StageUnits
from exchange.core.commands.encumbrances import (
    Encumber,
    EncumbranceKind,
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
    WithdrawReversal,
)
from exchange.core.commands.projects import RegisterProject, SetFacility
from exchange.core.commands.registry import (
    AnswerOnPaper,
    AnswerRequest,
    GiveUpWaiting,
    RegistryOutcome,
    RequestKind,
    SendRelease,
)
from exchange.core.commands.uses import (
    CallOffRelease,
    Pick,
    ReleaseUnits,
    RevokeClaim,
    SetBudget,
    SetObligation,
    UseUnits,
)
from exchange.core.handlers.imports import rows_hash
from exchange.core.handlers.replacing import NO_DETAILS
from exchange.core.values import (
    MICROS_PER_DAY,
    MICROS_PER_SECOND,
    ClaimId,
    Day,
    EncumbranceId,
    ImportId,
    InstrumentId,
    LotId,
    Micros,
    ParticipantId,
    ProjectId,
    ReleaseId,
    RequestId,
    ReversalId,
    Tonnes,
    day_of,
)
from tests.scenarios import terms
from tests.scenarios.language import Words, count, serial_range
from tests.scenarios.stage import UNKNOWN, Stage, Verb

OUTCOMES: Final = {"yes": RegistryOutcome.CONFIRMED, "no": RegistryOutcome.REFUSED}


def _tonnes(words: Words) -> Tonnes:
    """``10 t``."""
    quantity = Tonnes(count(words.next()))
    words.flag("t")
    return quantity


# -- the registry --


def _request(stage: Stage, text: str) -> RequestId:
    """The newest request about ``N1:1-100``."""
    picked = terms.one_range(stage.id, text)
    known = [
        request.request
        for request in stage.market.state.requests.by_id.values()
        if (request.lot, request.serials.lo, request.serials.hi) == (picked.lot, picked.lo, picked.hi)
    ]
    return max(known, default=RequestId(UNKNOWN))


def answer(stage: Stage, who: str, words: Words) -> AnswerRequest:
    """``answers yes N1:1-100 receipt R-1 message M-1``; ``about 1-50`` when it speaks of other serials, ``as CANCEL``
    of another act, ``to N-8`` of another national account, ``stated -2h`` when it says that it spoke two hours ago.
    """
    receipt, message = words.option("receipt"), words.option("message", f"message-{len(stage.market.log)}")
    stated_at = stage.market.now() + int(words.option("stated", "0h").removesuffix("h")) * 3_600 * MICROS_PER_SECOND
    about, outcome, asked = words.option("about"), OUTCOMES[words.next()], words.next()
    picked = terms.one_range(stage.id, asked)
    lo, hi = serial_range(about) if about else (picked.lo, picked.hi)
    if not receipt and outcome is RegistryOutcome.CONFIRMED:
        receipt = f"receipt-{len(stage.market.log)}"
    request = _request(stage, asked)
    known = stage.market.state.requests.by_id.get(request)
    kind, account = (RequestKind.LOCK, "") if known is None else (known.kind, known.account)
    kind, account = RequestKind[words.option("as", kind.name)], words.option("to", account)
    said = (kind, account, outcome, lo, hi, receipt, message, Micros(stated_at), bytes(64))
    return AnswerRequest(stage.person(who), request, *said)


def ask_again(stage: Stage, who: str, words: Words) -> RequestLock:
    """``asks-again N1``: for the lock that was refused."""
    return RequestLock(stage.person(who), LotId(stage.id(words.next())))


def give_up(stage: Stage, who: str, words: Words) -> GiveUpWaiting:
    """``gives-up-on N1:1-100``: no answer came in time."""
    return GiveUpWaiting(stage.person(who), _request(stage, words.next()))


def _receipt(stage: Stage, who: str, words: Words) -> AnswerOnPaper:
    """``proposes receipt K-1 for O1:1-10``: what a registry that has no line to us has written today; ``dated -1`` when
    the paper bears the day before.
    """
    request, stated_on = _request(stage, words.option("for")), _paper_day(stage, words)
    return AnswerOnPaper(stage.person(who), request, stated_on, words.next())


def _refusal(stage: Stage, who: str, words: Words) -> AnswerOnPaper:
    """``proposes refusal of O1:1-10 because closed``: the same registry has written that it will not."""
    request, reason = _request(stage, words.option("of")), words.option("because")
    return AnswerOnPaper(stage.person(who), request, _paper_day(stage, words), "", RegistryOutcome.REFUSED, reason)


def _paper_day(stage: Stage, words: Words) -> Day:
    return day_of(Micros(stage.market.now() + int(words.option("dated", "0")) * MICROS_PER_DAY))


# -- uses and releases --


def _use(stage: Stage, who: str, words: Words) -> UseUnits:
    """``proposes use 10 t N1:1-10 for voluntary league hohhot``; ``of F23`` lets the rule choose from all of a good.

    ``proposes use 10 t N1:1-10 for voluntary replacing v1``: for nobody, in place of what was lost.
    """
    firm, purpose = stage.firm(who, words), terms.PURPOSES[words.option("for")]
    reversal, instrument = words.option("replacing"), words.option("of")
    details = NO_DETAILS if reversal else terms.use_details(who, words)
    quantity = _tonnes(words)
    picks = terms.picks(stage.id, words)
    good = InstrumentId(stage.id(instrument) if instrument else 0)
    replaces = ReversalId(stage.id(reversal) if reversal else 0)
    return UseUnits(stage.person(who), firm, good, picks, quantity, purpose, details, replaces)


def _release(stage: Stage, who: str, words: Words) -> ReleaseUnits:
    """``proposes release N1:11-20 to N-7``."""
    firm, account = stage.firm(who, words), words.option("to", "N-1")
    return ReleaseUnits(stage.person(who), firm, terms.picks(stage.id, words), account)


def call_off(stage: Stage, who: str, words: Words) -> CallOffRelease:
    """``calls-off r1``."""
    firm = stage.firm(who, words)
    return CallOffRelease(stage.person(who), firm, ReleaseId(stage.id(words.next())))


def send(stage: Stage, who: str, words: Words) -> SendRelease:
    """``sends r1``: the time to call it off is over."""
    return SendRelease(stage.person(who), ReleaseId(stage.id(words.next())))


def _return(stage: Stage, who: str, words: Words) -> ReturnUnits:
    """``proposes return N1:11-20 for Steel lock R-9``."""
    owner, lock = ParticipantId(stage.id(words.option("for"))), words.option("lock")
    picked = terms.one_range(stage.id, words.next())
    return ReturnUnits(stage.person(who), picked.lot, owner, picked.lo, picked.hi, lock)


def _revocation(stage: Stage, who: str, words: Words) -> RevokeClaim:
    """``proposes revocation c1 because fraud``."""
    reason = words.option("because", "fraud")
    return RevokeClaim(stage.person(who), ClaimId(stage.id(words.next())), reason)


# -- what the regulator sets --


def _project(stage: Stage, who: str, words: Words) -> RegisterProject:
    """``proposes project Woods`` and whatever :func:`tests.scenarios.terms.project_terms` knows."""
    return RegisterProject(stage.person(who), terms.project_terms(stage.market, words))


def _facility(stage: Stage, who: str, words: Words) -> SetFacility:
    """``proposes facility Mill sector steel from 2024``."""
    return SetFacility(stage.person(who), terms.facility_terms(words))


def _obligation(stage: Stage, who: str, words: Words) -> SetObligation:
    """``proposes obligation Mill 2025 119 t``."""
    facility, year = words.next(), count(words.next())
    return SetObligation(stage.person(who), facility, year, _tonnes(words))


def _budget(stage: Stage, who: str, words: Words) -> SetBudget:
    """``proposes budget baotou 2026 1,000 t``; ``region 2026-2030`` for the plan period of the region."""
    where, (first, _, last) = terms.league(words.next()), words.next().partition("-")
    return SetBudget(stage.person(who), where, count(first), count(last or first), _tonnes(words))


# -- holding fast, and what was lost --


def hold(stage: Stage, who: str, words: Words) -> Encumber:
    """``holds freeze N1:1-30 ref order-7``, ``holds pledge N1``, ``holds suspension project P1 vintage 2023``."""
    project, vintage = words.option("project"), count(words.option("vintage", "0"))
    reference, kind = words.option("ref", "paper"), EncumbranceKind[words.next().upper()]
    number = ProjectId(_project_id(stage, project) if project else 0)
    picked = terms.pick(stage.id, words.next()) if words.left else Pick(LotId(0), 0, 0)
    return Encumber(stage.person(who), kind, number, vintage, picked.lot, picked.lo, picked.hi, reference)


def _project_id(stage: Stage, code: str) -> int:
    """A project that the scenario names, or that some lot or issuance of it has brought along."""
    return stage.market.state.credits.projects.codes.get(code.casefold(), ProjectId(UNKNOWN))


def _lifting(stage: Stage, who: str, words: Words) -> LiftEncumbrance:
    """``proposes lifting e1``."""
    return LiftEncumbrance(stage.person(who), EncumbranceId(stage.id(words.next())))


def _reversal(stage: Stage, who: str, words: Words) -> ReportReversal:
    """``proposes reversal 130 t of P1 vintage 2023 by North because fire``."""
    project, responsible = _project_id(stage, words.option("of", "P1")), stage.id(words.option("by"))
    vintage, cause = count(words.option("vintage", "0")), words.option("because", "fire")
    firm = ParticipantId(responsible)
    return ReportReversal(stage.person(who), ProjectId(project), vintage, firm, _tonnes(words), cause)


def _forced(stage: Stage, who: str, words: Words) -> ForceCancellation:
    """``proposes forced-cancellation v1``."""
    return ForceCancellation(stage.person(who), ReversalId(stage.id(words.next())))


def _withdrawal(stage: Stage, who: str, words: Words) -> WithdrawReversal:
    """``proposes reversal-withdrawal v1``."""
    return WithdrawReversal(stage.person(who), ReversalId(stage.id(words.next())), "a mistake")


# -- imports --


def stage_rows(stage: Stage, who: str, words: Words) -> StageUnits:
    """``stages``, or ``stages more f1``, with the rows of a file below: ``| 2 P1 2022 501-600 for North lock L-2``.

    ``verified 500``, ``period 20220101-20220630``, ``space VCS`` and ``text VCS-{lo}-{hi}`` where it matters.
    """
    begun = words.option("more")
    rows = tuple(_row(stage, Words(text)) for text in stage.block)
    return StageUnits(stage.person(who), ImportId(stage.id(begun) if begun else 0), rows)


def _row(stage: Stage, words: Words) -> ImportRow:
    owner, lock = ParticipantId(stage.id(words.option("for"))), words.option("lock")
    verified, space = count(words.option("verified", "1,000")), words.option("space", "CCER")
    period, text, applied = words.option("period"), words.option("text"), words.option("applied")
    line, project, vintage = count(words.next()), words.next(), count(words.next())
    lo, hi = serial_range(words.next())
    first, _, last = (period or f"{vintage}0101-{vintage}1231").partition("-")
    on = count(applied) if applied else (vintage + 1) * 10_000 + 101
    words.finish()
    return ImportRow(line, project, count(first), count(last), verified, on, space, text, lo, hi, owner, lock)


def _import(stage: Stage, who: str, words: Words) -> CommitImport:
    """``proposes import f1``; ``unseen`` with the hash of no rows."""
    unseen = words.flag("unseen")
    number = ImportId(stage.id(words.next()))
    staged = stage.market.state.imports.by_id.get(number)
    rows = [] if unseen or staged is None else staged.rows
    return CommitImport(stage.person(who), number, rows_hash(rows))


ACTIONS: dict[str, Callable[[Stage, str, Words], Action]] = {
    "project": _project,
    "facility": _facility,
    "receipt": _receipt,
    "refusal": _refusal,
    "use": _use,
    "release": _release,
    "return": _return,
    "revocation": _revocation,
    "obligation": _obligation,
    "budget": _budget,
    "lifting": _lifting,
    "reversal": _reversal,
    "forced-cancellation": _forced,
    "reversal-withdrawal": _withdrawal,
    "import": _import,
}

VERBS: dict[str, Verb] = {
    "answers": answer,
    "asks-again": ask_again,
    "calls-off": call_off,
    "gives-up-on": give_up,
    "holds": hold,
    "sends": send,
    "stages": stage_rows,
}
