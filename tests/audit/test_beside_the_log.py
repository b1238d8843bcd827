"""What tables could say that no query can know, since it was decided and not counted: both proofs beside each other."""

from __future__ import annotations

import pytest

from exchange.cli.audit_command import BOTH, audit_database
from exchange.core.commands.instruments import League
from exchange.core.commands.projects import FacilityTerms, Sector, SetFacility
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from tests.audit.history import full_scene
from tests.double_counting.scene import Scene
from tests.double_counting.venue import write_history
from tests.support.database import unguarded
from tests.support.market import FIRM

_SIGNS = "\"a\" \\n {b} %s / 'c' é\U0001f33f\x7f"
_LAST_DAY = "(SELECT max(seq) FROM trading_days)"
_LIFTED = "(SELECT min(encumbrance_id) FROM encumbrances WHERE lifted_seq IS NOT NULL)"
_RANGES = tuple(
    f"DELETE FROM {table} WHERE encumbrance_id = {_LIFTED}" for table in ("encumbered_ranges", "freed_ranges")
)
_ONE_MORE_RULE = """
    INSERT INTO rules SELECT version, 999, 'X', value, unit, article, verified, effective_from, text_en, text_zh
    FROM rules WHERE n = 0"""
_LOT = "lots.lo = 501"
_AGREED_LOT = f"FROM lots WHERE {_LOT} AND proposals.last_seq = lots.seq"
_ISSUED = "issuances.space_name = 'SINK'"
_RETURNED = "quantity < 0 AND subject IN (SELECT request_id FROM registry_requests)"
_DONE = "status = 3 AND purpose = 4"
_PLANT = "facility = 'late' AND seq = (SELECT max(seq) FROM facilities)"
_AGREED_ISSUANCE = f"FROM issuances WHERE {_ISSUED} AND proposals.last_seq = issuances.seq"

