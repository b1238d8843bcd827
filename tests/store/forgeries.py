"""What a forger would do to each table: rows put in, changed and taken out for entries that were written long ago.

Each copy is a row like one that is there, under a key of its own, so that no primary key stands in the way of it.
"""

from __future__ import annotations

from typing import Final

from exchange.core.values import ProjectId, Seq, derived_id
from exchange.store.embedded import DatabaseUrls
from exchange.store.journal import PostgresJournal
from tests.store.streams import eventful_log
from tests.support.entries import Log, admission, batch_of, deposit, issuance, project

SPARE: Final = 10**9
"""First serial of an issuance of which most is not admitted."""

_NEW_KEYS: Final = {
    "account_units": "'account', 777",
    "agreements": "'agreement_id', 7",
    "api_keys": "'key_id', 7, 'secret_hash', sha256('forged')",
    "balances": "'owner', -777",
    "bank_references": "'bank_reference', 'forged', 'reference_folded', 'forged'",
    "budget_entries": "'n', 700",
    "budgets": "'seq', 7",
    "claim_ranges": "'lo', 1000000000000000, 'hi', 1000000000000005",
    "claims": "'claim_id', 7",
    "encumbered_ranges": "'seq', 7",
    "encumbrances": "'encumbrance_id', 7",
    "facilities": "'seq', 7",
    "feed": "'participant_id', 777",
    "freed_ranges": "'seq', 7",
    "idempotency": "'idempotency_key', 'forged'",
    "import_refusals": "'n', 700",
    "import_rows": "'n', 700",
    "import_units": "'import_id', (SELECT max(import_id) FROM imports), 'n', 0, "
    "'issuance_id', (SELECT max(issuance_id) FROM issuances), 'lot_id', (SELECT max(lot_id) FROM lots)",
    "imports": "'import_id', 7",
    "instruments": "'instrument_id', 7, 'symbol', 'FORGED'",
    "issuances": "'issuance_id', 7, 'lo', 1000000000000, 'hi', 1000000000005",
    "journal": "'seq', 1000000",
    "lock_papers": "'paper', 'forged', 'reference', 'forged'",
    "lot_coverage": "'lot_id', 7",
    "lots": "'lot_id', t.lot_id + 1, 'lo', t.lo + 500, 'hi', t.hi + 500, "
    "'lock_reference', 'forged', 'lock_folded', 'forged'",
    "monitoring_periods": "'project_id', 7",
    "movements": "'n', 700",
    "obligations": "'seq', 7",
    "order_changes": "'order_id', 7",
    "orders": "'order_id', 7",
    "parcel_changes": "'n', 700",
    "parcels": "'lo', t.lo + 1",
    "participants": "'participant_id', 777, 'code', 'FORGED'",
    "period_sites": "'project_id', 7, 'path', 'forged/'",
    "persons": "'person_id', 777",
    "postings": "'seq', (SELECT max(seq) FROM journal), 'n', 0",
    "project_sites": "'n', 700, 'site_parcel', 'forged', 'path', 'forged/'",
    "projects": "'project_id', 7, 'code', 'forged', 'code_folded', 'forged'",
    "proposals": "'proposal_id', 7",
    "reference_prices": "'instrument_id', 7",
    "refusals": "'seq', 7",
    "registry_answers": "'seq', 7, 'receipt', 'forged', 'receipt_folded', 'forged', 'contradicts', true",
    "registry_requests": "'request_id', 7, 'reference', 'forged-req-0-7-00000000',"
    " 'lo', 1000000000000000, 'hi', 1000000000000005",
    "release_ranges": "'lo', 1000000000000000, 'hi', 1000000000000005",
    "releases": "'release_id', 7",
    "reversals": "'reversal_id', 7",
    "rulebooks": "'version', 7",
    "rules": "'n', 700",
    "serial_spaces": "'space_id', 7, 'name', 'forged'",
    "serial_wordings": "'wording', 'forged'",
    "standings": "'lo', 1000000000000000, 'hi', 1000000000000005",
    "trades": "'trade_id', t.trade_id + 700",
    "trading_days": "'seq', 7",
}

ADDED: Final = {
    table: f"INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object({keys}))).* FROM {table} t "
    f"{f'WHERE lo = {SPARE} ' if table == 'lots' else ''}LIMIT 1"
    for table, keys in _NEW_KEYS.items()
}
"""Rows that no entry makes. The venue has one row, so none can be put beside it."""

