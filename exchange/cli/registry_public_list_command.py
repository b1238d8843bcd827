"""``exchange registry-public-list``: what pages of the registry's public list say, and whether our projects agree.

Nothing is asked of the registry: somebody saves the pages, as its site sends them to a browser. Our projects are read
from the database of a venue, which may be serving meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from exchange.bootstrap.database import open_for_reading
from exchange.cli.problem import DIFFERENT, OK, CommandError
from exchange.cli.settings import Subparsers, add_data_dir, settings_of, understandable
from exchange.cli.verdict import unreadable
from exchange.config import Settings
from exchange.registry.public_comparison import LANGUAGES, OwnProject, compare
from exchange.registry.public_list import Detail, Page, PublicListError, Step, read_detail, read_page, step_of
from exchange.store.issued_projects import issued_projects

MOST_BYTES: Final = 16 * 1024 * 1024
"""Larger than any page that a site shows to people."""

T = TypeVar("T")


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "registry-public-list",
        help="compare our projects with pages of the registry's public list 与登记机构公示名册比对",
        description=(
            "Count the applications and rows in saved pages (JSON) of the national registry's public list, and compare"
            " what was certified there with what was issued here, by the code of the project. Nothing is asked of the"
            " registry, and nothing is changed."
            " 读取已保存的登记机构公示页面，统计申请与行数，并按项目编号比对核证量与我方签发量。"
        ),
    )
    command.add_argument(
        "pages",
        nargs="+",
        metavar="FILE",
        help=(
            "a page of the list; TAB=FILE (1 to 7) where its rows do not name their tab"
            " 名册页面；行内未载栏号的写作 栏号=文件"
        ),
    )
    command.add_argument(
        "--details",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help=(
            "details of rows, each file named after its row: CERTIFICATION.json, or APPLICATION.json without one"
            " 各行详情，文件以核证编号（无则以申请编号）命名"
        ),
    )
    command.add_argument("--language", choices=LANGUAGES, help="tell it in one language only 仅用一种语言")
    command.add_argument("--json", action="store_true", help="write the report as JSON 以 JSON 输出报告")
    command.add_argument(
        "--database-url", metavar="URL", help="the database, instead of EXCHANGE_DATABASE_URL 数据库地址"
    )
    add_data_dir(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare; 1 when something does not agree."""
    pages = [_page(text) for text in arguments.pages]
    details = {path.stem: _detail(path) for path in arguments.details}
    settings = settings_of(arguments)
    if arguments.database_url is not None:
        settings = replace(settings, database_url=arguments.database_url)
    comparison = compare(pages, details, _own(settings, arguments.language))
    if arguments.json:
        print(json.dumps(comparison.document(), ensure_ascii=False))
    else:
        print("\n".join(comparison.text(arguments.language)))
    return DIFFERENT if comparison.found else OK


def _own(settings: Settings, language: str | None) -> list[OwnProject]:
    with understandable(), open_for_reading(settings) as database:
        found = asyncio.run(issued_projects(database.service_dsn))
    return [OwnProject(one.code, one.name_en if language == "en" else one.name_zh, one.issued) for one in found]


def _page(text: str) -> tuple[Step, Page]:
    tab, is_named, path = text.partition("=")
    if is_named and tab.isascii() and tab.isdigit():
        if tab not in {str(int(each)) for each in Step}:
            raise CommandError(f"{text}: a tab is a number from 1 to 7. 栏号应为 1 至 7。")
        step = Step(int(tab))
        return step, _read(Path(path), lambda data: read_page(data, step))
    return _read(Path(text), _page_of_its_tab)


def _page_of_its_tab(data: bytes) -> tuple[Step, Page]:
    step = step_of(data)
    return step, read_page(data, step)


def _detail(path: Path) -> Detail:
    return _read(path, read_detail)


def _read(path: Path, understand: Callable[[bytes], T]) -> T:
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise unreadable(path, error) from None
    if len(data) > MOST_BYTES:
        raise CommandError(f"{path} is too large to be a page. 文件过大，不是名册页面。")
    try:
        return understand(data)
    except PublicListError as error:
        raise CommandError(
            f"{path} is no page of the list: {error}. 文件不是名册页面或详情：{error.chinese}。"
        ) from None
