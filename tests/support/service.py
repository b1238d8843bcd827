"""The exchange as a real process on fresh data, for tests that need one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from exchange.cli.demo.registry import Registry
from exchange.cli.demo.service import Service, free_port
from exchange.store.embedded import temporary_home


@contextmanager
def a_service(**settings: str) -> Iterator[Service]:
    """A service with its private PostgreSQL, not started yet; nothing of it is left at the end.

    ``settings`` are further ones, such as ``EXCHANGE_SANDBOX="on"``.
    """
    with temporary_home() as home:
        made = Service(home, free_port(), settings)
        try:
            yield made
        finally:
            made.end()


@contextmanager
def a_service_and_its_registry(**settings: str) -> Iterator[tuple[Service, Registry]]:
    """The same with a simulated registry beside it, not started either."""
    with temporary_home() as home:
        registry = Registry(home / "registry", free_port())
        service = Service(home, free_port(), {**registry.settings, **settings})
        try:
            yield service, registry
        finally:
            service.end()
            registry.end()
