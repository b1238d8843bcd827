"""Files of units over HTTP: good rows wait, bad ones are told, nothing is taken twice, two persons bring them in."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import httpx
import pytest

from exchange.api.resources.imports import ROWS_AT_ONCE
from exchange.client.models import UploadedUnits
from exchange.core.credits.rows_together import MAX_PLACES
from exchange.core.values import MAX_QUANTITY
from tests.api.stack import World, agreed, project_of, sink_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

COLUMNS = ("Issuance Date", "Vintage Start", "Vintage End", "ID", "Quantity Issued", "Total Vintage Quantity")
HEADING = ",".join((*COLUMNS, "Retirement/Cancellation Date", "Serial Number", "owner", "lock_reference"))


def verra(lo: int, tonnes: int, lock: str, owner: str = "SELLER", number: str = "2498") -> str:
    """A row as Verra publishes it."""
    serials = f"12629-{lo}-{lo + tonnes - 1}-VCS-VCU-576-VER-CN-14-{number}-01012022-31122022-0"
    return f"01/03/2023,01/01/2022,31/12/2022,{number},{tonnes},50000,,{serials},{owner},{lock}"


def file_of(*rows: str) -> bytes:
    """A file with these rows."""
    return "\n".join((HEADING, *rows, "")).encode()


async def registered(world: World, code: str) -> str:
    """A project under the VCS, whose units are sold by agreement only."""
    staff = world.doors.staff
    terms = project_of(code, family="OTHER_SINK", mechanism="VCS", ccer_generation="NONE", registry="Verra")
    async with world.doors.client(staff["OPERATOR"]) as operator, world.doors.client(staff["SECOND"]) as second:
        return await agreed(operator, second, "PROJECT", terms)


async def upload(world: World, content: bytes, code: str, key: str | None = None, **given: str) -> UploadedUnits:
    """Upload a file whose rows are all of one project."""
    async with world.doors.client(world.doors.staff["OPERATOR"]) as operator:
        projects = {"2498": code}
        return await operator.imports.upload(
            content,
            "VERRA",
            projects=projects,
            idempotency_key=key,
            **given,  # type: ignore[arg-type]
        )


async def posted(world: World, content: bytes, query: dict[str, str], **headers: str) -> httpx.Response:
    """The same as a plain request."""
    given = {"content-type": "text/csv", **{name.replace("_", "-"): value for name, value in headers.items()}}
    path = f"/v1/imports?{urlencode(query)}"
    return await world.stack.ask("POST", path, world.doors.staff["OPERATOR"], headers=given, content=content)


async def test_good_rows_wait_and_bad_ones_are_told_with_their_line_and_reason(world: World) -> None:
    await registered(world, "VCS-1")
    rows = (
        verra(1_001, 100, "V-1"),
        verra(2_001, 100, "V-2", owner="NOBODY"),
        verra(3_001, 100, "V-3").replace("VCU", "X{Y}"),
        verra(4_001, 100, "V-4", number="9999"),
        verra(5_001, 100, "LOCK-1"),
        verra(6_001, 100, "V-6"),
    )
    found = await upload(world, file_of(*rows), "VCS-1")
    assert (found.accepted, found.waiting) == (2, 2)
    broken = "Serial Number: 12629-3001-3100-VCS-X{Y}-576-VER-CN-14-2498-01012022-31122022-0"
    assert [(row.line, row.code, row.about) for row in found.refused] == [
        (3, "OWNER", "owner: NOBODY"),
        (4, "SERIALS", broken),
        (5, "PROJECT_NOT_FOUND", "9999"),
        (6, "LOCK_REFERENCE_USED", "LOCK-1"),
    ]
    assert all(row.detail for row in found.refused)
    assert "projects=NUMBER=CODE" in found.refused[2].detail
    assert found.unread == ()
    async with world.doors.client(world.doors.staff["AUDITOR"]) as auditor:
        assert found.id is not None
        shown = await auditor.imports.get(found.id)
        kept = [row async for row in auditor.imports.rows(found.id)]
    assert (shown.rows, shown.quantity, shown.rows_hash, shown.committed_at) == (2, 200, found.rows_hash, None)
    assert [row.line for row in kept] == [2, 7]
    assert kept[0].serial_text == "12629-1001-1100-VCS-VCU-576-VER-CN-14-2498-01012022-31122022-0"


async def test_a_file_of_which_no_row_can_wait_makes_no_import(world: World) -> None:
    """An empty one would be listed for ever, since what is begun cannot be taken out."""
    await registered(world, "VCS-0")
    found = await upload(world, file_of(verra(7_001, 100, "LOCK-1"), verra(8_001, 100, "V-8", number="9999")), "VCS-0")
    assert (found.id, found.rows_hash, found.accepted, found.waiting) == (None, None, 0, 0)
    assert [(row.line, row.code) for row in found.refused] == [(2, "LOCK_REFERENCE_USED"), (3, "PROJECT_NOT_FOUND")]
    async with world.doors.client(world.doors.staff["AUDITOR"]) as auditor:
        assert all([one.rows async for one in auditor.imports.every()])


async def test_a_row_whose_serials_are_of_another_project_or_year_does_not_wait(world: World) -> None:
    """It would leave the project's own year free to be issued again by another registry."""
    await registered(world, "VCS-S")
    good = verra(95_001, 10, "S-1")
    rows = (
        good.replace("14-2498-", "14-5555-"),
        good.replace("01/01/2022,31/12/2022", "01/01/2021,31/12/2021"),
        good,
    )
    found = await upload(world, file_of(*rows), "VCS-S")
    assert [(row.line, row.code) for row in found.refused] == [
        (2, "SERIALS_OF_ANOTHER_PROJECT"),
        (3, "SERIALS_OF_ANOTHER_PERIOD"),
    ]
    project, period = found.refused
    assert (
        "5555" in project.detail and project.about is not None and project.about.startswith("ID: 2498, Serial Number: ")
    )
    assert "2022-01-01 / 2022-12-31" in period.detail
    assert found.waiting == 1


