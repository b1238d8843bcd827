"""``exchange sign``: a signed request, written down for curl, which cannot sign itself.

What is printed is a configuration file of curl with everything in it, the address, the body and the bearer key too, so
that one types a request once and no secret on a command line, where other users of the machine would see it::

    exchange sign POST https://exchange.example/v1/proposals/prp-7/approve '{"action_hash": "…"}' | curl -K -
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Final

import httpx

from exchange.bootstrap.genesis import FirstKeys
from exchange.cli.keys_command import chosen
from exchange.cli.problem import OK, CommandError
from exchange.cli.settings import Subparsers, add_data_dir, settings_of
from exchange.client import KeyFile, PrivateKey, new_idempotency_key
from exchange.client.signing import RequestSigner
from exchange.config import Settings

METHODS: Final = ("POST", "PUT", "PATCH", "DELETE")
NEEDS_PEM: Final = (
    "--private-key takes a PEM file; a file of `exchange sandbox-join` is for --key-file "
    "须为 PEM 文件，密钥文件请用 --key-file"
)
NEEDS_KEY_FILE: Final = (
    "--key-file takes what `exchange sandbox-join` writes, JSON with url, key and private_key; "
    "a PEM file is for --private-key 须为密钥文件，PEM 文件请用 --private-key"
)
MAKES_KEY_FILE: Final = (
    "`from exchange.client import KeyFile, PrivateKey; "
    'KeyFile("URL", "TOKEN", PrivateKey.load("mine.pem")).save("mine.json")`'
)
"""What a person writes in Python who has a PEM file and wants a key file."""
NEEDS_SIGNER: Final = (
    "the file of a key that signs has private_key too; KeyFile.save writes it 须为含 private_key 的密钥文件"
)
_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r", "\v": "\\v"})


def add(commands: Subparsers) -> None:
    """Say what the command takes."""
    command = commands.add_parser(
        "sign",
        help="sign a request, to be sent by curl: exchange sign … | curl -K - 为请求签名",
        description="Sign a request (RFC 9421) and print it for curl: exchange sign … | curl -K - 为请求签名。",
    )
    command.add_argument("method", choices=METHODS, help="of the request 请求方法")
    command.add_argument("url", help="address, with the scheme and host under which the exchange is known 完整地址")
    command.add_argument("body", nargs="?", default="", help="JSON; - reads it from standard input 请求体")
    whose = command.add_mutually_exclusive_group(required=True)
    whose.add_argument(
        "--as", dest="name", metavar="NAME", help='a person with a first key, such as "Operator B" 初始密钥所有人'
    )
    whose.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help="file of exchange sandbox-join or the client's KeyFile: token and private key 密钥文件",
    )
    whose.add_argument(
        "--private-key",
        type=Path,
        metavar="FILE",
        help="PEM file; then --key too, and Authorization is yours to add 私钥文件",
    )
    command.add_argument("--key", metavar="ID", help="with --private-key: id of the key, such as key-17-1 密钥编号")
    command.add_argument("--idempotency-key", metavar="TEXT", help="a new one unless given 幂等键")
    command.add_argument(
        "--origin", help="sign for this, instead of EXCHANGE_PUBLIC_ORIGIN or the address' own 签名所用的来源"
    )
    add_data_dir(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Sign and print."""
    request = _request(arguments)
    settings = settings_of(arguments)
    if arguments.private_key is not None:
        key_id, private_key = _key_id(arguments.key), read_private_key(arguments.private_key)
    else:
        token, private_key = _token_and_key(arguments, settings)
        request.headers["Authorization"] = f"Bearer {token}"
        key_id = token.partition(".")[0]
    origin = arguments.origin or settings.public_origin
    RequestSigner(key_id, private_key, origin=origin).sign(request)
    print(curl_config(request), end="")
    return OK


