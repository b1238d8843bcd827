"""The PDF: the same bytes on every machine, with everything that the page says, and nothing from outside."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest

from exchange.certificates import pdf
from exchange.certificates.document import Document, canonical_bytes
from exchange.certificates.pdf import FONTS, NoPdfError, is_available, pdf_of
from exchange.certificates.sheet import sheet_of
from exchange.core.handlers.choosing import MAX_RANGES as MOST_CHOSEN
from exchange.core.handlers.scattered import MAX_RANGES
from exchange.core.serials import SerialRange
from tests.certificates.examples import (
    ADDRESS,
    CCER,
    CONVERSION,
    DISPUTED_BY,
    REVOKED_BY,
    disputed_document,
    document,
    facts,
    revoked_document,
    sink_document,
    surrender_document,
)

ROOT = Path(__file__).parent.parent.parent


def made_of(made: Document) -> bytes:
    """The PDF of a document at the venue of the examples."""
    return pdf_of(made, f"{ADDRESS}{made['number']}")


@pytest.fixture(scope="module")
def valid() -> bytes:
    """The PDF of the example."""
    return made_of(document())


@pytest.fixture(scope="module")
def revoked() -> bytes:
    """The same after it was revoked."""
    return made_of(revoked_document())


@pytest.fixture(scope="module")
def disputed() -> bytes:
    """The same while the registry's contradiction stands."""
    return made_of(disputed_document())


def text_of(data: bytes) -> str:
    """The text of all pages without the places where lines are broken."""
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return re.sub(r"[\s\u200b]+", "", "".join(page.extract_text() for page in pages))


def test_the_bytes_are_the_same_for_ever(valid: bytes, revoked: bytes) -> None:
    """Pinned, with the versions of typst and of the fonts that the lock names. A new version of typst may set a page in
    other bytes; the certificate's own bytes are the JSON.
    """
    assert hashlib.sha256(valid).hexdigest() == "e8837319998959f200bb40f0cadc2a1ec5512011de26738c5decbc3436ca7113"
    assert hashlib.sha256(revoked).hexdigest() == "13c0c188279dd46f41f503404cb9c384b1a7a9e0f2a0171a3e5ffaa10247b56e"


@pytest.mark.parametrize(
    "surroundings",
    [
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/New_York", "LANG": "zh_CN.UTF-8", "PYTHONHASHSEED": "2", "SOURCE_DATE_EPOCH": "1"},
    ],
    ids=["C", "zh"],
)
def test_another_process_makes_the_same_bytes(valid: bytes, tmp_path: Path, surroundings: dict[str, str]) -> None:
    made = document()
    done = subprocess.run(
        [sys.executable, "-m", "exchange.certificates.pdf", f"{ADDRESS}{made['number']}"],
        input=canonical_bytes(made),
        capture_output=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), **surroundings},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == valid


def test_everything_on_the_page_is_on_paper(valid: bytes, revoked: bytes, disputed: bytes) -> None:
    sink = sink_document()
    for made, data in (
        (document(), valid),
        (revoked_document(), revoked),
        (disputed_document(), disputed),
        (sink, made_of(sink)),
    ):
        text, sheet = text_of(data), sheet_of(made)
        wanted = [*sheet.since.label, sheet.since.value.zh]
        wanted += [sheet.number, sheet.title.zh, sheet.title.en, sheet.statement.zh, sheet.statement.en]
        wanted += [words for part in sheet.parts for line in part.lines for words in (*line.label, *line.value)]
        wanted += [words for note in sheet.notes for words in note]
        wanted += [f"{ADDRESS}{made['number']}"]
        missing = [words for words in wanted if re.sub(r"\s+", "", words) not in text]
        assert missing == []


@pytest.mark.parametrize("is_sandbox", [False, True])
@pytest.mark.parametrize("said", [{}, DISPUTED_BY, REVOKED_BY], ids=["valid", "disputed", "revoked"])
def test_a_usual_certificate_is_one_page_whatever_its_status(is_sandbox: bool, said: dict[str, Any]) -> None:
    pages = pypdf.PdfReader(io.BytesIO(made_of(surrender_document(is_sandbox=is_sandbox, **said)))).pages
    assert len(pages) == 1


def test_the_proof_stands_on_one_page_together(valid: bytes) -> None:
    *_, last = pypdf.PdfReader(io.BytesIO(valid)).pages
    proof = document()["log"]
    assert all(text in last.extract_text() for text in (proof["leaf_hash"], proof["head"], "SHA-256"))