async def test_a_period_that_does_not_fit_is_told_day_by_day(world: World) -> None:
    """As by hand: which day, and what is wrong with it."""
    await registered(world, "VCS-P")
    for days, reasons in (
        ("2022-07-01,2023-06-30,2023-07-01", ["monitoring_end (ONE_YEAR)"]),
        ("2022-01-01,2022-12-31,2022-12-30", ["applied_on (BEFORE_PERIOD_ENDS)"]),
        ("2022-01-01,2022-12-31,2099-01-01", ["applied_on (IN_FUTURE)"]),
        ("2010-01-01,2010-12-31,2023-01-01", ["monitoring_start (OUTSIDE_CREDITING)"]),
    ):
        heading = "p,start,end,applied_on,t,verified,lo,hi,owner,lock_reference"
        content = f"{heading}\nVCS-P,{days},10,10,1,10,SELLER,PERIOD-1\n"
        columns = {
            "start": "start",
            "end": "end",
            "project": "p",
            "quantity": "t",
            "serial_lo": "lo",
            "serial_hi": "hi",
        }
        query = {"form": "MAPPED", "space": "PERIODS", **{f"column_{name}": cell for name, cell in columns.items()}}
        for language in ("en", "zh"):
            answer = await posted(world, content.encode(), query, accept_language=language)
            (refused,) = answer.json()["refused"]
            start, end, applied = days.split(",")
            about = f"monitoring_start: {start}, monitoring_end: {end}, applied_on: {applied}"
            assert (refused["code"], refused["about"]) == ("PERIOD_INVALID", about)
            assert re.findall(r"[a-z_]+ \([A-Z_]+\)", refused["detail"]) == reasons
            assert refused["detail"].endswith("." if language == "en" else "。")


