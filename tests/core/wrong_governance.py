"""What can be wrong with the commands of the venue's people, and with what needs two of them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from exchange.core.commands import Command
from exchange.core.commands.approvals import Action, Approve, Propose, RejectProposal
from exchange.core.commands.cash import DepositCash, WithdrawCash
from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.governance import (
    AdoptRulebook,
    Genesis,
    PersonRole,
    RegisterKey,
    RegisterStaff,
    ReplaceKeys,
    RevokeKey,
    RotateKey,
    Rule,
    StaffMember,
    Verified,
)
from exchange.core.commands.instruments import (
    AttestSnapshot,
    ContinueJob,
    EndOfDay,
    Family,
    HaltTrading,
    League,
    ListInstrument,
    ResumeTrading,
    SourceCategory,
)
from exchange.core.commands.participants import AdmitParticipant, ParticipantRole, RegisterTrader
from exchange.core.rejections import RejectReason as R
from exchange.core.values import Day, Fen, InstrumentId, JobId, Micros, PersonId, Seq, Tonnes
from tests.core.violations import (
    NOBODY_KNOWS,
    WORLD,
    Wrong,
    capped,
    closing,
    keys_daily,
    keys_many,
    keys_networked,
    keys_replaced,
    keys_short,
    keys_signing,
    keys_stolen,
    pair_of,
    proposals_many,
    right,
    wrong,
)
from tests.support.market import rules

M = WORLD.market
TRADER, TWIN = M.traders[WORLD.trader], M.traders[WORLD.twin]
SECRET_HASH = hashlib.sha256(b"another secret").digest()
USED_HASH = next(key.secret_hash for key in M.state.register.keys.values() if key.person == TWIN)
FIRST_KEY = M.state.register.secrets[USED_HASH]
USED_PAIR = pair_of(FIRST_KEY)
LONG = "x" * 201

BY_STRANGERS = (wrong(R.NOT_AUTHORISED, actor=TRADER), wrong(R.NOT_AUTHORISED, actor=NOBODY_KNOWS))
BY_PERSONS = (*BY_STRANGERS, wrong(R.NOT_AUTHORISED, actor=M.operator))
"""For what only the program itself may do."""


def _texts(*names: str, reason: R = R.INVALID_FIELD, empty: bool = True) -> tuple[Wrong, ...]:
    """Each of these texts is too long, or empty where it must not be."""
    values = (LONG, "") if empty else (LONG,)
    return tuple(wrong(reason, **{name: value}) for name in names for value in values)


DEPOSIT = DepositCash(M.operator, WORLD.trader, Fen(100), "bank-new")
WRONG_DEPOSIT = (
    *BY_STRANGERS,
    *_texts("bank_reference"),
    wrong(R.PARTICIPANT_NOT_FOUND, participant=NOBODY_KNOWS),
    wrong(R.AMOUNT_OUT_OF_RANGE, amount=0),
    wrong(R.AMOUNT_OUT_OF_RANGE, amount=10**17),
    wrong(R.BANK_REFERENCE_USED, bank_reference="bank-1"),
    wrong(R.BANK_REFERENCE_USED, bank_reference="ＢＡＮＫ－ 1"),
    wrong(R.BANK_REFERENCE_USED, bank_reference="bank/01"),
)

LIST: ListInstrument = M.listing(100, vintage=2024, tick=5)
WRONG_LIST = (
    *BY_STRANGERS,
    *_texts("symbol"),
    wrong(R.SYMBOL_TAKEN, symbol="FORESTRY_CCER-P1-2023"),
    wrong(R.BASKET_TAKEN, vintage=2023, touches="project family source_category"),
    wrong(R.INVALID_FIELD, vintage=1989),
    wrong(R.INVALID_FIELD, vintage=2101),
    wrong(R.INVALID_FIELD, family=Family.OTHER_SINK),
    wrong(R.INVALID_FIELD, family=Family.REDUCTION_QUOTA),
    wrong(R.INVALID_FIELD, project="", touches="vintage"),
    wrong(R.INVALID_FIELD, source_category=SourceCategory.CCUS),
    wrong(R.INVALID_FIELD, league=League.WUHAI),
    *(
        wrong(R.INVALID_FIELD, family=Family.REDUCTION_QUOTA, project=project, source_category=category, league=league)
        for project, category, league in (
            ("", SourceCategory.CCUS, League.NONE),
            ("", SourceCategory.NONE, League.WUHAI),
            ("P1", SourceCategory.CCUS, League.WUHAI),
        )
    ),
    wrong(R.TICK_OUT_OF_RANGE, tick=0),
    wrong(R.TICK_OUT_OF_RANGE, tick=10_001),
    wrong(R.TICK_OUT_OF_RANGE, lot_size=0),
    wrong(R.TICK_OUT_OF_RANGE, lot_size=1_000_001),
    wrong(R.PRICE_OUT_OF_RANGE, reference_price=4),
    wrong(R.PRICE_OUT_OF_RANGE, reference_price=100_000_005),
    wrong(R.PRICE_NOT_ON_TICK, reference_price=101, touches="tick"),
)

END_DAY = EndOfDay(M.operator, Day(20260922))
WRONG_END_DAY = (
    *BY_STRANGERS,
    wrong(R.MARKET_CLOSED, closing),
    wrong(R.ENDED_DAY_NOT_LATER, next_day=20260921),
    wrong(R.ENDED_DAY_NOT_LATER, next_day=20260931),
    wrong(R.NEXT_DAY_TOO_FAR, next_day=20261023),
    wrong(R.NEXT_DAY_TOO_FAR, next_day=99991231),
)

HALT = HaltTrading(M.regulator, WORLD.instrument, "rumours")
WRONG_HALT = (*BY_STRANGERS, *_texts("reason"), wrong(R.INSTRUMENT_NOT_FOUND, instrument=NOBODY_KNOWS))

ADMIT = AdmitParticipant(M.operator, "new", "New", "新", ParticipantRole.BOTH, "")
WRONG_ADMIT = (
    *BY_STRANGERS,
    wrong(R.CODE_TAKEN, code="seller"),
    *_texts("code", "name_en", "name_zh"),
    *_texts("owner_group", empty=False),
)

KEY = RegisterKey(TWIN, "second", SECRET_HASH, b"", 3, Micros(0), ())
WRONG_KEY = (
    wrong(R.NOT_AUTHORISED, actor=NOBODY_KNOWS),
    *_texts("label"),
    wrong(R.INVALID_FIELD, scopes=0),
    wrong(R.INVALID_FIELD, scopes=16),
    wrong(R.INVALID_FIELD, expires_at=1),
    wrong(R.INVALID_FIELD, secret_hash=b"short"),
    wrong(R.SECRET_USED, secret_hash=USED_HASH),
    wrong(R.PUBLIC_KEY_USED, keys_signing, public_key=USED_PAIR),
    wrong(R.INVALID_FIELD, public_key=b"short"),
    *(
        wrong(R.INVALID_FIELD, networks=networks)
        for networks in (("",), ("x" * 44,), ("a", "a"), ("b", "a"), tuple(f"{n:02}" for n in range(21)))
    ),
    wrong(R.KEY_TOO_WIDE, keys_short),
    wrong(R.KEY_TOO_WIDE, keys_networked, touches="networks"),
    wrong(R.KEY_TOO_WIDE, keys_networked, networks=("10.1.0.0/16", "10.2.0.0/16")),
    wrong(R.KEY_TOO_WIDE, public_key=SECRET_HASH),
    wrong(R.TOO_MANY_KEYS, keys_many),
    wrong(R.TOO_MANY_KEYS_MADE, keys_daily),
)

ROTATE = RotateKey(TWIN, SECRET_HASH, b"", 60)
WRONG_ROTATE = (
    wrong(R.NOT_AUTHORISED, actor=NOBODY_KNOWS),
    wrong(R.INVALID_FIELD, secret_hash=b"short"),
    wrong(R.INVALID_FIELD, public_key=b"short"),
    wrong(R.INVALID_FIELD, public_key=SECRET_HASH),
    wrong(R.INVALID_FIELD, grace_seconds=-1),
    wrong(R.INVALID_FIELD, grace_seconds=86_401),
    wrong(R.SECRET_USED, secret_hash=USED_HASH),
    wrong(R.PUBLIC_KEY_USED, keys_signing, public_key=USED_PAIR),
    wrong(R.KEY_REPLACED, keys_replaced),
    wrong(R.TOO_MANY_KEYS_MADE, keys_daily),
)

REVOKE = RevokeKey(TWIN, FIRST_KEY)
WRONG_REVOKE = (
    wrong(R.NOT_AUTHORISED, actor=NOBODY_KNOWS),
    wrong(R.KEY_NOT_FOUND, key=NOBODY_KNOWS),
    wrong(R.KEY_NOT_FOUND, actor=TRADER),
    wrong(R.KEY_NOT_FOUND, actor=M.auditor),
)

JOB = ContinueJob(PersonId(0), JobId(NOBODY_KNOWS))
GENESIS = Genesis(
    PersonId(0),
    "venue",
    Day(20260921),
    "p",
    rules(),
    (StaffMember("A", PersonRole.OPERATOR, SECRET_HASH, b""),),
    Fen(0),
    Tonnes(0),
)
ATTEST = AttestSnapshot(PersonId(0), Seq(1), SECRET_HASH, 1)
WRONG_ATTEST = (
    *BY_PERSONS,
    wrong(R.INVALID_FIELD, at_seq=10_000_000),
    wrong(R.INVALID_FIELD, state_hash=b"short"),
    wrong(R.INVALID_FIELD, image_format=0),
)

# -- actions that need two persons --


def _proposal(action: Action) -> Propose:
    return Propose(action.actor, action)


PROPOSERS = (
    wrong(R.NOT_AUTHORISED, actor=M.auditor),
    wrong(R.NOT_AUTHORISED, action__actor=M.auditor),
    wrong(R.NOT_AUTHORISED, actor=NOBODY_KNOWS),
)

WITHDRAW = _proposal(WithdrawCash(TRADER, WORLD.trader, Fen(100), "6222"))
WRONG_WITHDRAW = (
    *PROPOSERS,
    wrong(R.TOO_MANY_OPEN_PROPOSALS, proposals_many),
    wrong(R.NOT_AUTHORISED, actor=M.operator, action__actor=M.operator),
    wrong(R.NOT_AUTHORISED, action__participant=WORLD.twin),
    wrong(R.NOT_AUTHORISED, action__participant=NOBODY_KNOWS),
    *_texts("action__bank_account"),
    wrong(R.AMOUNT_OUT_OF_RANGE, action__amount=0),
    wrong(R.AMOUNT_OUT_OF_RANGE, action__amount=10**17 + 1),
    wrong(R.INSUFFICIENT_CASH, action__amount=10_000_000),
)

LOT = _proposal(AdmitLot(M.operator, WORLD.issuance, WORLD.trader, 1_090, 1_099, "R-1"))
WRONG_LOT = (
    *PROPOSERS,
    wrong(R.NOT_AUTHORISED, actor=M.regulator, action__actor=M.regulator),
    wrong(R.NOT_AUTHORISED, actor=TWIN, action__actor=TWIN, touches="action__owner"),
    wrong(R.PARTICIPANT_NOT_FOUND, action__owner=NOBODY_KNOWS),
    wrong(R.ISSUANCE_NOT_FOUND, action__issuance=NOBODY_KNOWS),
    *_texts("action__lock_reference"),
    wrong(R.ROLE_CANNOT_SELL, action__owner=WORLD.buyer),
    wrong(R.SERIALS_INVALID, action__serial_lo=0),
    wrong(R.SERIALS_INVALID, action__serial_hi=1_090, touches="action__serial_lo"),
    wrong(R.SERIALS_OVERLAP, action__serial_lo=1_010, touches="action__issuance"),
    wrong(R.OUTSIDE_ISSUANCE, action__serial_hi=1_102, touches="action__serial_lo action__issuance"),
    wrong(R.OUTSIDE_ISSUANCE, action__issuance=WORLD.other_issuance, touches="action__serial_lo"),
    *(wrong(R.LOCK_REFERENCE_USED, action__lock_reference=paper) for paper in ("R-0", "r-0", "R/00", "r0")),
)


def _with(rule: str, value: int, verified: Verified = Verified.OPERATOR_SET, article: str = "a") -> tuple[Rule, ...]:
    """The rules with another value of one of them."""
    return tuple(
        replace(one, value=value, verified=verified, article=article) if one.rule == rule else one for one in rules()
    )


RULEBOOK = _proposal(AdoptRulebook(M.regulator, "next", rules()))
WRONG_RULEBOOK = (
    *PROPOSERS,
    wrong(R.NOT_AUTHORISED, actor=TRADER, action__actor=TRADER),
    *_texts("action__profile", empty=False),
    wrong(R.INVALID_FIELD, action__rules=()),
    wrong(R.RULEBOOK_INCOMPLETE, action__rules=(replace(rules()[0], effective_from=Day(20300101)),)),
    wrong(R.RULEBOOK_INCOMPLETE, action__rules=(*rules(), rules()[0])),
    wrong(R.RULEBOOK_INCOMPLETE, action__rules=(replace(rules()[0], rule="band_listed"),)),
    *(wrong(R.RULEBOOK_INCOMPLETE, action__rules=rules(), action__removed=(rule,)) for rule in ("", "FEE", "SURV-1")),
    wrong(R.RULEBOOK_INCOMPLETE, action__rules=(), action__removed=("FEE",)),
    wrong(R.RULEBOOK_INCOMPLETE, action__rules=rules(fee=1_000_001)),
    wrong(R.RULEBOOK_INCOMPLETE, action__rules=rules(band=-1)),
    wrong(R.RULEBOOK_INCOMPLETE, action__rules=(*rules(), replace(rules()[0], rule="X", effective_from=Day(20241301)))),
    wrong(R.RULEBOOK_INCOMPLETE, action__rules=(*rules(), replace(rules()[0], rule="X", article=LONG))),
    *(wrong(R.RULEBOOK_INCOMPLETE, action__rules=_with(rule, 0, Verified.YES)) for rule in ("DIFF-HIGH", "OLD-CCER")),
    wrong(R.RULEBOOK_INCOMPLETE, action__rules=_with("ETS-BUYER", 2, Verified.YES)),
    *(
        wrong(R.RULEBOOK_INCOMPLETE, action__rules=_with(rule, value))
        for rule, value in (("EXPORT", 1), ("ETS-SOURCE", 0), ("TWO-PERSONS", 1), ("UNIT", 10), ("CANCEL", 0))
    ),
    *(wrong(R.RULEBOOK_INCOMPLETE, action__rules=_with(rule, 0)) for rule in ("ELIG-START", "ELIG-VINTAGE")),
    *(wrong(R.RULEBOOK_INCOMPLETE, action__rules=_with(rule, 1989)) for rule in ("ELIG-REDUCTION", "ETS-STEEL")),
    wrong(R.LEGAL_BASIS_MISSING, action__rules=_with("DIFF-HIGH", 1_200_000)),
    wrong(R.LEGAL_BASIS_MISSING, action__rules=_with("DIFF-LOW", 1_100_000, Verified.YES, "")),
    wrong(R.RULEBOOK_INCOMPLETE, action__rules=_with("DIFF-LOW", 999_999, Verified.YES, "article")),
    wrong(R.LEGAL_BASIS_MISSING, action__rules=_with("ETS-BUYER", 1)),
)

STAFF = _proposal(RegisterStaff(M.operator, "Wang", PersonRole.OPERATOR, SECRET_HASH, b""))
WRONG_STAFF = (
    *PROPOSERS,
    wrong(R.TOO_MANY_OPEN_PROPOSALS, proposals_many),
    wrong(R.NOT_AUTHORISED, actor=TRADER, action__actor=TRADER),
    wrong(R.SECRET_USED, action__secret_hash=USED_HASH),
    wrong(R.PUBLIC_KEY_USED, keys_signing, action__public_key=USED_PAIR),
    *_texts("action__name"),
    wrong(R.INVALID_FIELD, action__role=PersonRole.TRADER),
    wrong(R.INVALID_FIELD, action__public_key=b"short"),
    wrong(R.INVALID_FIELD, action__secret_hash=b"short"),
)

REGISTER = _proposal(RegisterTrader(M.operator, WORLD.trader, "Li", SECRET_HASH, b""))
WRONG_REGISTER = (
    *PROPOSERS,
    wrong(R.NOT_AUTHORISED, actor=M.regulator, action__actor=M.regulator),
    wrong(R.PARTICIPANT_NOT_FOUND, action__participant=NOBODY_KNOWS),
    wrong(R.NOT_AUTHORISED, actor=TWIN, action__actor=TWIN, touches="action__participant"),
    wrong(R.TOO_MANY_OPERATORS, capped),
    *_texts("action__name"),
    wrong(R.INVALID_FIELD, action__public_key=b"short"),
    wrong(R.INVALID_FIELD, action__secret_hash=b"short"),
    wrong(R.SECRET_USED, action__secret_hash=USED_HASH),
    wrong(R.PUBLIC_KEY_USED, keys_signing, action__public_key=USED_PAIR),
)

REPLACE = _proposal(ReplaceKeys(M.operator, TWIN, SECRET_HASH, b""))
WRONG_REPLACE = (
    *PROPOSERS,
    wrong(R.NOT_AUTHORISED, actor=TRADER, action__actor=TRADER, touches="action__person"),
    wrong(R.PERSON_NOT_FOUND, action__person=NOBODY_KNOWS),
    wrong(R.INVALID_FIELD, action__public_key=b"short"),
    wrong(R.INVALID_FIELD, action__secret_hash=b"short"),
    wrong(R.SECRET_USED, action__secret_hash=USED_HASH),
    wrong(R.PUBLIC_KEY_USED, keys_signing, action__public_key=USED_PAIR),
)

RESUME = _proposal(ResumeTrading(M.operator, InstrumentId(0)))
WRONG_RESUME = (
    *PROPOSERS,
    wrong(R.NOT_AUTHORISED, actor=TRADER, action__actor=TRADER),
    wrong(R.INSTRUMENT_NOT_FOUND, action__instrument=NOBODY_KNOWS),
    wrong(R.NOT_HALTED, action__instrument=WORLD.instrument),
)

LOT_PROPOSAL, LOT_HASH = M.propose(AdmitLot(M.operator, WORLD.issuance, WORLD.trader, 1_021, 1_031, "R-1"))
OVERLAPPING, OVERLAPPING_HASH = M.propose(AdmitLot(M.operator, WORLD.issuance, WORLD.trader, 1_031, 1_041, "R-1"))
RELOCKING, RELOCKING_HASH = M.propose(AdmitLot(M.operator, WORLD.issuance, WORLD.trader, 1_041, 1_046, "R-0"))
RESPELT, RESPELT_HASH = M.propose(M.issuance(3_001, 3_101, space="Second"))
M.agree(M.issuance(3_001, 3_101, space="second"), M.second)
CLOSED, CLOSED_HASH = M.propose(AdmitLot(M.operator, WORLD.issuance, WORLD.trader, 1_031, 1_036, "R-0"))
M.done(Approve(M.second, CLOSED, CLOSED_HASH, "R-0"))

APPROVE = Approve(M.second, LOT_PROPOSAL, LOT_HASH, "R-1")
WRONG_APPROVE = (
    wrong(R.NOT_AUTHORISED, actor=M.auditor),
    wrong(R.NOT_AUTHORISED, actor=TRADER),
    wrong(R.PROPOSAL_NOT_FOUND, proposal=NOBODY_KNOWS),
    wrong(R.PROPOSAL_CLOSED, proposal=CLOSED, action_hash=CLOSED_HASH),
    wrong(R.SAME_PERSON, actor=M.operator),
    wrong(R.APPROVER_NOT_ENTITLED, actor=M.regulator),
    wrong(R.HASH_MISMATCH, action_hash=OVERLAPPING_HASH, touches="proposal"),
    wrong(R.HASH_MISMATCH, action_hash=b""),
    wrong(R.EVIDENCE_MISMATCH, evidence=""),
    wrong(R.EVIDENCE_MISMATCH, evidence="R-2"),
    wrong(R.PROPOSER_KEY_REVOKED, keys_stolen),
    wrong(R.SERIALS_OVERLAP, proposal=OVERLAPPING, action_hash=OVERLAPPING_HASH),
    wrong(R.LOCK_REFERENCE_USED, proposal=RELOCKING, action_hash=RELOCKING_HASH, evidence="R-0"),
    wrong(R.SPACE_SPELT_OTHERWISE, proposal=RESPELT, action_hash=RESPELT_HASH, evidence=""),
)

MONEY, _ = M.propose(WithdrawCash(TRADER, WORLD.trader, Fen(100), "6222"))
REJECT = RejectProposal(M.second, MONEY, "no")
WRONG_REJECT = (
    wrong(R.NOT_AUTHORISED, actor=M.auditor),
    wrong(R.PROPOSAL_NOT_FOUND, proposal=NOBODY_KNOWS),
    wrong(R.PROPOSAL_NOT_FOUND, actor=TWIN),
    wrong(R.PROPOSAL_CLOSED, proposal=CLOSED),
    *_texts("reason", empty=False),
    wrong(R.APPROVER_NOT_ENTITLED, actor=M.regulator),
)

M.done(HaltTrading(M.operator, InstrumentId(0), "rumours"))
RESUMING, RESUMING_HASH = M.propose(ResumeTrading(M.operator, InstrumentId(0)))
M.agree(ResumeTrading(M.operator, InstrumentId(0)), M.second)

FULL = "x" * 200

EDGES: dict[str, tuple[dict[str, Any], ...]] = {
    "deposit": (right(amount=1), right(bank_reference=FULL)),
    "list": (
        right(symbol=FULL),
        right(project=FULL),
        right(vintage=1990),
        right(vintage=2100),
        right(tick=1),
        right(tick=10_000, reference_price=10_000),
        right(lot_size=1_000_000),
        right(reference_price=5),
        right(reference_price=100_000_000),
        right(family=Family.REDUCTION_QUOTA, project="", source_category=SourceCategory.CCUS, league=League.WUHAI),
    ),
    "end the day": (right(next_day=20261022),),
    "halt": (right(instrument=0), right(reason=FULL)),
    "admit": (right(code=FULL), right(name_en=FULL), right(name_zh=FULL), right(owner_group=FULL)),
    "register a trader": (
        right(action__name=FULL),
        right(action__public_key=SECRET_HASH),
        right(actor=TRADER, action__actor=TRADER),
    ),
    "register a key": (
        right(label=FULL),
        right(scopes=1),
        right(scopes=15),
        right(expires_at=2**62),
        right(networks=("x" * 43,)),
        right(networks=tuple(f"{n:02}" for n in range(20))),
    ),
    "rotate a key": (right(grace_seconds=0), right(grace_seconds=86_400), right(actor=M.auditor)),
    "revoke a key": (right(actor=M.operator),),
    "withdraw": (right(action__amount=1), right(action__amount=97_600), right(action__bank_account=FULL)),
    "admit a lot": (
        right(action__serial_lo=1_011, action__serial_hi=1_012),
        right(action__serial_hi=1_101),
        right(action__lock_reference=FULL),
        right(action__owner=WORLD.seller),
        right(actor=TRADER, action__actor=TRADER),
    ),
    "adopt a rulebook": (
        right(action__profile=FULL),
        right(action__rules=rules(fee=1_000_000, band=0)),
        right(action__rules=_with("DIFF-HIGH", 1_200_000, Verified.SECONDARY)),
        right(action__rules=_with("ETS-BUYER", 1, Verified.YES)),
        right(action__rules=_with("OFFSET-CAP", 300)),
        right(action__rules=_with("ELIG-VINTAGE", 3)),
        right(action__rules=rules()[:1]),
        right(action__rules=(replace(rules()[0], rule="EXPORT", value=0),)),
        right(action__rules=(*rules(), replace(rules()[0], rule="ANOTHER", value=7))),
    ),
    "replace keys": (
        right(action__public_key=SECRET_HASH),
        right(action__person=M.regulator),
        right(action__person=TRADER, actor=TRADER, action__actor=TRADER),
        right(actor=M.regulator, action__actor=M.regulator),
    ),
    "add staff": (
        right(action__public_key=SECRET_HASH),
        right(action__name=FULL),
        right(actor=M.regulator, action__actor=M.regulator),
        right(action__role=PersonRole.REGULATOR),
    ),
    "reject": (right(reason=FULL), right(reason=""), right(actor=TRADER)),
}
"""What is just inside a limit and must be done."""

TABLE: dict[str, tuple[Command, tuple[Wrong, ...]]] = {
    "deposit": (DEPOSIT, WRONG_DEPOSIT),
    "list": (LIST, WRONG_LIST),
    "end the day": (END_DAY, WRONG_END_DAY),
    "halt": (HALT, WRONG_HALT),
    "admit": (ADMIT, WRONG_ADMIT),
    "register a trader": (REGISTER, WRONG_REGISTER),
    "replace keys": (REPLACE, WRONG_REPLACE),
    "register a key": (KEY, WRONG_KEY),
    "rotate a key": (ROTATE, WRONG_ROTATE),
    "revoke a key": (REVOKE, WRONG_REVOKE),
    "attest": (ATTEST, WRONG_ATTEST),
    "withdraw": (WITHDRAW, WRONG_WITHDRAW),
    "admit a lot": (LOT, WRONG_LOT),
    "adopt a rulebook": (RULEBOOK, WRONG_RULEBOOK),
    "add staff": (STAFF, WRONG_STAFF),
    "approve": (APPROVE, WRONG_APPROVE),
    "reject": (REJECT, WRONG_REJECT),
}

ALWAYS_WRONG: dict[str, tuple[Command, R, tuple[Wrong, ...]]] = {
    "continue a job": (JOB, R.JOB_NOT_FOUND, BY_PERSONS),
    "open the venue again": (GENESIS, R.ALREADY_OPENED, BY_PERSONS),
    "resume what runs": (RESUME, R.NOT_HALTED, WRONG_RESUME),
    "approve a resumption that came too late": (
        Approve(M.second, RESUMING, RESUMING_HASH, ""),
        R.NOT_HALTED,
        (
            wrong(R.NOT_AUTHORISED, actor=TRADER),
            wrong(R.NOT_HALTED, actor=M.operator),
            wrong(R.NOT_HALTED, evidence="X"),
            wrong(R.NOT_HALTED, action_hash=b""),
        ),
    ),
}
"""Commands that cannot be right in this world, with the refusal that they get, and what is wrong with them besides."""
