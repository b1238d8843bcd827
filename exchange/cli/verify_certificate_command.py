"""``exchange verify-certificate``: hold a certificate (JSON) to its own number, and to an exported journal.

With ``--export`` every entry of the journal is done again, as ``replay --export`` does it, and what it says of the use
is compared with the certificate word for word. With ``--registry-key`` the registry's signatures under its receipts are
checked. Nothing is asked of the venue.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from exchange.audit.export import NotAJournalError, read_export
from exchange.audit.known_end import KnownEnd
from exchange.certificates.checking import (
    MOST_BYTES,
    VERDICTS_ZH,
    NotACertificateError,
    Verdict,
    differences,
    fits_its_number,
    is_ahead,
    judge,
    newest_entry,
    read_certificate,
)
from exchange.certificates.document import Document
from exchange.certificates.facts import log_entry
from exchange.certificates.register import CertificateRegister
from exchange.certificates.sheet import sheet_of, shown
from exchange.cli.known_end import add_known_end, end_words, known_end_of
from exchange.cli.problem import DIFFERENT, OK, CommandError
from exchange.cli.receipt_signatures import confirm_receipts, registry_keys
from exchange.cli.settings import Subparsers
from exchange.cli.verdict import not_a_journal, of_other_version, tell_difference, unreadable
from exchange.core.state import ExchangeState
from exchange.core.values import Micros, Seq
from exchange.sequencer.journal import GENESIS_HEAD, JournalCorruptError, OtherVersionError
from exchange.sequencer.replaying import Replayer, collector_at_rest

COMMAND = "verify-certificate"


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        COMMAND,
        help="check a certificate against an exported journal 以导出的日志核对证书",
        description=(
            "Check that the number of a certificate (JSON) fits its contents and, with --export, that the journal says"
            " the same of the use, word for word. Exit code 0 says that it is so; whether the certificate counts is its"
            " status, which may be disputed or revoked."
            " 核对证书编号与内容是否相符，并与日志逐字核对。退出码 0 仅表示相符；"
            "是否有效以所示状态为准（可能存在争议或已撤销）。"
        ),
    )
    command.add_argument("file", type=Path, help="a certificate as JSON 证书的 JSON 文件")
    command.add_argument("--export", type=Path, metavar="FILE", help="an exported journal 导出的日志文件")
    command.add_argument(
        "--registry-key",
        action="append",
        default=[],
        metavar="KEY",
        help="the registry's public key; once for each that it has had 登记机构的公钥，可多次给出",
    )
    add_known_end(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check a certificate; 1 when it is not what its number, the registry or the journal says."""
    keys, document = registry_keys(arguments.registry_key), _read(arguments.file)
    if not fits_its_number(document):
        tell_difference(COMMAND, "the contents were changed, the number does not fit them", "编号与内容不符")
        return DIFFERENT
    print(f"{COMMAND}: {document['number']}: the number fits the contents\n  编号与内容相符")
    status = sheet_of(document).status
    print(f"  its status in this file: {status.en}\n  文件所载状态：{status.zh}")
    if not confirm_receipts(COMMAND, document, keys):
        return DIFFERENT
    if arguments.export is None:
        print(
            "  NOT CHECKED: whether the log has this use; open the check page, or give --export FILE\n"
            "  未核对日志是否载有此项使用；请打开查验页面，或用 --export 给出日志文件"
        )
        return OK
    return _against_journal(document, arguments.export, known_end_of(arguments))


def _read(path: Path) -> Document:
    if str(path).startswith(("http:/", "https:/")):
        # pathlib has made one slash of two by now.
        raise CommandError(
            f"{path} is an address, and a file is wanted. 所给为网址，应为文件。",
            "save the JSON of the certificate first: curl -o certificate.json ADDRESS 请先将证书的 JSON 保存为文件",
        )
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise unreadable(path, error) from None
    if len(data) > MOST_BYTES:
        raise CommandError(f"{path} is too large to be a certificate. 文件过大，不是证书。")
    try:
        return read_certificate(data)
    except NotACertificateError as error:
        raise CommandError(f"{path}: {error}. {error.chinese}。", *_for_people(data)) from None


def _for_people(data: bytes) -> tuple[str, ...]:
    """What to do instead with a certificate for people: a PDF, or the page as a browser saves it."""
    if not data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"%PDF", b"<")):
        return ()
    remedy = (
        "take its JSON: the check page, to which its QR code leads, has a link to that below the certificate "
        "请改用该证书的 JSON：二维码所指的查验页面下方有其链接"
    )
    return (remedy,)


def _against_journal(document: Document, path: Path, known: KnownEnd) -> int:
    try:
        register, last = _told(path, known)
    except NotAJournalError as error:
        raise not_a_journal(path, error) from None
    except OtherVersionError as error:
        raise of_other_version(error) from None
    except JournalCorruptError as error:
        tell_difference(COMMAND, str(error), error.chinese)
        return DIFFERENT
    except OSError as error:
        raise unreadable(path, error) from None
    verdict = judge(document, register)
    if verdict is Verdict.NO_SUCH_USE and document["venue"] != register.venue:
        raise _of_another_venue(register.venue, document["venue"])
    if is_ahead(document, register, last):
        raise _ends_too_early(last, newest_entry(document))
    if verdict is not Verdict.CONFIRMED:
        tell_difference(COMMAND, verdict.value, VERDICTS_ZH[verdict])
        for difference in differences(document, register):
            print(f"  {difference.en}\n  {difference.zh}", file=sys.stderr)
        return DIFFERENT
    status = sheet_of(document).status
    print(f"{COMMAND}: {verdict.value}; its status there: {status.en}")
    print(f"  {VERDICTS_ZH[verdict]}；日志所载状态：{status.zh}")
    print(end_words(known, last))
    return OK


def _of_another_venue(here: str, there: str) -> CommandError:
    return CommandError(
        f"the journal is that of {shown(here)}, the certificate is of {shown(there)}: nothing was compared."
        " 日志与证书出自不同的交易机构，未作核对。",
        "take the journal of the venue on the certificate 请改用证书所载交易机构的日志",
    )


def _ends_too_early(last: Seq, newest: int) -> CommandError:
    return CommandError(
        f"the journal ends with entry {last}, the certificate is of entry {newest}: nothing was compared."
        f" 日志止于第 {last} 条，证书所载为第 {newest} 条，未作核对。",
        "take a newer export 请改用更新的导出文件",
    )


def _told(path: Path, known: KnownEnd) -> tuple[CertificateRegister, Seq]:
    """What the whole journal tells of certificates, after each entry was done again; and the last entry.

    Raises:
        JournalCorruptError: at the first entry that does not come out as it is written.
    """
    register = CertificateRegister()
    replayer = Replayer(ExchangeState(), Seq(0), Micros(0), GENESIS_HEAD)
    with collector_at_rest(), open(path, "rb") as file:
        for entry in read_export(file):
            replayed = replayer.step(entry.leaf_bytes, entry.head)
            register.tell(log_entry(entry.seq, replayed.leaf.at, entry.leaf_bytes, entry.head), replayed.events)
            known.see(replayer.seq, replayer.head)
    known.conclude(replayer.seq)
    return register, replayer.seq
