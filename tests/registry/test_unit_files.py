"""Files of units: the columns that registries publish, serial texts as they came, and each bad row with its reason."""

from __future__ import annotations

import pytest

from exchange.core.credits.serial_text import serial_text
from exchange.core.serials import SerialRange
from exchange.core.values import Day, ParticipantId
from exchange.registry.row_faults import FAULTS, MOST_ROWS, BadRow, RowFault
from exchange.registry.serial_shapes import (
    ACR,
    CAR,
    GOLD_STANDARD,
    VERRA,
    Shape,
    read_by_template,
    read_serials,
)
from exchange.registry.unit_files import Given, read_units
from exchange.registry.unit_forms import FORMS, Mapping, UnitForm
from tests.registry.unit_samples import SAMPLES

VERRA_TEXT = "12629-421604735-421689507-VCS-VCU-576-VER-PY-14-2498-01012020-19112020-0"
FIRMS = {"WOOD": ParticipantId(6)}
GIVEN = Given(ParticipantId(5), "LOCK-{line}", Day(20260901), {"2498": "VCS-2498"}, FIRMS.get, verified=50_000)


@pytest.mark.parametrize(
    ("shape", "text", "space", "lo", "hi"),
    [
        (VERRA, VERRA_TEXT, "VCS-VCU", 421604735, 421689508),
        (VERRA, "0001-000001-000100-VCS-VCU-003-VER-US-0003-01012020-31122020-1", "VCS-VCU", 1, 101),
        (GOLD_STANDARD, "GS1-1-KE-GS7495-16-2025-30645-608-30350", "GS1-1-KE-GS7495-16-2025-30645", 608, 30351),
        (CAR, "CAR-1-US-293-1-120-CA-2006-102-1 to 29251", "CAR-1-US-293-1-120-CA-2006-102", 1, 29252),
        (ACR, "ACR-US-192-2010-203-1-5000", "ACR-US-192-2010-203", 1, 5001),
        (ACR, "ACR-US-192-2010-203-1 to 5000", "ACR-US-192-2010-203", 1, 5001),
    ],
)
def test_a_serial_text_is_taken_apart_and_written_again_as_it_came(
    shape: Shape, text: str, space: str, lo: int, hi: int
) -> None:
    block = read_serials(shape, text)
    assert block is not None
    assert (block.space, block.serials) == (space, SerialRange(lo, hi))
    assert serial_text(block.template, block.serials) == text


@pytest.mark.parametrize("shape", [VERRA, GOLD_STANDARD, CAR, ACR])
def test_the_serials_that_people_are_shown_are_of_their_form(shape: Shape) -> None:
    assert read_serials(shape, shape.example) is not None


def test_a_part_of_a_block_is_written_as_its_registry_would() -> None:
    block = read_serials(VERRA, "0001-000001-000100-VCS-VCU-003-VER-US-0003-01012020-31122020-1")
    assert block is not None
    part = serial_text(block.template, SerialRange(7, 12))
    assert part == "0001-000007-000011-VCS-VCU-003-VER-US-0003-01012020-31122020-1"


def test_a_certification_that_came_later_makes_no_new_space() -> None:
    later = read_serials(VERRA, VERRA_TEXT[:-1] + "1")
    before = read_serials(VERRA, VERRA_TEXT)
    assert later is not None and before is not None
    assert (later.space, later.serials) == (before.space, before.serials)


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (VERRA, "12629-421689507-421604735-VCS-VCU-576-VER-PY-14-2498-01012020-19112020-0"),
        (VERRA, "12629-0-5-VCS-VCU-576-VER-PY-14-2498-01012020-19112020-0"),
        (VERRA, "12629-00001-7-VCS-VCU-576-VER-PY-14-2498-01012020-19112020-0"),
        (VERRA, VERRA_TEXT + "\n"),
        (VERRA, "１2629-1-2-VCS-VCU-576-0"),
        (VERRA, "12629-1-2-VCS-{lo}-VCU-0"),
        (CAR, "CAR-1-US-293-1-120-CA-2006-102-1-29251"),
        (CAR, f"CAR-1-US-1-1 to {'9' * 30}"),
        (GOLD_STANDARD, "GS1-1-KE"),
        (ACR, ""),
    ],
)
def test_what_is_not_of_the_registrys_shape_is_no_serials(shape: Shape, text: str) -> None:
    assert read_serials(shape, text) is None


