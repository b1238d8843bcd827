"""A journal that was cut or hashed anew is consistent in itself; a head that was noted earlier gives it away."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.audit.export import export_journal
from exchange.audit.known_end import KnownEnd
from exchange.audit.replay import replay
from exchange.cli import main
from exchange.cli.problem import CANNOT, DIFFERENT, OK
from exchange.core.values import Seq
from exchange.sequencer.journal import (
    GENESIS_HEAD,
    JournalCorruptError,
    StoredEntry,
    decode_leaf,
    encode_leaf,
    next_head,
)
from tests.replay.journals import write_journal

CUT = "its end is cut"
REWRITTEN = "the journal was rewritten, or the note is wrong"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> list[StoredEntry]:
    """The entries of a busy day."""
    disk, _ = asyncio.run(write_journal(tmp_path_factory.mktemp("written"), rounds=1))
    return list(disk.entries)


def rehashed(stored: list[StoredEntry], n: int) -> list[StoredEntry]:
    """The journal with another request behind one entry, and a chain that fits from there on."""
    leaf = decode_leaf(stored[n].leaf_bytes)
    entries, head = stored[:n], stored[n - 1].head
    changed = replace(stored[n], leaf_bytes=encode_leaf(replace(leaf, body_hash=bytes(32))))
    for entry in [changed, *stored[n + 1 :]]:
        head = next_head(head, entry.leaf_bytes)
        entries.append(replace(entry, head=head))
    return entries


async def _each(entries: list[StoredEntry]) -> AsyncGenerator[StoredEntry, None]:
    for entry in entries:
        yield entry


def file_of(entries: list[StoredEntry], folder: Path) -> Path:
    """An export of entries, whole in itself."""
    out = io.BytesIO()
    asyncio.run(export_journal(_each(entries), out))
    path = folder / "journal.cxj"
    path.write_bytes(out.getvalue())
    return path


def said_of(entries: list[StoredEntry], known: KnownEnd) -> str:
    """What replay says against entries, or "" if nothing."""
    try:
        asyncio.run(replay(lambda: _each(entries), known=known))
    except JournalCorruptError as error:
        return str(error)
    return ""


def test_a_cut_and_a_rehashed_journal_pass_when_nothing_is_known(stored: list[StoredEntry]) -> None:
    assert said_of(stored[:-3], KnownEnd()) == ""
    assert said_of(rehashed(stored, 40), KnownEnd()) == ""


@pytest.mark.parametrize("with_head", [True, False])
@pytest.mark.parametrize("with_entries", [True, False])
@pytest.mark.parametrize("noted_at", [1, 50, -1])
def test_what_is_true_is_found(stored: list[StoredEntry], noted_at: int, with_head: bool, with_entries: bool) -> None:
    entry = stored[noted_at if noted_at < 0 else noted_at - 1]
    known = KnownEnd(entry.head if with_head else None, entry.seq if with_entries else None)
    assert said_of(stored, known) == ""
    assert known.found_at == (entry.seq if with_head or with_entries else None)


def test_a_cut_journal_does_not_have_what_is_known(stored: list[StoredEntry]) -> None:
    last = stored[-1]
    for known in (KnownEnd(last.head, last.seq), KnownEnd(None, last.seq)):
        assert f"ends with entry {last.seq - 1}, but {last.seq} are known: {CUT}" in said_of(stored[:-1], known)
    assert f"no entry up to {last.seq - 1}, the last, has the known head: {CUT}" in said_of(
        stored[:-1], KnownEnd(last.head)
    )
    noted = stored[-2]
    assert said_of(stored[:-1], KnownEnd(noted.head, noted.seq)) == ""


def test_a_rehashed_journal_does_not_have_what_is_known(stored: list[StoredEntry]) -> None:
    forged, last = rehashed(stored, 40), stored[-1]
    said = said_of(forged, KnownEnd(last.head, last.seq))
    assert said.startswith(f"entry {last.seq} does not have the known head, nor has any other: ")
    assert said.endswith(f"your note and the journal disagree: {REWRITTEN}")
    assert "it was rewritten, or the note is wrong" in said_of(forged, KnownEnd(last.head))
    before = stored[39]
    assert said_of(forged, KnownEnd(before.head, before.seq)) == ""


@pytest.mark.parametrize("noted", [1, 39, 41, 10**6])
def test_a_head_that_stands_elsewhere_is_a_mistake_of_the_note(stored: list[StoredEntry], noted: int) -> None:
    said = said_of(stored, KnownEnd(stored[39].head, Seq(noted)))
    assert said.startswith(f"the known head stands at entry 40, not at entry {noted}: check your note")
    assert "rewritten" not in said and "cut" not in said


@pytest.mark.parametrize("command", [["verify-export"], ["replay", "--export"]])
def test_the_commands_say_what_they_cannot_see(
    stored: list[StoredEntry], command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = str(file_of(stored[:-5], tmp_path))
    assert main([*command, cut]) == OK
    said = capsys.readouterr().out
    assert "NOT CHECKED" in said and "未核对" in said and "--head HEX --entries N" in said
    assert "whole" not in said
    assert ("consistent in itself" in said and "链自身一致" in said) or command[0] == "replay"
    assert "相符" not in said


@pytest.mark.parametrize("command", [["verify-export"], ["replay", "--export"]])
def test_the_commands_compare_with_what_is_known(
    stored: list[StoredEntry], command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = stored[-4]
    known = ["--head", noted.head.hex().upper(), "--entries", str(noted.seq)]
    assert main([*command, str(file_of(stored, tmp_path)), *known]) == OK
    said = capsys.readouterr().out
    assert f"the known head stands at entry {noted.seq}; 3 more came after it" in said
    assert f"第 {noted.seq} 条的链头与已知链头相符；其后还有 3 条。" in said
    for forged, why, chinese in (
        (stored[:-4], CUT, "日志末尾缺失，或记录有误"),
        (rehashed(stored, 40), REWRITTEN, "日志被改写，或记录有误"),
    ):
        assert main([*command, str(file_of(forged, tmp_path)), *known]) == DIFFERENT
        english, other = capsys.readouterr().err.splitlines()
        assert english.startswith(f"{command[0]}: DIFFERENT: ") and why in english
        assert other.startswith("  不符：") and chinese in other


@pytest.mark.parametrize("command", [["verify-export"], ["replay", "--export"]])
def test_a_count_alone_is_no_word_on_what_the_entries_are(
    stored: list[StoredEntry], command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, str(file_of(rehashed(stored, 40), tmp_path)), "--entries", str(stored[-1].seq)]) == OK
    said = capsys.readouterr().out
    assert f"there is an entry {stored[-1].seq}; 0 more came after it. What is in it is NOT CHECKED" in said
    assert f"有第 {stored[-1].seq} 条；未给链头，其内容未核对" in said
    assert "相符" not in said


@pytest.mark.parametrize("wrong", [["--head", "abc"], ["--head", "ab" * 31], ["--entries", "0"], ["--entries", "-5"]])
def test_what_cannot_be_a_head_or_a_count_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["verify-export", "journal.cxj", *wrong])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "64 hexadecimal digits 链头为 64 位十六进制数" in said or "whole number above zero" in said


def test_a_log_without_attestations_does_not_say_that_they_are_equal(
    stored: list[StoredEntry], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", "--export", str(file_of(stored[:10], tmp_path))]) == OK
    said = capsys.readouterr().out
    assert "the log attests: none to compare yet; the service writes one with each snapshot" in said
    assert "尚无可比对的" in said
    assert "all equal" not in said
    assert "none were compared" in said


@pytest.mark.parametrize("command", [["verify-export"], ["replay", "--export"]])
def test_a_journal_of_another_version_is_not_called_different(
    stored: list[StoredEntry], command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leaf = encode_leaf(replace(decode_leaf(stored[-1].leaf_bytes), format_version=99))
    last = replace(stored[-1], leaf_bytes=leaf, head=next_head(stored[-2].head, leaf))
    assert main([*command, str(file_of([*stored[:-1], last], tmp_path))]) == CANNOT
    said = capsys.readouterr().err
    assert f"entry {last.seq} was written in format 99; this program reads format 1. Nothing is damaged." in said
    assert "数据并未损坏" in said and "use the release that wrote it" in said and "DIFFERENT" not in said


def test_hashes_of_states_in_other_bytes_are_said_not_to_be_compared(
    stored: list[StoredEntry], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(file_of(stored, tmp_path))
    monkeypatch.setattr("exchange.audit.replay.IMAGE_FORMAT", 99)
    assert main(["replay", "--export", path]) == OK
    said = capsys.readouterr().out
    assert "so they were not compared" in said and "This is no difference" in said and "未作比对" in said
    assert main(["replay", "--export", path, "--json"]) == OK
    report = json.loads(capsys.readouterr().out)
    assert report["attestations"] == 0 and report["attestations_of_other_formats"] >= 1


def _swap(entries: list[StoredEntry]) -> None:
    entries[6], entries[7] = entries[7], entries[6]


MOVED: dict[str, Callable[[list[StoredEntry]], object]] = {
    "swapped": _swap,
    "doubled": lambda entries: entries.insert(6, entries[6]),
    "left out": lambda entries: entries.pop(6),
}


@pytest.mark.parametrize("how", MOVED)
def test_an_entry_out_of_its_place_shows_also_when_the_chain_was_made_anew(
    how: str, stored: list[StoredEntry], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = list(stored)
    MOVED[how](forged)
    head = GENESIS_HEAD
    for place, entry in enumerate(forged):
        head = next_head(head, entry.leaf_bytes)
        forged[place] = replace(entry, head=head)
    assert main(["verify-export", str(file_of(forged, tmp_path))]) == DIFFERENT
    assert "says that it is entry" in capsys.readouterr().err
