"""``exchange certificate-pdf``: a certificate (JSON) as PDF, with the extra ``pdf``; the venue is not asked."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from exchange.access.signature_base import Origin
from exchange.certificates.checking import NotACertificateError, fits_its_number, read_certificate
from exchange.certificates.pdf import NoPdfError, pdf_of
from exchange.cli.problem import OK, CommandError
from exchange.cli.settings import Subparsers
from exchange.cli.verdict import unreadable


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "certificate-pdf",
        help="make the PDF of a certificate 生成证书的 PDF",
        description=(
            "Make the PDF of a certificate (JSON): the same bytes as the venue's, for the same address."
            " 由证书的 JSON 文件生成 PDF；查验地址相同，则与交易机构所生成的逐字节一致。"
        ),
    )
    command.add_argument("file", type=Path, help="a certificate as JSON 证书的 JSON 文件")
    command.add_argument("output", type=Path, help="where to write the PDF 输出的 PDF 文件")
    command.add_argument(
        "--origin",
        type=_origin,
        required=True,
        metavar="URL",
        help="where the venue is found, such as https://exchange.example 交易机构的网址",
    )
    command.set_defaults(run=run)


_AT_HOME: Final = ("localhost", "127.0.0.1", "::1")


def _origin(text: str) -> Origin:
    """What the QR code leads to: the venue's own address, which nobody on the way can be asked in the place of."""
    try:
        origin = Origin.read(text)
    except ValueError:
        origin = None
    if origin is None or (origin.scheme != "https" and urlsplit(str(origin)).hostname not in _AT_HOME):
        raise argparse.ArgumentTypeError(
            "write it as https://exchange.example, without a path; http only for this machine"
            " 请写作 https://exchange.example，不带路径；仅本机可用 http"
        )
    return origin


def run(arguments: argparse.Namespace) -> int:
    """Make a PDF of what is a certificate at least by its number."""
    try:
        document = read_certificate(arguments.file.read_bytes())
    except OSError as error:
        raise unreadable(arguments.file, error) from None
    except NotACertificateError as error:
        raise CommandError(f"{arguments.file}: {error}. {error.chinese}。") from None
    if not fits_its_number(document):
        raise CommandError(f"{arguments.file}: the number does not fit the contents. 编号与内容不符。")
    address = f"{arguments.origin}/certificates/{document['number']}"
    try:
        made = pdf_of(document, address)
    except NoPdfError as error:
        raise CommandError(
            f"{error}. 未安装生成 PDF 所需的组件。",
            "install what requirements-pdf.lock lists 请按 requirements-pdf.lock 安装",
        ) from None
    try:
        arguments.output.write_bytes(made)
    except OSError as error:
        raise unreadable(arguments.output, error) from None
    print(f"certificate-pdf: {arguments.output}, {len(made):,} bytes 已生成")
    return OK
