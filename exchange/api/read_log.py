"""Which reads are written down: what one of the staff sees of others, before its first byte leaves (INV-65).

A participant reads its own things and the public ones, which is nobody else's business. Staff read everybody's. So
every read that asks for a role and is answered to staff is written down, but for the few that show staff nothing but
their own. Reads that are refused or find nothing show nothing and are not written down.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

from exchange.api.operations import Call, Document, Read
from exchange.core.values import Seq
from exchange.store.read_log import StaffRead

T = TypeVar("T")


def is_logged(call: Call) -> bool:
    """Whether this read shows one of the staff what is others'."""
    operation, principal = call.operation, call.principal
    if not isinstance(operation, Read) or principal is None or not principal.is_staff:
        return False
    return not operation.own or operation.others(call)


async def log_document(call: Call, document: Document, as_of: Seq) -> None:
    """Write down a read that is answered with a document: as many rows as it has items, or one.

    Raises:
        ConnectionError: when it cannot be written; then nothing may be shown.
    """
    if is_logged(call):
        items = document.get("items")
        await _begun(call, len(items) if isinstance(items, list) else 1, as_of)


async def logged_rows(call: Call, rows: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """The rows of a download, which are counted. That it begins is written down with the first step, so that one for
    which there is no place is not; the number of rows at the end, however that comes. Raises as :func:`log_document`.
    """
    number = await _begun(call, None, call.services.view.seq) if is_logged(call) else None
    count, complete = 0, False
    try:
        async with aclosing(rows):
            async for row in rows:
                count += 1
                yield row
        complete = True
    finally:
        if number is not None:
            call.services.read_log.ended(number, call.services.clock(), count, complete)


async def _begun(call: Call, rows: int | None, as_of: Seq) -> int:
    who, asked_for = call.who, (call.operation.path, call.asked)
    return await call.services.read_log.begun(
        StaffRead(call.services.clock(), who.person, who.key, *asked_for, rows, as_of)
    )
