"""The soak finds what it looks for, and a short one of a real service finds nothing."""

from __future__ import annotations

import asyncio
import os
import zlib
from typing import Any

import pytest

from exchange.cli.bench.results import Report
from loadtests.soak import Options, run
from loadtests.soak_clients import Told, through
from loadtests.soak_health import (
    descriptors_of,
    first_and_last_third,
    memory_of,
    metrics_of,
    processor_seconds_of,
    second_half,
    theil_sen,
)
from loadtests.soak_readers import AccountTrail, BookTrail, Frame, TradeTrail, Trail, trail_of

AT = "2026-11-20T01:02:03.000004Z"


def frame(seq: int, before: int | None, channel: str = "ticker:ins-5", **more: Any) -> Frame:
    """A message of a channel."""
    return {"channel": channel, "type": "update", "seq": seq, "prev_seq": before, "at": AT, **more}


def followed(*frames: Frame | None, channel: str = "ticker:ins-5") -> list[str]:
    """The faults of a trail after these frames; None is a connection that was lost and made again."""
    faults: list[str] = []
    trail = trail_of(channel, faults)
    trail.join()
    for each in frames:
        if each is None:
            trail.join()
        else:
            trail.take(each)
    return faults


def test_what_follows_on_is_no_fault() -> None:
    assert (
        followed(frame(5, None), frame(7, 5), None, frame(7, 5), frame(9, 6), frame(12, 9), None, frame(13, None)) == []
    )


@pytest.mark.parametrize(
    "frames",
    [
        (frame(7, 5),),
        (frame(5, None), frame(8, 6)),
        (frame(5, None), frame(8, 4)),
        (frame(5, None), frame(7, 5), frame(7, 5)),
        (frame(5, None), None, frame(8, 6)),
        (frame(5, None), frame(6, None)),
        (frame(5, None), None, frame(4, None)),
    ],
    ids=["no snapshot", "gap", "overlap", "twice", "gap after coming back", "uncalled snapshot", "older snapshot"],
)
def test_a_gap_is_found(frames: tuple[Frame, ...]) -> None:
    assert len(followed(*frames)) == 1


def trades(seq: int, before: int | None, *numbers: int) -> Frame:
    """A message of the tape."""
    return frame(seq, before, "trades:ins-5", trades=[{"trade_no": number} for number in numbers])


def test_trades_are_counted_and_a_snapshot_may_leave_some_out() -> None:
    faults: list[str] = []
    trail = TradeTrail("trades:ins-5", faults)
    trail.join()
    trail.take(trades(5, None, 1, 2))
    trail.take(trades(6, 5, 3))
    trail.join()
    trail.take(trades(20, None, 7, 8))
    assert (faults, trail.left_out, trail.last) == ([], 3, 8)
    trail.take(trades(21, 20, 10))
    assert faults == ["trades:ins-5: trade 10 after 8"]


def book(seq: int, before: int | None, price: str, checked: str) -> Frame:
    """A message with one bid and the checksum of a book with only that."""
    kind = {"type": "snapshot"} if before is None else {"first_seq": seq}
    levels = [{"price": price, "quantity": 5, "orders": 1}]
    checksum = zlib.crc32(f"{checked}|".encode())
    return frame(seq, before, "book:ins-5", instrument="ins-5", bids=levels, asks=[], checksum=checksum) | kind


def test_a_false_book_is_found() -> None:
    faults: list[str] = []
    trail = BookTrail("book:ins-5", faults)
    trail.join()
    trail.take(book(5, None, "30.00", "30.00:5:1"))
    trail.take(book(6, 5, "29.00", "30.00:5:1,29.00:5:1"))
    assert faults == []
    trail.take(book(7, 6, "28.00", "30.00:5:1"))
    assert faults == ["book:ins-5: the copy at 7 is not the book: CHECKSUM"]


def test_an_account_is_as_its_newest_frames_have_it() -> None:
    trail = AccountTrail("private", [])
    trail.join()
    order = {"id": "ord-1", "status": "NEW"}
    trail.take(frame(5, None, "private", orders=[order, {"id": "ord-2", "status": "NEW"}], balances=[{"asset": "CNY"}]))
    ended = {"id": "ord-1", "status": "FILLED"}
    trail.take(frame(6, 5, "private", orders=[ended], balances=[{"asset": "lot-1"}], fills=[{}]))
    assert (set(trail.orders), set(trail.balances), trail.fills) == ({"ord-2"}, {"CNY", "lot-1"}, 1)


def test_a_channel_has_the_trail_of_its_kind() -> None:
    kinds = [type(trail_of(name, [])) for name in ("book:ins-5", "trades:ins-5", "private", "candles:ins-5:1m")]
    assert kinds == [BookTrail, TradeTrail, AccountTrail, Trail]


def test_a_slope_is_not_moved_by_a_few_points_that_lie_far_off() -> None:
    line = [(float(x), 3.0 * x) for x in range(20)]
    assert theil_sen(line) == 3.0
    line[3], line[16] = (3.0, 10_000.0), (16.0, -10_000.0)
    assert theil_sen(line) == 3.0
    assert theil_sen([(1.0, 1.0)]) == 0.0
    assert second_half(line)[0] == (10.0, 30.0)
    assert first_and_last_third([1.0, 2.0, 3.0, 9.0, 5.0, 6.0, 7.0]) == (1.5, 6.5)


def test_a_process_is_looked_at() -> None:
    assert memory_of(os.getpid()).resident > memory_of(os.getpid()).swapped
    assert descriptors_of(os.getpid()) > 2
    assert processor_seconds_of(os.getpid()) == pytest.approx(sum(os.times()[:2]), abs=0.1)
    assert metrics_of(b'# HELP x\nexchange_tasks 7.0\nexchange_x{a="b"} 2.0\nexchange_seq 1.5e+06\n') == {
        "exchange_tasks": 7.0,
        "exchange_seq": 1_500_000.0,
    }


def test_answers_are_told_apart() -> None:
    told = Told()
    for status, acknowledged, size in ((201, 1, 1), (0, 0, 20), (503, 0, 1), (500, 0, 1)):
        told.hear(status, acknowledged, size)
    assert (told.commands, told.unanswered, told.strange) == (1, 20, {500: 1})


async def test_what_breaks_meanwhile_ends_everything() -> None:
    async def breaks() -> None:
        raise AssertionError("broken")

    with pytest.raises(AssertionError, match="broken"):
        await through([breaks()], asyncio.sleep(60))


@pytest.fixture(scope="module")
def report() -> Report:
    """A short soak of a real service."""
    few = Options(
        minutes=0.12, warm_up=0.5, firms=4, rest=6, streams=2, batches=1, readers=10, slow=1, silent=1, idle=1
    )
    return asyncio.run(run(few))


def test_a_real_service_holds_for_some_seconds(report: Report) -> None:
    reached = {target.demand: target.reached for target in report.targets}
    assert reached["gaps, false books and other faults"] == 0, report.notes
    assert reached["answers that must not be"] == 0
    assert "tracebacks in the service's log" not in reached
    assert reached["answers, journal and tables that disagree"] == 0, report.notes
    assert report.row("reconciled")["findings"] == 0
    capacity, part = report.row("capacity"), report.row("part 1")
    assert capacity["readers"] == 10
    assert 0 < float(part["commands_a_second"]) < float(capacity["commands_a_second"])
    assert float(part["service_busy"]) > 0 < float(part["clients_busy"])
    streams = report.row("streams")
    assert streams["accounts_compared"] == 4
    assert float(streams["messages"]) > 0 < float(streams["connections"])
    assert float(report.row("memory")["last_MB"]) > 0
