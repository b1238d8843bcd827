"""``exchange keys`` where the exchange is silent: what is said of a rotation that does not come to its end."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.bootstrap.genesis import FirstKeys
from exchange.cli import INTERRUPTED, main
from exchange.cli.problem import CANNOT, OK
from exchange.client.patience import Patience


@pytest.fixture
def keys(tmp_path: Path) -> FirstKeys:
    """First keys that have their tokens."""
    first = FirstKeys(tmp_path)
    for number, key in enumerate(first.make(), start=1):
        first.put(replace(key, token=f"key-1-{number}.{key.secret}"))
    return first


def rotate(keys: FirstKeys, url: str) -> list[str]:
    """The words of a rotation."""
    return ["keys", "--as", "Auditor", "--rotate", "--url", url, "--data-dir", str(keys.path.parent)]


def test_a_rotation_without_an_answer_is_marked_and_gone_on_with(
    keys: FirstKeys, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Patience, "wait", lambda *_: 0.0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    assert main(rotate(keys, url)) == CANNOT
    asked = capsys.readouterr()
    assert "no answer to POST /v1/keys/rotate" in asked.err and "whether it was done is not known" in asked.err
    assert str(keys.next_path) in asked.err and "Idempotency-Key" not in asked.err and asked.out == ""

    assert main(["keys", "--data-dir", str(keys.path.parent)]) == OK
    shown = capsys.readouterr()
    assert "a rotation of the key of Auditor is not finished" in shown.err and "轮换尚未完成" in shown.err
    assert "Operator" not in shown.err and 'exchange keys --as "Auditor" --rotate' in shown.err

    assert main(rotate(keys, url)) == CANNOT
    again = capsys.readouterr()
    assert f"going on with the rotation in {keys.next_path}" in again.out
    assert "no answer to GET /v1/keys" in again.err and "not known" not in again.err


def test_a_new_key_that_nobody_answered_is_kept_and_gone_on_with(
    keys: FirstKeys, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Patience, "wait", lambda *_: 0.0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    file = tmp_path / "desk.pem"
    draft = tmp_path / "desk.pem.part"
    new = ["keys", "--as", "Auditor", "--new", "desk", "--private-key", str(file), "--url", url]
    new += ["--data-dir", str(keys.path.parent)]
    assert main(new) == CANNOT
    told = capsys.readouterr().err
    assert f"are kept in {draft}" in told and "暂存于该文件" in told and "goes on with that" in told
    assert stat.S_IMODE(draft.stat().st_mode) == 0o600 and not file.exists()

    kept = draft.read_bytes()
    assert main(new) == CANNOT
    again = capsys.readouterr().err
    assert f"going on with the key in {draft}" in again and "is there already" not in again
    assert draft.read_bytes() == kept

    draft.write_text("half")
    assert main(new) == CANNOT
    assert "is no key file" in (damaged := capsys.readouterr().err) and "remove it" in damaged


@pytest.mark.parametrize(("option", "told"), [("--new", "needs a label"), ("--revoke", "needs the id of a key")])
def test_an_option_without_its_text_is_refused(
    keys: FirstKeys, option: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["keys", "--as", "Auditor", option, "", "--data-dir", str(keys.path.parent)]
    assert main(command) == CANNOT
    said = capsys.readouterr()
    assert f"{option} {told}" in said.err and "Auditor" not in said.out
    assert all(re.search("[一-鿿]", line) for line in said.err.splitlines()), "each line is in both languages"


def test_who_interrupts_a_rotation_is_told_where_the_new_key_is(keys: FirstKeys) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        command = rotate(keys, f"http://127.0.0.1:{silent.getsockname()[1]}")
        environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
        with subprocess.Popen(
            [sys.executable, "-m", "exchange", *command], stderr=subprocess.PIPE, encoding="utf-8", env=environment
        ) as process:
            silent.settimeout(60)
            connection, _ = silent.accept()
            with connection:
                assert connection.recv(4)
                process.send_signal(signal.SIGINT)
                _, told = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED
    assert "a rotation of the key of Auditor is not finished" in told and str(keys.next_path) in told
    assert "give the same command again" in told and "Traceback" not in told
