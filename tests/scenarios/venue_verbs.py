"""What the venue's people can say in a scenario: admitting, listing, halting, proposing and approving."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from exchange.core.commands import Command
from exchange.core.commands.approvals import Action, Approve, Propose, RejectProposal
from exchange.core.commands.cash import DepositCash, WithdrawCash
from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.governance import (
    AdoptRulebook,
    PersonRole,
    RegisterKey,
    RegisterStaff,
    ReplaceKeys,
    RevokeKey,
    RotateKey,
    Scope,
    Verified,
)
from exchange.core.commands.instruments import (
    AttestSnapshot,
    ContinueJob,
    EndOfDay,
    HaltTrading,
    ListInstrument,
    ResumeTrading,
)
from exchange.core.commands.participants import AdmitParticipant, ParticipantRole, RegisterTrader
from exchange.core.image import IMAGE_FORMAT, state_hash
from exchange.core.values import (
    Day,
    Fen,
    InstrumentId,
    IssuanceId,
    JobId,
    KeyId,
    Micros,
    ParticipantId,
    ProposalId,
)
from tests.scenarios import terms, unit_verbs
from tests.scenarios.language import Words, count, fen, parts, serial_range
from tests.scenarios.stage import UNKNOWN, Stage, Verb
from tests.support.market import rules

SECONDS = 1_000_000


def deposit(stage: Stage, who: str, words: Words) -> DepositCash:
    """``deposits 100.00 for Steel ref BANK-1``."""
    firm, reference = stage.id(words.option("for")), words.option("ref")
    return DepositCash(stage.person(who), ParticipantId(firm), Fen(fen(words.next())), reference)


def halt(stage: Stage, who: str, words: Words) -> HaltTrading:
    """``halts F23 because rumours``; ``halts market`` for all."""
    reason = words.option("because", "test")
    return HaltTrading(stage.person(who), InstrumentId(stage.id(words.next())), reason)


def end_day(stage: Stage, who: str, words: Words) -> EndOfDay:
    """``ends-day next 20260922``."""
    return EndOfDay(stage.person(who), Day(count(words.option("next"))))


def go_on(stage: Stage, who: str, words: Words) -> ContinueJob:
    """``continues``: the next chunk of what is unfinished; ``continues no-job`` of nothing."""
    words.flag("no-job")
    job = next(iter(stage.market.state.session.jobs), JobId(UNKNOWN))
    return ContinueJob(stage.person(who), job)


def act(stage: Stage, who: str, words: Words) -> Command:
    """``acts``: the program does what is due."""
    assert who == "system"
    return stage.due()


def attest(stage: Stage, who: str, words: Words) -> AttestSnapshot:
    """``attests``: the state hash as it is now."""
    return AttestSnapshot(stage.person(who), stage.market.state.seq, state_hash(stage.market.state), IMAGE_FORMAT)


def admit(stage: Stage, who: str, words: Words) -> AdmitParticipant:
    """``admits Wood seller group G``."""
    group, code = words.option("group"), words.next()
    return AdmitParticipant(stage.person(who), code, code, code, ParticipantRole[words.next().upper()], group)


def list_instrument(stage: Stage, who: str, words: Words) -> ListInstrument:
    """``lists F24 ccer reference 30.00 tick 0.01 size 1 vintage 2024 project P1``; the actor is whoever says it."""
    reference, tick = fen(words.option("reference", "30.00")), fen(words.option("tick", "0.01"))
    size, vintage = count(words.option("size", "1")), count(words.option("vintage", "2023"))
    project, symbol = words.option("project", "P1"), words.next()
    listing = stage.market.listing(reference, terms.FAMILIES[words.next()], vintage, tick, size, project, symbol)
    return replace(listing, actor=stage.person(who))


def _secret(stage: Stage, words: Words) -> bytes:
    """A secret that nobody has used, or the one that is called by its name: ``secret S1``."""
    name = words.option("secret")
    return hashlib.sha256(name.encode()).digest() if name else stage.market.new_secret_hash()


def _public_key(stage: Stage, words: Words) -> bytes:
    """``signs``: with a public key that nobody has used; ``pair A``: with the one that is called by its name.

    No scenario verifies a signature.
    """
    name = words.option("pair")
    if name:
        return hashlib.sha256(f"pair {name}".encode()).digest()
    return stage.market.new_secret_hash()[::-1] if words.flag("signs") else b""


def make_key(stage: Stage, who: str, words: Words) -> RegisterKey:
    """``makes-key``; ``scopes read,trade`` for less than everything, ``lasts 60`` for so many seconds from now,
    ``signs`` or ``pair A`` with a public key, ``from 10.1.0.0/16,10.2.0.0/16`` for use from there only.
    """
    names, lasts, secret = words.option("scopes"), words.option("lasts"), _secret(stage, words)
    scopes = sum(Scope[name.upper()] for name in names.split(",")) if names else sum(Scope)
    expires_at = Micros(stage.market.state.at + count(lasts) * SECONDS) if lasts else Micros(0)
    networks = tuple(network for network in words.option("from").split(",") if network)
    public_key = _public_key(stage, words)
    return RegisterKey(stage.person(who), "a key", secret, public_key, int(scopes), expires_at, networks)


def rotate_key(stage: Stage, who: str, words: Words) -> RotateKey:
    """``rotates-key grace 60 with k1``; ``signs`` and ``pair A`` as in ``makes-key``."""
    grace, secret = count(words.option("grace", "0")), _secret(stage, words)
    return RotateKey(stage.person(who), secret, _public_key(stage, words), grace)


def revoke(stage: Stage, who: str, words: Words) -> RevokeKey:
    """``revokes k1``."""
    return RevokeKey(stage.person(who), KeyId(stage.id(words.next())))


def propose(stage: Stage, who: str, words: Words) -> Propose:
    """``proposes`` and what: withdrawal, lot, issuance, rulebook, staff, trader, new-keys or resume, or one of what
    :mod:`tests.scenarios.unit_verbs` has.
    """
    return Propose(stage.person(who), ACTIONS[words.next()](stage, who, words))


def _withdrawal(stage: Stage, who: str, words: Words) -> WithdrawCash:
    """``proposes withdrawal 100.00 to 6222-0001``."""
    firm, account = stage.firm(who, words), words.option("to", "6222-0001")
    return WithdrawCash(stage.person(who), firm, Fen(fen(words.next())), account)


def _lot(stage: Stage, who: str, words: Words) -> AdmitLot:
    """``proposes lot 1-100 of I1 for North lock R-1``."""
    issuance, owner = stage.id(words.option("of")), stage.id(words.option("for"))
    lock = words.option("lock")
    lo, hi = serial_range(words.next())
    return AdmitLot(stage.person(who), IssuanceId(issuance), ParticipantId(owner), lo, hi, lock)


def _issuance(stage: Stage, who: str, words: Words) -> Action:
    """``proposes issuance 1-100 family ccer project P1 vintage 2023 space CCER``."""
    return replace(terms.issuance(stage.market, stage.id, words), actor=stage.person(who))


def _rulebook(stage: Stage, who: str, words: Words) -> AdoptRulebook:
    """``proposes rulebook fee 0.10% band 10% cap 3``; ``from 20300101`` for the day on which all of them begin, ``only
    FEE`` for one that is named alone; ``rule DIFF-HIGH=2000000,FEE=1`` for other values that were read in the rules'
    articles, ``guessed`` for some that were not.
    """
    changed = dict(one.split("=") for one in words.option("rule").split(",") if one)
    read = Verified.OPERATOR_SET if words.flag("guessed") else Verified.YES
    fee, band = parts(words.option("fee", "0%"), 1_000_000), parts(words.option("band", "10%"), 10_000)
    cap, only = count(words.option("cap", "100000")), words.option("only")
    begin = Day(count(words.option("from", "20240101")))
    book = (replace(rule, effective_from=begin) for rule in rules(fee, band, open_orders=cap))
    named = (rule for rule in book if only in ("", rule.rule))
    other = tuple(
        replace(rule, value=count(changed[rule.rule]), verified=read) if rule.rule in changed else rule
        for rule in named
    )
    return AdoptRulebook(stage.person(who), "second", other)


def _staff(stage: Stage, who: str, words: Words) -> RegisterStaff:
    """``proposes staff operator Wang``; ``secret S1`` names the secret of the first key."""
    secret, public_key, role = _secret(stage, words), _public_key(stage, words), PersonRole[words.next().upper()]
    return RegisterStaff(stage.person(who), words.next(), role, secret, public_key)


def _trader(stage: Stage, who: str, words: Words) -> RegisterTrader:
    """``proposes trader Li for Wood``; ``secret S1`` names the secret of the first key."""
    secret, public_key = _secret(stage, words), _public_key(stage, words)
    firm = ParticipantId(stage.id(words.option("for")))
    return RegisterTrader(stage.person(who), firm, words.next(), secret, public_key)


def _new_keys(stage: Stage, who: str, words: Words) -> ReplaceKeys:
    """``proposes new-keys for Li``."""
    secret, public_key, person = _secret(stage, words), _public_key(stage, words), stage.person(words.option("for"))
    return ReplaceKeys(stage.person(who), person, secret, public_key)


def _resume(stage: Stage, who: str, words: Words) -> ResumeTrading:
    """``proposes resume F23``."""
    return ResumeTrading(stage.person(who), InstrumentId(stage.id(words.next())))


ACTIONS: dict[str, Callable[[Stage, str, Words], Action]] = {
    "withdrawal": _withdrawal,
    "lot": _lot,
    "issuance": _issuance,
    "rulebook": _rulebook,
    "staff": _staff,
    "trader": _trader,
    "new-keys": _new_keys,
    "resume": _resume,
    **unit_verbs.ACTIONS,
}


def approve(stage: Stage, who: str, words: Words) -> Approve:
    """``approves p1 evidence R-1``; ``seeing p2`` gives the hash of another proposal."""
    evidence, seen, proposal = words.option("evidence"), words.option("seeing"), stage.id(words.next())
    known = stage.market.state.proposals.get(ProposalId(stage.id(seen) if seen else proposal))
    return Approve(stage.person(who), ProposalId(proposal), known.action_hash if known else b"", evidence)


def reject(stage: Stage, who: str, words: Words) -> RejectProposal:
    """``rejects p1``."""
    return RejectProposal(stage.person(who), ProposalId(stage.id(words.next())), "no")


VERBS: dict[str, Verb] = {
    "deposits": deposit,
    "halts": halt,
    "ends-day": end_day,
    "continues": go_on,
    "acts": act,
    "attests": attest,
    "admits": admit,
    "lists": list_instrument,
    "makes-key": make_key,
    "rotates-key": rotate_key,
    "revokes": revoke,
    "proposes": propose,
    "approves": approve,
    "rejects": reject,
}
