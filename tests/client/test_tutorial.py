"""The tutorial, typed from the top to the bottom as its reader types it, against a sandbox of its own.

The Chinese page has the same blocks, which tests/docs holds it to.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from exchange.client.sync import Exchange
from exchange.store.embedded import temporary_home
from tests.architecture.sources import ROOT
from tests.docs.pages import page
from tests.support.reading import EXCHANGE, Reader

pytestmark = [pytest.mark.processes, pytest.mark.slow]

TUTORIAL: Final = page("docs/tutorial-api.md")
MAKER: Final = "quote_maker.py"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """The reader after the last line of the page."""
    with temporary_home() as data:
        found = Reader(tmp_path_factory.mktemp("reader"), {"~/carbon-sandbox": data}, (EXCHANGE, MAKER))
        try:
            found.read(TUTORIAL)
            found.close(MAKER)
            yield found
        finally:
            found.close_all()


def printed(reader: Reader, program: str) -> str:
    return next(text for line, text in reader.printed.items() if program in line)


def test_every_block_is_typed(reader: Reader) -> None:
    assert {block.language for block in TUTORIAL.blocks()} == {"sh", "python", "output"}
    typed = "\n".join(reader.printed)
    for program in reader.folder.glob("*.py"):
        assert f".venv/bin/python {program.name}" in typed


def test_the_examples_of_the_folder_are_all_on_the_page() -> None:
    for example in (ROOT / "docs" / "examples").glob("*.py"):
        assert f"docs/examples/{example.name}" in TUTORIAL.text


def test_the_firm_has_what_the_page_says(reader: Reader) -> None:
    said = printed(reader, " first.py")
    assert "10000000.00 CNY" in said
    assert "100000 t FORESTRY_CCER" in said
    assert "100000 t REDUCTION_QUOTA" in said
    assert "SANDBOX-CCER 63.00 to 77.00" in said


def test_an_order_is_placed_once_and_a_refusal_explains_itself(reader: Reader) -> None:
    said = printed(reader, " order.py")
    assert "NEW placed once: True" in said
    assert "PRICE_OUTSIDE_BAND {'lowest_price': '63.00', 'highest_price': '77.00'}" in said
    assert "rule BAND-" in said
    assert said.rstrip().endswith("CANCELLED")


def test_a_batch_has_a_result_for_each(reader: Reader) -> None:
    lines = printed(reader, " many.py").splitlines()
    assert lines[:3] == ["201 50", "201 50", "200 40"]
    assert lines[3].startswith("404 404 ORDER_NOT_FOUND")
    assert "low 68.00 40" in lines
    assert "['OrderAccepted', 'OrderRested', 'OrderReduced']" in lines
    assert lines[-1] == "2 cancelled"


def test_the_stream_brings_the_book_and_the_trade(reader: Reader) -> None:
    said = printed(reader, " live.py")
    assert "on offer: 200 t at 70.50" in said
    assert "FILLED" in said
    assert "bought 50 t at 70.50 from FOREST" in said


def test_the_buyer_buys_once(reader: Reader) -> None:
    first, second = printed(reader, "retrying_buyer.py").splitlines()
    assert first == second
    assert re.fullmatch(r"job first: [1-9]\d* t for [\d.]+ CNY", first)
    assert "t would cost" in printed(reader, "book_viewer.py") or "not on offer" in printed(reader, "book_viewer.py")


def test_the_key_is_replaced(reader: Reader) -> None:
    said = printed(reader, " rotate.py").splitlines()
    assert said[0] == "OPEN"
    assert re.fullmatch(r"now with key-\d+(-\d+)?", said[1])
    assert {path.name for path in reader.folder.glob("steel*")} == {"steel.key.json", "steel-2.key.json"}
    assert reader.run(".venv/bin/python rotate.py").stdout.splitlines() == said[1:]


CUTS: Final = ("        made = exchange.keys.rotate(", "    KeyFile(url, made.token, private_key).save(new)")
"""Before the exchange is asked for the new key, and after it has answered: the worst moment."""


def test_a_rotation_that_is_cut_off_loses_no_key_and_withdraws_once(reader: Reader, tmp_path: Path) -> None:
    shutil.copy(reader.folder / "forest.key.json", tmp_path / "steel.key.json")
    whole = (reader.folder / "rotate.py").read_text(encoding="utf-8")
    for cut in CUTS:
        indent = cut[: -len(cut.lstrip())]
        (tmp_path / "rotate.py").write_text(whole.replace(cut, f'{indent}raise SystemExit("cut off")\n{cut}'))
        done = reader.run(".venv/bin/python rotate.py", tmp_path)
        assert (done.returncode, done.stderr, done.stdout) == (1, "cut off\n", "OPEN\n")
        assert not (tmp_path / "steel-2.key.json").exists()
    (tmp_path / "rotate.py").write_text(whole)
    done = reader.run(".venv/bin/python rotate.py", tmp_path)
    assert re.fullmatch(r"OPEN\nnow with key-\d+(-\d+)?\n", done.stdout), done.stderr
    with Exchange.from_file(tmp_path / "steel-2.key.json") as exchange:
        assert exchange.cash.account().held == Decimal("1000.00")
    assert not (tmp_path / "steel-2.draft.json").exists()


def test_an_order_that_is_run_again_has_nothing_to_cancel(reader: Reader) -> None:
    done = reader.run(".venv/bin/python order.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "nothing to cancel: ORDER_NOT_FOUND"


EXAMPLES: Final = {
    "book_viewer.py": "",
    "quote_maker.py": "",
    "retrying_buyer.py": " --job none --tonnes 1 --limit 75.00",
}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_says_in_a_line_what_it_cannot_use(reader: Reader, name: str) -> None:
    for given, why in (
        ("nofile.json SANDBOX-CCER", "No such file or directory: 'nofile.json'"),
        ("order.py SANDBOX-CCER", "order.py is no key file"),
        ("steel.key.json NOTHING", "no instrument has the symbol NOTHING"),
    ):
        done = reader.run(f".venv/bin/python docs/examples/{name} {given}{EXAMPLES[name]}")
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
        assert why in done.stderr


def test_the_quote_maker_leaves_nothing_behind(reader: Reader) -> None:
    said = reader.said(MAKER)
    assert "quoting 200 t" in reader.seen_meanwhile[MAKER], "it says nothing while its output goes to a file"
    assert "BUY 200 t" not in said
    assert "SELL" in said
    assert said.rstrip().endswith("orders cancelled")
    assert "Traceback" not in said
