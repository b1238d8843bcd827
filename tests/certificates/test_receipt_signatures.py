"""The registry's signature under a receipt: checked with its public key alone, whoever shows the certificate."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from exchange.api.wire import micros_of
from exchange.certificates.document import Document, canonical_bytes, stated_in
from exchange.certificates.numbers import check_code
from exchange.cli import main
from exchange.client.signing import PrivateKey
from exchange.core.commands.registry import AnswerRequest
from exchange.registry.statements import Statement, sign
from tests.certificates.test_conversions import Woods
from tests.certificates.told import ccer_market

REGISTRY = PrivateKey.generate()
OTHER = PrivateKey.generate()


def renumbered(document: Document) -> Document:
    """The same with a number that fits: whoever makes up a certificate makes up that too."""
    number = document["number"].rpartition("-")[0]
    return {**document, "number": f"{number}-{check_code(stated_in(document))}"}


@pytest.fixture(scope="module")
def signed() -> Document:
    """A certificate of ten CCER, which the registry cancelled by a statement that it signed."""
    market, claim = ccer_market()
    document = copy.deepcopy(market.certificate(claim))
    request = market.request_of(claim)
    answers = [given.command for given in market.log if isinstance(given.command, AnswerRequest)]
    (answer,) = [answer for answer in answers if answer.request == request.request]
    serials = (answer.serials_lo, answer.serials_hi)
    said = ("CANCEL", "", answer.outcome.name, "CCER", *serials, answer.receipt, answer.message, answer.stated_at)
    return signed_as(document, Statement(request.reference, *said))


def signed_as(document: Document, stated: Statement) -> Document:
    """The same with the registry's signature over a statement."""
    made = copy.deepcopy(document)
    made["units"][0]["receipt"]["signature"] = sign(stated, REGISTRY)["signature"]
    return renumbered(made)


def verdict(document: Document, folder: Path, *keys: PrivateKey) -> int:
    """What the command makes of a certificate, by its exit code."""
    path = folder / "certificate.json"
    path.write_bytes(canonical_bytes(document))
    given = [word for key in keys for word in ("--registry-key", key.public_text)]
    return main(["verify-certificate", str(path), *given])


