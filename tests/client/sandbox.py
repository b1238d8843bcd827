"""A sandbox in a process of its own, and firms that join it as a developer has them join."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.cli.demo.service import Service
from tests.support.service import a_service


@contextmanager
def running_sandbox() -> Iterator[Service]:
    """A sandbox that answers."""
    with a_service(EXCHANGE_SANDBOX="on") as service:
        asyncio.run(service.start())
        yield service


def type_command(service: Service, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Type a command of the exchange in a developer's folder."""
    return subprocess.run(
        [sys.executable, "-m", "exchange", *arguments],
        env=service.environment,
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def joined(service: Service, folder: Path, name: str) -> Path:
    """The key file of a firm that has joined."""
    done = type_command(service, folder, "sandbox-join", "--name", name)
    assert done.returncode == 0, done.stderr
    return folder / f"{name}.key.json"