def test_an_operators_template_reads_what_it_writes_and_nothing_else() -> None:
    block = read_by_template("CCER({lo:6})至({hi:6})号", "CCER-15", "CCER(000001)至(000100)号")
    assert block is not None and block.serials == SerialRange(1, 101)
    assert read_by_template("CCER({lo:6})至({hi:6})号", "CCER-15", "CCER(1)至(100)号") is None
    assert read_by_template("", "CCER-15", "1-100") is None
    assert read_by_template("CCER-{lo}", "CCER-15", "CCER-1") is None


# --- files -----------------------------------------------------------------------------------------------------------

VERRA_HEADING = (
    "Issuance Date,Sustainable Development Goals,Vintage Start,Vintage End,ID,Name,Country/Area,Project Type,"
    "Methodology,Total Vintage Quantity,Quantity Issued,Serial Number,Additional Certifications,"
    "Retirement/Cancellation Date,Retirement Beneficiary,Retirement Reason,Retirement Details\n"
)


def verra(serials: str = VERRA_TEXT, quantity: str = '"84,773"', retired: str = "", start: str = "01/01/2020") -> str:
    """A row of a Verra file."""
    return (
        f'08/03/2022,,{start},19/11/2020,2498,"Afforestation, Caazapa",Paraguay,AFOLU,AR-ACM0003,"99,870",{quantity},'
        f"{serials},,{retired},,,\n"
    )


def test_a_verra_file() -> None:
    read = read_units((VERRA_HEADING + verra()).encode(), UnitForm.VERRA, GIVEN)
    (row,) = read.rows
    assert read.bad == ()
    assert (row.line, row.project, row.owner, row.lock_reference) == (2, "VCS-2498", 5, "LOCK-2")
    assert (row.monitoring_start, row.monitoring_end) == (20200101, 20201119)
    assert (row.verified, row.applied_on, row.space) == (99_870, 20260901, "VCS-VCU")
    assert serial_text(row.serial_text, SerialRange(row.serial_lo, row.serial_hi)) == VERRA_TEXT


def test_each_bad_row_is_told_with_its_line_and_the_good_ones_are_kept() -> None:
    rows = [
        verra(),
        verra(retired="01/02/2024"),
        verra(serials="VCS-1"),
        verra(quantity="84773.5"),
        verra(quantity="84772"),
        verra(start="2020"),
        "too,short\n",
        "\n",
        verra(serials=VERRA_TEXT.replace("421604735-421689507", "421689508-421689508"), quantity="1"),
    ]
    read = read_units((VERRA_HEADING + "".join(rows)).encode(), UnitForm.VERRA, GIVEN)
    assert [row.line for row in read.rows] == [2, 10]
    assert list(read.bad) == [
        BadRow(3, RowFault.RETIRED, "Retirement/Cancellation Date: 01/02/2024"),
        BadRow(4, RowFault.SERIALS, "Serial Number: VCS-1", VERRA.example),
        BadRow(5, RowFault.QUANTITY, "Quantity Issued: 84773.5"),
        BadRow(6, RowFault.QUANTITY_DIFFERS, f"Quantity Issued: 84772, Serial Number: {VERRA_TEXT}", "84773"),
        BadRow(7, RowFault.PERIOD, "Vintage Start: 2020, Vintage End: 19/11/2020", "DD/MM/YYYY"),
        BadRow(8, RowFault.CELLS, "too, short", "2 ≠ 17"),
    ]
    assert read.unread[:3] == ("Sustainable Development Goals", "Name", "Country/Area")
    assert not {"ID", "Serial Number", "Vintage Start", "Retirement/Cancellation Date"} & set(read.unread)


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    row = verra().replace("Afforestation, Caazapa", "Afforestation,\nCaazapa")
    read = read_units((VERRA_HEADING + row + verra(serials="x")).encode(), UnitForm.VERRA, GIVEN)
    assert ([row.line for row in read.rows], read.bad) == (
        [2],
        (BadRow(4, RowFault.SERIALS, "Serial Number: x", VERRA.example),),
    )


