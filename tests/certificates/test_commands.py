"""The two commands: what an auditor sees who has nothing but a certificate and an exported journal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.audit.export import read_export
from exchange.certificates.document import Document, canonical_bytes, stated_in
from exchange.certificates.numbers import check_code
from exchange.certificates.pdf import pdf_of
from exchange.cli import main
from exchange.core.values import ClaimId
from tests.certificates.told import ToldMarket, ccer_market

Case = tuple[ToldMarket, ClaimId, Path]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A market with one certificate, and its exported journal."""
    market, claim = ccer_market()
    path = tmp_path_factory.mktemp("export") / "journal"
    market.export(path)
    return market, claim, path


def written(document: Document, folder: Path) -> str:
    """The certificate as a file."""
    path = folder / "certificate.json"
    path.write_bytes(canonical_bytes(document))
    return str(path)


def test_the_journal_confirms_a_certificate(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market, claim, export = case
    file = written(market.certificate(claim), tmp_path)
    head = market.journal[-1].head.hex()
    assert main(["verify-certificate", file, "--export", str(export), "--head", head]) == 0
    said = capsys.readouterr().out
    assert "word for word" in said
    assert "逐字一致" in said
    assert "its status there: Valid" in said
    assert "日志所载状态：有效" in said
    assert "NOT CHECKED: whether the log" not in said


def test_without_a_journal_it_says_what_it_did_not_check(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    market, claim, _ = case
    assert main(["verify-certificate", written(market.certificate(claim), tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "NOT CHECKED: whether the log" in said
    assert "未核对" in said


def test_changed_contents_are_different(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market, claim, _ = case
    file = written({**market.certificate(claim), "quantity": 1_000}, tmp_path)
    assert main(["verify-certificate", file]) == 1
    assert "DIFFERENT" in capsys.readouterr().err


def test_an_old_copy_of_a_revoked_one_is_different(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market, claim = ccer_market()
    old = written(market.certificate(claim), tmp_path)
    market.revoke(claim, "a false report")
    export = tmp_path / "journal"
    market.export(export)
    assert main(["verify-certificate", old, "--export", str(export)]) == 1
    said = capsys.readouterr().err
    assert "revoked since" in said
    assert "已被撤销" in said
    assert 'revocation.reason: the log has "a false report", this file has nothing' in said
    assert 'revocation.reason：日志所载为 "a false report"，本文件所载为无' in said
    assert "None" not in said
    assert "{" not in said


def test_a_journal_that_was_changed_confirms_nothing(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    market, claim, export = case
    data = bytearray(export.read_bytes())
    data[len(data) // 2] ^= 1
    bad = tmp_path / "journal"
    bad.write_bytes(data)
    assert main(["verify-certificate", written(market.certificate(claim), tmp_path), "--export", str(bad)]) == 1
    assert "DIFFERENT" in capsys.readouterr().err


def test_a_journal_without_its_end_is_seen_by_the_noted_head(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    market, claim, _ = case
    short = ToldMarket()
    export = tmp_path / "journal"
    short.export(export)
    head = market.journal[-1].head.hex()
    file = written(market.certificate(claim), tmp_path)
    assert main(["verify-certificate", file, "--export", str(export), "--head", head]) == 1
    assert "DIFFERENT" in capsys.readouterr().err


def test_an_export_that_ends_before_the_certificate_accuses_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither of the use itself nor of its revocation; what is different all the same is said."""
    before, export = tmp_path / "before", tmp_path / "journal"
    ToldMarket().export(before)
    market, claim = ccer_market()
    market.export(export)
    made = written(market.certificate(claim), tmp_path)
    assert main(["verify-certificate", made, "--export", str(before)]) == 2
    end, entry = read_end(before), market.certificate(claim)["log"]["seq"]
    said = capsys.readouterr().err
    assert f"the journal ends with entry {end}, the certificate is of entry {entry}" in said
    assert f"日志止于第 {end} 条，证书所载为第 {entry} 条" in said
    assert "DIFFERENT" not in said
    market.revoke(claim)
    revoked = market.certificate(claim)
    assert main(["verify-certificate", written(revoked, tmp_path), "--export", str(export)]) == 2
    forged = {**revoked, "covers": 1}
    forged["number"] = f"{forged['number'].rpartition('-')[0]}-{check_code(stated_in(forged))}"
    assert main(["verify-certificate", written(forged, tmp_path), "--export", str(export)]) == 1


@pytest.mark.parametrize("is_short", [True, False])
def test_the_journal_of_another_venue_is_told_as_that(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], is_short: bool
) -> None:
    """Whether it ends before the certificate's entry or after it: nobody is sent for a newer export."""
    market, claim = ccer_market()
    (ToldMarket() if is_short else market).export(tmp_path / "journal")
    made = market.certificate(claim)
    other = {**made, "venue": "Elsewhere"}
    year_and_seq = "GC-2026-900000-1" if is_short else "GC-2026-2-1"
    other["number"] = f"{year_and_seq}-{check_code(stated_in(other))}"
    assert main(["verify-certificate", written(other, tmp_path), "--export", str(tmp_path / "journal")]) == 2
    said = capsys.readouterr().err
    assert "the certificate is of Elsewhere: nothing was compared" in said and "newer" not in said


def test_an_address_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify-certificate", "http://127.0.0.1:8000/certificates/GC-1.json"]) == 2
    assert "is an address, and a file is wanted" in capsys.readouterr().err


def test_the_verdict_comes_last_in_a_file_as_on_a_terminal(tmp_path: Path) -> None:
    market, claim = ccer_market()
    file, both, export = written(market.certificate(claim), tmp_path), tmp_path / "both", tmp_path / "journal"
    market.revoke(claim)
    market.export(export)
    command = [sys.executable, "-m", "exchange", "verify-certificate", file, "--export", str(export)]
    with open(both, "wb") as output:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        subprocess.run(command, stdout=output, stderr=output, check=False, env=environment)
    lines = both.read_text().splitlines()
    assert [n for n, line in enumerate(lines) if "fits the contents" in line] == [0]
    assert any("DIFFERENT" in line for line in lines[3:])


def read_end(path: Path) -> int:
    """The last entry of an export."""
    with open(path, "rb") as file:
        return max(entry.seq for entry in read_export(file))


@pytest.mark.parametrize("command", [["verify-certificate"], ["certificate-pdf", "--origin", "https://x"]])
def test_another_file_is_no_certificate(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps({"format": "another"}))
    output = [str(tmp_path / "x.pdf")] if len(command) > 1 else []
    assert main([command[0], str(path), *output, *command[1:]]) == 2
    assert "format" in capsys.readouterr().err
    assert main([command[0], str(tmp_path / "missing"), *output, *command[1:]]) == 2


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"\n<!doctype html><html lang=zh-CN>", b"\xef\xbb\xbf<html>"])
def test_whoever_gives_the_certificate_for_people_is_told_where_its_json_is(
    data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(data)
    assert main(["verify-certificate", str(path)]) == 2
    said = capsys.readouterr().err
    assert "  -> take its JSON: the check page" in said and "二维码所指的查验页面" in said
    path.write_bytes(b"no certificate of any kind")
    assert main(["verify-certificate", str(path)]) == 2
    assert "->" not in capsys.readouterr().err


def test_the_journal_must_be_one(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market, claim, _ = case
    file = written(market.certificate(claim), tmp_path)
    assert main(["verify-certificate", file, "--export", file]) == 2
    assert "not an exported journal" in capsys.readouterr().err


def test_a_pdf_is_the_one_that_the_venue_makes(case: Case, tmp_path: Path) -> None:
    market, claim, _ = case
    document = market.certificate(claim)
    output = tmp_path / "certificate.pdf"
    file = written(document, tmp_path)
    assert main(["certificate-pdf", file, str(output), "--origin", "https://exchange.example/"]) == 0
    address = f"https://exchange.example/certificates/{document['number']}"
    assert output.read_bytes() == pdf_of(document, address)


@pytest.mark.parametrize(
    "origin", ["https://x.example", "http://localhost:8000", "http://127.0.0.1", "http://[::1]:80/"]
)
def test_a_qr_code_leads_to_a_venue(case: Case, tmp_path: Path, origin: str) -> None:
    market, claim, _ = case
    output = tmp_path / "certificate.pdf"
    assert main(["certificate-pdf", written(market.certificate(claim), tmp_path), str(output), "--origin", origin]) == 0


@pytest.mark.parametrize(
    "origin",
    ["exchange.example", "http://exchange.example", "ftp://x", "https://x/a", "https://x?y", "javascript:x", ""],
)
def test_a_qr_code_leads_nowhere_else(
    case: Case, tmp_path: Path, origin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    market, claim, _ = case
    output = tmp_path / "certificate.pdf"
    with pytest.raises(SystemExit) as ended:
        main(["certificate-pdf", written(market.certificate(claim), tmp_path), str(output), "--origin", origin])
    assert ended.value.code == 2
    assert "https://exchange.example" in capsys.readouterr().err
    assert not output.exists()


def test_no_pdf_is_made_of_changed_contents(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market, claim, _ = case
    file = written({**market.certificate(claim), "quantity": 1_000}, tmp_path)
    assert main(["certificate-pdf", file, str(tmp_path / "x.pdf"), "--origin", "https://x"]) == 2
    assert "number" in capsys.readouterr().err
    assert not (tmp_path / "x.pdf").exists()
