"""The exchange as a real process on fresh data, for tests that need one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from exchange.cli.demo.service import Service, free_port
from exchange.store.embedded import temporary_home


@contextmanager
def a_service() -> Iterator[Service]:
    """A service with its private PostgreSQL, not started yet; nothing of it is left at the end."""
    with temporary_home() as home:
        made = Service(home, free_port())
        try:
            yield made
        finally:
            made.end()