def test_a_gold_standard_file_with_and_without_the_days_of_the_period() -> None:
    heading = "GSID,Project Name,Vintage,Quantity,Serial Number,Issuance Date,Credit Status,Retirement Date\n"
    row = "GS7495,Stoves,2024,29743,GS1-1-KE-GS7495-16-2024-30645-608-30350,2026-07-28,ISSUED,\n"
    read = read_units((heading + row + row.replace("ISSUED", "Retired")).encode(), UnitForm.GOLD_STANDARD, GIVEN)
    (good,) = read.rows
    assert (good.monitoring_start, good.monitoring_end, good.verified) == (20240101, 20241231, 50_000)
    assert read.bad == (BadRow(3, RowFault.RETIRED, "Retirement Date: , Credit Status: Retired"),)
    heading = heading.replace("Vintage", "Monitoring Period Start Date,Monitoring Period End Date")
    (dated,) = read_units(
        (heading + row.replace("2024,29743", "2024-03-01,2024-09-30,29743")).encode(), UnitForm.GOLD_STANDARD, GIVEN
    ).rows
    assert (dated.monitoring_start, dated.monitoring_end) == (20240301, 20240930)


@pytest.mark.parametrize(
    ("year", "start", "end", "period"),
    [
        ("2024", "", "", (20240101, 20241231)),
        ("2024年", "", "", (20240101, 20241231)),
        ("２０２４ 年度", "", "", (20240101, 20241231)),
        ("2023年", "2024-03-01", "2024-09-30", ()),
        ("2024", "2024-03-01", "2024-09-30", (20240301, 20240930)),
        ("2024", "", "2024-09-30", None),
        ("2024", "2024-03-01", "", None),
        ("2024", "2024-03-01", "September", None),
        ("24", "", "", None),
        ("3024", "", "", None),
    ],
)
def test_a_year_stands_for_days_only_where_there_are_none(
    year: str, start: str, end: str, period: tuple[int, ...] | None
) -> None:
    heading = (
        "GSID,Quantity,Vintage,Monitoring Period Start Date,Monitoring Period End Date,Credit Status,Serial Number\n"
    )
    row = f"GS7495,100,{year},{start},{end},Issued,GS1-1-CN-GS7495-16-2024-30645-1-100\n"
    read = read_units((heading + row).encode(), UnitForm.GOLD_STANDARD, GIVEN)
    assert [(one.monitoring_start, one.monitoring_end) for one in read.rows] == ([period] if period else [])
    other = RowFault.PERIOD if period is None else RowFault.SERIALS_OF_ANOTHER_PERIOD
    assert [bad.fault for bad in read.bad] == ([] if period else [other])


def test_a_project_that_the_operator_has_written_beside_a_row_goes_before_the_registrys_number() -> None:
    heading, row = VERRA_HEADING.replace("Issuance Date", "project,Issuance Date"), verra()
    files = [heading + f"OTHER-1,{row}", heading + f",{row}"]
    read = [read_units(text.encode(), UnitForm.VERRA, GIVEN).rows[0].project for text in files]
    assert read == ["OTHER-1", "VCS-2498"]


def test_a_car_file_with_its_day_of_issuance() -> None:
    heading = "Vintage,Offset Credit Serial Numbers,Quantity of Offset Credits,Date Issued,Project ID\n"
    rows = "2021,CAR-1-US-1480-46-1156-FL-2021-10272-1 to 500,500,06/16/2026,CAR1480\n"
    rows += '2021,CAR-1-US-1480-46-1156-FL-2021-10272-501 to 2000,"1,500",06/16/2026,CAR1480\n'
    given = Given(ParticipantId(5), "LOCK-{line}", verified=2_000)
    read = read_units((heading + rows).encode(), UnitForm.CAR, given)
    assert [(row.serial_lo, row.serial_hi, row.verified, row.applied_on) for row in read.rows] == [
        (1, 501, 2000, 20260616),
        (501, 2001, 2000, 20260616),
    ]
    assert {row.space for row in read.rows} == {"CAR-1-US-1480-46-1156-FL-2021-10272"}


