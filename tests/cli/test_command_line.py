"""The command line explains itself in two languages, and says what to do when something is wrong."""

from __future__ import annotations

import errno
import inspect
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.audit.export import MAGIC
from exchange.bootstrap.genesis import FirstKeys
from exchange.cli import COMMANDS, INTERRUPTED, UNREAD, main, parser
from exchange.cli.arguments import Parser
from exchange.cli.listening import cannot_listen
from exchange.cli.problem import CANNOT, DIFFERENT, OK
from exchange.cli.verdict import CHECKS_IN_CHINESE
from exchange.client import KeyFile, PrivateKey
from exchange.store import reconcile as reconciling


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


def test_the_help_names_every_command_in_both_languages() -> None:
    text = parser().format_help()
    for name in COMMANDS:
        (line,) = re.findall(rf"^    {name}[ \n]+.*(?:\n {{10,}}.*)*", text, re.MULTILINE)
        assert re.search(r"[一-鿿]", line), f"{name} has no Chinese text"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: exchange {name}" in capsys.readouterr().out


def test_an_unknown_command_is_told_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sevre"])
    assert ended.value.code == 2
    assert "serve" in said(capsys)


def test_a_setting_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EXCHANGE_PORT", "eight thousand")
    monkeypatch.setenv("EXCHANGE_HOTS", "x")
    assert main(["keys"]) == CANNOT
    text = said(capsys)
    assert "EXCHANGE_PORT: write a whole number" in text
    assert "did you mean EXCHANGE_HOST?" in text


