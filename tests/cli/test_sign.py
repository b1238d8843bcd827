"""``exchange sign`` and the keys that it uses: what is printed for curl is the request that was signed."""

from __future__ import annotations

import io
import json
import re
import shutil
import socket
import stat
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from exchange.access.nonces import Nonces
from exchange.access.public_keys import read_public_key
from exchange.access.signature_base import Origin, SignedRequest
from exchange.access.signatures import SigningKey, Verified, Verifier
from exchange.bootstrap.genesis import FirstKeys
from exchange.cli import main
from exchange.cli.problem import CANNOT, OK
from exchange.cli.sign_command import curl_config
from exchange.client import KeyFile, PrivateKey
from exchange.sequencer import clock

URL = "http://127.0.0.1:8000/v1/proposals/prp-7/approve"
BODY = '{"action_hash": "00", "reason": "说“是”\\n"}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with first keys whose ids are known."""
    keys = FirstKeys(tmp_path)
    keys.make()
    for number, key in enumerate(keys.read(), 1):
        keys.put(replace(key, token=f"key-1-{number}.{key.secret}"))
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, list[str]]:
    """The options that were printed, each with its values."""
    assert main(["sign", *arguments]) == OK
    found: dict[str, list[str]] = {}
    for line in capsys.readouterr().out.splitlines():
        match = re.fullmatch(r'([a-z-]+) = (".*")', line)
        if match is not None:
            found.setdefault(match[1], []).append(json.loads(match[2]))
        else:
            found[line] = []
    return found


def test_a_first_key_signs_and_its_token_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = printed(capsys, "POST", URL, BODY, "--as", "Operator B", "--data-dir", str(folder))
    key = FirstKeys(folder).read()[1]
    assert (told["request"], told["url"], told["data-raw"]) == (["POST"], [URL], [BODY])
    headers = dict(line.split(": ", 1) for line in told["header"])
    assert headers["authorization"] == f"Bearer {key.token}"
    names = [(name.encode(), value.encode()) for name, value in headers.items()]
    origin, path = Origin.read("http://127.0.0.1:8000"), b"/v1/proposals/prp-7/approve"
    request = SignedRequest("POST", origin, path, b"", names, BODY.encode())
    public = read_public_key(key.public_key)
    assert public is not None
    assert isinstance(Verifier(Nonces(0)).verify(request, SigningKey("key-1-2", public), clock.now()), Verified)