def _token_and_key(arguments: argparse.Namespace, settings: Settings) -> tuple[str, PrivateKey]:
    """Of a first key, or of a key file."""
    if arguments.key_file is not None:
        return read_key_file(arguments.key_file)
    key = chosen(FirstKeys(settings.data_dir), arguments.name)
    return key.token, PrivateKey.read(key.private_key)


def curl_config(request: httpx.Request) -> str:
    """A request as the configuration file that ``curl -K`` reads, each option on a line of its own."""
    options = [("request", request.method), ("url", str(request.url))]
    # httpx and curl each add these by themselves.
    skipped = {"host", "content-length", "accept", "accept-encoding", "connection", "user-agent"}
    options += [("header", f"{name}: {value}") for name, value in request.headers.items() if name not in skipped]
    if request.content:
        options.append(("data-raw", request.content.decode()))
    # What was signed must arrive as it is: no brackets to choose from, no dots to take out.
    lines = ["globoff", "path-as-is", *(f'{name} = "{value.translate(_ESCAPES)}"' for name, value in options)]
    return "".join(f"{line}\n" for line in lines)


def read_private_key(path: Path) -> PrivateKey:
    """The key in a file, or a problem that says what to do."""
    try:
        return PrivateKey.load(path)
    except OSError as error:
        raise CommandError(
            f"cannot use {path}: {error.strerror or error}. 无法使用该文件。",
            "make one: exchange keys --secret --private-key FILE 可如此生成",
        ) from None
    except ValueError as error:
        raise CommandError(f"{error}. 文件不符。", NEEDS_PEM) from None


def read_key_file(path: Path, wanted: str = NEEDS_KEY_FILE) -> tuple[str, PrivateKey]:
    """The token and the private key in a key file, or a problem that says what to do: what file is ``wanted``."""
    try:
        mine = KeyFile.load(path)
    except OSError as error:
        raise CommandError(
            f"cannot use {path}: {error.strerror or error}. 无法使用该文件。",
            "a sandbox writes one: exchange sandbox-join --name NAME 沙箱可生成密钥文件",
            f"of a PEM file and a whole token {MAKES_KEY_FILE} makes one 或以该 Python 语句由 PEM 文件与密钥串生成",
        ) from None
    except ValueError as error:
        raise CommandError(f"{error}. 文件不符。", wanted) from None
    if mine.private_key is None:
        raise CommandError(f"the key in {path} has no private key. 文件中没有私钥。", NEEDS_SIGNER)
    return mine.key, mine.private_key


def _body(text: str) -> str:
    """The body as it will be sent, which is JSON at every address that takes a signed request."""
    if not text:
        return ""
    try:
        body = sys.stdin.read() if text == "-" else text
        json.loads(body)
    except (ValueError, RecursionError) as error:
        at = f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "unreadable"
        raise CommandError(
            f"the body is no JSON ({at}). 请求体不是 JSON。",
            'put it in single quotes, so that its own stay: \'{"action_hash": "…"}\' 请用单引号括起整个请求体',
            "or read it from a file: - <FILE 或从文件读取",
        ) from None
    return body


def _request(arguments: argparse.Namespace) -> httpx.Request:
    body = _body(arguments.body)
    headers = {"Idempotency-Key": arguments.idempotency_key or new_idempotency_key()}
    if body:
        headers["Content-Type"] = "application/json"
    try:
        request = httpx.Request(arguments.method, arguments.url, headers=headers, content=body.encode())
    except (httpx.InvalidURL, UnicodeError) as error:
        raise CommandError(f"this cannot be sent: {error}. 该请求无法发送。") from None
    if request.url.scheme not in ("http", "https") or not request.url.host:
        raise CommandError(
            "this is no whole address. 地址不完整。", "write it as https://exchange.example/v1/… 请如此书写"
        )
    return request


def _key_id(text: str | None) -> str:
    """The id of a key; the secret behind it is none of a signature's business."""
    if text is None:
        raise CommandError(
            "say whose signature it is. 未指明由哪个密钥签名。",
            "--key with the id of the key, such as key-17-1 请加上密钥编号",
        )
    return text.partition(".")[0]
