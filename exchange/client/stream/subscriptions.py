"""Where the reader of each channel stands, so that a new connection goes on from there and a gap is seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from exchange.client.models.stream import BookMessage, StreamMessage
from exchange.client.stream.live_book import LiveBook
from exchange.client.stream.parts import Parts


class Verdict(Enum):
    """What to do with a message."""

    TAKE = auto()
    """It goes on from where the reader stands."""
    PASS = auto()
    """The reader has it already, or has left the channel."""
    HEAL = auto()
    """Something is missing: the channel has to be subscribed again."""


@dataclass(slots=True)
class Position:
    """A channel's reader: stands at entry ``seq``, None before the first message.

    ``is_resumed`` until the first update after a resume, which may come from before where the reader stands.
    ``faults`` counts how often in a row it had to be healed.
    """

    channel: str
    book: LiveBook | None = None
    seq: int | None = None
    is_resumed: bool = False
    is_healing: bool = False
    faults: int = 0
    parts: Parts = field(default_factory=Parts)

    def wish(self) -> dict[str, object]:
        """What to ask for, to go on from here."""
        after = self.seq if self.book is None else (self.book.seq if self.book.fault is None else None)
        self.is_resumed, self.is_healing = after is not None, False
        self.parts.forget()
        return {"channel": self.channel} if after is None else {"channel": self.channel, "after_seq": after}

    def judge(self, message: StreamMessage) -> Verdict:
        """Stand where the message leads, if it fits."""
        if self.book is not None:
            good = isinstance(message, BookMessage) and self.book.apply(message)
            verdict = Verdict.TAKE if good else Verdict.HEAL
        else:
            verdict = self._judge(message)
        if verdict is Verdict.TAKE:
            self.is_healing, self.is_resumed, self.faults = False, False, 0
        return self._fault() if verdict is Verdict.HEAL else verdict

    def doubt(self) -> Verdict:
        """A message came that cannot be read."""
        if self.book is not None:
            self.book.doubt()
        return self._fault()

    def _fault(self) -> Verdict:
        """Heal, unless that was begun already: what still comes meanwhile cannot fit."""
        if self.is_healing:
            return Verdict.PASS
        self.is_healing, self.faults = True, self.faults + 1
        return Verdict.HEAL

    def _judge(self, message: StreamMessage) -> Verdict:
        before, stood = message.prev_seq, self.seq
        if before is None:
            self.seq = message.seq
            return Verdict.TAKE
        if stood is None:
            return Verdict.HEAL
        if message.seq <= stood:
            return Verdict.PASS
        if before != stood and not (self.is_resumed and before < stood):
            return Verdict.HEAL
        self.seq = message.seq
        return Verdict.TAKE


class Subscriptions:
    """All channels that are listened to."""

    def __init__(self) -> None:
        self._positions: dict[str, Position] = {}

    def __contains__(self, channel: str) -> bool:
        """Whether it is listened to."""
        return channel in self._positions

    def add(self, channel: str, after_seq: int | None = None, book: LiveBook | None = None) -> Position:
        """Listen to a channel, from after an entry on if one is named.

        Raises:
            ValueError: when it is listened to already: each channel has one reader.
        """
        if channel in self._positions:
            raise ValueError(f"{channel} is subscribed already")
        position = self._positions[channel] = Position(channel, book, after_seq)
        return position

    def remove(self, channel: str) -> Position | None:
        """Listen no more."""
        return self._positions.pop(channel, None)

    def get(self, channel: str) -> Position | None:
        """Where the reader stands."""
        return self._positions.get(channel)

    def wishes(self) -> list[dict[str, object]]:
        """What a new connection has to subscribe."""
        return [position.wish() for position in self._positions.values()]

    def without_book(self) -> list[str]:
        """The channels whose messages are handed out."""
        return [name for name, position in self._positions.items() if position.book is None]

    def books(self) -> list[LiveBook]:
        """The books that are kept."""
        return [position.book for position in self._positions.values() if position.book is not None]