async def test_too_many_serials_for_one_row_are_told_in_the_words_of_a_file(world: World) -> None:
    await registered(world, "VCS-L")
    (refused,) = (await upload(world, file_of(verra(1, MAX_QUANTITY + 1, "L-1")), "VCS-L")).refused
    assert refused.code == "SERIALS_INVALID" and f"{MAX_QUANTITY:,}" in refused.detail


async def test_two_persons_bring_all_of_it_in_and_nobody_else(world: World) -> None:
    await registered(world, "VCS-2")
    found = await upload(world, file_of(verra(11_001, 100, "W-1"), verra(12_001, 50, "W-2")), "VCS-2")
    staff, fields = world.doors.staff, {"staged": found.id, "rows_hash": found.rows_hash}
    async with world.doors.client(staff["OPERATOR"]) as operator, world.doors.client(staff["SECOND"]) as second:
        proposal = await operator.proposals.propose("IMPORT", fields)
        done = await second.proposals.approve(proposal)
        assert done.created == found.id and found.id is not None
        shown = await operator.imports.get(found.id)
        lots = [await operator.units.lot(lot) for lot in shown.lots]
    assert [lot.quantity for lot in lots] == [100, 50] and shown.committed_at is not None
    assert lots[0].serial_text == "12629-11001-11100-VCS-VCU-576-VER-CN-14-2498-01012022-31122022-0"
    more = await posted(world, file_of(verra(13_001, 1, "W-3")), {"form": "VERRA", "staged": found.id})
    assert more.json()["code"] == "IMPORT_COMMITTED"


async def test_another_hash_is_not_what_was_looked_at(world: World) -> None:
    await registered(world, "VCS-3")
    found = await upload(world, file_of(verra(21_001, 100, "X-1")), "VCS-3")
    longer = file_of(verra(21_001, 100, "X-1"), verra(22_001, 100, "X-2"))
    await upload(world, longer, "VCS-3", staged=found.id or "")
    action = {"type": "IMPORT", "staged": found.id, "rows_hash": found.rows_hash}
    answer = await world.stack.ask("POST", "/v1/proposals", world.doors.staff["OPERATOR"], {"action": action})
    assert answer.json()["code"] == "HASH_MISMATCH"


async def test_a_file_that_is_sent_again_is_not_taken_twice(world: World) -> None:
    await registered(world, "VCS-4")
    rows = [verra(30_001 + 10 * n, 10, f"Y-{n}") for n in range(ROWS_AT_ONCE + 3)]
    first = await upload(world, file_of(*rows), "VCS-4", key="the-same-file")
    seq = world.stack.sequencer.view.seq
    again = await upload(world, file_of(*rows), "VCS-4", key="the-same-file")
    assert again == first and first.waiting == ROWS_AT_ONCE + 3
    assert world.stack.sequencer.view.seq == seq


async def test_another_file_under_the_same_key_is_refused(world: World) -> None:
    query = {"form": "VERRA", "projects": "2498=VCS-4"}
    await posted(world, file_of(verra(41_001, 10, "Z-1")), query, idempotency_key="one-file")
    other = await posted(world, file_of(verra(42_001, 10, "Z-2")), query, idempotency_key="one-file")
    assert (other.status_code, other.json()["code"]) == (409, "KEY_REUSED")


async def test_a_file_that_means_something_else_by_now_is_refused_under_its_key(world: World) -> None:
    # The firm of the first row is admitted in between: the first portion would have another row than was taken.
    await registered(world, "VCS-41")
    query = {"form": "VERRA", "projects": "2498=VCS-41"}
    content = file_of(verra(43_001, 10, "Z-3", owner="LATECOMER"), verra(44_001, 10, "Z-4"))
    first = await posted(world, content, query, idempotency_key="a-latecomer")
    assert first.json()["accepted"] == 1
    async with world.doors.client(world.doors.staff["OPERATOR"]) as operator:
        code = "LATECOMER"
        await operator.participants.admit(code=code, name_en=code, name_zh=code, role="BOTH", owner_group="")
    again = await posted(world, content, query, idempotency_key="a-latecomer")
    assert (again.status_code, again.json()["code"]) == (409, "KEY_REUSED")


