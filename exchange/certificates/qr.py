"""The QR code (ISO/IEC 18004) of a check page's address, as SVG that a page can hold and a PDF can draw."""

from __future__ import annotations

from io import BytesIO
from typing import Final

import segno

QUIET_ZONE: Final = 4
"""Modules of white around it, as the standard asks for."""


def qr_svg(address: str) -> str:
    """An ``<svg>`` element; a quarter of the code may be hidden by a stamp or a stain and it can still be read."""
    code = segno.make_qr(address, error="q", boost_error=False)
    out = BytesIO()
    code.save(
        out,
        kind="svg",
        border=QUIET_ZONE,
        dark="#000",
        light="#fff",
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
        nl=False,
    )
    return out.getvalue().decode()
