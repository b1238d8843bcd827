"""The script ./dev does no more than it is asked: who asks for help is not made to wait for a download."""

from __future__ import annotations

import errno
import importlib.util
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.sources import ROOT


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script with an environment that has no fuzzer yet, and with nothing that it would turn into."""
    loader = SourceFileLoader("dev_script", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path)
    monkeypatch.setattr(module, "ensure_environment", lambda: None)
    monkeypatch.setattr(module, "working_pip", lambda: ["fetch"])
    monkeypatch.setattr(module, "become", lambda *_: None)
    monkeypatch.setenv("PYTHONPATH", "")
    return module


def test_it_says_where_the_other_commands_are(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert script.main([]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert "-m exchange --help (keys, sign, sandbox-join)" in last and "-m loadtests.scenarios --help" in last


def test_a_command_that_there_is_not_is_said_in_both_languages(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        script.main(["tset"])
    assert ended.value.code == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == "dev: there is no command 'tset'. 没有此命令"
    assert "test, check" in second and "可用命令如上" in second


def test_a_tree_of_another_user_is_said_to_be_one(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the system refuses what another user's folder holds."""

    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/home/other/exchange/.venv/bin/python")

    monkeypatch.setattr(script, "become", refused)
    with pytest.raises(SystemExit) as ended:
        script.main(["run"])
    assert ended.value.code == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == "dev: cannot use /home/other/exchange/.venv/bin/python: Permission denied. 没有使用权限"
    assert "clone the project into a folder that you own" in second and "请以目录所有者身份运行" in second


@pytest.mark.parametrize(("arguments", "fetched"), [(["--help"], 0), (["-h"], 0), (["--cases", "5"], 1)])
def test_help_of_the_fuzzer_fetches_nothing(
    arguments: list[str], fetched: int, script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[object] = []

    def note(command: list[str]) -> object:
        runs.append(command)
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(script, "run_quietly", note)
    script.fuzz(arguments)
    assert len(runs) == fetched
