"""Settings: what is read, what is refused and with which advice, and that the operator's page names every one."""

from __future__ import annotations

from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path

import pytest

from exchange.access.rate_limits import WINDOW, Rates
from exchange.bootstrap.connections import Bounds
from exchange.bootstrap.service import bounds_of, gate_of, limits_of, rates_of
from exchange.config import LOWEST_RATE, SETTINGS, CrashPoint, Settings, SettingsError, default_data_dir
from exchange.core.values import Micros
from exchange.sequencer.limits import Limits
from exchange.sequencer.submission import MAX_GROUP

OPERATIONS = Path(__file__).resolve().parents[1] / "docs" / "OPERATIONS.md"
URL = "postgresql://exchange_service:secret@db:5432/exchange"


def refused(**environment: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environment)
    return caught.value.problems


def test_without_any_setting_the_exchange_runs_on_this_machine_only_with_its_own_database() -> None:
    settings = Settings.from_environment({})
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 8000, "info")
    assert (settings.snapshot_every, settings.queue_limit, settings.batch_limit) == (100_000, 10_000, 1_000)
    assert (settings.commit_seconds, settings.unknown_seconds) == (10, 30)
    assert (settings.connections, settings.connections_per_address, settings.trusted_proxies) == (4_000, 512, None)
    assert (settings.database_url, settings.owner_database_url, settings.crash_at) == (None, None, None)


def test_the_defaults_are_those_of_the_parts_that_they_set() -> None:
    settings = Settings.from_environment({})
    assert limits_of(settings) == Limits()
    assert bounds_of(settings) == Bounds()
    assert rates_of(settings) == Rates()
    assert LOWEST_RATE * WINDOW >= MAX_GROUP, "the largest batch must fit"


