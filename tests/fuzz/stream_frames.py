"""What the stream is attacked with: good requests, requests with something wrong in them, and frames that are none.

Everything is drawn from one ``Random``, so a seed makes the same attack again, up to the ids that the service gave out
meanwhile. A frame says what must come of it: an answer with an id, or the end of the connection.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any, Final

from exchange.api.decoder import Undecodable, decode
from exchange.api.stream.requests import LONGEST_ID, REQUESTS
from exchange.bootstrap.stream_protocol import LARGE_MESSAGE, MOST_FRAGMENTS, SMALL_MESSAGE
from tests.support.frames import masked_frame

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
DEEPEST: Final = 40

Document = dict[str, Any]

NASTY: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 1 << 31, 1 << 63, (1 << 63) - 1, -(1 << 63), 10**18, 0.5, "", " ", "0", "-1", "1e9",
    "NaN", "30.00", "30.001", "-30.00", "null", "ins-1", "ins-0", "ord-999999999", "par-1", "内蒙古", "\u202e",
    "a" * 65, "a" * 300, "\n", "' OR 1=1 --", [], {}, [[]], [None], {"": ""}, ["book:ins-1"] * 3, "book:",
    "book:ins-99", "private",
)  # fmt: skip
"""Values in the place of good ones."""

BROKEN_TEXTS: Final = (
    b"", b" ", b"null", b"[]", b"1", b'"x"', b"{", b"{}", b'{"id":"1"', b'{"id":1,"op":"ping"}',
    b'{"id":null,"op":"ping"}',
    b'{"id":"","op":"ping"}', b'{"id":"1","id":"2","op":"ping"}', b'\xef\xbb\xbf{"id":"1","op":"ping"}',
    b'{"id":"\\ud800","op":"ping"}', b'{"id":"\\u0000","op":"ping"}', b'{"id":"\xff","op":"ping"}', b'{"id":"1",}',
    b'{"id":"1","op":NaN}', b'{"id":"1","op":1e999}', b"{'id':'1'}", b'{"id":"1","op":"ping"}{}',
    b'{"id":"1","op":' + b"9" * 400 + b"}", b'{"id":"1","op":' + b"[" * 500 + b"]" * 500 + b"}", b"\x00" * 20,
)  # fmt: skip
"""Texts that are no request."""


@dataclass(frozen=True, slots=True)
class Attack:
    """Bytes to send and how many frames they are; the request in them, if it can be read; whether it ends all."""

    data: bytes
    frames: int = 1
    request: Document | None = None
    fatal: bool = False
    goodbye: int | None = None
    """The code of a close of our own, which is echoed."""


@dataclass(slots=True)
class Known:
    """Ids that exist: what the attack began with, and what answers told."""

    instrument: str
    orders: deque[str] = field(default_factory=lambda: deque(["ord-1"], maxlen=50))
    names: deque[str] = field(default_factory=lambda: deque(["mine-1"], maxlen=50))
    keys: deque[str] = field(default_factory=lambda: deque(["key-1"], maxlen=20))
    seq: int = 1


def frame(random: Random, payload: bytes, opcode: int = TEXT, fin: bool = True, announced: int | None = None) -> bytes:
    """A masked frame; ``announced`` lies about its length."""
    return masked_frame(random.randbytes(4), payload, opcode, fin, announced)


class Attacks:
    """Draws one attack after the other for one connection."""

    def __init__(self, random: Random, known: Known, token: str) -> None:
        """``token`` is that of the role, or nothing."""
        self._random = random
        self._known = known
        self._token = token
        self._numbers = iter(range(1, 1 << 30))

    def next(self) -> Attack:
        """Mostly requests; every so often something that ends the connection."""
        drawn = self._random.random()
        if drawn < 0.45:
            return self._whole(self._bytes_of(self.good()))
        if drawn < 0.80:
            return self._whole(self._bytes_of(self._changed(self.good())))
        if drawn < 0.90:
            return self._in_pieces(self._bytes_of(self.good()))
        if drawn < 0.94:
            return self._noise()
        if drawn < 0.96:
            return self._whole(self._bent(self._bytes_of(self.good())))
        if drawn < 0.98:
            return self._whole(self._bytes_of(self.good()))
        return self._random.choice([self._broken, self._against_the_protocol, self._too_large, self._farewell])()

    def last(self) -> Attack:
        """A request that is answered at once."""
        return self._whole(self._bytes_of({"id": self._name(), "op": "ping"}))

    # --- good requests -----------------------------------------------------------------------------------------------

    def _name(self) -> str:
        return f"r{next(self._numbers)}" if self._random.random() < 0.9 else self._random.choice(["same", "r1", "内"])

    def good(self) -> Document:
        """A request as the published document has it."""
        op = self._random.choice(list(REQUESTS))
        return {"id": self._name(), "op": op} | self._fields(op)

    def _fields(self, op: str) -> Document:
        random = self._random
        makers: dict[str, Callable[[], Document]] = {
            "login": lambda: {"authorization": f"Bearer {self._token or 'key-1.' + 'A' * 43}"},
            "subscribe": lambda: {"channels": [self._subscription() for _ in range(random.randint(1, 4))]},
            "unsubscribe": lambda: {"channels": [self._channel() for _ in range(random.randint(1, 4))]},
            "ping": dict,
            "cancel_on_disconnect": lambda: {"enabled": random.random() < 0.5},
        }
        if op in makers:
            return makers[op]()
        return {"idempotency_key": self._key()} | self._change(op)

    def _key(self) -> str:
        if self._random.random() < 0.1:
            return self._random.choice(self._known.keys)
        key = f"fuzz-{self._random.getrandbits(60)}"
        self._known.keys.append(key)
        return key

    def _channel(self) -> str:
        name = self._known.instrument
        intervals = [f"candles:{name}:{interval}" for interval in ("1m", "5m", "1d", "2m")]
        return self._random.choice(
            [f"book:{name}", f"trades:{name}", f"ticker:{name}", "private", "book:ins-9", *intervals]
        )

    def _subscription(self) -> Document:
        after = self._random.choice([None, 0, 1, self._known.seq, self._known.seq - 3, (1 << 63) - 1])
        return {"channel": self._channel()} | ({} if after is None else {"after_seq": max(after, 0)})

    def _change(self, op: str) -> Document:
        named = {"order": self._random.choice(self._known.orders)}
        if self._random.random() < 0.3:
            named = {"client_order_id": self._random.choice(self._known.names)}
        makers: dict[str, Callable[[], Document]] = {
            "place": lambda: {"body": self._order()},
            "amend": lambda: named | {"body": self._amendment()},
            "cancel": lambda: named,
            "batch": lambda: {"body": {"commands": [self._command() for _ in range(self._random.randint(1, 12))]}},
            "cancel_all": lambda: {
                "body": self._random.choice([{}, {"side": "BUY"}, {"instrument": self._known.instrument}])
            },
            "cancel_after": lambda: {"body": {"seconds": self._random.choice([0, 5, 60, 86_400])}},
        }
        return makers[op]()

    def _order(self) -> Document:
        random = self._random
        order: Document = {
            "instrument": self._known.instrument,
            "side": random.choice(["BUY", "SELL"]),
            "price": random.choice(["29.00", "29.50", "30.00", "30.50", "31.00"]),
            "quantity": random.randint(1, 5),
        }
        if random.random() < 0.5:
            order["time_in_force"] = random.choice(["GTC", "GFD", "IOC", "FOK"])
        if random.random() < 0.3:
            order["client_order_id"] = f"mine-{random.randint(1, 30)}"
            self._known.names.append(order["client_order_id"])
        return order

    def _amendment(self) -> Document:
        return {"price": self._random.choice(["29.10", "30.90"]), "quantity": self._random.randint(1, 9)}

    def _command(self) -> Document:
        kind = self._random.choice(["place", "place", "amend", "cancel"])
        if kind == "place":
            return {"do": kind} | self._order()
        order = {"do": kind, "order": self._random.choice(self._known.orders)}
        return order | (self._amendment() if kind == "amend" else {})

    # --- something wrong in them -------------------------------------------------------------------------------------

    def _bytes_of(self, request: Document) -> bytes:
        return json.dumps(request, ensure_ascii=self._random.random() < 0.5).encode("utf-8", "surrogatepass")

    def _changed(self, request: Document) -> Document:
        """The request with one to three places changed; its id mostly stays, or there would be nothing to answer."""
        for _ in range(self._random.randint(1, 3)):
            self._change_in(request, spare_id=self._random.random() < 0.97)
        return request

    def _change_in(self, value: Any, spare_id: bool = False) -> None:
        random = self._random
        places = list(value) if isinstance(value, dict) else list(range(len(value)))
        places = [place for place in places if not (spare_id and place == "id")]
        if not places:
            return
        place = random.choice(places)
        if isinstance(value[place], dict | list) and value[place] and random.random() < 0.7:
            self._change_in(value[place])
        elif random.random() < 0.15:
            del value[place]
        elif random.random() < 0.1 and isinstance(value, dict):
            value[random.choice(["x", "id2", "Body", "order", "client_order_id", "", "price "])] = value[place]
        else:
            value[place] = self._nasty()

    def _nasty(self) -> Any:
        if self._random.random() < 0.05:
            deep: Any = 1
            for _ in range(self._random.randint(5, DEEPEST)):
                deep = [deep] if self._random.random() < 0.5 else {"a": deep}
            return deep
        return deepcopy(self._random.choice(NASTY))

    def _bent(self, text: bytes) -> bytes:
        """A text with some bytes changed, taken out or put in."""
        at = self._random.randint(0, len(text))
        return text[:at] + self._random.randbytes(self._random.randint(0, 4)) + text[at + self._random.randint(0, 4) :]

    # --- frames ------------------------------------------------------------------------------------------------------

    def _whole(self, text: bytes) -> Attack:
        request = request_in(text)
        return Attack(frame(self._random, text), 1, request, request is None)

    def _in_pieces(self, text: bytes) -> Attack:
        """One message in fragments, empty ones too, with pings and pongs between them."""
        random, request = self._random, request_in(text)
        cuts = sorted(random.randint(0, len(text)) for _ in range(random.randint(1, 6)))
        bounds = [0, *cuts, len(text)]
        pieces = []
        for n, (begin, end) in enumerate(pairwise(bounds)):
            last = n == len(bounds) - 2
            pieces.append(frame(random, text[begin:end], TEXT if n == 0 else 0, fin=last))
            if not last and random.random() < 0.4:
                pieces.append(frame(random, random.randbytes(random.randint(0, 125)), random.choice([PING, PONG])))
        return Attack(b"".join(pieces), len(pieces), request, request is None)

    def _noise(self) -> Attack:
        """Pings and pongs, as many as are allowed between two of the service's own."""
        count = self._random.randint(1, 5)
        made = [frame(self._random, self._random.randbytes(self._random.randint(0, 125)), PING) for _ in range(count)]
        return Attack(b"".join(made), count)

    def _broken(self) -> Attack:
        return Attack(frame(self._random, self._random.choice(BROKEN_TEXTS)), fatal=True)

    def _too_large(self) -> Attack:
        random = self._random
        largest = LARGE_MESSAGE if self._token else SMALL_MESSAGE
        return random.choice(
            [
                Attack(frame(random, b"x" * 10, announced=1 << random.randint(20, 62)), fatal=True),
                Attack(frame(random, b" " * (largest + 1)), fatal=True),
                Attack(frame(random, b" " * largest, fin=False) + frame(random, b"  ", 0), frames=2, fatal=True),
                Attack(
                    frame(random, b"", fin=False) + frame(random, b"", 0, fin=False) * MOST_FRAGMENTS,
                    frames=MOST_FRAGMENTS + 1,
                    fatal=True,
                ),
            ]
        )

    def _against_the_protocol(self) -> Attack:
        random = self._random
        good = frame(random, b'{"id":"p","op":"ping"}')
        reserved = bytes([good[0] | random.choice([0x10, 0x20, 0x40, 0x70])]) + good[1:]
        made = random.choice(
            [
                frame(random, b'{"id":"p","op":"ping"}', BINARY),
                frame(random, b"x", random.choice([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])),
                frame(random, b"x" * 126, PING),
                frame(random, b"x", PING, fin=False),
                frame(random, b"x", 0),
                frame(random, b"a", fin=False) + frame(random, b"b"),
                frame(random, b'{"id":"\xff\xfe","op":"ping"}'),
                reserved,
                b"\x81\x02{}",
                frame(random, b"x", CLOSE),
                frame(random, (1005).to_bytes(2, "big"), CLOSE),
                frame(random, (999).to_bytes(2, "big") + b"\xff", CLOSE),
            ]
        )
        return Attack(made, fatal=True)

    def _farewell(self) -> Attack:
        code = self._random.choice([1000, 1001, 1008, 1011, 3000, 4999])
        return Attack(frame(self._random, code.to_bytes(2, "big") + b"bye", CLOSE), fatal=True, goodbye=code)


def request_in(text: bytes) -> Document | None:
    """The request of a text; None when it cannot be read or has no id, which ends the connection."""
    try:
        fields = decode(text)
    except Undecodable:
        return None
    name = fields.get("id")
    good = isinstance(name, str) and 0 < len(name) <= LONGEST_ID and name.isprintable()
    return fields if good else None
