"""What a forger would do to each table: rows put in, changed and taken out for entries that were written long ago.

Each copy is a row like one that is there, under a key of its own, so that no primary key stands in the way of it.
"""

from __future__ import annotations

from typing import Final

from exchange.core.values import Seq, derived_id
from tests.store.streams import eventful_log
from tests.support.entries import Log, admission, deposit, issuance

SPARE: Final = 10**9
"""First serial of an issuance of which most is not admitted."""

_NEW_KEYS: Final = {
    "agreements": "'agreement_id', 7",
    "api_keys": "'key_id', 7, 'secret_hash', sha256('forged')",
    "balances": "'owner', -7",
    "bank_references": "'bank_reference', 'forged'",
    "feed": "'participant_id', 777",
    "idempotency": "'idempotency_key', 'forged'",
    "instruments": "'instrument_id', 7, 'symbol', 'FORGED'",
    "issuances": "'issuance_id', 7, 'lo', 1000000000000, 'hi', 1000000000005",
    "journal": "'seq', 1000000",
    "lot_coverage": "'lot_id', 7",
    "lots": "'lot_id', t.lot_id + 1, 'lo', t.lo + 500, 'hi', t.hi + 500, 'lock_reference', 'forged'",
    "movements": "'n', 700",
    "order_changes": "'order_id', 7",
    "orders": "'order_id', 7",
    "parcels": "'lo', t.lo + 1",
    "participants": "'participant_id', 777, 'code', 'FORGED'",
    "persons": "'person_id', 777",
    "postings": "'seq', (SELECT max(seq) FROM journal), 'n', 0",
    "proposals": "'proposal_id', 7",
    "reference_prices": "'instrument_id', 7",
    "refusals": "'seq', 7",
    "rulebooks": "'version', 7",
    "rules": "'n', 700",
    "serial_spaces": "'space_id', 7, 'name', 'forged'",
    "trades": "'trade_id', t.trade_id + 700",
}

ADDED: Final = {
    table: f"INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object({keys}))).* FROM {table} t "
    f"{f'WHERE lo = {SPARE} ' if table == 'lots' else ''}LIMIT 1"
    for table, keys in _NEW_KEYS.items()
}
"""Rows that no entry makes. The venue has one row, so none can be put beside it."""

CHANGED: Final = {
    "agreements": "UPDATE agreements SET total = total + 1",
    "api_keys": "UPDATE api_keys SET secret_hash = sha256(secret_hash)",
    "balances": "UPDATE balances SET credits_posted = credits_posted + 1 WHERE owner = -4",
    "bank_references": "UPDATE bank_references SET amount = amount + 1",
    "feed": "UPDATE feed SET participant_id = participant_id + 1000000",
    "idempotency": "UPDATE idempotency SET body_hash = sha256('forged')",
    "instruments": "UPDATE instruments SET halt_reason = 'forged'",
    "issuances": "UPDATE issuances SET vintage = vintage - 1",
    "lot_coverage": "UPDATE lot_coverage SET covered = covered + 1",
    "lots": "UPDATE lots SET first_owner = first_owner + 1",
    "movements": "UPDATE movements SET target = target + 1",
    "order_changes": "UPDATE order_changes SET participant_id = participant_id + 1",
    "orders": "UPDATE orders SET price = price + 1",
    "parcels": "UPDATE parcels SET owner = owner + 1",
    "participants": "UPDATE participants SET name_zh = name_zh || '（伪造）'",
    "persons": "UPDATE persons SET role = role + 1",
    "postings": "UPDATE postings SET amount = amount + 1",
    "proposals": "UPDATE proposals SET reject_reason = 'forged'",
    "reference_prices": "UPDATE reference_prices SET highest = highest + 1",
    "refusals": "UPDATE refusals SET reason = reason + 1",
    "rulebooks": "UPDATE rulebooks SET profile = 'forged'",
    "rules": "UPDATE rules SET value = value + 1",
    "serial_spaces": "UPDATE serial_spaces SET name = name || ' forged'",
    "trades": "UPDATE trades SET buyer = buyer + 1",
    "venue": "UPDATE venue SET halt_reason = 'forged'",
}
"""Rows that no entry makes so."""


def long_day() -> Log:
    """A day in which everything happens, and then an issuance with serials to spare and one entry without postings."""
    log = eventful_log()
    owner, number = derived_id(Seq(2)), derived_id(Seq(log.seq + 1))
    log.add(issuance(number, SPARE, SPARE + 1_000, space=number))
    log.add(*deposit(log.seq + 1, owner, 5, "after the day"))
    log.add(*admission(log.seq + 1, number + 1, number, owner, SPARE, SPARE + 100, space=number))
    log.add()
    return log
