"""Has PDFs made by another process, one at a time, and keeps the last of them.

Anybody may ask for a PDF. What it costs must therefore be bounded, and must not be paid by the process that matches
orders: at most one is made at a time, few may wait for theirs, and each process has a time in which it must be done.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Final

import exchange
from exchange.certificates.document import Document, canonical_bytes, digest_of

MOST_WAITING: Final = 8
MOST_KEPT: Final = 64
LARGEST_KEPT: Final = 256 * 1024
"""Bytes of a PDF that is kept; one of a usual use has a third of it."""

SECONDS: Final = 60.0

Key = tuple[str, str]
"""The SHA-256 of a document, and the address of its page."""

_ROOT: Final = Path(exchange.__file__).parent.parent
_PASSED_ON: Final = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")
"""Of the environment no more than what Python may need: the rest holds passwords."""


class PressError(Exception):
    """There is no PDF now."""


class PressBusyError(PressError):
    """Too many wait already; ask again later."""


class PressBrokenError(PressError):
    """The process failed or took too long; the text says what it told."""


class Press:
    """What was printed last, and who prints now."""

    def __init__(self, module: str = "exchange.certificates.pdf", seconds: float = SECONDS) -> None:
        """``module`` reads a document on stdin and writes its PDF to stdout, in at most so many seconds."""
        self._module: Final = module
        self._seconds: Final = seconds
        self._turn: Final = asyncio.Lock()
        self._waiting = 0
        self._kept: Final[OrderedDict[Key, bytes]] = OrderedDict()

    async def pdf(self, document: Document, address: str) -> bytes:
        """The PDF of a document whose page has this address.

        Raises:
            PressBusyError: when too many wait for theirs.
            PressBrokenError: when it could not be made.
        """
        key = (digest_of(document), address)
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        if self._waiting >= MOST_WAITING:
            raise PressBusyError("too many certificates are being printed")
        self._waiting += 1
        try:
            async with self._turn:
                return self._kept.get(key) or await self._print(key, canonical_bytes(document))
        finally:
            self._waiting -= 1

    async def _print(self, key: Key, data: bytes) -> bytes:
        made = await _run(self._module, key[1], data, self._seconds)
        if len(made) <= LARGEST_KEPT:
            self._kept[key] = made
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return made


async def _run(module: str, address: str, data: bytes, seconds: float) -> bytes:
    """What the process writes; it does not outlive its time, nor whoever asks."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        address,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=_ROOT,
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
    )
    try:
        async with asyncio.timeout(seconds):
            made, told = await process.communicate(data)
    except TimeoutError:
        raise PressBrokenError(f"no PDF after {seconds:.0f} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not made:
        raise PressBrokenError(told.decode(errors="replace").strip()[-500:] or "no PDF")
    return made