def test_every_setting_is_read() -> None:
    settings = Settings.from_environment(
        {
            "EXCHANGE_DATABASE_URL": URL,
            "EXCHANGE_OWNER_DATABASE_URL": URL.replace("service", "owner"),
            "EXCHANGE_DATA_DIR": "/srv/exchange",
            "EXCHANGE_HOST": "0.0.0.0",
            "EXCHANGE_PORT": "0",
            "EXCHANGE_LOG_LEVEL": "DEBUG",
            "EXCHANGE_SNAPSHOT_EVERY": "7",
            "EXCHANGE_QUEUE_LIMIT": "8",
            "EXCHANGE_BATCH_LIMIT": "9",
            "EXCHANGE_COMMIT_SECONDS": "2",
            "EXCHANGE_UNKNOWN_SECONDS": "60",
            "EXCHANGE_CONNECTIONS": "100",
            "EXCHANGE_CONNECTIONS_PER_ADDRESS": "10",
            "EXCHANGE_RATE_ORDERS": "1001",
            "EXCHANGE_RATE_CANCELS": "1002",
            "EXCHANGE_RATE_READS": "1003",
            "EXCHANGE_RATE_ADDRESS": "1004",
            "EXCHANGE_RATE_KEYS": "1005",
            "EXCHANGE_TRUSTED_PROXIES": "127.0.0.1, fd00::/8",
            "EXCHANGE_PUBLIC_ORIGIN": "https://Exchange.example:443/",
            "EXCHANGE_REGISTRY_URL": "https://registry.example/venues/",
            "EXCHANGE_REGISTRY_TOKEN_FILE": "/srv/registry-token",
            "EXCHANGE_REGISTRY_RECONCILE_MINUTES": "0",
            "EXCHANGE_SANDBOX": "On",
            "EXCHANGE_CRASH_AT": "after_commit:3",
            "HOME": "/nowhere",
        }
    )
    assert settings.database_url == URL
    assert settings.owner_database_url == URL.replace("service", "owner")
    assert (settings.data_dir, settings.host, settings.port) == (Path("/srv/exchange"), "0.0.0.0", 0)
    assert (settings.registry_url, settings.registry_reconcile_minutes) == ("https://registry.example/venues", 0)
    assert settings.registry_token_file == Path("/srv/registry-token")
    assert settings.sandbox
    assert str(gate_of(settings, Micros(0)).origin) == "https://exchange.example"
    assert gate_of(settings, Micros(0)).proxies == settings.trusted_proxies
    assert (settings.log_level, settings.crash_at) == ("debug", CrashPoint("after_commit", 3))
    assert (settings.snapshot_every, settings.queue_limit, settings.batch_limit) == (7, 8, 9)
    limits, bounds = limits_of(settings), bounds_of(settings)
    assert (limits.commit_seconds, limits.unknown_seconds) == (2, 60)
    assert (limits.queue, limits.batch, limits.snapshot_every) == (8, 9, 7)
    assert (bounds.most, bounds.each) == (100, 10)
    assert rates_of(settings) == Rates(orders=1_001, cancels=1_002, reads=1_003, address=1_004, keys=1_005)
    assert bounds.trusted == (ip_network("127.0.0.1"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("EXCHANGE_DATABASE_URL", "mysql://a@b/c", "postgresql://user:password@host:5432/database"),
        ("EXCHANGE_DATABASE_URL", "postgresql://a@b", "name of the database"),
        ("EXCHANGE_DATA_DIR", "data", "full path"),
        ("EXCHANGE_PORT", "65536", "from 0 to 65535"),
        ("EXCHANGE_PORT", "-1", "from 0 to 65535"),
        ("EXCHANGE_PORT", "８０", "from 0 to 65535"),
        ("EXCHANGE_PORT", "9" * 5000, "from 0 to 65535"),
        ("EXCHANGE_QUEUE_LIMIT", "0", "from 1 to"),
        ("EXCHANGE_COMMIT_SECONDS", "0", "from 1 to"),
        ("EXCHANGE_UNKNOWN_SECONDS", "1.5", "from 1 to"),
        ("EXCHANGE_CONNECTIONS", "1", "from 16 to"),
        ("EXCHANGE_CONNECTIONS_PER_ADDRESS", "0", "from 1 to"),
        ("EXCHANGE_PUBLIC_ORIGIN", "exchange.example", "https://exchange.example:8443"),
        ("EXCHANGE_PUBLIC_ORIGIN", "https://exchange.example/v1", "https://exchange.example:8443"),
        ("EXCHANGE_PUBLIC_ORIGIN", "https://exchange.example:99999", "https://exchange.example:8443"),
        ("EXCHANGE_PUBLIC_ORIGIN", "wss://exchange.example", "https://exchange.example:8443"),
        ("EXCHANGE_PUBLIC_ORIGIN", "https://somebody@exchange.example", "https://exchange.example:8443"),
        ("EXCHANGE_REGISTRY_URL", "registry.example", "https://registry.example"),
        ("EXCHANGE_REGISTRY_URL", "https://registry.example/?venue=1", "https://registry.example"),
        ("EXCHANGE_REGISTRY_TOKEN_FILE", "token", "full path"),
        ("EXCHANGE_REGISTRY_RECONCILE_MINUTES", "-1", "from 0 to"),
        ("EXCHANGE_SANDBOX", "maybe", "on or off"),
        ("EXCHANGE_TRUSTED_PROXIES", "10.1.0.0/99", "such as 127.0.0.1"),
        ("EXCHANGE_TRUSTED_PROXIES", "proxy.example", "such as 127.0.0.1"),
        ("EXCHANGE_LOG_LEVEL", "loud", "debug, info, warning, error"),
        ("EXCHANGE_CRASH_AT", "after_commit", "<point>:<nth>"),
        ("EXCHANGE_CRASH_AT", "after_commit:0", "<point>:<nth>"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_write(name: str, value: str, advice: str) -> None:
    (problem,) = refused(**{name: value})
    assert problem.startswith(f"{name}: ")
    assert advice in problem


def test_all_problems_are_told_at_once() -> None:
    assert len(refused(EXCHANGE_PORT="x", EXCHANGE_LOG_LEVEL="y", EXCHANGE_QUEUE_LIMIT="z")) == 3


def test_a_mistyped_name_is_not_left_out_silently() -> None:
    (problem,) = refused(EXCHANGE_PROT="8001")
    assert "EXCHANGE_PROT is not a setting; did you mean EXCHANGE_PORT?" in problem
    assert "没有这一设置，是否应为 EXCHANGE_PORT？" in problem


def test_only_names_that_are_near_are_suggested() -> None:
    (problem,) = refused(EXCHANGE_FOO="1")
    assert problem.startswith("EXCHANGE_FOO is not a setting; docs/OPERATIONS.md lists them.")


def test_the_owners_url_alone_makes_no_sense() -> None:
    (problem,) = refused(EXCHANGE_OWNER_DATABASE_URL=URL)
    assert "set both, or neither" in problem


def test_no_password_is_shown_with_the_settings_or_in_a_refusal() -> None:
    shown = repr(Settings.from_environment({"EXCHANGE_DATABASE_URL": URL}))
    assert "secret" not in shown
    assert "secret" not in refused(EXCHANGE_DATABASE_URL="mysql://u:secret@db/x")[0]


def test_data_goes_to_the_users_data_home_and_never_to_a_relative_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert default_data_dir({"XDG_DATA_HOME": "/data/home"}) == "/data/home/carbon-exchange"
    assert default_data_dir({"XDG_DATA_HOME": "relative"}) == str(Path.home() / ".local/share/carbon-exchange")


def test_the_table_and_the_settings_are_the_same_list() -> None:
    assert [setting.field for setting in SETTINGS] == [field.name for field in fields(Settings)]
    assert [setting.name for setting in SETTINGS] == [f"EXCHANGE_{setting.field.upper()}" for setting in SETTINGS]


def test_the_operators_page_names_every_setting() -> None:
    if not OPERATIONS.exists():
        pytest.skip("docs/OPERATIONS.md is not written yet")
    text = OPERATIONS.read_text(encoding="utf-8")
    missing = [setting.name for setting in SETTINGS if setting.name not in text]
    assert missing == []
