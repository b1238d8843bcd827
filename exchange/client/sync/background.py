"""Blocking calls of asynchronous methods: one event loop in a thread of its own, and faces that hand calls to it.

A face has the names of an asynchronous class and nothing of its own: :func:`blocking` and :func:`iterating` make its
methods from the asynchronous ones, arguments, types and documentation included.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import CancelledError
from typing import Any, Concatenate, Final, Generic, ParamSpec, TypeVar

A = TypeVar("A")
A_co = TypeVar("A_co", covariant=True)
R = TypeVar("R")
P = ParamSpec("P")

_END: Final = object()


class _Call(Generic[R]):
    """A coroutine on the loop that can be cancelled without its future. All but the making is the loop's thread's."""

    def __init__(self, coroutine: Coroutine[Any, Any, R]) -> None:
        self._coroutine = coroutine
        self._task: asyncio.Task[Any] | None = None
        self._is_unwanted = False

    async def body(self) -> R:
        """What runs on the loop."""
        if self._is_unwanted:
            self._coroutine.close()
            raise asyncio.CancelledError
        self._task = asyncio.current_task()
        return await self._coroutine

    def cancel(self) -> None:
        """Cancel it, or do not let it begin."""
        self._is_unwanted = True
        if self._task is not None:
            self._task.cancel()


class Background:
    """An event loop that runs in a thread of its own until it is closed, or until the program ends."""

    def __init__(self) -> None:
        """Running."""
        self._loop = asyncio.new_event_loop()
        # A daemon: a script that forgot to close, or a notebook that is left open, can still end.
        self._thread = threading.Thread(target=self._loop.run_forever, name="exchange-client", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Whether it was not closed yet."""
        return not self._loop.is_closed()

    @property
    def _can_wait(self) -> bool:
        """Whether this thread can wait for the loop."""
        return self.is_open and threading.current_thread() is not self._thread

    def run(self, coroutine: Coroutine[Any, Any, R]) -> R:
        """Run a coroutine on the loop and wait for it; Ctrl-C cancels it.

        Raises:
            RuntimeError: after :meth:`close`, and on the loop's own thread, which would wait for itself.
        """
        if not self._can_wait:
            coroutine.close()
            raise RuntimeError("the client is closed" if self._loop.is_closed() else "called from its own thread")
        call, future = _Call(coroutine), None
        try:
            # Ctrl-C can come in the middle of this line, when the loop has begun and this thread knows no future yet.
            future = asyncio.run_coroutine_threadsafe(call.body(), self._loop)
            return future.result()
        except BaseException:
            if future is None or not future.done():
                self._loop.call_soon_threadsafe(call.cancel)
            if future is not None:
                with contextlib.suppress(CancelledError, Exception):
                    future.result()
            raise

    def iterate(self, items: AsyncIterator[R]) -> Iterator[R]:
        """The items one after the other, each fetched when it is asked for."""
        try:
            while (item := self.run(_next(items))) is not _END:
                yield item
        finally:
            # A loop that was left is ended by whichever thread collects garbage, which may be the loop's own.
            close = getattr(items, "aclose", None)
            if close is not None and self._can_wait:
                self.run(close())

    def close(self) -> None:
        """End the loop and its thread; twice is as good as once."""
        if self._loop.is_closed():
            return
        self.run(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _next(items: AsyncIterator[Any]) -> Any:
    return await anext(items, _END)


class Face(Generic[A_co]):
    """The blocking side of ``inner``, which nobody exchanges."""

    def __init__(self, inner: A_co, background: Background) -> None:
        self.inner = inner
        self.background = background


def blocking(method: Callable[Concatenate[A, P], Coroutine[Any, Any, R]]) -> Callable[Concatenate[Face[A], P], R]:
    """The same method, which returns when it is done."""

    @functools.wraps(method)
    def call(face: Face[A], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return face.background.run(method(face.inner, *args, **kwargs))

    return call


def looking(method: Callable[Concatenate[A, P], R]) -> Callable[Concatenate[Face[A], P], R]:
    """The same method of something that the loop goes on changing: it looks while the loop does nothing else."""

    @functools.wraps(method)
    def call(face: Face[A], /, *args: P.args, **kwargs: P.kwargs) -> R:
        async def look() -> R:
            return method(face.inner, *args, **kwargs)

        return face.background.run(look())

    return call


def iterating(method: Callable[Concatenate[A, P], AsyncIterator[R]]) -> Callable[Concatenate[Face[A], P], Iterator[R]]:
    """The same list, for a plain ``for``."""

    @functools.wraps(method)
    def call(face: Face[A], /, *args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        return face.background.iterate(method(face.inner, *args, **kwargs))

    return call
