"""A request of many commands stands in the log as a whole: its entries follow each other and the last one ends it.

All entries of such a request have its hash, its key and its scope; the last one alone has its idempotency key
(:class:`exchange.sequencer.submission.Group`). So an entry with a request's hash and without an idempotency key must be
followed by the next one of the same request. That also shows a tail that was cut off inside of a request, which
otherwise nobody sees who has not noted where the journal ends.
"""

from __future__ import annotations

from exchange.core.values import Seq
from exchange.sequencer.journal import JournalCorruptError, Leaf


class GroupsWhole:
    """Follows the requests of a log from its first entry on."""

    def __init__(self) -> None:
        """Nothing read yet."""
        self._unfinished: Leaf | None = None

    def check(self, leaf: Leaf) -> None:
        """The next entry.

        Raises:
            JournalCorruptError: when the request before it is not finished and this entry does not belong to it.
        """
        before = self._unfinished
        if before is not None and _request(leaf) != _request(before):
            raise JournalCorruptError(
                f"entry {leaf.seq} stands where the request of entry {before.seq} should go on",
                f"第 {leaf.seq} 条占了第 {before.seq} 条所属请求后续条目的位置",
            )
        self._unfinished = leaf if leaf.body_hash and not leaf.idempotency_key else None

    def conclude(self, seq: Seq) -> None:
        """The journal has ended with entry ``seq``.

        Raises:
            JournalCorruptError: when it ends inside of a request.
        """
        if self._unfinished is not None:
            raise JournalCorruptError(
                f"the journal ends with entry {seq}, inside of a request: its end is cut",
                f"日志止于第 {seq} 条，而该条所属的请求并未完结：日志末尾缺失",
            )


def _request(leaf: Leaf) -> tuple[int, int, int, bytes]:
    """What all entries of a request have in common: also the writer, since they are in one transaction."""
    return leaf.epoch, leaf.key, leaf.scope, leaf.body_hash
