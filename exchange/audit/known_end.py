"""What somebody wrote down earlier of a journal, against a tail that was cut off and a journal that was hashed anew.

A journal alone cannot show that entries are missing at its end, nor that all of it was made again from some entry on
with a chain that fits: both are consistent in themselves. A head that was noted elsewhere shows both, up to the entry
that it belongs to. (Certificate Transparency's gossip of tree heads answers the same question, RFC 6962 section 7.3.)
"""

from __future__ import annotations

from exchange.core.values import Seq
from exchange.sequencer.journal import JournalCorruptError


class KnownEnd:
    """A head that was noted, or how many entries there were, or both; what is None was not noted.

    A note can be wrong as well as a journal. So nothing is said before all of the journal was seen: a head that stands
    at another entry than the noted one is a mistake of the note, and the journal is what it was.
    """

    def __init__(self, head: bytes | None = None, entries: int | None = None) -> None:
        """Everything is still to be seen. With neither, nothing is demanded."""
        self.head = head
        self.entries = entries
        self.found_at: Seq | None = None
        self._head_at: Seq | None = None

    @property
    def is_noted(self) -> bool:
        """Whether anything was."""
        return self.head is not None or self.entries is not None

    def see(self, seq: Seq, head: bytes) -> None:
        """The next entry and the head after it."""
        if head == self.head:
            self._head_at = seq
        if self.is_noted and self.entries in (None, seq) and self.head in (None, head):
            self.found_at = seq

    def conclude(self, seq: Seq) -> None:
        """The journal has ended with entry ``seq``.

        Raises:
            JournalCorruptError: when what was noted was not in it; it says whether the note may be wrong.
        """
        if self.found_at is not None or not self.is_noted:
            return
        if self._head_at is not None:
            raise JournalCorruptError(
                f"the known head stands at entry {self._head_at}, not at entry {self.entries}: check your note;"
                f" the journal is the one that you noted up to entry {self._head_at}",
                f"已知链头在第 {self._head_at} 条，不在第 {self.entries} 条：请核对您的记录；"
                f"直到第 {self._head_at} 条，日志与您记下时一致",
            )
        raise JournalCorruptError(*self._disagreement(seq))

    def _disagreement(self, seq: Seq) -> tuple[str, str]:
        """What of the note is not in a journal that ends with entry ``seq``, in English and Chinese."""
        if self.entries is None:
            english = f"no entry up to {seq}, the last, has the known head: its end is cut, it was rewritten,"
            chinese = f"直到末条即第 {seq} 条，均无已知链头：日志末尾缺失，或日志被改写，或记录有误"
        elif self.entries > seq:
            english = f"the journal ends with entry {seq}, but {self.entries} are known: its end is cut,"
            chinese = f"日志止于第 {seq} 条，而已知有 {self.entries} 条：日志末尾缺失，或记录有误"
        else:
            english = (
                f"entry {self.entries} does not have the known head, nor has any other: your note and the journal"
                " disagree: the journal was rewritten,"
            )
            chinese = f"第 {self.entries} 条没有已知链头，其他各条也没有：您的记录与日志不一致：日志被改写，或记录有误"
        return f"{english} or the note is wrong", chinese
