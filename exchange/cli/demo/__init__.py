"""``exchange demo``: a market on stage, played through the public HTTP API with the project's own client.

It starts a simulated national registry and an exchange with its private PostgreSQL on fresh data as child processes,
admits the firms that the sources name, brings units in under the registry's lock, lets the firms trade and use them,
records the three real deals, and ends by leaving both running. With ``--exit`` it stops them instead, rebuilds the
market from the journal in another process, and compares.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exchange.bootstrap.genesis import FirstKey
from exchange.cli.demo.cast import open_stage
from exchange.cli.demo.proof import prove
from exchange.cli.demo.registry import Registry
from exchange.cli.demo.service import Service, demand_free, free_port, fresh_folder
from exchange.cli.demo.staying import beside, ended_by_sigterm, look_again, stay
from exchange.cli.demo.story import ACTS, announce, tell
from exchange.cli.problem import DIFFERENT, OK
from exchange.cli.terminal import Language, Screen, columns_of, padded
from exchange.config import Settings
from exchange.store.embedded import temporary_home


@dataclass(frozen=True, slots=True)
class Left:
    """What whoever comes after the story needs."""

    auditor_token: str
    year: int
    certificate_page: str


def run(port: int, ends: bool, language: Language) -> int:
    """Play; with ``ends`` finish with the proof, else stay until Ctrl-C. Returns the exit code."""
    screen = Screen(language=language)
    screen.line(screen.paint(screen.word("An open exchange for carbon credits", "开放的碳减排量交易所"), "bold"))
    screen.say(
        "Everything marked SIM or simulated is invented for this demo; firms and the three deals are real.",
        "凡标有 SIM 或“模拟”的均为演示虚构；企业与三笔协议交易真实。",
        indent="",
    )
    with ended_by_sigterm(), _programs(port, ends) as (service, registry):
        with _saying_that_it_is_cut_off(screen):
            left = asyncio.run(_play(service, registry, screen))
            if ends:
                return _prove(service, screen)
        _say_what_to_try(service, registry, left, screen)
        return stay(service, registry, screen)


@contextlib.contextmanager
def _saying_that_it_is_cut_off(screen: Screen) -> Iterator[None]:
    """Both programs are stopped before the shell comes back, which takes seconds in which nobody is left to wonder."""
    try:
        yield
    except KeyboardInterrupt:
        screen.line()
        screen.say(
            "Cut off: exchange and registry are being stopped. The next demo begins anew.",
            "演示已中断：正在停止交易所与登记机构。下次演示将重新开始。",
        )
        raise


@contextlib.contextmanager
def _programs(port: int, ends: bool) -> Iterator[tuple[Service, Registry]]:
    """Exchange and registry on a folder that goes away (``--exit``), or on the demo's own, which stays."""
    with contextlib.ExitStack() as stack:
        if ends:
            folder: Path = stack.enter_context(temporary_home())
            port = port or free_port()
        else:
            demand_free(port)
            folder = fresh_folder(Settings.from_environment().data_dir)
        registry = Registry(folder / "registry", free_port())
        stack.callback(registry.end)
        service = Service(folder, port, registry.settings)
        stack.callback(service.end)
        yield service, registry


async def _play(service: Service, registry: Registry, screen: Screen) -> Left:
    started = time.monotonic()
    screen.say(
        f"Starting it with a private PostgreSQL in {service.folder} …",
        f"正在启动交易所，其自带的 PostgreSQL 位于 {service.folder} …",
        indent="",
    )
    await registry.start()
    keys = await service.start()
    seconds = time.monotonic() - started
    screen.say(
        f"It answers at {service.url} after {seconds:.1f} s.",
        f"交易所已在 {service.url} 就绪，用时 {seconds:.1f} 秒。",
        indent="",
    )
    return await beside(registry, _tell(service, registry, keys, screen))


async def _tell(service: Service, registry: Registry, keys: dict[str, FirstKey], screen: Screen) -> Left:
    async with contextlib.AsyncExitStack() as clients:
        stage = await open_stage(service, registry, keys, clients)
        await tell(stage, screen)
        day = (await stage.public.venue.status()).trading_day
    assert day is not None
    return Left(keys["Auditor"].token, day.year, stage.certificates[-1])


def _prove(service: Service, screen: Screen) -> int:
    announce(screen, ACTS, "Another process rebuilds the market from its journal", "由另一进程依据日志重建市场并核对")
    return OK if prove(service, service.stop(), screen) else DIFFERENT


def _say_what_to_try(service: Service, registry: Registry, left: Left, screen: Screen) -> None:
    """The addresses of the exchange that goes on running."""
    announce(
        screen, ACTS, "Exchange and registry go on running until Ctrl-C", "交易所与登记机构继续运行，按 Ctrl-C 结束"
    )
    url, auditor = service.url, f"curl -H 'Authorization: Bearer {left.auditor_token}'"
    reconcile, count = look_again(service, registry)
    tries = (
        ("the API, to read", "接口文档", f"{url}/docs"),
        ("instruments", "交易标的", f"curl {url}/v1/instruments"),
        ("rulebook in force", "现行规则集", f"curl {url}/v1/rulebook"),
        ("a certificate, to read", "证书查验页面", f"{url}{left.certificate_page}"),
        ("a refusal in Chinese", "中文的拒绝说明", f"curl -H 'Accept-Language: zh' {url}/v1/account"),
        (
            "every trade, as the auditor",
            "以审计方身份导出全部成交",
            f"{auditor} '{url}/v1/audit/trades?format=csv'",
        ),
        ("the leagues' accounts", "盟市碳账户", f"{auditor} '{url}/v1/reports/leagues?first_year={left.year}'"),
        ("metrics", "监控指标", f"curl {url}/metrics"),
        ("compare with the registry", "与登记机构对账", reconcile),
        ("count every tonne", "逐吨核查重复计算", count),
        ("rebuild it from its journal", "由日志重建", f"EXCHANGE_DATA_DIR={service.folder} ./dev replay"),
        ("the first keys are in", "初始密钥所在", f"{service.folder / 'first-keys.json'}"),
    )
    names = [screen.word(english, chinese) for english, chinese, _ in tries]
    width = max(columns_of(name) for name in names)
    for name, (_, _, command) in zip(names, tries, strict=True):
        screen.line(f"  {padded(name, width)}  {command}")