def test_an_acr_file_may_begin_with_a_line_about_itself() -> None:
    text = (
        "ACR Credits as of 11/20/2026,,,,\n"
        "Project ID,Vintage,Quantity of Credits,Credit Serial Numbers,Date Issued\n"
        "ACR192,2010,5000,ACR-US-192-2010-203-1-5000,11/20/2011\n"
    )
    (row,) = read_units(text.encode(), UnitForm.ACR, GIVEN).rows
    assert (row.line, row.project, row.serial_hi, row.applied_on) == (3, "ACR192", 5001, 20260901)


MAPPING = Mapping(
    {"serials": "编号", "project": "项目", "quantity": "数量", "start": "监测期起", "end": "监测期止"},
    "CCER-15-{lo:8}-{hi:8}",
    "CCER-15",
)
CCER_HEADING = "项目,监测期起,监测期止,数量,编号,owner,lock_reference,verified,applied_on\n"
CCER_ROW = "SIM-CCER-AFF-01,2024-01-01,2024-12-31,100,CCER-15-00000001-00000100,WOOD,LOCK-7,120,2025-06-01\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_ccer_file_in_the_operators_own_form(encoding: str) -> None:
    read = read_units((CCER_HEADING + CCER_ROW).encode(encoding), MAPPING, GIVEN)
    (row,) = read.rows
    assert (row.project, row.space, row.serial_text) == ("SIM-CCER-AFF-01", "CCER-15", "CCER-15-{lo:8}-{hi:8}")
    assert (row.owner, row.lock_reference, row.verified, row.applied_on) == (6, "LOCK-7", 120, 20250601)


TWO_COLUMNS = {"serial_lo": "编号起", "serial_hi": "编号止"}


@pytest.mark.parametrize(
    ("template", "first", "last", "fits"),
    [
        ("CCER-15-{lo:8}-{hi:8}", "1", "100", True),
        ("CCER-15-{lo:8}-{hi:8}", "00000001", "00000100", True),
        ("CCER-15-{lo:8}-{hi:8}", "0001", "0100", False),
        ("{lo}-{hi}", "1", "100", True),
        ("{lo}-{hi}", "001", "100", False),
        ("CCER-{lo}", "1", "100", False),
    ],
)
def test_serials_in_two_columns_are_written_by_the_template(template: str, first: str, last: str, fits: bool) -> None:
    columns = {name: column for name, column in MAPPING.columns.items() if name != "serials"} | TWO_COLUMNS
    heading = CCER_HEADING.replace("编号", "编号起,编号止")
    text = heading + CCER_ROW.replace("CCER-15-00000001-00000100", f"{first},{last}")
    read = read_units(text.encode(), Mapping(columns, template, "CCER-15"), GIVEN)
    told = [(row.serial_text, row.serial_lo, row.serial_hi) for row in read.rows]
    assert told == ([(template, 1, 101)] if fits else [])
    assert [bad.fault for bad in read.bad] == ([] if fits else [RowFault.SERIAL_NUMBERS])


@pytest.mark.parametrize(
    ("old", "new", "fault", "about", "instead"),
    [
        ("WOOD", "NOBODY", RowFault.OWNER, "owner: NOBODY", ""),
        ("SIM-CCER-AFF-01", "", RowFault.PROJECT, "项目: ", ""),
        (",100,", ',"1,00",', RowFault.QUANTITY, "数量: 1,00", ""),
        (",100,", ",1 00,", RowFault.QUANTITY, "数量: 1 00", ""),
        ("120", "12.5", RowFault.VERIFIED, "verified: 12.5", ""),
        ("2025-06-01", "June", RowFault.APPLIED_ON, "applied_on: June", "DD/MM/YYYY"),
        ("00000100", "100", RowFault.SERIALS, "编号: CCER-15-00000001-100", "CCER-15-00000001-00000100"),
        ("2024-12-31", "2023-12-31", RowFault.PERIOD_REVERSED, "监测期起: 2024-01-01, 监测期止: 2023-12-31", ""),
        ("2024-12-31", "2024-02-30", RowFault.PERIOD, "监测期起: 2024-01-01, 监测期止: 2024-02-30", "DD/MM/YYYY"),
    ],
)
def test_what_is_wrong_with_a_row_has_its_name(old: str, new: str, fault: RowFault, about: str, instead: str) -> None:
    read = read_units((CCER_HEADING + CCER_ROW.replace(old, new, 1)).encode(), MAPPING, GIVEN)
    assert (read.rows, read.bad) == ((), (BadRow(2, fault, about, instead),))