async def test_a_file_that_an_operator_describes(world: World) -> None:
    heading = "项目,起,止,吨,核证,号段,签发日,owner,lock_reference"
    content = f"{heading}\nP1,2022-01-01,2022-12-31,10,500,MAPPED-0007-0016,2023-05-05,SELLER,M-1\n"
    columns = {"project": "项目", "start": "起", "end": "止", "quantity": "吨", "verified": "核证"}
    async with world.doors.client(world.doors.staff["OPERATOR"]) as operator:
        found = await operator.imports.upload(
            content,
            "MAPPED",
            template="MAPPED-{lo:4}-{hi:4}",
            space="CCER-MAPPED",
            columns={**columns, "serials": "号段", "issued_on": "签发日"},
        )
        assert found.refused == () and found.id is not None
        (row,) = [row async for row in operator.imports.rows(found.id)]
    assert (row.serial_lo, row.serial_hi, row.serial_text) == (7, 17, "MAPPED-0007-0016")


async def test_what_a_mapping_lacks_is_named(world: World) -> None:
    for columns, pointer, code in (
        ({}, "query/column_serials", "SERIAL_COLUMNS"),
        ({"column_serials": "a"}, "query/space", "MISSING"),
        ({"column_serials": "a", "space": "X"}, "query/template", "MISSING"),
    ):
        answer = await posted(world, b"a\n", {"form": "MAPPED", **columns})
        assert answer.status_code == 422
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


async def test_serials_in_two_columns_are_written_by_the_template(world: World) -> None:
    content = "project,start,end,quantity,from,to,owner,lock_reference\nP1,2022-01-01,2022-12-31,10,17,26,SELLER,M-2\n"
    names = {name: name for name in ("project", "start", "end", "quantity")}
    async with world.doors.client(world.doors.staff["OPERATOR"]) as operator:
        found = await operator.imports.upload(
            content,
            "MAPPED",
            template="TWO-{lo:4}-{hi:4}",
            space="CCER-TWO",
            applied_on="2023-05-05",
            verified=40,
            columns={**names, "serial_lo": "from", "serial_hi": "to"},
        )
        assert found.refused == () and found.id is not None
        (row,) = [row async for row in operator.imports.rows(found.id)]
    assert (row.serial_lo, row.serial_hi, row.serial_text, row.verified) == (17, 27, "TWO-0017-0026", 40)


async def test_a_file_of_nothing_makes_no_import(world: World) -> None:
    answer = await posted(world, b"", {"form": "VERRA"})
    document = answer.json()
    assert (answer.status_code, document["id"], document["rows_hash"], document["waiting"]) == (201, None, None, 0)
    assert document["as_of_seq"] == world.stack.sequencer.view.seq
    assert [row["code"] for row in document["refused"]] == ["HEADING"]


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (file_of(), "NO_ROWS", "no rows"),
        (file_of().replace(b"ID", b"Nr"), "COLUMN_MISSING", "Vintage End, Nr, Quantity Issued"),
        (file_of(verra(1, 5, "N-1").replace(",5,", ",6,")), "QUANTITY_DIFFERS", "serials are 5 tonnes"),
    ],
)
async def test_what_is_there_instead_is_told(world: World, content: bytes, code: str, told: str) -> None:
    (refused,) = (await posted(world, content, {"form": "VERRA"})).json()["refused"]
    assert refused["code"] == code and told in refused["detail"]
    answer = await posted(world, content, {"form": "VERRA"}, accept_language="zh")
    assert answer.json()["refused"][0]["detail"].endswith("。")


