"""The demo empties only a folder of its own, and names a port that is taken."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from exchange.cli.demo.proof import flip
from exchange.cli.demo.service import Service, demand_free, free_port, fresh_folder
from exchange.cli.problem import CommandError
from exchange.store.embedded import EmbeddedServer, temporary_home


def test_a_folder_of_an_earlier_demo_is_emptied(tmp_path: Path) -> None:
    folder = fresh_folder(tmp_path)
    (folder / "old").write_text("data")
    assert fresh_folder(tmp_path) == folder
    assert not (folder / "old").exists()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "precious").write_text("data")
    with pytest.raises(CommandError, match="not a demo's folder"):
        fresh_folder(tmp_path)
    assert (tmp_path / "demo" / "precious").exists()


def test_the_folder_of_a_running_demo_is_left_alone() -> None:
    with temporary_home() as home:
        home.chmod(0o711)  # started by root, PostgreSQL runs as another user, who must pass
        folder = fresh_folder(home)
        with EmbeddedServer.start(folder), pytest.raises(CommandError, match="another demo runs"):
            fresh_folder(home)
        assert (folder / "postgresql").exists()
        assert fresh_folder(home) == folder
        assert not (folder / "postgresql").exists()


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"port {port}: Address already in use"):
            demand_free(port)
    demand_free(free_port())


def test_no_setting_of_the_caller_reaches_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", "postgresql://production/exchange")
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    environment = Service(tmp_path, 8001).environment
    assert {name: value for name, value in environment.items() if name.startswith("EXCHANGE_")} == {
        "EXCHANGE_DATA_DIR": str(tmp_path),
        "EXCHANGE_PORT": "8001",
    }
    assert "PYTHONHASHSEED" not in environment


def test_flipping_changes_one_bit_of_one_byte(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    before = bytes(range(256))
    file.write_bytes(before)
    place, old, new = flip(file)
    after = file.read_bytes()
    assert [n for n in range(256) if before[n] != after[n]] == [place]
    assert (before[place], after[place]) == (old, new)
    assert (old ^ new).bit_count() == 1
