"""Doubles of the API's ports, for what the real ones do only when something is wrong: refuse, stop, break."""

from __future__ import annotations

from asyncio import Future
from collections.abc import AsyncIterator, Callable
from typing import Any

from exchange.api.ports import Services
from exchange.core.values import Micros, Seq
from exchange.sequencer.committed_view import CommittedView
from exchange.sequencer.meters import Meters
from exchange.sequencer.submission import Group, Receipt, Submission
from exchange.telemetry import Telemetry


class Refusing:
    """A sequencer that answers every submission with an exception."""

    def __init__(self, error: Exception, decided: int = 0) -> None:
        self.meters = Meters()
        self.waiting = 0
        self.decided = Seq(decided)
        self._error = error

    async def submit(self, request: Submission | Group) -> Receipt:
        """Raise."""
        raise self._error

    def enter(self, request: Submission | Group) -> Receipt | Future[Receipt]:
        """Raise."""
        raise self._error


class Broken:
    """A history in whose place everything raises."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def fail(*_arguments: Any, **_options: Any) -> Any:
            raise self._error

        async def stream(*_arguments: Any, **_options: Any) -> AsyncIterator[Any]:
            yield await fail()

        return stream if name.startswith("stream") else fail


async def never() -> bool:
    """Not ready."""
    return False


async def always() -> bool:
    """Ready."""
    return True


def idle_services(view: CommittedView | None = None, error: Exception | None = None) -> Services:
    """Services that do nothing but break."""
    broken = error or AssertionError("nothing was to be asked")
    store: Any = Broken(broken)
    view = view or CommittedView()
    return Services(Refusing(broken), view, store, store, lambda: Micros(1), never, Telemetry())
