"""What can go wrong with the private PostgreSQL, each with a text that says what to do."""

from __future__ import annotations


class EmbeddedServerError(Exception):
    """The private PostgreSQL cannot be made, started or stopped; the text says why and what to do."""


class AlreadyRunningError(EmbeddedServerError):
    """Another process that lives owns this home folder."""

    def __init__(self, home: str, pid: int | None) -> None:
        who = f"process {pid}" if pid else "another process"
        super().__init__(
            f"the exchange's PostgreSQL in {home} is already in use by {who}. "
            "Stop that process first, or choose another folder with EXCHANGE_DATA_DIR. "
            f"{home} 正由{f'进程 {pid} ' if pid else '另一进程'}使用，请先停止该进程，或用 EXCHANGE_DATA_DIR 另选目录"
        )
        self.pid = pid