async def test_an_owner_is_found_by_a_code_in_small_letters(world: World) -> None:
    await registered(world, "VCS-7")
    found = await upload(world, file_of(verra(91_001, 10, "S-1", owner=""), verra(92_001, 10, "S-2", owner="sElLeR")),
                         "VCS-7", owner="seller")  # fmt: skip
    assert (found.accepted, found.refused) == (2, ())


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "text/csv; charset=gbk"])
async def test_only_csv_is_a_file(world: World, kind: str) -> None:
    answer = await posted(world, file_of(), {"form": "VERRA"}, content_type=kind)
    assert (answer.status_code, answer.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_file_over_the_limit_is_cut_off(world: World) -> None:
    answer = await posted(world, b"," * ((4 << 20) + 1), {"form": "VERRA"})
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


async def test_words_are_in_the_language_of_the_client(world: World) -> None:
    answer = await posted(
        world, file_of(verra(51_001, 1, "Q", owner="NOBODY")), {"form": "VERRA"}, accept_language="zh"
    )
    assert answer.json()["refused"][0]["detail"].endswith("。")


async def test_a_trader_brings_no_file(world: World) -> None:
    answer = await world.stack.ask(
        "POST", "/v1/imports?form=VERRA", world.seller.token, headers={"content-type": "text/csv"}, content=file_of()
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_AUTHORISED")


@pytest.mark.parametrize(
    ("second", "code", "told"),
    [
        (verra(61_050, 100, "C-2"), "SERIALS_OVERLAP", " The other row is on line 2."),
        (verra(62_001, 100, "C-1"), "LOCK_REFERENCE_USED", " The other row is on line 2."),
        (
            verra(62_001, 100, "C-4").replace(",50000,", ",60000,"),
            "VERIFIED_DIFFERS",
            " Verified 50,000 t, the other row is on line 2.",
        ),
        (verra(62_001, 49_950, "C-3"), "VERIFIED_EXCEEDED", " At most 49,880 t."),
    ],
)
async def test_a_row_that_contradicts_an_earlier_one_is_told_when_the_file_comes(
    world: World, second: str, code: str, told: str
) -> None:
    """With its line and that of the other row, be it in another portion; the others wait, and come in without it."""
    name = f"VCS-{code[-3:]}"
    await registered(world, name)
    between = [verra(120_001 + n, 1, f"{code}-{n}") for n in range(ROWS_AT_ONCE)]
    found = await upload(world, file_of(verra(61_001, 100, "C-1"), *between, second), name)
    line = ROWS_AT_ONCE + 3
    assert [(row.line, row.code) for row in found.refused] == [(line, code)]
    assert found.refused[0].detail.endswith(told)
    assert found.accepted == found.waiting == ROWS_AT_ONCE + 1
    staff, fields = world.doors.staff, {"staged": found.id, "rows_hash": found.rows_hash}
    async with world.doors.client(staff["OPERATOR"]) as operator:
        proposal = await operator.proposals.propose("IMPORT", fields)
        await operator.proposals.reject(proposal, "the next test has the same serials")


async def test_a_mended_row_joins_the_others(world: World) -> None:
    await registered(world, "VCS-M")
    found = await upload(world, file_of(verra(71_001, 10, "E-1"), verra(71_005, 10, "E-2")), "VCS-M")
    assert [(row.line, row.code) for row in found.refused] == [(3, "SERIALS_OVERLAP")]
    mended = file_of(verra(71_001, 10, "E-1"), verra(71_011, 10, "E-2"))
    again = await upload(world, mended, "VCS-M", staged=found.id or "")
    assert (again.accepted, again.waiting, again.known, again.refused) == (1, 2, (2,), ())


async def test_a_row_that_needs_too_much_ground_is_told(world: World) -> None:
    staff = world.doors.staff
    async with world.doors.client(staff["OPERATOR"]) as operator, world.doors.client(staff["SECOND"]) as second:
        sites = [f"VCS-W/{n}" for n in range(100)]
        await agreed(operator, second, "PROJECT", sink_of("VCS-W") | {"site_parcels": sites})
        heading = "project,start,end,quantity,verified,serial_lo,serial_hi,issued_on,owner,lock_reference"
        days = [f"2022-01-{n:02}" for n in range(1, MAX_PLACES // 100 + 2)]
        rows = [f"VCS-W,{day},{day},1,9,{n},{n},2023-05-05,SELLER,GROUND-{n}" for n, day in enumerate(days, 1)]
        columns = {name: name for name in heading.split(",")[:8]}
        found = await operator.imports.upload("\n".join((heading, *rows, "")), "MAPPED", space="WIDE", columns=columns)
    (refused,) = found.refused
    assert (found.accepted, refused.line, refused.code) == (len(rows) - 1, len(rows) + 1, "TOO_MANY_ROWS")
    assert f"{MAX_PLACES:,}" in refused.detail


async def test_a_row_that_went_bad_since_is_told_with_its_line(world: World) -> None:
    await registered(world, "VCS-N")
    slow = await upload(world, file_of(verra(81_001, 10, "F-1"), verra(82_001, 10, "F-2")), "VCS-N")
    quick = await upload(world, file_of(verra(82_005, 10, "F-3")), "VCS-N")
    staff = world.doors.staff
    async with world.doors.client(staff["OPERATOR"]) as operator, world.doors.client(staff["SECOND"]) as second:
        await agreed(operator, second, "IMPORT", {"staged": quick.id, "rows_hash": quick.rows_hash})
        (project,) = [each async for each in operator.projects.every("VCS-N")]
    assert project.issued == 10
    (other,) = (await upload(world, file_of(verra(83_001, 10, "F-4").replace(",50000,", ",60000,")), "VCS-N")).refused
    assert (other.code, other.detail.endswith(" Verified 50,000 t.")) == ("VERIFIED_DIFFERS", True)
    # What is on record is told, and not a later row of the file that is not to blame.
    (over,) = (await upload(world, file_of(verra(82_010, 20, "F-5"), verra(82_020, 5, "F-6")), "VCS-N")).refused
    assert (over.line, over.detail.endswith(" serial 82010, up to serial 82014.")) == (2, True)
    silent = await upload(world, file_of(verra(83_001, 10, "F-4").replace(",50000,", ",,")), "VCS-N")
    async with world.doors.client(staff["SECOND"]) as second:
        (row,) = [each async for each in second.imports.rows(silent.id or "")]
    assert row.verified == 50_000
    action = {"type": "IMPORT", "staged": slow.id, "rows_hash": slow.rows_hash}
    answer = await world.stack.ask("POST", "/v1/proposals", staff["OPERATOR"], {"action": action})
    problem = answer.json()
    assert (problem["code"], problem["facts"]) == ("SERIALS_OVERLAP", {"line": 3, "taken": 82005, "taken_to": 82010})


async def test_another_spelling_of_a_serial_space_is_told_with_the_known_one(world: World) -> None:
    await registered(world, "VCS-SPELT")
    columns = {"start": "s", "end": "e", "project": "p", "quantity": "t", "serial_lo": "lo", "serial_hi": "hi"}
    heading = "p,s,e,applied_on,t,verified,lo,hi,owner,lock_reference\n"
    row = "VCS-SPELT,2022-01-01,2022-12-31,2023-01-01,10,50,700001,700010,SELLER,SPELT-1\n"
    query = {"form": "MAPPED", "space": "C-cer", **{f"column_{name}": cell for name, cell in columns.items()}}
    told = {"en": " It is known as CCER.", "zh": "已登记的写法为：CCER。"}
    for language, words in told.items():
        answer = await posted(world, (heading + row).encode(), query, accept_language=language)
        (refused,) = answer.json()["refused"]
        assert (refused["code"], refused["about"]) == ("SPACE_SPELT_OTHERWISE", "C-cer")
        assert refused["detail"].endswith(words)


async def test_a_paper_may_have_a_number_in_chinese_and_one_that_hides_characters_is_told(world: World) -> None:
    await registered(world, "VCS-6")
    rows = (verra(61_001, 10, "锁定（2026）7号"), verra(62_001, 10, "锁定\u202e（2026）8号"))
    found = await upload(world, file_of(*rows), "VCS-6")
    assert (found.accepted, [(row.line, row.code) for row in found.refused]) == (1, [(3, "CHARACTERS")])
