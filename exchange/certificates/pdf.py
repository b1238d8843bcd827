"""A certificate as PDF, for archives and for walls: the same lines as on the check page, and its QR code.

It needs the extra ``pdf``: typst, which sets the page, and the fonts Noto Sans SC and Noto Serif SC. The same document
and address give the same bytes on every machine: the only fonts are those, by their hashes, the date is that of the
certificate, and typst makes the file's identifier of its contents. The file is PDF/A-2b (ISO 19005-2), which carries
its fonts and needs nothing from outside; only where a name has signs that the fonts lack (Mongolian script, say), it is
a plain PDF with boxes in their places. The check page shows them.

Setting a page takes as much time as thousands of orders, so the service has it done by another process
(``python -m exchange.certificates.pdf ADDRESS``, the document on stdin), which may crash without harm.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from exchange.certificates.document import Document
from exchange.certificates.qr import qr_svg
from exchange.certificates.sheet import Line, Part, sheet_of
from exchange.certificates.words import Words

NEEDED: Final = ("typst", "pylopdf_fonts_zh_cn")
"""What the extra brings; of the second only the two font files are used."""

FONTS: Final = {
    "NotoSansSC-Regular.otf": "faa6c9df652116dde789d351359f3d7e5d2285a2b2a1f04a2d7244df706d5ea9",
    "NotoSerifSC-Regular.otf": "e8f396decc1f0963a016a989c3d8852e863d1350996f573860a80767c83a1cd3",
}
"""SHA-256 of the font files, as notofonts/noto-cjk has them; with others the bytes of a certificate would differ."""

_TEMPLATE: Final = Path(__file__).parent / "certificate.typ"


class NoPdfError(Exception):
    """The extra ``pdf`` is not installed, or not the one that this program was made with; the text says which."""


def is_available() -> bool:
    """Whether the extra is installed."""
    return all(importlib.util.find_spec(name) is not None for name in NEEDED)


def pdf_of(document: Document, address: str) -> bytes:
    """The PDF of a document; ``address`` is that of its check page, which the QR code has.

    Raises:
        NoPdfError: when the extra is missing.
    """
    fonts = _fonts()
    import typst  # here, because a server without the extra must start

    def compiled(standards: list[Any]) -> bytes:
        made = typst.compile(
            _TEMPLATE.read_bytes(),
            format="pdf",
            font_paths=fonts,
            ignore_system_fonts=True,
            sys_inputs={"sheet": json.dumps(_paper(document, address)), "qr": qr_svg(address)},
            timestamp=_written_at(document),
            pdf_standards=standards,
        )
        assert isinstance(made, bytes)
        return made

    try:
        return compiled(["a-2b"])
    except typst.TypstError:
        # PDF/A has no boxes in the place of signs that the fonts lack; a plain PDF has. Anything else fails again.
        return compiled([])


def _written_at(document: Document) -> datetime:
    """When what the file says came to be, to the second: the fulfilment, the revocation, or the newest dispute."""
    revocation = document["revocation"]
    told = [document, *document["disputes"]] if revocation is None else [revocation]
    return max(datetime.fromisoformat(one["log"]["at"]) for one in told).replace(microsecond=0)


@cache
def _fonts() -> Any:
    """The two fonts and no others, after their hashes were compared."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise NoPdfError(f"{', '.join(missing)} is not installed")
    import typst

    spec = importlib.util.find_spec(NEEDED[1])
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent
    for name, wanted in FONTS.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != wanted:
            raise NoPdfError(f"{name} is another file than this program was made with")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def _paper(document: Document, address: str) -> dict[str, Any]:
    """What the template reads."""
    sheet = sheet_of(document)
    return {
        "title": _words(sheet.title),
        "number": sheet.number,
        "since": _line(sheet.since),
        "venue": document["venue"],
        "stamp": None if sheet.stamp is None else _words(sheet.stamp),
        "warnings": [_words(warning) for warning in sheet.warnings],
        "statement": _words(sheet.statement),
        "parts": [_part(part) for part in sheet.parts],
        "notes": [_words(note) for note in sheet.notes],
        "address": address,
    }


def _part(part: Part) -> dict[str, Any]:
    return {"heading": _words(part.heading), "lines": [_line(line) for line in part.lines]}


def _line(line: Line) -> dict[str, Any]:
    return {"label": _words(line.label), "value": _words(line.value), "code": line.is_code}


def _words(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def main(arguments: Sequence[str]) -> int:
    """Read a document from stdin and write its PDF to stdout."""
    (address,) = arguments
    os.nice(10)  # orders come first
    sys.stdout.buffer.write(pdf_of(json.load(sys.stdin.buffer), address))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
