"""What `exchange serve` says before it serves."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import sys
from dataclasses import replace

import pytest

from exchange.bootstrap.http_server import listening_socket
from exchange.bootstrap.service import Ending
from exchange.cli.problem import CommandError
from exchange.cli.serve_command import NO_ORIGIN, _run, warn_of_no_origin
from exchange.cli.settings import log_to_stderr
from exchange.cli.terminal import say
from exchange.config import Settings
from exchange.sequencer.journal import JournalCorruptError, OtherVersionError

ORIGIN = "https://exchange.example"


class Terminal(io.StringIO):
    """Where somebody watches."""

    def isatty(self) -> bool:
        """Always."""
        return True


@pytest.mark.parametrize(
    ("out", "level", "shown"),
    [
        (Terminal, "info", ["WARNING"]),
        (Terminal, "debug", ["INFO", "WARNING"]),
        (io.StringIO, "info", ["INFO", "WARNING"]),
    ],
)
def test_a_terminal_has_no_log_of_what_goes_well(
    out: type[io.StringIO], level: str, shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, root = out(), logging.getLogger()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    log_to_stderr(replace(Settings.from_environment({}), log_level=level))
    logger = logging.getLogger("exchange.sequencer.recovery")
    logger.info("recovering")
    logger.warning("look out")
    assert [line.split()[2] for line in stream.getvalue().splitlines()] == shown


def test_that_nobody_reads_what_it_says_is_no_reason_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in ``exchange serve | true``, which told of a broken PostgreSQL."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as unread:
        monkeypatch.setattr(sys, "stdout", unread)
        say("the exchange answers")
        say("and answers")


def warned(
    host: str, origin: str | None, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> tuple[bool, bool]:
    """Whether a start warns: on the terminal, and in the log."""
    settings = replace(Settings.from_environment({}), host=host, public_origin=origin)
    with listening_socket(host, 0) as listening, caplog.at_level(logging.WARNING):
        warn_of_no_origin(settings, listening)
    return NO_ORIGIN in capsys.readouterr().out, "EXCHANGE_PUBLIC_ORIGIN" in caplog.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
@pytest.mark.parametrize("origin", [None, ORIGIN])
def test_who_serves_others_without_an_origin_is_warned(
    host: str, origin: str | None, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    is_open = host == "0.0.0.0" and origin is None
    assert warned(host, origin, capsys, caplog) == (is_open, is_open)


def test_the_warning_says_what_to_do_in_both_languages() -> None:
    english, chinese = NO_ORIGIN.split("警告")
    assert "EXCHANGE_PUBLIC_ORIGIN" in english and f"such as {ORIGIN}" in english
    assert "EXCHANGE_PUBLIC_ORIGIN" in chinese and f"例如 {ORIGIN}" in chinese


@pytest.mark.parametrize(
    ("error", "said", "not_said"),
    [
        (
            OtherVersionError("entry 1 was written by engine 2", "第 1 条由引擎 2 写成"),
            "Nothing is damaged",
            "restored",
        ),
        (JournalCorruptError("entry 1 is wrong", "第 1 条有误"), "not what was written", "Nothing is damaged"),
    ],
)
def test_a_journal_of_another_version_is_not_called_damaged(
    error: JournalCorruptError, said: str, not_said: str
) -> None:
    async def begins() -> Ending:
        raise error

    with asyncio.Runner() as runner, pytest.raises(CommandError) as told:
        _run(runner, begins())
    whole = " ".join((str(told.value), *told.value.remedies))
    assert said in whole and not_said not in whole and str(error) in whole
