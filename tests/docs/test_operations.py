"""docs/OPERATIONS.md names every setting, metric, right and exit code there is, and no other."""

from __future__ import annotations

import re
from typing import Final

import pytest

from exchange.api.operations import Read
from exchange.api.resources.supervision import AuditRead
from exchange.api.routes import OPERATIONS
from exchange.cli import INTERRUPTED, TERMINATED, UNREAD
from exchange.cli.problem import CANNOT, DIFFERENT, OK, STOPPED_ITSELF
from exchange.config import SETTINGS
from exchange.store.rights import RIGHTS
from exchange.telemetry import WATCHED
from tests.architecture.sources import listed
from tests.docs.pages import NAME, Page, page, pages

PATH: Final = "docs/OPERATIONS.md"
SETTING = re.compile(r"EXCHANGE_[A-Z]+(?:_[A-Z]+)*")
METRIC = re.compile(r"exchange_[a-z_]+")
REQUESTS: Final = {"exchange_http_requests", "exchange_http_request_seconds"}

RIGHTS_OF_ROW: Final = {
    "read, insert; nothing else ever": {"SELECT", "INSERT"},
    "read, insert, change": {"SELECT", "INSERT", "UPDATE"},
    "read, insert, remove": {"SELECT", "INSERT", "DELETE"},
    "read, change": {"SELECT", "UPDATE"},
    "read only": {"SELECT"},
}


def first_column(one: Page, heading: str) -> list[str]:
    """The first cells of the tables under a heading, without their head."""
    rows = [cells for _, cells in Page(one.path, one.section(heading)).rows()]
    return [cells[0] for cells in rows[1:]]


def names_in(cells: list[str], pattern: re.Pattern[str]) -> set[str]:
    return {name for cell in cells for name in NAME.findall(cell) if pattern.fullmatch(name)}


def test_every_setting_has_a_row_and_every_row_is_a_setting() -> None:
    assert names_in(first_column(page(PATH), "Settings"), SETTING) == {setting.name for setting in SETTINGS}


def test_the_table_gives_the_defaults_that_are_read() -> None:
    rows = {NAME.findall(cells[0])[0]: cells[1] for _, cells in page(PATH).rows() if SETTING.search(cells[0])}
    for setting in SETTINGS:
        default = setting.default()
        if setting.field != "data_dir":  # that one depends on who asks; both are in its row
            said = rows[setting.name]
            assert said.startswith("not set") if default is None else said == f"`{default}`", setting.name


def test_no_page_names_a_setting_that_is_not_there() -> None:
    known = {setting.name for setting in SETTINGS}
    found = [
        one.finding(number, name)
        for one in pages()
        for number, line in one.lines()
        for name in SETTING.findall(line)
        if name not in known
    ]
    assert listed(found) == ""


def test_every_metric_has_a_row_and_every_row_is_a_metric() -> None:
    cells = first_column(page(PATH), "Metrics and alarms")
    assert names_in(cells, METRIC) == {watched.name for watched in WATCHED} | REQUESTS


def test_the_rights_of_the_serving_role_are_those_that_are_granted() -> None:
    rows = [cells for _, cells in Page(PATH, page(PATH).section("Roles and rights")).rows()][1:]
    said = {table: RIGHTS_OF_ROW[rights] for rights, tables in rows for table in NAME.findall(tables)}
    assert said == {table: set(powers) for table, powers in RIGHTS.items()}


def test_a_row_of_the_log_of_reads_has_what_the_page_says() -> None:
    said = [name for cell in first_column(page(PATH), "Who reads what") for name in NAME.findall(cell)]
    assert said == list(AuditRead.model_fields)


def test_every_exit_code_is_explained() -> None:
    said = {int(cell) for cell in first_column(page(PATH), "Start and stop") if cell.isdigit()}
    assert said == {OK, DIFFERENT, CANNOT, STOPPED_ITSELF, INTERRUPTED, UNREAD, TERMINATED}


@pytest.mark.parametrize(
    ("path", "begins"),
    [(PATH, "These have a CSV, and no others: "), ("docs/OPERATIONS.zh-CN.md", "可取得 CSV 的仅有：")],
)
def test_it_names_the_lists_that_have_a_csv(path: str, begins: str) -> None:
    sentence = page(path).text.partition(begins)[2].partition("\n\n")[0]
    routes = {f"GET {one.path}" for one in OPERATIONS if isinstance(one, Read) and one.csv}
    assert sorted(NAME.findall(sentence)) == sorted(routes)