@pytest.mark.parametrize(
    ("serials", "fault"),
    [
        ("12629-20-11", RowFault.SERIALS_REVERSED),
        ("12629-0-9", RowFault.SERIALS_OUT_OF_RANGE),
        (f"12629-1-{1 << 62}", RowFault.SERIALS_OUT_OF_RANGE),
        (f"12629-{'9' * 60}-{'9' * 61}", RowFault.SERIALS_OUT_OF_RANGE),
        ("12629-00001-7", RowFault.SERIALS),
        ("12629-1", RowFault.SERIALS),
    ],
)
def test_serials_of_the_right_form_that_make_no_block_are_told_apart(serials: str, fault: RowFault) -> None:
    text = VERRA_TEXT.replace("12629-421604735-421689507", serials)
    (bad,) = read_units((VERRA_HEADING + verra(serials=text)).encode(), UnitForm.VERRA, GIVEN).bad
    assert bad == BadRow(2, fault, f"Serial Number: {text}", VERRA.example if fault is RowFault.SERIALS else "")


@pytest.mark.parametrize(("first", "last"), [("100", "1"), ("0", "99"), ("1", "x")])
def test_so_are_those_in_two_columns_and_by_a_template(first: str, last: str) -> None:
    fault = {"1": RowFault.SERIALS_REVERSED, "99": RowFault.SERIALS_OUT_OF_RANGE, "x": RowFault.SERIAL_NUMBERS}[last]
    columns = {name: column for name, column in MAPPING.columns.items() if name != "serials"} | TWO_COLUMNS
    heading = CCER_HEADING.replace("编号", "编号起,编号止")
    text = heading + CCER_ROW.replace("CCER-15-00000001-00000100", f"{first},{last}")
    (bad,) = read_units(text.encode(), Mapping(columns, "{lo}-{hi}", "CCER-15"), GIVEN).bad
    assert bad == BadRow(2, fault, f"编号起: {first}, 编号止: {last}", "1, 100" if last == "x" else "")
    text = CCER_HEADING + CCER_ROW.replace("00000001-00000100", f"{first:0>8}-{last:0>8}")
    (bad,) = read_units(text.encode(), MAPPING, GIVEN).bad
    assert bad.fault is (RowFault.SERIALS if last == "x" else fault)


@pytest.mark.parametrize(
    ("heading", "row", "fault"),
    [
        ("", ",", None),
        (",", ",", None),
        ("", ",,,", None),
        ("", ",x", RowFault.CELLS),
    ],
)
def test_empty_cells_at_the_end_are_none(heading: str, row: str, fault: RowFault | None) -> None:
    """Spreadsheet programs write them behind some lines and not behind others."""
    text = VERRA_HEADING.replace("\n", heading + "\n") + verra().replace("\n", row + "\n")
    read = read_units(text.encode(), UnitForm.VERRA, GIVEN)
    assert (len(read.rows), [bad.fault for bad in read.bad]) == ((0, [fault]) if fault else (1, []))


@pytest.mark.parametrize(("heading", "fault"), [(",", RowFault.RETIRED), ("", RowFault.CELLS)])
def test_a_row_as_wide_as_its_heading_is_told_what_it_says(heading: str, fault: RowFault) -> None:
    """One that is wider may have its cells in the wrong columns, so that nothing it says can be told."""
    text = VERRA_HEADING.replace("\n", heading + "\n") + verra(retired="01/02/2024").replace("\n", ",\n")
    assert [bad.fault for bad in read_units(text.encode(), UnitForm.VERRA, GIVEN).bad] == [fault]


def test_a_number_with_a_comma_and_without_quotation_marks_is_a_cell_too_many() -> None:
    """It moves the serials into the column of the retirement, which would call the units retired."""
    heading = "ID,Quantity Issued,Vintage Start,Vintage End,Issuance Date,Serial Number,Retirement/Cancellation Date\n"
    row = f"2498,84,773,01/01/2020,19/11/2020,08/03/2022,{VERRA_TEXT},\n"
    read = read_units((heading + row).encode(), UnitForm.VERRA, GIVEN)
    told = f"2498, 84, 773, 01/01/2020, 19/11/2020, 08/03/2022, {VERRA_TEXT}, "
    assert (read.rows, read.bad) == ((), (BadRow(2, RowFault.CELLS, told, "8 ≠ 7"),))
    quoted = read_units((heading + row.replace("84,773", '"84,773"')).encode(), UnitForm.VERRA, GIVEN)
    assert (len(quoted.rows), quoted.bad) == (1, ())


