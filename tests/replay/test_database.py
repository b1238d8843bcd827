"""What the commands of an auditor say of a database: that it is what its journal makes, or which row is not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from exchange.cli import main
from exchange.cli.problem import DIFFERENT, OK
from exchange.core.values import MICROS_PER_DAY, Side
from exchange.sequencer.crashpoints import CrashPoints
from exchange.sequencer.sequencer import open_sequencer
from exchange.store.embedded import DatabaseUrls, EmbeddedServer
from exchange.store.journal import PostgresJournal
from tests.sequencer.world import QUICK, WanderingClock, make_stage, set_the_stage
from tests.support.database import fresh_database, postgres, unguarded

__all__ = ["postgres"]

FORGED_TRADE = (
    "INSERT INTO trades SELECT (jsonb_populate_record(t, jsonb_build_object('trade_id', trade_id + 500))).* "
    "FROM trades t LIMIT 1"
)
LIMITS = replace(QUICK, commit_seconds=10.0, unknown_seconds=30.0)


async def trade(urls: DatabaseUrls, folder: Path) -> None:
    """A short day of the real sequencer."""
    store, stage = PostgresJournal(urls.service), make_stage()
    sequencer = await open_sequencer(store, folder, WanderingClock(Random(0)), LIMITS, CrashPoints())
    await set_the_stage(sequencer, stage)
    for n in range(12):
        order = stage.place(n % 3, (Side.BUY, Side.SELL)[n % 2], 1 + n % 5, 2_990 + n % 7)
        await sequencer.submit(stage.submission(n % 3, order, key=f"order {n}"))
    await sequencer.stop()
    await store.close()


@pytest.fixture
def database(postgres: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseUrls]:
    """A database with a day in it, which the commands are told to use."""
    with fresh_database(postgres) as urls:
        asyncio.run(trade(urls, tmp_path))
        monkeypatch.setenv("EXCHANGE_DATABASE_URL", urls.service)
        yield urls


def forge(server: EmbeddedServer, urls: DatabaseUrls, statement: str) -> None:
    """Do something that nobody may."""

    async def do() -> None:
        async with unguarded(server, urls) as connection:
            await connection.execute(statement)

    asyncio.run(do())


def test_replay_and_reconcile_find_nothing_in_what_the_sequencer_wrote(
    database: DatabaseUrls, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [main(["reconcile"]), main(["replay"])] == [OK, OK]
    said = capsys.readouterr()
    assert "reconcile: everything agrees 全部一致" in said.out
    assert "compared row by row: all equal" in said.out and "已由日志重建并逐行比对：全部一致" in said.out
    assert "NOT CHECKED" in said.out
    assert "DIFFERENT" not in said.err


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        (FORGED_TRADE, "trades"),
        ("UPDATE orders SET price = price + 1 WHERE order_id = (SELECT max(order_id) FROM orders)", "orders"),
        ("DELETE FROM movements", "movements"),
    ],
)
def test_a_forged_row_is_found_by_both_and_the_journal_is_not_to_blame(
    database: DatabaseUrls, postgres: EmbeddedServer, capsys: pytest.CaptureFixture[str], statement: str, table: str
) -> None:
    forge(postgres, database, statement)
    assert [main(["reconcile"]), main(["replay"])] == [DIFFERENT, DIFFERENT]
    said = capsys.readouterr()
    assert f"reconcile: DIFFERENT: tables are what the journal makes: {table} " in said.out
    assert f"  不符：应各数据表与日志所产生的一致，但 {table} " in said.out
    assert re.search(r"compared row by row: \d+ DIFFERENT\n.*已由日志重建并逐行比对：\d+ 处不符", said.out)
    assert re.search(rf"replay: DIFFERENT: {table} .*\n  不符：应各数据表与日志所产生的一致", said.err)
    assert "every one as it is written" in said.out


def test_old_answers_are_counted_and_emptied_only_when_told_to(
    database: DatabaseUrls, postgres: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    days = 20_000 * MICROS_PER_DAY
    forge(postgres, database, f"UPDATE idempotency SET at_us = at_us - {days} WHERE idempotency_key LIKE 'order 1%'")
    for arguments, said in (
        ([], "3 answers are older than 90 days; --apply empties them"),
        (["--older-than-days", "30000"], "0 answers are older than 30000 days"),
        (["--apply"], "3 answers older than 90 days are emptied"),
        ([], "0 answers are older than 90 days"),
    ):
        assert main(["purge-answers", *arguments]) == OK
        assert said in capsys.readouterr().out


@pytest.mark.parametrize("days", ["89", "0", "-1", "ninety"])
def test_answers_within_what_was_promised_are_not_emptied(days: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["purge-answers", "--apply", "--older-than-days", days])
    assert ended.value.code == 2
    assert "from 90 on" in capsys.readouterr().err
