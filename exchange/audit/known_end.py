"""What somebody wrote down earlier of a journal, against a tail that was cut off and a journal that was hashed anew.

A journal alone cannot show that entries are missing at its end, nor that all of it was made again from some entry on
with a chain that fits: both are consistent in themselves. A head that was noted elsewhere shows both, up to the entry
that it belongs to. (Certificate Transparency's gossip of tree heads answers the same question, RFC 6962 section 7.3.)
"""

from __future__ import annotations

from exchange.core.values import Seq
from exchange.sequencer.journal import JournalCorruptError


class KnownEnd:
    """A head that was noted, or how many entries there were, or both; what is None was not noted."""

    def __init__(self, head: bytes | None = None, entries: int | None = None) -> None:
        """Everything is still to be seen. With neither, nothing is demanded."""
        self.head = head
        self.entries = entries
        self.found_at: Seq | None = None

    @property
    def is_noted(self) -> bool:
        """Whether anything was."""
        return self.head is not None or self.entries is not None

    def see(self, seq: Seq, head: bytes) -> None:
        """The next entry and the head after it.

        Raises:
            JournalCorruptError: when this is the entry that was noted and its head is another.
        """
        is_it = seq == self.entries
        if is_it and self.head not in (None, head):
            raise JournalCorruptError(f"entry {seq} does not have the known head: the journal was rewritten before it")
        if is_it or (self.entries is None and head == self.head):
            self.found_at = seq

    def conclude(self, seq: Seq) -> None:
        """The journal has ended with entry ``seq``.

        Raises:
            JournalCorruptError: when what was noted was not in it.
        """
        if self.found_at is not None or not self.is_noted:
            return
        if self.entries is not None:
            raise JournalCorruptError(
                f"the journal ends with entry {seq}, but {self.entries} are known: its end is cut"
            )
        raise JournalCorruptError(
            f"no entry up to {seq}, the last, has the known head: its end is cut, or it is rewritten"
        )
