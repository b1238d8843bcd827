"""A sandbox as a developer meets it: started by a setting, joined by a command, played in with a key file."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from exchange.cli.demo.service import Service
from exchange.client import ExchangeClient, KeyFile, NewSecret, PrivateKey
from exchange.client.sync import Exchange
from tests.client.sandbox import running_sandbox, type_command
from tests.support.service import a_service

pytestmark = [pytest.mark.processes, pytest.mark.slow]


class Sandbox(NamedTuple):
    """A sandbox, and the folder of whoever types beside it."""

    service: Service
    folder: Path

    def exchange(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Type a command of the exchange."""
        return type_command(self.service, self.folder, *arguments)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox() as service:
        yield Sandbox(service, tmp_path_factory.mktemp("developer"))


@pytest.fixture(scope="module")
def steel(sandbox: Sandbox) -> Path:
    """The key file of a firm that joined."""
    joined = sandbox.exchange("sandbox-join", "--name", "Steel Works 钢铁")
    assert joined.returncode == 0, joined.stderr
    assert "STEEL-WORKS" in joined.stdout
    return sandbox.folder / "steel-works.key.json"


def test_the_key_file_is_for_its_owner_alone_and_opens_the_door(steel: Path) -> None:
    assert stat.S_IMODE(steel.stat().st_mode) == 0o600
    mine = KeyFile.load(steel)
    assert mine.key not in repr(mine)
    with Exchange.from_file(steel) as exchange:
        me = exchange.people.me()
        assert (me.role, me.name) == ("TRADER", "Steel Works 钢铁: trader")


def test_a_firm_has_something_to_play_with(steel: Path) -> None:
    with Exchange.from_file(steel) as exchange:
        assert exchange.venue.status().sandbox
        assert exchange.cash.account().available == Decimal("10000000.00")
        holdings = list(exchange.units.holdings(page_size=1))
        assert {(holding.family, holding.available) for holding in holdings} == {
            ("FORESTRY_CCER", 100_000),
            ("REDUCTION_QUOTA", 100_000),
        }
        books = [book.symbol for book in exchange.instruments.every()]
        assert books == ["SANDBOX-CCER", "SANDBOX-QUOTA"]


def test_two_firms_can_trade_and_the_key_signs(sandbox: Sandbox, steel: Path) -> None:
    joined = sandbox.exchange("sandbox-join", "--name", "forest", "--role", "SELLER", "--file", "mine.json")
    assert joined.returncode == 0, joined.stderr
    with Exchange.from_file(sandbox.folder / "mine.json") as forest, Exchange.from_file(steel) as buyer:
        book = next(forest.instruments.every())
        forest.orders.sell(book.id, 50, "70.00")
        bought = buyer.orders.buy(book.id, 20, "70.00")
        assert [(trade.quantity, trade.counterparty) for trade in bought.trades] == [(20, "FOREST")]
        assert buyer.cash.withdraw("1000.00", "SIM-ACCOUNT-1").status == "OPEN"


def test_nothing_is_written_over_and_nobody_joins_twice(sandbox: Sandbox, steel: Path) -> None:
    before = steel.read_bytes()
    again = sandbox.exchange("sandbox-join", "--name", "steel works")
    assert again.returncode == 2
    assert "is there already" in again.stderr
    other = sandbox.exchange("sandbox-join", "--name", "steel works", "--file", "other.json")
    assert other.returncode == 2
    assert "409 CODE_TAKEN" in other.stderr
    assert "-> STEEL-WORKS has joined before: use its key file, steel-works.key.json" in other.stderr
    assert "-> or let in another firm, with another --name 或以其他名称加入" in other.stderr
    assert not (sandbox.folder / "other.json").exists()
    assert steel.read_bytes() == before


def draft_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.part")


def test_a_refused_firm_leaves_no_draft(sandbox: Sandbox, steel: Path) -> None:
    assert sandbox.exchange("sandbox-join", "--name", "steel works", "--file", "third.json").returncode == 2
    assert not draft_of(sandbox.folder / "third.json").exists() and not draft_of(steel).exists()