def test_a_disputed_one_says_so_large(valid: bytes, disputed: bytes) -> None:
    assert "本证书是否有效尚待认定" in text_of(disputed)
    assert "存在争议DISPUTED" in text_of(disputed)
    assert "DISPUTED" not in text_of(valid)


def test_a_revoked_one_says_so_large(valid: bytes, revoked: bytes) -> None:
    assert "本证书不再具有任何效力" in text_of(revoked)
    assert "已撤销" not in text_of(valid)
    assert "REVOKED" not in text_of(valid)


def test_its_fonts_are_in_it_and_no_others(valid: bytes) -> None:
    fonts = set()
    for page in pypdf.PdfReader(io.BytesIO(valid)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            (descendant,) = font["/DescendantFonts"]
            inside = descendant.get_object()
            assert {"/FontFile3", "/FontFile2"} & inside["/FontDescriptor"].keys()
            fonts.add(str(font["/BaseFont"]).partition("+")[2])
    assert {name.partition("-Identity")[0] for name in fonts} == {"NotoSansSC-Regular", "NotoSerifSC-Regular"}


def test_it_is_for_archives_and_reaches_for_nothing(valid: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(valid))
    catalog = reader.root_object
    assert b"pdfaid:part" in valid
    assert not {"/JavaScript", "/OpenAction", "/AA", "/AcroForm"} & catalog.keys()
    assert not any("/Annots" in page for page in reader.pages)


def test_it_is_dated_by_the_log_and_not_by_the_clock(valid: bytes, revoked: bytes, disputed: bytes) -> None:
    dates = [pypdf.PdfReader(io.BytesIO(data)).metadata for data in (valid, disputed, revoked)]
    told = [str(one.creation_date)[:19] for one in dates if one]
    assert told == ["2026-11-18 11:06:40", "2026-11-24 06:00:00", "2026-11-30 00:53:20"]


def scattered(count: int) -> Document:
    """A use of so many ranges of one tonne, all of one project."""
    ranges = (replace(CCER, serials=SerialRange(100 * n + 1, 100 * n + 2)) for n in range(count))
    return document(units=tuple(ranges))


def serials(n: int) -> str:
    """The n-th of these ranges."""
    return f"CCER-15-{100 * n + 1:09}-{100 * n + 1:09}-2023"


def test_a_scattered_use_names_every_range_and_its_project_once() -> None:
    text = text_of(made_of(scattered(100)))
    assert [n for n in range(100) if serials(n) not in text] == []
    assert text.count("CCER-14-001-V01") == 1


def test_as_many_ranges_as_a_use_may_have_are_printed() -> None:
    pages = pypdf.PdfReader(io.BytesIO(made_of(scattered(MAX_RANGES)))).pages
    assert len(pages) > 100
    assert serials(MAX_RANGES - 1) in pages[-1].extract_text() + pages[-2].extract_text()


def test_as_many_ranges_as_a_conversion_may_have_are_printed_behind_the_certificate_itself() -> None:
    ranges = (replace(CCER, serials=SerialRange(100 * n + 1, 100 * n + 2)) for n in range(MOST_CHOSEN))
    made = sink_document(conversions=(replace(CONVERSION, units=tuple(ranges)),))
    data = made_of(made)
    first, *others = pypdf.PdfReader(io.BytesIO(data)).pages
    assert all(text in first.extract_text() for text in (made["log"]["leaf_hash"], made["log"]["head"], "use-950-1"))
    assert others
    text = text_of(data)
    assert [n for n in range(MOST_CHOSEN) if serials(n) not in text] == []


def test_markup_in_names_is_text() -> None:
    nasty = '#panic("x") *bold* $x^2$ \\ @ref <label> #sys.inputs `code` "quoted"'
    made = document(venue=nasty, details=replace(facts().details, beneficiary_en=nasty, event=nasty))
    assert re.sub(r"\s+", "", nasty) in text_of(made_of(made))


def test_a_sign_that_the_fonts_lack_spoils_nothing() -> None:
    made = document(details=replace(facts().details, event="Nadam \N{FIRE} \N{MONGOLIAN LETTER A}"))
    assert made_of(made).startswith(b"%PDF")


def test_without_the_extra_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_available()
    pdf._fonts.cache_clear()
    monkeypatch.setattr(pdf, "NEEDED", ("typst", "no_such_fonts"))
    assert not is_available()
    with pytest.raises(NoPdfError, match="no_such_fonts"):
        made_of(document())


def test_other_fonts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf._fonts.cache_clear()
    monkeypatch.setattr(pdf, "FONTS", dict.fromkeys(FONTS, "0" * 64))
    with pytest.raises(NoPdfError, match="another file"):
        made_of(document())