@pytest.mark.parametrize("keys", [(REGISTRY,), (OTHER, REGISTRY)])
def test_the_registry_signed_this_very_cancellation(
    signed: Document, keys: tuple[PrivateKey, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verdict(signed, tmp_path, *keys) == 0
    said = capsys.readouterr().out
    assert "signature over these very serials: 1" in said
    assert "签名的凭证：1 份" in said
    assert "whether the registry" not in said


def test_without_its_key_it_is_said_that_it_was_not_checked(
    signed: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verdict(signed, tmp_path) == 0
    said = capsys.readouterr().out
    assert "NOT CHECKED: whether the registry signed" in said
    assert "未核对登记机构对注销回执的签名" in said


def test_a_signature_of_somebody_else_is_none(
    signed: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verdict(signed, tmp_path, OTHER) == 1
    said = capsys.readouterr().err
    assert "is not signed with the registry's key" in said
    assert "签名不是登记机构" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("serial_first", 2),
        ("serial_last", 11),
        ("serial_last", "10"),
        ("serial_space", "VCS"),
        ("receipt.number", "R-0"),
        ("receipt.reference", "another"),
        ("receipt.message", "M-0"),
        ("receipt.stated_at", "2026-01-01T00:00:00.000000Z"),
        ("receipt.signature", "AAAA"),
        ("receipt.signature", "not base64"),
    ],
)
def test_whatever_is_changed_was_not_signed(signed: Document, name: str, value: object, tmp_path: Path) -> None:
    """Even when the number was made to fit."""
    made = copy.deepcopy(signed)
    place = made["units"][0]
    *way, last = name.split(".")
    for step in way:
        place = place[step]
    assert place[last] != value
    place[last] = value
    assert verdict(renumbered(made), tmp_path) == 0
    assert verdict(renumbered(made), tmp_path, REGISTRY) == 1


@pytest.mark.parametrize(
    ("kind", "account", "code"), [("CANCEL", "", 0), ("LOCK", "", 1), ("RELEASE", "N-7", 1), ("CANCEL", "N-7", 1)]
)
def test_only_a_signed_cancellation_is_a_receipt(
    signed: Document, kind: str, account: str, code: int, tmp_path: Path
) -> None:
    """All the rest is true: the registry's word about the lock of these serials does not show that they are used up."""
    unit = signed["units"][0]
    receipt, serials = unit["receipt"], (unit["serial_first"], unit["serial_last"] + 1)
    stated_at = micros_of(receipt["stated_at"])
    assert stated_at is not None
    said = ("CONFIRMED", "CCER", *serials, receipt["number"], receipt["message"], stated_at)
    made = signed_as(signed, Statement(receipt["reference"], kind, account, *said))
    assert verdict(made, tmp_path, REGISTRY) == code


def cancellation_of(unit: Document) -> Statement:
    """What the registry states of a range that it has cancelled."""
    receipt, serials = unit["receipt"], (unit["serial_first"], unit["serial_last"] + 1)
    stated_at = micros_of(receipt["stated_at"])
    assert stated_at is not None
    said = ("CANCEL", "", "CONFIRMED", unit["serial_space"], *serials)
    return Statement(receipt["reference"], *said, receipt["number"], receipt["message"], stated_at)


@pytest.fixture(scope="module")
def sink() -> Document:
    """A certificate of quota, with the registry's signature under each receipt of the CCER that it stands on."""
    woods = Woods()
    claim = woods.use((woods.quota[0], 7_001, 7_004))
    made = copy.deepcopy(woods.market.certificate(claim))
    for unit in made["conversions"][0]["units"]:
        unit["receipt"]["signature"] = sign(cancellation_of(unit), REGISTRY)["signature"]
    return renumbered(made)


def test_the_receipts_of_the_ccer_behind_quota_are_checked(
    sink: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verdict(sink, tmp_path, REGISTRY) == 0
    assert "signature over these very serials: 2" in capsys.readouterr().out
    assert verdict(sink, tmp_path, OTHER) == 1
    assert verdict(sink, tmp_path) == 0
    assert "NOT CHECKED: whether the registry signed" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["serial_first", "serial_last"])
def test_other_ccer_behind_quota_were_not_signed(sink: Document, name: str, tmp_path: Path) -> None:
    made = copy.deepcopy(sink)
    made["conversions"][0]["units"][1][name] += 1
    assert verdict(renumbered(made), tmp_path) == 0
    assert verdict(renumbered(made), tmp_path, REGISTRY) == 1


def test_a_paper_behind_quota_is_counted(sink: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = copy.deepcopy(sink)
    made["conversions"][0]["units"][0]["receipt"]["signature"] = ""
    assert verdict(renumbered(made), tmp_path, REGISTRY) == 0
    said = capsys.readouterr().out
    assert "came on paper, without a signature to check: 1" in said
    assert "signature over these very serials: 1" in said


def test_a_receipt_on_paper_has_no_signature(
    signed: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = copy.deepcopy(signed)
    made["units"][0]["receipt"]["signature"] = ""
    assert verdict(renumbered(made), tmp_path, REGISTRY) == 0
    said = capsys.readouterr().out
    assert "came on paper, without a signature to check: 1" in said
    assert "these very serials" not in said


def test_quota_needs_no_receipt(signed: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = copy.deepcopy(signed)
    made["units"][0]["receipt"] = None
    assert verdict(renumbered(made), tmp_path, REGISTRY) == 0
    assert "receipt" not in capsys.readouterr().out


def test_what_is_no_key_is_called_so(signed: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "certificate.json"
    path.write_bytes(canonical_bytes(signed))
    assert main(["verify-certificate", str(path), "--registry-key", "mine"]) == 2
    assert "no public key" in capsys.readouterr().err
