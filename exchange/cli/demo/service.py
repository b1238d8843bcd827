"""The exchange as a child process of the demo, on fresh data."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from exchange.bootstrap.genesis import FirstKey
from exchange.cli.demo.cast import first_keys
from exchange.cli.demo.program import Program, clean_environment, demand_free, free_port
from exchange.cli.problem import CommandError
from exchange.store.embedded import is_in_use

__all__ = ["EndReport", "Service", "demand_free", "free_port", "fresh_folder"]

MARKER: Final = "made-by-the-demo"
END_REPORT: Final = "end-report.json"


@dataclass(frozen=True, slots=True)
class EndReport:
    """What the service itself said about its state when it stopped: last entry, its head and the state's hash."""

    entries: int
    head: str
    state: str


class Service(Program):
    """One exchange on a folder of its own; ``settings`` are further ones, by the names that they have outside."""

    english = "the exchange"
    chinese = "交易所"

    def __init__(self, folder: Path, port: int, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, port, "service.log")
        self.settings = dict(settings or {})

    @property
    def environment(self) -> dict[str, str]:
        """The environment of programs that work on this folder, without any setting of the caller's own exchange."""
        own = {"EXCHANGE_DATA_DIR": str(self.folder), "EXCHANGE_PORT": str(self.port)}
        return clean_environment() | own | self.settings

    async def start(self, *options: str) -> dict[str, FirstKey]:
        """Start, with more options of ``serve``, and wait until it takes commands; the first keys by name."""
        command = ["serve", "--stop-with-stdin", "--end-report", str(self.folder / END_REPORT), *options]
        self.launch(command, self.environment)
        await self.wait_until_ready()
        return first_keys(self.folder)

    async def answers(self, http: httpx.AsyncClient) -> bool:
        """Whether it takes commands."""
        return (await http.get("/ready")).status_code == httpx.codes.OK

    def stop(self) -> EndReport:
        """Stop cleanly and read what the service says about its end."""
        self.finish()
        return EndReport(**json.loads((self.folder / END_REPORT).read_text(encoding="utf-8")))


def fresh_folder(parent: Path) -> Path:
    """An empty folder for a demo; what an earlier demo left there is removed, and nothing that a demo did not make."""
    folder = parent / "demo"
    try:
        if folder.exists() and any(folder.iterdir()):
            if not (folder / MARKER).exists():
                raise CommandError(
                    f"{folder} is not a demo's folder, so it is not emptied. 此目录不是演示目录，不会清空",
                    "move it away 请先移走",
                )
            if is_in_use(folder):
                raise CommandError(
                    f"another demo runs in {folder}. 另一演示正在此目录运行",
                    "stop it with Ctrl-C, or choose another EXCHANGE_DATA_DIR 请按 Ctrl-C 停止，或另选目录",
                )
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        made_by = "Made by `exchange demo`, which removes this folder when it starts again.\n"
        (folder / MARKER).write_text(made_by, encoding="utf-8")
    except OSError as error:
        raise CommandError(
            f"cannot write in {folder}: {error.strerror}. 无法写入该目录",
            "choose another folder with EXCHANGE_DATA_DIR 请用 EXCHANGE_DATA_DIR 另选目录",
        ) from None
    return folder