@pytest.mark.parametrize(
    ("form", "text", "day"),
    [
        (UnitForm.VERRA, "03/04/2024", 20240403),
        (UnitForm.GOLD_STANDARD, "03/04/2024", 20240403),
        (UnitForm.CAR, "03/04/2024", 20240304),
        (UnitForm.ACR, "03/04/2024", 20240304),
        (UnitForm.ACR, "31/12/2024", None),
        (UnitForm.VERRA, "12/31/2024", None),
    ],
)
def test_days_with_slashes_are_read_in_the_order_of_their_registry(form: UnitForm, text: str, day: int | None) -> None:
    heading, row = SAMPLES[form]
    given = Given(ParticipantId(5), "LOCK-{line}", verified=100)
    read = read_units(f"{heading},{FORMS[form].issued_on[0]}\n{row},{text}\n".encode(), form, given)
    assert [row.applied_on for row in read.rows] == ([] if day is None else [day])
    assert [(bad.fault, bad.instead) for bad in read.bad] == (
        [(RowFault.APPLIED_ON, FORMS[form].slashed)] if day is None else []
    )


def test_a_file_without_the_day_of_the_application_is_told_where_to_give_it() -> None:
    heading, row = SAMPLES[UnitForm.VERRA]
    read = read_units(f"{heading}\n{row}\n".encode(), UnitForm.VERRA, Given(ParticipantId(5), "LOCK-{line}"))
    assert [bad.fault for bad in read.bad] == [RowFault.APPLIED_ON]
    assert all("applied_on=" in told and "column_issued_on=" in told for told in FAULTS[RowFault.APPLIED_ON])


OWN_NAMES = Mapping(
    {**MAPPING.columns, "lock_reference": "锁定凭证", "owner": "持有人"}, MAPPING.template, MAPPING.space
)


def test_the_papers_and_owners_of_a_mapped_file_stand_in_the_columns_that_are_named() -> None:
    text = (CCER_HEADING + CCER_ROW).replace("owner,lock_reference", "持有人,锁定凭证")
    (row,) = read_units(text.encode(), OWN_NAMES, GIVEN).rows
    assert (row.owner, row.lock_reference) == (6, "LOCK-7")
    unnamed = read_units(text.encode(), MAPPING, GIVEN)
    assert unnamed.unread == ("持有人", "锁定凭证")
    assert [(row.owner, row.lock_reference) for row in unnamed.rows] == [(5, "LOCK-2")]


def test_a_column_that_was_named_and_is_not_there_is_told() -> None:
    """Or a column of the units that are cancelled already could be misspelt, and nobody would know."""
    read = read_units((CCER_HEADING + CCER_ROW).encode(), OWN_NAMES, GIVEN)
    there = CCER_HEADING.strip().replace(",", ", ")
    assert (read.rows, read.bad) == ((), (BadRow(0, RowFault.COLUMN_MISSING, "锁定凭证, 持有人", there),))


@pytest.mark.parametrize("day", ["2024-12-31", "20241231", "2024/12/31", "2024.12.31", "2024年12月31日"])
def test_a_day_with_the_year_first_is_read_as_it_is_written(day: str) -> None:
    text = CCER_ROW.replace("2024-12-31", day).replace("2024-01-01", "2024/1/1")
    (row,) = read_units((CCER_HEADING + text).encode(), MAPPING, GIVEN).rows
    assert (row.monitoring_start, row.monitoring_end) == (20240101, 20241231)


def test_what_is_told_of_a_cell_hides_nothing_and_is_short() -> None:
    (bad,) = read_units((CCER_HEADING + CCER_ROW.replace("WOOD", "W\u202eX" * 200)).encode(), MAPPING, GIVEN).bad
    assert bad.about.startswith("owner: W\N{REPLACEMENT CHARACTER}X") and len(bad.about) == 200