@pytest.mark.parametrize("came_far", [False, True])
def test_a_call_that_was_cut_off_goes_on_with_the_same_key(sandbox: Sandbox, came_far: bool) -> None:
    """Cut off before anything was asked, or before the key's id was written down."""
    file = sandbox.folder / f"cut-off-{came_far}.key.json".lower()
    name = file.name.partition(".")[0]
    draft, secret, pair = draft_of(file), NewSecret.make(), PrivateKey.generate()
    if came_far:
        assert sandbox.exchange("sandbox-join", "--name", name).returncode == 0
        made = KeyFile.load(file)
        assert made.private_key is not None
        secret, pair = NewSecret(made.key.partition(".")[2]), made.private_key
        file.unlink()
    KeyFile(sandbox.service.url, secret.text, pair).save(draft)
    again = sandbox.exchange("sandbox-join", "--name", name)
    assert again.returncode == 0, again.stderr
    mine = KeyFile.load(file)
    assert mine.key.partition(".")[2] == secret.text
    assert not draft.exists()
    with Exchange.from_file(file) as exchange:
        assert exchange.people.me().signs
        assert len([person for person in exchange.people.every() if person.role == "TRADER"]) == 1


def test_a_sandbox_stays_one_after_a_restart_with_or_without_the_setting(sandbox: Sandbox, steel: Path) -> None:
    settings = sandbox.service.settings.copy()
    for after in ({}, settings):
        sandbox.service.stop()
        sandbox.service.settings.clear()
        sandbox.service.settings.update(after)
        asyncio.run(sandbox.service.start())
        with Exchange.from_file(steel) as exchange:
            assert exchange.venue.status().sandbox


def test_a_name_without_letters_is_refused(sandbox: Sandbox) -> None:
    joined = sandbox.exchange("sandbox-join", "--name", "钢铁")
    assert joined.returncode == 2
    assert "Latin" in joined.stderr


def test_a_real_venue_lets_nobody_in_that_way_and_is_not_served_as_a_sandbox(tmp_path: Path) -> None:
    with a_service() as service:
        asyncio.run(service.start())
        joined = Sandbox(service, tmp_path).exchange("sandbox-join", "--name", "steel")
        assert joined.returncode == 2
        assert "is no sandbox" in joined.stderr
        assert list(tmp_path.iterdir()) == []
        service.stop()
        command = [sys.executable, "-m", "exchange", "serve"]
        environment = service.environment | {"EXCHANGE_SANDBOX": "on"}
        served = subprocess.run(
            command, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False
        )
        assert served.returncode == 2
        assert "was not opened as a sandbox" in served.stderr


# -- key files --


def test_a_file_that_is_no_key_file_is_called_so_whoever_may_read_it(tmp_path: Path) -> None:
    """Nobody is sent to change the rights of a file that they named by mistake."""
    wrong = tmp_path / "notes.txt"
    for content in (b"milk", b"[]", b"\xff\xfe", b'{"url": 1, "key": 2}'):
        wrong.write_bytes(content)
        wrong.chmod(0o644)
        with pytest.raises(ValueError, match="is no key file"):
            KeyFile.load(wrong)
        with pytest.raises(ValueError, match="holds no Ed25519 private key"):
            PrivateKey.load(wrong)


def test_a_key_file_comes_back_as_it_was(tmp_path: Path) -> None:
    private_key = PrivateKey.generate()
    KeyFile("http://x.test", "key-1-1.secret", private_key).save(tmp_path / "a.json")
    found = KeyFile.load(tmp_path / "a.json")
    assert (found.url, found.key) == ("http://x.test", "key-1-1.secret")
    assert found.private_key is not None
    assert found.private_key.public_text == private_key.public_text
    with pytest.raises(FileExistsError):
        found.save(tmp_path / "a.json")
    KeyFile("http://x.test", "key-1-1.secret").save(tmp_path / "b.json")
    assert KeyFile.load(tmp_path / "b.json").private_key is None
    assert ExchangeClient.from_file(tmp_path / "b.json").connection.base_url == "http://x.test"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"url": 1, "key": "k"}', '{"url": "u", "key": "k", "private_key": "short"}']
)
def test_what_is_no_key_file_is_said_so(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key.json"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(ValueError, match="key"):
        KeyFile.load(file)


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text(json.dumps({"url": "u", "key": "k"}))
    file.chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        KeyFile.load(file)
