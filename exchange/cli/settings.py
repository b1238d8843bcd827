"""Settings of a command: from the environment, with what was said on the command line put over them."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from exchange.bootstrap.database import NoDatabaseError
from exchange.bootstrap.registry_token import RegistryTokenError
from exchange.cli.problem import CommandError
from exchange.config import Settings, SettingsError, read_port
from exchange.store.embedded import EmbeddedServerError
from exchange.store.leadership import LeaderBusyError
from exchange.store.migrate import MigrationFailedError
from exchange.store.rights import NoSuchRoleError
from exchange.store.startup import StartupRefusedError

Subparsers: TypeAlias = Any
"""What ``add_subparsers`` gives; argparse does not name the type."""


def add_data_dir(command: argparse.ArgumentParser) -> None:
    """The option that most commands have."""
    command.add_argument(
        "--data-dir",
        type=Path,
        metavar="FOLDER",
        help="folder of the exchange's data, instead of EXCHANGE_DATA_DIR 数据目录",
    )


def port(text: str) -> int:
    """A port on a command line, bounded as the setting is."""
    try:
        return read_port(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The settings for this call; raises CommandError with every problem at once."""
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        raise CommandError("some settings cannot be used. 部分设置无法使用", *error.problems) from None
    said = {name: getattr(arguments, name, None) for name in ("data_dir", "host", "port")}
    given = {name: value for name, value in said.items() if value is not None}
    if "data_dir" in given:
        given["data_dir"] = given["data_dir"].absolute()
    return replace(settings, **given)


def log_to_stderr(settings: Settings) -> None:
    """One line a record, with UTC time; nothing secret is ever logged.

    Who watches a terminal is told in sentences how far it is, so there the log begins with warnings. What goes to a
    file or to another program has everything from the level on, and ``debug`` has it on a terminal too.
    """
    logging.basicConfig(
        level=settings.log_level.upper(),
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    logging.Formatter.converter = time.gmtime
    if settings.log_level == "info" and sys.stderr.isatty():
        for handler in logging.getLogger().handlers:
            handler.setLevel(logging.WARNING)
    if settings.log_level != "debug":
        for library in ("uvicorn", "alembic"):
            logging.getLogger(library).setLevel(logging.WARNING)


@contextmanager
def understandable() -> Iterator[None]:
    """Turn what can go wrong with the surroundings into a problem with a remedy."""
    try:
        yield
    except NoDatabaseError as error:
        raise CommandError(
            f"{error}。",
            "start one: ./dev run, or ./dev demo 请先启动",
            "or name its folder with --data-dir 或指明其数据目录",
        ) from None
    except (EmbeddedServerError, LeaderBusyError, MigrationFailedError, NoSuchRoleError) as error:
        raise CommandError(str(error)) from None
    except RegistryTokenError as error:
        raise CommandError(str(error), "look at EXCHANGE_REGISTRY_TOKEN_FILE 请检查该设置") from None
    except StartupRefusedError as error:
        raise CommandError(
            "the exchange must not serve from this database. 此数据库不可使用。", *error.problems
        ) from None
    except ConnectionError as error:
        raise CommandError(
            f"{error}. 无法使用数据库。",
            "is PostgreSQL running, and is EXCHANGE_DATABASE_URL right? PostgreSQL 是否在运行，该设置是否正确？",
        ) from None