def test_it_signs_for_the_public_address(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("DELETE", "http://127.0.0.1:8000/v1/orders/ord-1", "--as", "Operator A", "--data-dir", str(folder))
    monkeypatch.setenv("EXCHANGE_PUBLIC_ORIGIN", "https://exchange.example")
    told = printed(capsys, *arguments, "--idempotency-key", "mine")
    headers = dict(line.split(": ", 1) for line in told["header"])
    assert headers["idempotency-key"] == "mine" and "data-raw" not in told
    names = [(name.encode(), value.encode()) for name, value in headers.items()]
    request = SignedRequest("DELETE", Origin.read("https://exchange.example"), b"/v1/orders/ord-1", b"", names, b"")
    public = read_public_key(FirstKeys(folder).read()[0].public_key)
    assert public is not None
    assert isinstance(Verifier(Nonces(0)).verify(request, SigningKey("key-1-1", public), clock.now()), Verified)


def test_a_private_key_of_ones_own_signs_without_a_token(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.pem"
    assert main(["keys", "--secret", "--private-key", str(file)]) == OK
    public_key = re.search(r"public_key   (\S+)", capsys.readouterr().out)
    assert public_key is not None and public_key[1] == PrivateKey.load(file).public_text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told = printed(capsys, "POST", URL, BODY, "--private-key", str(file), "--key", "key-17-1.secret")
    text = "\n".join(told["header"])
    assert 'keyid="key-17-1"' in text and "secret" not in text and "authorization" not in text


def test_a_key_file_signs_and_its_token_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, private_key = tmp_path / "steel.key.json", PrivateKey.generate()
    KeyFile("http://127.0.0.1:8000", "key-9-1.secret", private_key).save(file)
    told = printed(capsys, "POST", URL, BODY, "--key-file", str(file))
    headers = dict(line.split(": ", 1) for line in told["header"])
    assert headers["authorization"] == "Bearer key-9-1.secret"
    names = [(name.encode(), value.encode()) for name, value in headers.items()]
    origin, path = Origin.read("http://127.0.0.1:8000"), b"/v1/proposals/prp-7/approve"
    request = SignedRequest("POST", origin, path, b"", names, BODY.encode())
    public = read_public_key(private_key.public_text)
    assert public is not None
    assert isinstance(Verifier(Nonces(0)).verify(request, SigningKey("key-9-1", public), clock.now()), Verified)


def test_a_file_of_another_kind_is_told_where_it_belongs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pem, key_file, mute = (tmp_path / name for name in ("mine.pem", "steel.key.json", "mute.key.json"))
    private_key = PrivateKey.generate()
    private_key.save(pem)
    KeyFile("http://exchange.test", "key-9-1.secret", private_key).save(key_file)
    KeyFile("http://exchange.test", "key-9-1.secret").save(mute)
    for given, remedy in (
        (("--key-file", str(pem)), "for --private-key"),
        (("--key-file", str(mute)), "has private_key too"),
        (("--key-file", str(tmp_path / "none")), "sandbox-join"),
        (("--private-key", str(key_file), "--key", "key-9-1"), "for --key-file"),
    ):
        assert main(["sign", "POST", URL, BODY, *given]) == CANNOT
        problem, _, remedies = capsys.readouterr().err.partition("->")
        assert remedy in remedies
        assert all(re.search("[一-鿿]", text) for text in (problem, remedies)), "each line is in both languages"


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (["--as", "Nobody"], "the names are"),
        (["--private-key", "/nowhere/mine.pem", "--key", "key-1"], "cannot use /nowhere/mine.pem"),
        (["--private-key", "/nowhere/mine.pem"], "--key"),
    ],
)
def test_what_is_missing_is_said(
    more: list[str], problem: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sign", "POST", URL, BODY, *more, "--data-dir", str(folder)]) == CANNOT
    told = capsys.readouterr().err
    assert problem in told
    assert all(re.search("[一-鿿]", line) for line in told.splitlines()), "each line is in both languages"


@pytest.mark.parametrize(
    ("body", "typed", "where"),
    [
        ("{action_hash: 00}", "", "line 1, column 2"),
        ("-", "", "line 1, column 1"),
        ("-", '{"a": 1}\n{"b": 2}\n', "line 2, column 1"),
        ("[" * 100_000, "", "unreadable"),
    ],
)
def test_a_body_that_is_no_json_is_not_signed(
    body: str,
    typed: str,
    where: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert main(["sign", "POST", URL, body, "--as", "Operator A", "--data-dir", str(folder)]) == CANNOT
    told = capsys.readouterr()
    assert f"the body is no JSON ({where})." in told.err and "single quotes" in told.err and told.out == ""
    assert all(re.search("[一-鿿]", line) for line in told.err.splitlines()), "each line is in both languages"


def test_a_body_is_read_from_standard_input(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(BODY))
    assert printed(capsys, "POST", URL, "-", "--as", "Operator A", "--data-dir", str(folder))["data-raw"] == [BODY]


@pytest.mark.parametrize("url", ["/v1/orders", "ftp://exchange.example/v1", "http://"])
def test_a_whole_address_is_needed(url: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sign", "POST", url, "--as", "Operator A", "--data-dir", str(folder)]) == CANNOT
    assert "whole address" in capsys.readouterr().err


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.pem").write_text("something else")
    assert main(["keys", "--secret", "--private-key", str(tmp_path / "mine.pem")]) == CANNOT
    assert "not written over" in capsys.readouterr().err
    assert (tmp_path / "mine.pem").read_text() == "something else"


@pytest.mark.skipif(shutil.which("curl") is None, reason="it is about curl")
@pytest.mark.parametrize("body", [BODY, '@file "\\ \t\r\n$HOME `x`', "说“是”"])
def test_curl_sends_the_very_bytes(body: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        received: list[bytes] = []
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/a/../b[1-3]?c={{d,e}}"
        request = httpx.Request("POST", url, headers={"Idempotency-Key": "1", "X": 'a"b'}, content=body.encode())
        answering = threading.Thread(target=answer_once, args=(listening, len(request.content), received))
        answering.start()
        subprocess.run(["curl", "-sS", "-K", "-"], input=curl_config(request), encoding="utf-8", check=True, timeout=30)
        answering.join(30)
    head, _, sent = received[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST " + request.url.raw_path + b" HTTP/1.1")
    assert b'x: a"b' in head and sent == request.content


def answer_once(listening: socket.socket, size: int, received: list[bytes]) -> None:
    """Take one request whose body has this size, and answer it."""
    connection, _ = listening.accept()
    with connection:
        data = b""
        while len(data.partition(b"\r\n\r\n")[2]) < size or b"\r\n\r\n" not in data:
            data += connection.recv(65_536)
        received.append(data)
        connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