CHANGED = {
    "a lot came in for another firm, as was agreed": (
        "TABLE-PLACES",
        f"UPDATE lots SET first_owner = first_owner + 1 WHERE {_LOT}",
        f"UPDATE proposals SET action = overlay(action PLACING int8send(first_owner) FROM 19) {_AGREED_LOT}",
    ),
    "a lot came in on another paper, as was agreed": (
        "TABLE-PLACES",
        f"UPDATE lots SET lock_reference = upper(lock_reference) WHERE {_LOT}",
        f"UPDATE proposals SET action = overlay(action PLACING lock_reference::bytea FROM 47) {_AGREED_LOT}",
    ),
    "more was verified, as was agreed": (
        "TABLE-PLACES",
        f"UPDATE issuances SET verified = verified + 1 WHERE {_ISSUED}",
        f"UPDATE proposals SET action = overlay(action PLACING int8send(verified) FROM 35) {_AGREED_ISSUANCE}",
    ),
    "an issuance was applied for on another day, as was agreed": (
        "TABLE-PLACES",
        f"UPDATE issuances SET applied_on = applied_on - 10000 WHERE {_ISSUED}",
        f"UPDATE proposals SET action = overlay(action PLACING int8send(applied_on) FROM 43) {_AGREED_ISSUANCE}",
    ),
    "a paper locked another lot": (
        "TABLE-PLACES",
        "UPDATE lock_papers SET lot_id = lot_id + 1 WHERE reference = 'back'",
    ),
    "a paper was never entered": ("TABLE-PLACES", "DELETE FROM lock_papers WHERE reference = 'back'"),
    "a paper was entered by nobody": (
        "TABLE-PLACES",
        "INSERT INTO lock_papers SELECT 'another', 'another', lot_id, seq FROM lock_papers LIMIT 1",
    ),
    "a signed answer is of another minute": (
        "TABLE-RECEIPTS",
        "UPDATE registry_answers SET stated_at_us = stated_at_us + 60000000 WHERE signature <> ''",
    ),
    "an answer was heard at another time": ("TABLE-RECEIPTS", "UPDATE registry_answers SET at_us = at_us + 1"),
    "a contradiction was never heard": (
        "TABLE-RECEIPTS",
        "DELETE FROM registry_answers WHERE seq = (SELECT max(seq) FROM registry_answers WHERE contradicts)",
    ),
    "an answer may come later": ("TABLE-REQUESTS", "UPDATE registry_requests SET answer_by_us = answer_by_us + 1"),
    "a use was done on another day": ("TABLE-CLAIMS", "UPDATE claims SET day = day + 1 WHERE day IS NOT NULL"),
    "a use was done by another entry": (
        "TABLE-CLAIMS",
        (
            "UPDATE claims SET fulfilled_seq = fulfilled_seq - 1, last_seq = last_seq - 1"
            f" WHERE {_DONE} AND claim_id NOT IN (SELECT subject FROM budget_entries)"
        ),
    ),
    "a use was for somebody else": (
        "TABLE-CLAIMS",
        (
            "UPDATE claims SET beneficiary_code = '91150200701464975E', beneficiary = folded('91150200701464975E')"
            f" WHERE {_DONE}"
        ),
    ),
    "a use was for somebody of another name": (
        "TABLE-CLAIMS",
        f"UPDATE claims SET beneficiary_en = 'Another', beneficiary_zh = '另一' WHERE {_DONE}",
    ),
    "a use was for another year": ("TABLE-CLAIMS", f"UPDATE claims SET year = year + 1 WHERE {_DONE}"),
    "a use was for another facility": (
        "TABLE-CLAIMS",
        f"UPDATE claims SET facility_code = 'A-7', facility = folded_number('A-7') WHERE {_DONE}",
    ),
    "a conversion was in another league": ("TABLE-CLAIMS", "UPDATE claims SET league = 9 WHERE purpose = 8"),
    "a use was for another purpose": (
        "TABLE-CLAIMS",
        f"UPDATE claims SET purpose = 5 WHERE {_DONE} AND reversal_id IS NULL",
    ),
    "a use was revoked for another reason": (
        "TABLE-CLAIMS",
        "UPDATE claims SET revoke_reason = 'none' WHERE status = 5",
    ),
    "what was released counts in another year": (
        "TABLE-BUDGETS",
        "UPDATE budget_entries SET year = year + 1 WHERE subject IN (SELECT release_id FROM releases)",
    ),
    "what came back counts in another year": (
        "TABLE-BUDGETS",
        f"UPDATE budget_entries SET year = year - 1 WHERE {_RETURNED}",
    ),
    "what was revoked counts in another year": (
        "TABLE-BUDGETS",
        "UPDATE budget_entries SET year = year + 1 WHERE seq IN (SELECT revoked_seq FROM claims)",
    ),
    "an adjustment goes on and back once more": (
        "TABLE-BUDGETS",
        *(
            f"INSERT INTO budget_entries SELECT seq, n + {n}, at_us, source, used_in, province, year, {sign}quantity,"
            f" subject FROM budget_entries WHERE {_RETURNED}"
            for n, sign in ((1, "-"), (2, ""))
        ),
    ),
    "a facility has to surrender ten times as much": ("TABLE-FACILITIES", "UPDATE obligations SET due = due * 10"),
    "a facility has had to surrender more once": (
        "TABLE-FACILITIES",
        "INSERT INTO obligations SELECT facility, year, 1, at_us, facility_code, due * 10 FROM obligations",
    ),
    "a facility is not covered any more": (
        "TABLE-FACILITIES",
        f"UPDATE facilities SET covered_to = 2024 WHERE {_PLANT}",
    ),
    "a facility was covered later": ("TABLE-FACILITIES", f"UPDATE facilities SET covered_from = 2023 WHERE {_PLANT}"),
    "a facility is of another sector": ("TABLE-FACILITIES", "UPDATE facilities SET sector = sector + 1"),
    "a facility was never covered": ("TABLE-FACILITIES", "DELETE FROM facilities WHERE facility = 'icp1'"),
    "more was verified for a period": (
        "TABLE-PLACES",
        "UPDATE monitoring_periods SET verified = verified + 1000 WHERE monitoring_start = 20230101",
    ),
    "a period has nothing issued": ("TABLE-PLACES", "DELETE FROM monitoring_periods"),
    "a project is of another registry": (
        "TABLE-PLACES",
        "UPDATE projects SET registry = 'another' WHERE family = 3",
    ),
    "a project began in another year": ("TABLE-PLACES", "UPDATE projects SET started = started - 10000"),
    "a project is declared unique in another document": (
        "TABLE-PLACES",
        "UPDATE projects SET uniqueness_declaration = 'another' WHERE family = 1",
    ),
    "units had another owner once": (
        "TABLE-PLACES",
        "UPDATE parcel_changes SET owner = owner + 1 WHERE cause = 6",
    ),
    "units came in by another lot's number": (
        "TABLE-PLACES",
        "UPDATE parcel_changes SET subject = subject + 1 WHERE cause = 2",
    ),
    "a key has another secret": (
        "TABLE-PEOPLE",
        "UPDATE api_keys SET secret_hash = sha256(secret_hash) WHERE key_id = (SELECT min(key_id) FROM api_keys)",
    ),
    "a surrender may have any share": ("TABLE-RULES", "UPDATE rules SET value = 10000 WHERE rule = 'OFFSET-CAP'"),
    "a rule begins on another day": ("TABLE-RULES", "UPDATE rules SET effective_from = 20231231 WHERE rule = 'FEE'"),
    "a rule rests on another article": ("TABLE-RULES", "UPDATE rules SET article = 'none' WHERE rule = 'FEE'"),
    "a rule is not kept": ("TABLE-RULES", "DELETE FROM rules WHERE rule = 'COVER'"),
    "a rule was added": ("TABLE-RULES", _ONE_MORE_RULE),
    "a rulebook has another name": ("TABLE-RULES", "UPDATE rulebooks SET profile = 'another'"),
    "a day was another one": ("TABLE-DAYS", f"UPDATE trading_days SET day = day + 1 WHERE seq = {_LAST_DAY}"),
    "a day was never opened": ("TABLE-DAYS", f"DELETE FROM trading_days WHERE seq = {_LAST_DAY}"),
    "a day was opened that was none": (
        "TABLE-DAYS",
        "INSERT INTO trading_days SELECT max(seq) + 1, 20991231 FROM trading_days",
    ),
    "what was lifted never was": (
        "TABLE-HELD",
        *_RANGES,
        f"DELETE FROM encumbrances WHERE encumbrance_id = {_LIFTED}",
    ),
    "what was lifted had held nothing": ("TABLE-HELD", *_RANGES),
    "what was lifted was of another kind": (
        "TABLE-HELD",
        f"UPDATE encumbrances SET kind = 5 - kind WHERE encumbrance_id = {_LIFTED}",
    ),
    "what was lifted was for another reason": (
        "TABLE-HELD",
        f"UPDATE encumbrances SET reference = 'another' WHERE encumbrance_id = {_LIFTED}",
    ),
}


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Everything that can happen."""
    return full_scene()


@pytest.mark.parametrize("name", CHANGED)
async def test_what_the_tables_say_otherwise_is_found(
    name: str, postgres: EmbeddedServer, database: DatabaseUrls, scene: Scene
) -> None:
    check, *statements = CHANGED[name]
    await write_history(scene, database)
    async with unguarded(postgres, database) as connection:
        for statement in statements:
            assert await connection.execute(statement) not in ("UPDATE 0", "DELETE 0", "INSERT 0 0"), statement
    audit = await audit_database(database.service)
    assert set(audit.counts) == {(BOTH, check)}


async def test_signs_in_a_name_are_said_alike_by_both(database: DatabaseUrls) -> None:
    """Else a firm could have the audit find something that is not there, by the name it gives to its plant."""
    scene = Scene()
    terms = FacilityTerms("K-1", _SIGNS, f"电厂{_SIGNS}", FIRM, Sector.POWER, League.BAOTOU, 2021, 0)
    scene.agree(SetFacility(scene.operator, terms), scene.regulator)
    await write_history(scene, database)
    audit = await audit_database(database.service)
    assert not audit.counts, audit.findings
    assert audit.log.summary.facilities