@pytest.mark.parametrize("command", [["replay"], ["export", "x.cxj"], ["reconcile"], ["keys"]])
def test_a_folder_without_an_exchange_is_said_to_be_one(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--data-dir", str(tmp_path / "nothing")]) == CANNOT
    text = said(capsys)
    assert str(tmp_path / "nothing") in text
    assert "  -> " in text
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_while_a_command_is_still_imported_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("exchange.cli.import_module", interrupted)
    assert main(["replay"]) == INTERRUPTED


def test_migrate_asks_for_the_owner(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == CANNOT
    assert "EXCHANGE_OWNER_DATABASE_URL" in said(capsys)


@pytest.mark.parametrize("command", ["verify-export", "replay"])
def test_a_file_that_is_no_export_is_not_believed(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("nothing of the kind")
    assert main([command, *(["--export"] if command == "replay" else []), str(file)]) == CANNOT
    text = said(capsys)
    assert "it is not an exported journal. 该文件不是导出的日志。" in text
    assert "DIFFERENT" not in text


@pytest.mark.parametrize("beginning", [b"CXJ", MAGIC, b"DXJOURNAL1"])
def test_what_begins_like_an_export_is_a_damaged_one(
    beginning: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "journal.cxj"
    file.write_bytes(beginning)
    assert main(["verify-export", str(file)]) == DIFFERENT
    assert re.fullmatch(r"verify-export: DIFFERENT: the file .*\n  不符：文件.*\n", said(capsys))


def test_every_check_of_a_database_is_named_in_chinese() -> None:
    """A finding's check is written where it is made, or has a name of its own there."""
    named = re.findall(r'Finding\(\s*(?:"([^"]+)"|([A-Z_]+)\b)', inspect.getsource(reconciling))
    checks = {written or getattr(reconciling, constant) for written, constant in named}
    assert reconciling.TABLES in checks
    assert {*reconciling.CHECKS, *checks} <= CHECKS_IN_CHINESE.keys()


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("port", ["99999", "-1", "65536", "http", "８０"])
def test_a_port_that_there_is_not_is_refused_before_anything_starts(
    command: str, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, f"--port={port}"])
    assert ended.value.code == CANNOT
    assert "argument --port: write a whole number from 0 to 65535" in said(capsys)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "x" * 70, "192.0.2.1"])
def test_a_host_that_is_not_here_is_not_a_matter_of_the_port(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", host, "--port", "0"]) == CANNOT
    text = said(capsys)
    assert host in text
    assert "-> write an address of this machine in --host or EXCHANGE_HOST" in text
    assert "--port" not in text


def test_a_port_that_is_the_systems_is_not_said_to_be_taken() -> None:
    error = PermissionError(errno.EACCES, "Permission denied")
    problem = cannot_listen("127.0.0.1", 80, error, "--port")
    assert problem.problem.startswith("cannot listen on 127.0.0.1 port 80: Permission denied.")
    (remedy,) = problem.remedies
    assert remedy.startswith("ports below 1024 need a privilege; choose one from 1024 on with --port")


@pytest.mark.parametrize(
    ("error", "chinese"),
    [
        (OSError(errno.EADDRINUSE, "Address already in use"), "端口已被占用"),
        (OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"), "本机没有此地址"),
        (PermissionError(errno.EACCES, "Permission denied"), "没有权限"),
        (OSError(errno.EINVAL, "Invalid argument"), "无法监听"),
        (UnicodeError("no name"), "没有此主机"),
    ],
)
def test_why_there_is_no_listening_is_said_in_both_languages(error: OSError | UnicodeError, chinese: str) -> None:
    problem = cannot_listen("127.0.0.1", 80, error, "--port")
    assert chinese in problem.problem
    assert all(re.search("[一-鿿]", remedy) for remedy in problem.remedies)


def test_a_port_that_is_taken_is_said_to_be_so(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["serve", "--host", "127.0.0.1", "--port", str(taken.getsockname()[1])]) == CANNOT
    text = said(capsys)
    assert "端口已被占用" in text and "-> choose another port with --port or EXCHANGE_PORT 请另选端口" in text


@pytest.mark.parametrize("more", [[], ["--new", "laptop"]])
def test_a_name_that_no_first_key_has_is_said_to_be_none(
    more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    FirstKeys(tmp_path).make()
    assert main(["keys", "--as", "Operator C", *more, "--data-dir", str(tmp_path)]) == CANNOT
    text = said(capsys)
    assert 'there is no first key with the name "Operator C".' in text
    assert '"Operator A", "Operator B"' in text
    assert main(["keys", "--as", "Operator B", "--data-dir", str(tmp_path)]) == OK
    shown = capsys.readouterr().out
    assert "Operator B" in shown and "Operator A" not in shown


@pytest.mark.parametrize(
    ("hold", "problem"),
    [
        (["--hold", "Operator A"], "there are no first keys in"),
        (["--hold"], "say who holds: --hold NAME"),
    ],
)
def test_who_holds_without_first_keys_is_told_of_the_key_file(
    hold: list[str],
    problem: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EXCHANGE_REGISTRY_URL", "http://127.0.0.1:1")
    assert main(["registry-reconcile", *hold, "--data-dir", str(tmp_path)]) == CANNOT
    text = said(capsys)
    assert problem in text and "--hold --key-file FILE 或使用本人的密钥文件" in text


def test_who_holds_with_a_pem_file_is_told_which_file_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_REGISTRY_URL", "http://127.0.0.1:1")
    pem = tmp_path / "mine.pem"
    PrivateKey.generate().save(pem)
    hold = ["--hold", "--key-file", str(pem), "--data-dir", str(tmp_path)]
    assert main(["registry-reconcile", *hold]) == CANNOT
    text = said(capsys)
    assert "须为密钥文件" in text
    statements = text[text.index("`") + 1 : text.rindex("`")].replace("mine.", f"{tmp_path}/mine.")
    exec(statements)
    assert KeyFile.load(tmp_path / "mine.json").key == "TOKEN"
    assert "for --private-key" not in text, "registry-reconcile has no such option"


def test_who_reconciles_without_settings_is_told_all_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXCHANGE_REGISTRY_URL", raising=False)
    assert main(["registry-reconcile", "--data-dir", str(tmp_path)]) == CANNOT
    text = said(capsys)
    for name in ("REGISTRY_URL=https://", "REGISTRY_TOKEN_FILE=FILE", "DATA_DIR", "DATABASE_URL"):
        assert f"EXCHANGE_{name}" in text
    assert "http://127.0.0.1:8100" in text and "venue-token" in text


@pytest.mark.parametrize("command", [["verify-export"], ["replay", "--export"]])
def test_a_file_that_is_not_there_is_said_to_be_so(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, str(tmp_path / "missing")]) == CANNOT
    assert "No such file" in said(capsys)


@pytest.mark.parametrize(("command", "codes"), [(["keys", "--help"], {OK, UNREAD}), (["keys"], {UNREAD})])
def test_who_stops_reading_hears_nothing_of_it(command: list[str], codes: set[int], tmp_path: Path) -> None:
    """As in ``exchange keys | head -1``; here the pipe is closed before the first line. argparse passes over what its
    help cannot be written to in some releases of Python, and not in others.
    """
    FirstKeys(tmp_path).make()
    reading, writing = os.pipe()
    os.close(reading)
    environment = os.environ | {"EXCHANGE_DATA_DIR": str(tmp_path)}
    whole = [sys.executable, "-m", "exchange", *command]
    with os.fdopen(writing, "w") as closed:
        ended = subprocess.run(whole, stdout=closed, stderr=subprocess.PIPE, env=environment, check=False)
    assert ended.returncode in codes and ended.stderr == b""


def in_a_shell(folder: Path, words: str) -> subprocess.CompletedProcess[str]:
    """A command of the exchange as a shell calls it: only there can a stream be closed."""
    environment = os.environ | {"EXCHANGE_DATA_DIR": str(folder), "PYTHONIOENCODING": "utf-8"}
    whole = ["sh", "-c", f'exec "$0" -m exchange {words}', sys.executable]
    return subprocess.run(whole, capture_output=True, encoding="utf-8", env=environment, check=False)


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_who_closes_the_output_has_the_exit_code_alone(closed: str, tmp_path: Path) -> None:
    FirstKeys(tmp_path).make()
    ended = in_a_shell(tmp_path, f"keys {closed}")
    assert (ended.returncode, ended.stdout, ended.stderr) == (OK, "", "")
    (tmp_path / "broken.cxj").write_bytes(MAGIC)
    assert in_a_shell(tmp_path, f"verify-export {tmp_path / 'broken.cxj'} {closed}").returncode == DIFFERENT
    cannot = in_a_shell(tmp_path, f"verify-export {tmp_path / 'missing.cxj'} {closed}")
    assert cannot.returncode == CANNOT and cannot.stdout == ""


def test_what_cannot_be_said_is_not_said_among_the_results(tmp_path: Path) -> None:
    """Python prints to the results what is meant for a stream of problems that is not there."""
    ended = in_a_shell(tmp_path, "keys 2>&-")
    assert (ended.returncode, ended.stdout, ended.stderr) == (CANNOT, "", "")


def test_results_for_which_there_is_no_room_are_no_comparison_that_came_out_different(tmp_path: Path) -> None:
    FirstKeys(tmp_path).make()
    ended = in_a_shell(tmp_path, "keys >/dev/full")
    assert ended.returncode == CANNOT
    english, chinese = "cannot write: No space left on device. The results are not complete.", "结果不完整。"
    assert ended.stderr.startswith(f"exchange: {english}") and chinese in ended.stderr.splitlines()[0]
    assert ended.stderr.count("\n") == 2 and "  -> make room" in ended.stderr
    for words in ("keys >/dev/full 2>&1", "keys --as Nobody 2>/dev/full"):
        silent = in_a_shell(tmp_path, words)
        assert (silent.returncode, silent.stdout, silent.stderr) == (CANNOT, "", "")


def test_a_trouble_of_another_kind_is_not_taken_for_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def troubled(_name: str) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("exchange.cli.import_module", troubled)
    with pytest.raises(OSError, match="Input/output"):
        main(["replay"])


def test_an_export_to_standard_output_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", "-"]) == CANNOT
    text = said(capsys)
    assert "not written to standard output" in text and "请指定文件" in text and list(tmp_path.iterdir()) == []


def test_an_export_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "journal.cxj"
    file.write_text("precious")
    assert main(["export", str(file)]) == CANNOT
    assert file.read_text() == "precious"
    assert "exists already" in said(capsys)


def test_a_database_that_cannot_be_reached_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = "postgresql://owner:secret@127.0.0.1:1/exchange"
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", nowhere)
    monkeypatch.setenv("EXCHANGE_OWNER_DATABASE_URL", nowhere)
    assert main(["migrate"]) == CANNOT
    text = said(capsys)
    assert "could not be migrated" in text
    assert "secret" not in text
    for command in (["replay"], ["reconcile"], ["serve", "--port", "0"]):
        assert main(command) == CANNOT
        assert "Traceback" not in said(capsys)


def test_a_public_key_may_begin_with_a_minus() -> None:
    reader = Parser()
    reader.add_argument("--key", action="append")
    reader.add_argument("-x", action="store_true")
    key = "-0XcR3iJnB7-Ja0BkNtXNkRx6YNAfGJZVRD4mBTfULA"
    assert reader.parse_args(["--key", key, "-x", "--key", "a"]).key == [key, "a"]
    with pytest.raises(SystemExit):
        reader.parse_args(["--key", key[:-1]])
