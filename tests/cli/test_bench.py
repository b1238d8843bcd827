"""The benches at a size that takes seconds: they run a correct market, or they say so; no figure is judged here."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from exchange.cli import main
from exchange.cli.bench import core, page
from exchange.cli.bench.accounts import Acknowledged, commands_after, settle
from exchange.cli.bench.engines import ENGINES, OWN, measure
from exchange.cli.bench.floors import rate_of
from exchange.cli.bench.matching import FASTEST
from exchange.cli.bench.orders import refuse_idle
from exchange.cli.bench.pauses import Pauses, pauses_of_machine
from exchange.cli.bench.results import Report, shown
from exchange.cli.bench.stage import set_stage
from exchange.cli.bench.venue import open_venue
from exchange.cli.bench_command import NAMES, bench_of, smaller_than_usual
from exchange.cli.problem import CANNOT, CommandError
from exchange.core.values import Price, Seq
from loadtests.loops import Tally
from loadtests.mix import START_PRICE
from loadtests.scenarios import SCENARIOS

SHORT = ("--seconds", "0.5", "--warm-up", "0.1")


def bench(*options: str) -> str:
    """A small benchmark in a process of its own, because it changes how garbage is collected; its tables."""
    command = [sys.executable, "-m", "exchange", "bench", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def result(folder: Path, *options: str) -> dict[str, Any]:
    """What a small benchmark writes for programs."""
    file = folder / "result.json"
    bench(*options, "--json", str(file))
    document: dict[str, Any] = json.loads(file.read_text())
    return document


def rows_of(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The rows of a result by their names."""
    return {row["what"]: row for row in document["rows"]}


def test_a_pause_is_told_by_its_length_and_by_the_part_of_the_time_that_it_took() -> None:
    assert Pauses(30.0, (0.06, 0.24)).figures() == {
        "pauses_a_minute": 4.0,
        "paused_percent": 1.0,
        "longest_pause_ms": 240.0,
    }
    assert Pauses(30.0, ()).figures()["longest_pause_ms"] == 0.0


def test_answers_without_commands_are_no_measurement() -> None:
    heard = Tally(commands=4, statuses={201: 3, 422: 1, 503: 9})
    refuse_idle("REST", heard)
    heard.statuses[409] = 1  # a key that was used before
    with pytest.raises(CommandError, match="5 requests were answered, but only 4"):
        refuse_idle("REST", heard)


def test_every_processor_is_watched_for_as_long_as_was_asked() -> None:
    pauses = pauses_of_machine(0.2)
    assert pauses.watched == 0.2
    assert all(pause > 0.005 for pause in pauses.seconds)