def test_a_row_without_a_paper_is_not_taken() -> None:
    read = read_units((CCER_HEADING + CCER_ROW.replace("LOCK-7", "")).encode(), MAPPING, Given(ParticipantId(5)))
    assert read.bad == (BadRow(2, RowFault.OWNER, "owner: WOOD"),)
    given = Given(owner_of=lambda _: ParticipantId(6))
    read = read_units((CCER_HEADING + CCER_ROW.replace("LOCK-7", "")).encode(), MAPPING, given)
    assert read.bad == (BadRow(2, RowFault.LOCK_REFERENCE, "lock_reference: "),)


WITHOUT_ID = ", ".join(name for name in VERRA_HEADING.strip().split(",") if name != "ID")


@pytest.mark.parametrize(
    ("data", "bad"),
    [
        (b"", BadRow(0, RowFault.HEADING, "Serial Number")),
        (b"a,b,c\n1,2,3\n", BadRow(0, RowFault.HEADING, "Serial Number", "a, b, c")),
        (b"ID;Serial Number\n", BadRow(0, RowFault.SEPARATOR, "Serial Number", "ID;Serial Number")),
        (b"x\nID\tSerial Number\n", BadRow(0, RowFault.SEPARATOR, "Serial Number", "x")),
        (b'"ID";"Serial Number"\n', BadRow(1, RowFault.NOT_CSV)),
        (b"ID;Serial Number of the lot\n", BadRow(0, RowFault.HEADING, "Serial Number", "ID;Serial Number of the lot")),
        (VERRA_HEADING.replace("ID,", "").encode(), BadRow(0, RowFault.COLUMN_MISSING, "ID", WITHOUT_ID)),
        (VERRA_HEADING.encode(), BadRow(0, RowFault.NO_ROWS)),
        (VERRA_HEADING.replace("Name", "ID").encode(), BadRow(0, RowFault.COLUMN_TWICE, "ID")),
        (b"\xff\xfe\x00\x81", BadRow(0, RowFault.NOT_TEXT)),
        (b"a\x00b", BadRow(0, RowFault.NOT_TEXT)),
        (b"PK\x03\x04" + bytes(60), BadRow(0, RowFault.SPREADSHEET)),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60), BadRow(0, RowFault.SPREADSHEET)),
        ((VERRA_HEADING + '1,"never ends\n').encode(), BadRow(2, RowFault.NOT_CSV)),
        ((VERRA_HEADING + "x" * 3_000 + "\n").encode(), BadRow(2, RowFault.TOO_LARGE)),
        (b" " * (5 << 20), BadRow(0, RowFault.TOO_LARGE)),
    ],
)
def test_a_file_that_cannot_be_read_is_one_bad_row(data: bytes, bad: BadRow) -> None:
    read = read_units(data, UnitForm.VERRA, GIVEN)
    assert (read.rows, read.bad) == ((), (bad,))


def test_a_file_has_at_most_so_many_rows() -> None:
    read = read_units((CCER_HEADING + CCER_ROW * (MOST_ROWS + 1)).encode(), MAPPING, GIVEN)
    assert len(read.rows) == MOST_ROWS
    assert read.bad == (BadRow(MOST_ROWS + 2, RowFault.TOO_LARGE),)


@pytest.mark.parametrize("blank", ["\n", "\r", " \n", ",,\n", '""\n'])
def test_blank_lines_are_counted_as_well(blank: str) -> None:
    """Four megabytes of them are a row for each byte."""
    read = read_units((CCER_HEADING + CCER_ROW + blank * MOST_ROWS + CCER_ROW).encode(), MAPPING, GIVEN)
    assert (len(read.rows), read.bad) == (2, ())
    read = read_units((CCER_HEADING + CCER_ROW + blank * (MOST_ROWS + 1) + CCER_ROW).encode(), MAPPING, GIVEN)
    assert (len(read.rows), read.bad) == (1, (BadRow(MOST_ROWS + 3, RowFault.TOO_LARGE),))


def test_every_fault_is_said_in_both_languages() -> None:
    assert set(FAULTS) == set(RowFault)
    assert all(words.en.isascii() and not words.zh.isascii() for words in FAULTS.values())
