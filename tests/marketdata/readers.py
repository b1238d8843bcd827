"""Readers of frames as a client would write them from the documentation alone, with nothing of the publisher's."""

from __future__ import annotations

import json
import zlib
from typing import Any

from exchange.marketdata.hub import Subscriber

Document = dict[str, Any]


def waiting(subscriber: Subscriber, most: int | None = None) -> list[Document]:
    """Take what waits in a queue, or the first few of it, without waiting for more."""
    found: list[Document] = []
    while subscriber.queued and (most is None or len(found) < most):
        found += map(json.loads, subscriber.take(1))
    return found


class Follower:
    """Stands at an entry of each channel and goes on frame by frame; a gap is an error."""

    def __init__(self) -> None:
        self.at: dict[str, int] = {}
        self.resumed: set[str] = set()
        self.frames: dict[str, list[Document]] = {}

    def resume(self, channel: str, after_seq: int) -> None:
        """Begin where somebody stood; nothing may have happened there, so the first step may come from before it."""
        self.at[channel] = after_seq
        self.resumed.add(channel)

    def take(self, frame: Document) -> None:
        channel, seq, before = frame["channel"], frame["seq"], frame["prev_seq"]
        if frame["type"] == "snapshot":
            assert before is None
        else:
            stood = self.at[channel]
            assert before == stood or (channel in self.resumed and before <= stood), f"a gap in {frame}"
            assert seq > stood, f"{seq} again"
        self.resumed.discard(channel)
        self.at[channel] = seq
        self.frames.setdefault(channel, []).append(frame)

    def take_all(self, frames: list[Document]) -> None:
        for frame in frames:
            self.take(frame)


class LocalBook:
    """A client's copy of a book: levels by price text, proved by the checksum after each frame."""

    def __init__(self) -> None:
        self.sides: dict[str, dict[str, tuple[int, int]]] = {"bids": {}, "asks": {}}

    def take(self, frame: Document) -> None:
        if frame["type"] == "snapshot":
            self.sides = {"bids": {}, "asks": {}}
        for name, side in self.sides.items():
            for level in frame[name]:
                side.pop(level["price"], None)
                if level["quantity"]:
                    side[level["price"]] = (level["quantity"], level["orders"])
        assert self.checksum() == frame["checksum"]

    def best(self, name: str) -> list[tuple[str, int, int]]:
        prices = sorted(self.sides[name], key=lambda text: int(text.replace(".", "")), reverse=name == "bids")
        return [(price, *self.sides[name][price]) for price in prices]

    def checksum(self) -> int:
        texts = [",".join(f"{p}:{q}:{n}" for p, q, n in self.best(name)[:10]) for name in ("bids", "asks")]
        return zlib.crc32("|".join(texts).encode("ascii"))