# --- the parts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, engine in ENGINES.items() if engine.is_here])
def test_an_engine_makes_the_trades_of_price_time_priority(name: str) -> None:
    measured = subprocess.run(
        [sys.executable, "-m", "exchange.cli.bench.engines", name, "3000", "500", "7"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    document = json.loads(measured.stdout.splitlines()[-1])
    assert document["right"] and document["trades"] > 500 and document["ns"] > 0


def test_an_engine_that_is_wrong_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of trades that the stream itself counts is what an engine is held to."""
    monkeypatch.setattr("exchange.cli.bench.engines.match", _match_nothing)
    monkeypatch.setattr("exchange.cli.bench.engines.calm_the_collector", lambda: None)
    monkeypatch.setattr("exchange.core.matching.book.OrderBook.is_crossed", lambda _: False)
    assert not measure(OWN, 300, 0, 1)["right"]


def _match_nothing(*arguments: Any) -> Any:
    """No fills, nothing prevented, the whole quantity left, not stopped."""
    return (), (), arguments[3], False


def test_matching_names_what_is_not_installed(tmp_path: Path) -> None:
    sizes = ("--commands", "2000", "--resting", "500", "--rounds", "1", "--largest-book", "1000")
    rows = rows_of(result(tmp_path, "matching", *sizes))
    grown = {f"{name}, 1,000 resting" for name in (OWN, FASTEST) if ENGINES[name].is_here}
    assert rows.keys() == {*ENGINES} | grown
    assert rows[OWN]["right"] == "yes"
    missing = [name for name, engine in ENGINES.items() if not engine.is_here]
    assert all("./dev peers" in rows[name]["ns_per_command"] for name in missing)


def test_matching_with_no_book_that_grows(tmp_path: Path) -> None:
    sizes = ("--commands", "500", "--resting", "100", "--rounds", "1", "--largest-book", "0")
    document = result(tmp_path, "matching", *sizes)
    assert rows_of(document).keys() == {*ENGINES}
    assert not [target for target in document["targets"] if "largest book" in target["demand"]]


def test_a_mode_that_is_not_there_is_refused_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    for name, mode in (("orders", "rest"), ("growth", "book,firm"), ("orders", ",")):
        assert main(["bench", name, "--modes", mode]) == CANNOT
        told = capsys.readouterr().err
        assert ", ".join(bench_of(name).MODES) in told and f"bench {name} has no mode" in told


def test_an_option_of_another_bench_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for name, option, value in (
        ("core", "clients", "3"),
        ("matching", "seconds", "1"),
        ("recovery", "modes", "single"),
        ("all", "folder", "x"),
        ("page", "json", "x"),
    ):
        assert main(["bench", name, f"--{option}", value]) == CANNOT
        told = capsys.readouterr().err
        assert f"bench {name} has no option --{option}. 该测试没有此选项" in told
        assert name in ("all", "page") or f"--{fields(bench_of(name).Options)[0].name}" in told


@pytest.mark.parametrize(
    "option",
    ["--commands=0", "--rounds=-1", "--firms=x", "--largest-book=-1", "--seconds=0", "--seconds=inf", "--warm-up=nan"],
)
def test_a_number_that_measures_nothing_is_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bench", "core", option])
    assert ended.value.code == CANNOT
    assert f"argument {option.partition('=')[0]}: write a" in capsys.readouterr().err


def test_a_result_that_cannot_be_written_is_said_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(core, "measure", None)
    for name, file in (("core", tmp_path / "file" / "core.json"), ("core", tmp_path), ("all", tmp_path / "file")):
        assert main(["bench", name, "--json", str(file)]) == CANNOT
        assert "cannot write" in capsys.readouterr().err
    with pytest.raises(TypeError):
        main(["bench", "core", "--json", str(tmp_path / "new.json")])
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_core_tells_how_far_it_is_and_how_it_was_made() -> None:
    sizes = ("--commands", "50", "--resting", "20", "--firms", "3", "--rounds", "2", "--largest-book", "30")
    command = [sys.executable, "-m", "exchange", "bench", "core", *sizes]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=True)
    for part in ("round 1 of 2", "round 2 of 2", "the largest book", "filling the book: 0 of 30", "measuring 50"):
        assert f"bench: core: {part}" in done.stderr
    assert f"\n\nMade by `./dev bench core {' '.join(sizes)}`, " in done.stdout and "load before" in done.stdout


def test_help_has_each_bench_in_both_languages_with_modes_and_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bench", "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for name, meanings in NAMES.items():
        assert all(meaning in told for meaning in meanings)
        for field in fields(bench_of(name).Options):
            if field.default is not None and field.name != "modes":
                assert f"--{field.name.replace('_', '-')} {field.default}\n" in told
        assert ",".join(getattr(bench_of(name), "MODES", ())) in told


def test_core_with_two_books(tmp_path: Path) -> None:
    sizes = ("--commands", "600", "--resting", "200", "--firms", "5", "--rounds", "1", "--largest-book", "1000")
    document = result(tmp_path, "core", *sizes)
    rows = rows_of(document)
    assert rows.keys() == {"200 resting", "1,000 resting"}
    assert rows["200 resting"]["trades"] > 100 and rows["200 resting"]["firms"] == 10
    assert rows["200 resting"]["slowest"].startswith(("PlaceOrder, ", "CancelOrder, 0 fills"))
    assert [target["wanted"] for target in document["targets"]] == [60_000, 5]
    assert document["smaller"] and {target["met"] for target in document["targets"]} == {None}
    assert document["command"].startswith("./dev bench core --commands 600 --resting 200 --firms 5")


def test_a_core_that_is_wrong_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run is held to the number of trades that the stream counts."""
    monkeypatch.setattr("exchange.core.handlers.execution.match", _match_nothing)
    monkeypatch.setattr("exchange.core.matching.book.OrderBook.is_crossed", lambda _: False)
    monkeypatch.setattr("exchange.cli.bench.core.calm_the_collector", lambda: None)
    with pytest.raises(AssertionError, match="disagree about the trades"):
        core.measure(100, 0, 5, seed=1)


@pytest.mark.processes
def test_orders_of_all_ways_in_are_held_to_the_journal(tmp_path: Path) -> None:
    document = result(tmp_path, "orders", *SHORT, "--firms", "4", "--clients", "8")
    rows = rows_of(document)
    told = rows["reconciled"]
    assert told["findings"] == 0 and told["acknowledged"] == told["in_the_journal"] > 100
    assert rows["rows per command"]["journal_rows"] == pytest.approx(1.0, abs=0.05)
    for way in (
        "REST, one in flight",
        "batches of 50, 16 under way",
        "WebSocket, 16 under way",
        "REST, batches of one",
    ):
        assert rows[way]["per_second"] > 0 and rows[way]["wal_bytes"] > 0
        assert rows[way]["service_cpu_us"] >= 0 and rows[way]["x_echo"] > 0
    assert "overload, cancels on their own connections" in rows
    assert len(document["targets"]) == 9


@pytest.mark.processes
def test_listeners_are_told(tmp_path: Path) -> None:
    document = result(tmp_path, "stream", *SHORT, "--subscribers", "5", "--changes", "50", "--firms", "4")
    rows = rows_of(document)
    frames = rows["frames to 5 listeners"]
    assert frames["gaps"] == frames["lost"] == 0 and frames["frames_each_a_second"] > 1
    assert rows["reconciled"]["findings"] == 0


@pytest.mark.processes
def test_the_proof_over_parcels_finds_nothing(tmp_path: Path) -> None:
    document = result(tmp_path, "double-count", "--parcels", "400", "--firms", "2")
    rows = rows_of(document)
    assert rows["from the log alone"]["parcels"] == 400
    assert rows["from the log alone"]["spent_t"] == 600
    assert rows["from the log alone"]["frozen_lots"] == 1
    assert rows["from the tables alone, by SQL"]["seconds"] > 0


@pytest.mark.processes
def test_recovery_does_the_tail_again(tmp_path: Path) -> None:
    document = result(tmp_path, "recovery", "--resting", "300", "--tail", "200", "--firms", "4")
    rows = rows_of(document)
    assert rows["start with a tail of 200 entries"]["seconds"] > 0
    assert any(name.startswith("replay of ") for name in rows)


@pytest.mark.processes
def test_growth_of_book_and_firms(tmp_path: Path) -> None:
    sizes = ("--largest-book", "1000", "--largest-firms", "10", "--resting", "100", "--firms", "3", "--commands", "300")
    document = result(tmp_path, "growth", *SHORT, *sizes, "--clients", "4", "--modes", "book,firms")
    rows = rows_of(document)
    assert rows.keys() == {"1,000 resting", "10 firms"}
    assert all(row["core_us"] > 0 and row["resident_MB"] > 10 for row in rows.values())


@pytest.mark.processes
def test_a_past_is_gone_on_with(tmp_path: Path) -> None:
    """The second run finds the first one's stage and rows in the folder, and nothing is made again."""
    from exchange.store.embedded import temporary_home

    sizes = ("--largest-history", "0", "--resting", "50", "--firms", "3", "--clients", "4", "--modes", "history")
    with temporary_home() as home:
        first, second = (result(tmp_path, "growth", *SHORT, *sizes, "--folder", str(home)) for _ in range(2))
        assert second["rows"][0]["entries"] > first["rows"][0]["entries"] > 50
        assert str(home) not in json.dumps(second["options"])


@pytest.mark.processes
async def test_accounts_that_do_not_add_up_are_no_figures() -> None:
    """One command more or less than the journal has ends the bench, unless a request was left without an answer."""
    with open_venue() as venue:
        await venue.inside(lambda sequencer: set_stage(sequencer, 2, Price(START_PRICE)))
        core.disturb_the_collector()  # the service calmed it, and this process goes on
        entries = await commands_after(venue, Seq(0))
        assert entries > 20
        report = Report("orders", {})
        await settle(report, venue, Seq(0), Acknowledged(entries))
        await settle(report, venue, Seq(0), Acknowledged(entries - 1, unanswered=1))
        for told in (Acknowledged(entries - 1), Acknowledged(entries + 1, unanswered=1)):
            with pytest.raises(CommandError, match="in the journal"):
                await settle(report, venue, Seq(0), told)


@pytest.mark.processes
async def test_a_stage_has_more_firms_than_one_person_may_propose_at_a_time() -> None:
    with open_venue() as venue:
        stage = await venue.inside(lambda sequencer: set_stage(sequencer, 120, Price(START_PRICE)))
        core.disturb_the_collector()
    assert len({trader.token for trader in (*stage.buyers, *stage.sellers)}) == 240


# --- floors ----------------------------------------------------------------------------------------------------------


def test_pgbench_runs_longer_where_no_transaction_came_to_its_end() -> None:
    """It tells no rate then: the machine had other things to do."""
    asked: list[int] = []

    def told(length: int) -> str:
        asked.append(length)
        processed = "number of transactions actually processed: "
        return f"{processed}0\n" if length < 32 else f"{processed}7\ntps = 1.5 (without initial connection time)\n"

    assert (rate_of(told, 2), asked) == (1.5, [2, 8, 32])
    with pytest.raises(CommandError, match="brought no transaction to its end in 16 s"):
        rate_of(told, 1)


# --- results and the page --------------------------------------------------------------------------------------------


def a_report() -> Report:
    """A small result."""
    report = Report("core", {"commands": 5}, command="./dev bench core --commands 5")
    report.add("usual", per_second=61_234, slowest_ms=1.25)
    report.add("large", per_second=50_000)
    report.add("reconciled", findings=0)
    report.hold("commands a second", 60_000, 61_234.0)
    report.hold("slowest, in ms", 1, 1.25, at_least=False)
    return report


def test_a_table_has_a_row_for_each_figure_and_target() -> None:
    table = a_report().table().splitlines()
    assert table[:4] == [
        "| what | per second | slowest ms |",
        "|---|---:|---:|",
        "| usual | 61,234 | 1.25 |",
        "| large | 50,000 |  |",
    ]
    assert "| what | findings |" in table and "| reconciled | 0 |" in table
    assert table[-2:] == [
        "| commands a second | ≥ 60,000 | 61,234 | met |",
        "| slowest, in ms | ≤ 1 | 1.25 | missed |",
    ]
    assert (shown(12.345), shown(1.2345), shown("x"), shown(3)) == ("12.3", "1.23", "x", "3")


def test_a_smaller_run_is_held_to_no_target() -> None:
    """The targets are for the default options; with fewer commands everything looks better or worse than it is."""
    report = a_report()
    report.smaller = smaller_than_usual(core.Options(commands=5, largest_book=0), core.Options())
    assert report.smaller == ["--commands 5 (default 200000)", "--largest-book 0 (default 1000000)"]
    table = report.table()
    assert "| 61,234 | not judged |" in table and "| met |" not in table and "| missed |" not in table
    assert "- Not comparable with the targets" in table and "--commands 5 (default 200000)" in table
    assert "不与目标比较" in table and [target["met"] for target in report.document()["targets"]] == [None, None]
    assert smaller_than_usual(core.Options(commands=10**6), core.Options()) == []


def test_a_result_is_read_as_it_was_written(tmp_path: Path) -> None:
    a_report().save(tmp_path / "deep" / "core.json")
    assert Report.load(tmp_path / "deep" / "core.json").document() == json.loads(json.dumps(a_report().document())) | {
        "at": Report.load(tmp_path / "deep" / "core.json").at,
        "machine": Report.load(tmp_path / "deep" / "core.json").machine,
    }


def test_a_page_is_filled_again_and_again(tmp_path: Path) -> None:
    a_report().save(tmp_path / "core.json")
    empty = (
        "# Title\n<!-- bench: core -->\nold\n<!-- end of bench -->\nwords\n<!-- bench: stream --><!-- end of bench -->"
    )
    once = page.filled(empty.replace("stream -->", "stream -->\n"), tmp_path)
    assert "| usual | 61,234 | 1.25 |" in once and "`./dev bench core --commands 5`" in once and "old" not in once
    assert "Not measured yet." in once and page.filled(once, tmp_path) == once


def test_the_page_says_what_the_results_say() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    assert page.filled(text, page.RESULTS) == text, "run ./dev bench page"
    for name in ("matching", "core", "orders", "stream", "recovery", "soak", "growth"):
        assert f"<!-- bench: {name} -->" in text


# --- users -----------------------------------------------------------------------------------------------------------


@pytest.mark.processes
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_kind_of_day(scenario: str) -> None:
    if importlib.util.find_spec("locust") is None:
        pytest.skip("Locust is an extra: ./dev peers")
    command = [sys.executable, "-m", "loadtests.scenarios", scenario, "--users", "4", "--seconds", "4", "--firms", "3"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=180, env=os.environ | {"LOCUST_LOGLEVEL": "ERROR"}
    )
    assert done.returncode == 0, done.stderr
    assert "| reconciled |" in done.stdout
