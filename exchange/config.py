"""Settings, read once from the environment at the start and then passed on; no other module looks at the environment.

`SETTINGS` is the one table of them: name, default, how the text is read, and what it is for. docs/OPERATIONS.md names
each of them, and a test compares the two. A value that cannot be read stops the start with a sentence about what to
write instead, and so does an `EXCHANGE_...` variable that is not in the table: a setting with a typing mistake in its
name would otherwise be left out silently.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREFIX = "EXCHANGE_"
LOWEST_RATE = 250  # twice that is what a limit holds, and the largest batch has 500 orders
HIGHEST_RATE = 10_000_000
LOG_LEVELS = ("debug", "info", "warning", "error")

_ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?/?", re.ASCII)


class SettingsError(Exception):
    """One or more settings cannot be used; the text has one sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class CrashPoint(NamedTuple):
    """Where a crash test kills the process: at the n-th time (from 1) that the named step is reached."""

    name: str
    nth: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides about one process of the exchange. Each field is explained in `SETTINGS`."""

    database_url: str | None = field(repr=False)  # holds a password
    owner_database_url: str | None = field(repr=False)
    data_dir: Path
    host: str
    port: int
    log_level: str
    snapshot_every: int
    queue_limit: int
    batch_limit: int
    commit_seconds: int
    unknown_seconds: int
    connections: int
    connections_per_address: int
    rate_orders: int
    rate_cancels: int
    rate_reads: int
    rate_address: int
    rate_keys: int
    trusted_proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] | None
    public_origin: str | None
    registry_url: str | None
    registry_token_file: Path | None
    registry_reconcile_minutes: int
    sandbox: bool
    crash_at: CrashPoint | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read every setting; an empty value counts as not set.

        Raises:
            SettingsError: with every problem at once, so that one round of mending is enough.
        """
        values: dict[str, Any] = {}
        problems = _unknown_names(environment)
        for setting in SETTINGS:
            text = environment.get(setting.name, "") or setting.default()
            try:
                values[setting.field] = None if text is None else setting.read(text)
            except ValueError as error:
                problems.append(f"{setting.name}: {error}")
        if values.get("owner_database_url") and not environment.get("EXCHANGE_DATABASE_URL"):
            problems.append(
                "EXCHANGE_OWNER_DATABASE_URL is set without EXCHANGE_DATABASE_URL; set both, or neither. 两者须同时设置"
            )
        if problems:
            raise SettingsError(problems)
        return cls(**values)


class Setting(NamedTuple):
    """One row of the table. `default` gives the text that is read when nothing is set, or None for "no value"."""

    name: str
    field: str
    default: Callable[[], str | None]
    read: Callable[[str], Any]
    meaning: str
    for_tests_only: bool = False


def default_data_dir(environment: Mapping[str, str] = os.environ) -> str:
    """Where data lives when nothing else is said: `/var/lib` for root, else the user's data home.

    The data home is the one of the XDG Base Directory Specification, which asks to ignore a relative path.
    """
    if os.geteuid() == 0:
        return "/var/lib/carbon-exchange"
    home = Path(environment.get("XDG_DATA_HOME", ""))
    if not home.is_absolute():
        home = Path.home() / ".local" / "share"
    return str(home / "carbon-exchange")


def _always(text: str | None) -> Callable[[], str | None]:
    return lambda: text


def _database_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("write it as postgresql://user:password@host:5432/database 请按此格式填写")
    if not parts.path.strip("/"):
        raise ValueError("the name of the database is missing after the last slash 末尾缺少数据库名")
    return text