CHANGED: Final = {
    "account_units": "UPDATE account_units SET tonnes = tonnes + 1",
    "agreements": "UPDATE agreements SET total = total + 1",
    "api_keys": "UPDATE api_keys SET last_seq = last_seq + 1 WHERE revoked_seq IS NULL",
    "balances": "UPDATE balances SET credits_posted = credits_posted + 1 WHERE owner = -4",
    "bank_references": "UPDATE bank_references SET amount = amount + 1",
    "budget_entries": "UPDATE budget_entries SET year = year + 1",
    "budgets": "UPDATE budgets SET planned = planned + 1",
    "claim_ranges": "UPDATE claim_ranges SET last_seq = last_seq + 1",
    "claims": "UPDATE claims SET last_at_us = last_at_us + 1",
    "encumbered_ranges": "UPDATE encumbered_ranges SET hi = hi + 1",
    "encumbrances": "UPDATE encumbrances SET last_seq = last_seq + 1 WHERE lifted_seq IS NULL",
    "facilities": "UPDATE facilities SET name_zh = '（伪造）'",
    "feed": "UPDATE feed SET participant_id = participant_id + 1000000",
    "freed_ranges": "UPDATE freed_ranges SET hi = hi + 1",
    "idempotency": "UPDATE idempotency SET body_hash = sha256('forged')",
    "import_refusals": "UPDATE import_refusals SET reason = reason + 1",
    "import_rows": "UPDATE import_rows SET owner = owner + 1",
    "import_units": "UPDATE import_units SET seq = seq + 1",
    "imports": "UPDATE imports SET last_seq = last_seq + 1 WHERE committed_seq IS NULL",
    "instruments": "UPDATE instruments SET halt_reason = 'forged'",
    "issuances": "UPDATE issuances SET applied_on = applied_on + 1",
    "lock_papers": "UPDATE lock_papers SET seq = seq + 1",
    "lot_coverage": "UPDATE lot_coverage SET covered = covered + 1",
    "lots": "UPDATE lots SET first_owner = first_owner + 1",
    "monitoring_periods": "UPDATE monitoring_periods SET verified = verified + 1",
    "movements": "UPDATE movements SET target = target + 1",
    "obligations": "UPDATE obligations SET due = due + 1",
    "order_changes": "UPDATE order_changes SET participant_id = participant_id + 1",
    "orders": "UPDATE orders SET price = price + 1",
    "parcel_changes": "UPDATE parcel_changes SET subject = subject + 1",
    "parcels": "UPDATE parcels SET owner = owner + 1",
    "participants": "UPDATE participants SET name_zh = name_zh || '（伪造）'",
    "period_sites": "UPDATE period_sites SET activity = activity + 1",
    "persons": "UPDATE persons SET role = role + 1",
    "postings": "UPDATE postings SET amount = amount + 1",
    "project_sites": "UPDATE project_sites SET site_parcel = site_parcel || '.'",
    "projects": "UPDATE projects SET methodology = 'forged'",
    "proposals": "UPDATE proposals SET reject_reason = 'forged' WHERE status = 1",
    "reference_prices": "UPDATE reference_prices SET highest = highest + 1",
    "refusals": "UPDATE refusals SET reason = reason + 1",
    "registry_answers": "UPDATE registry_answers SET message = 'forged'",
    "registry_requests": "UPDATE registry_requests SET last_at_us = last_at_us + 1",
    "release_ranges": "UPDATE release_ranges SET last_seq = last_seq + 1",
    "releases": "UPDATE releases SET last_at_us = last_at_us + 1",
    "reversals": "UPDATE reversals SET last_at_us = last_at_us + 1 WHERE withdrawn_seq IS NULL",
    "rulebooks": "UPDATE rulebooks SET profile = 'forged'",
    "rules": "UPDATE rules SET value = value + 1",
    "serial_spaces": "UPDATE serial_spaces SET name = name || ' forged'",
    "serial_wordings": "UPDATE serial_wordings SET space_id = space_id + 700",
    "standings": "UPDATE standings SET owner = owner + 1",
    "trades": "UPDATE trades SET buyer = buyer + 1",
    "trading_days": "UPDATE trading_days SET day = day - 1",
    "venue": "UPDATE venue SET halt_reason = 'forged'",
}
"""Rows that no entry makes so."""


def long_day() -> Log:
    """A day in which everything happens, and then an issuance with serials to spare and one entry without postings."""
    log = eventful_log()
    owner, number = derived_id(Seq(2)), derived_id(Seq(log.seq + 1))
    log.add(
        project(number, code="SPARE", site_parcels=("SPARE",)),
        issuance(number, SPARE, SPARE + 1_000, space=number, project=ProjectId(number)),
    )
    log.add(*deposit(log.seq + 1, owner, 5, "after the day"))
    log.add(*admission(log.seq + 1, number + 1, number, owner, SPARE, SPARE + 100, space=number))
    log.add()
    return log


async def write_long_day(urls: DatabaseUrls) -> None:
    """Write it as the service does, in one batch."""
    journal = PostgresJournal(urls.service)
    await journal.lead()
    await journal.append(batch_of(long_day().entries))
    await journal.close()
