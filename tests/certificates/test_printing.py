"""The press: one at a time, bounded, and its failures are nobody else's."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from exchange.certificates.printing import MOST_WAITING, Press, PressBrokenError, PressBusyError
from tests.certificates.examples import ADDRESS, document, revoked_document

ADDRESSES = [f"{ADDRESS}{n}" for n in range(MOST_WAITING + 3)]
HERE = "tests.certificates.presses"


async def test_it_prints_what_the_module_prints() -> None:
    made = await Press().pdf(document(), f"{ADDRESS}{document()['number']}")
    assert made.startswith(b"%PDF")


async def test_what_was_printed_is_kept(tmp_path: Path) -> None:
    press = Press(f"{HERE}.counting")
    address = str(tmp_path / "count")
    assert await press.pdf(document(), address) == b"printed 1 times"
    assert await press.pdf(document(), address) == b"printed 1 times"
    assert await press.pdf(revoked_document(), address) == b"printed 2 times"


async def test_who_asks_at_once_gets_the_same_sheet(tmp_path: Path) -> None:
    press = Press(f"{HERE}.counting")
    address = str(tmp_path / "count")
    made = await asyncio.gather(*(press.pdf(document(), address) for _ in range(MOST_WAITING)))
    assert set(made) == {b"printed 1 times"}


async def test_few_may_wait(tmp_path: Path) -> None:
    press = Press(f"{HERE}.sleeping", seconds=0.5)
    asked = [asyncio.create_task(press.pdf(document(), address)) for address in ADDRESSES]
    done = await asyncio.gather(*asked[-3:], return_exceptions=True)
    assert [type(one) for one in done] == [PressBusyError] * 3
    for task in asked:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)


@pytest.mark.parametrize(
    ("module", "told"), [("crashing", "no ink"), ("silent", "no PDF"), ("sleeping", "no PDF after")]
)
async def test_a_failure_is_told_and_the_next_one_is_tried(module: str, told: str) -> None:
    press = Press(f"{HERE}.{module}", seconds=5.0 if module != "sleeping" else 0.5)
    for address in ADDRESSES[:2]:
        with pytest.raises(PressBrokenError, match=told):
            await press.pdf(document(), address)


async def test_it_passes_no_secrets_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", "postgresql://user:secret@host/db")
    said = await Press(f"{HERE}.telling").pdf(document(), ADDRESS)
    assert b"PATH" in said
    assert b"EXCHANGE" not in said
    assert b"secret" not in said