def _absolute_path(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError(f"write a full path that begins with /, not {text!r} 请填写以 / 开头的完整路径")
    return path


def _log_level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError(f"write one of {', '.join(LOG_LEVELS)}, not {text!r} 请从上述各项中选择")
    return text.lower()


def _number(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and lowest <= int(text[:20]) <= highest):
            raise ValueError(f"write a whole number from {lowest} to {highest}, not {text!r} 请填写此范围内的整数")
        return int(text)

    return read


read_port = _number(0, 65535)
"""Reads a port, of the environment or of a command line; 0 is a free one."""


def _networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError(
            f"write addresses or networks with commas between, such as 127.0.0.1, 10.1.0.0/16, not {text!r} "
            "请填写地址或网段，以逗号分隔"
        ) from None


def _public_origin(text: str) -> str:
    try:
        is_good = _ORIGIN.fullmatch(text) is not None and urlsplit(text).port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise ValueError(
            f"write it as https://exchange.example or https://exchange.example:8443, not {text!r} 请按此格式填写"
        )
    return text


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"write it as https://registry.example, not {text!r} 请按此格式填写")
    return text.rstrip("/")


def _switch(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValueError(f"write on or off, not {text!r} 请填写 on 或 off")
    return text.lower() == "on"


def _crash_point(text: str) -> CrashPoint:
    name, colon, nth = text.rpartition(":")
    if not (colon and name and nth.isascii() and nth.isdigit() and int(nth) >= 1):
        raise ValueError(f"write <point>:<nth>, such as after_commit:3, not {text!r} 请按此格式填写")
    return CrashPoint(name, int(nth))


def _unknown_names(environment: Mapping[str, str]) -> list[str]:
    """What is said of variables that look like settings. Only the part after the prefix, which all of them have, says
    whether a name is near another.
    """
    known = [setting.name.removeprefix(PREFIX) for setting in SETTINGS]
    problems = []
    for name in sorted(environment):
        own = name.removeprefix(PREFIX)
        if own != name and own not in known:
            near = [f"{PREFIX}{one}" for one in difflib.get_close_matches(own.upper(), known, n=2)]
            if near:
                english, chinese = f"did you mean {' or '.join(near)}?", f"是否应为 {' 或 '.join(near)}？"
            else:
                english = "docs/OPERATIONS.md lists them."
                chinese = "全部设置见 docs/OPERATIONS.zh-CN.md。"
            problems.append(f"{name} is not a setting; {english} 没有这一设置，{chinese}")
    return problems


SETTINGS = (
    Setting(
        "EXCHANGE_DATABASE_URL",
        "database_url",
        _always(None),
        _database_url,
        "PostgreSQL (15 or later) for the service, as a role that owns no table. Not set: the program starts a private "
        "PostgreSQL of its own and stops it at the end.",
    ),
    Setting(
        "EXCHANGE_OWNER_DATABASE_URL",
        "owner_database_url",
        _always(None),
        _database_url,
        "The same database for the role that owns the tables; only migrations use it.",
    ),
    Setting(
        "EXCHANGE_DATA_DIR",
        "data_dir",
        default_data_dir,
        _absolute_path,
        "Folder for snapshots and for the private PostgreSQL. Default: /var/lib/carbon-exchange for root, "
        "~/.local/share/carbon-exchange for others.",
    ),
    Setting("EXCHANGE_HOST", "host", _always("127.0.0.1"), str, "Address to listen on. Default: 127.0.0.1."),
    Setting("EXCHANGE_PORT", "port", _always("8000"), read_port, "Port; 0 takes a free one. Default: 8000."),
    Setting(
        "EXCHANGE_LOG_LEVEL",
        "log_level",
        _always("info"),
        _log_level,
        "What is logged: debug, info, warning or error. Default: info.",
    ),
    Setting(
        "EXCHANGE_SNAPSHOT_EVERY",
        "snapshot_every",
        _always("100000"),
        _number(1, 10**9),
        "Journal entries between two snapshots. Default: 100000.",
    ),
    Setting(
        "EXCHANGE_QUEUE_LIMIT",
        "queue_limit",
        _always("10000"),
        _number(1, 10**6),
        "Commands that may wait for the sequencer; beyond it callers get 503 with Retry-After. Default: 10000.",
    ),
    Setting(
        "EXCHANGE_BATCH_LIMIT",
        "batch_limit",
        _always("1000"),
        _number(1, 10**5),
        "Most commands in one database transaction; a request with more has one of its own. Default: 1000.",
    ),
    Setting(
        "EXCHANGE_COMMIT_SECONDS",
        "commit_seconds",
        _always("10"),
        _number(1, 3600),
        "After this long without an answer to COMMIT its outcome counts as unknown and is asked for. Default: 10.",
    ),
    Setting(
        "EXCHANGE_UNKNOWN_SECONDS",
        "unknown_seconds",
        _always("30"),
        _number(1, 3600),
        "How long an unknown outcome is asked for before the process gives up and ends. Default: 30.",
    ),
    Setting(
        "EXCHANGE_CONNECTIONS",
        "connections",
        _always("4000"),
        _number(16, 10**6),
        "Most connections of clients; beyond it one that waits for its client makes place. Default: 4000.",
    ),
    Setting(
        "EXCHANGE_CONNECTIONS_PER_ADDRESS",
        "connections_per_address",
        _always("512"),
        _number(1, 10**6),
        "Most connections from one address; an IPv6 /64 counts as one. Default: 512.",
    ),
    Setting(
        "EXCHANGE_RATE_ORDERS",
        "rate_orders",
        _always("10000"),
        _number(LOWEST_RATE, HIGHEST_RATE),
        "Orders and other changes that one participant may send in a second, a batch counted by its items; twice as "
        "many at once. Default: 10000.",
    ),
    Setting(
        "EXCHANGE_RATE_CANCELS",
        "rate_cancels",
        _always("10000"),
        _number(LOWEST_RATE, HIGHEST_RATE),
        "The same for cancels, which have a limit of their own. Default: 10000.",
    ),
    Setting(
        "EXCHANGE_RATE_READS",
        "rate_reads",
        _always("10000"),
        _number(LOWEST_RATE, HIGHEST_RATE),
        "The same for reads, weighted: what is read from the database counts more than once. Default: 10000.",
    ),
    Setting(
        "EXCHANGE_RATE_ADDRESS",
        "rate_address",
        _always("2000"),
        _number(LOWEST_RATE, HIGHEST_RATE),
        "The same for all requests without a valid key from one address; an IPv6 /64 counts as one. Default: 2000.",
    ),
    Setting(
        "EXCHANGE_RATE_KEYS",
        "rate_keys",
        _always("240"),
        _number(1, HIGHEST_RATE),
        "Keys that may be made or rotated with one key in an hour, all at once if it likes. Default: 240.",
    ),
    Setting(
        "EXCHANGE_TRUSTED_PROXIES",
        "trusted_proxies",
        _always(None),
        _networks,
        "Addresses or networks of reverse proxies, to which the bound for one address does not apply, because they "
        "bound their own clients, and whose X-Forwarded-For is believed. Default: none.",
    ),
    Setting(
        "EXCHANGE_PUBLIC_ORIGIN",
        "public_origin",
        _always(None),
        _public_origin,
        "Where clients find the exchange, such as https://exchange.example: what their signatures must be for. Not "
        "set: the Host of each request is believed, which is for a machine of one's own only.",
    ),
    Setting(
        "EXCHANGE_REGISTRY_URL",
        "registry_url",
        _always(None),
        _address,
        "Where the national registry answers, such as https://registry.example. Not set: what is asked of it waits.",
    ),
    Setting(
        "EXCHANGE_REGISTRY_TOKEN_FILE",
        "registry_token_file",
        _always(None),
        _absolute_path,
        "File with the token that the registry knows this venue by. Default: none.",
    ),
    Setting(
        "EXCHANGE_REGISTRY_RECONCILE_MINUTES",
        "registry_reconcile_minutes",
        _always("60"),
        _number(0, 10**6),
        "Minutes between two reconciliations with the registry; 0 for none by the clock. Default: 60.",
    ),
    Setting(
        "EXCHANGE_SANDBOX",
        "sandbox",
        _always("off"),
        _switch,
        "on: open the venue as a sandbox, where each firm that is admitted gets play money and play units. What a "
        "venue was opened as stays: with on, a venue that is none is not served. Default: off.",
    ),
    Setting(
        "EXCHANGE_CRASH_AT",
        "crash_at",
        _always(None),
        _crash_point,
        "For crash tests only: <point>:<nth> kills the process at the n-th passing of the named step.",
        for_tests_only=True,
    ),
)
