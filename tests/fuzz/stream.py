"""The stream attacked for as long as it takes: `./dev fuzz --part stream`.

One connection after the other, some at a time, as nobody and as each role: good requests, requests with something wrong
in them, frames that break the protocol. What must hold:

* a request that has an id gets exactly one answer, of the published form, and never a failure of the service;
* only what the published form allows is granted;
* the connection ends when it must, and with a code that is documented;
* somebody else's connection goes on all the while, without a gap, and is answered.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from jsonschema_rs import ValidationError

from loadtests.soak_readers import HOST, Reader
from loadtests.ws_client import WsConnection
from tests.fuzz.stream_frames import Attack, Attacks, Document, Known
from tests.stream.documented import PUBLISHED, documented, documented_exchange, validator
from tests.support.venue import SEVERE, Venue

HOPELESS: Final = 30.0
AT_A_TIME: Final = 4
LONGEST_LIFE: Final = 60
BUSY: Final = 503
GRANTED: Final = 300
CLOSE_CODES: Final = frozenset({1001, 1002, 1007, 1008, 1009, 1013})
"""Those that the published description names."""

CUT_OFF: Final = 1006
NOBODY: Final = "NOBODY"


@dataclass(slots=True)
class Result:
    """What came of it: frames sent by role, answers by status, closes by code, and what must not have been."""

    frames: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    granted: Counter[str] = field(default_factory=Counter)
    closes: Counter[int] = field(default_factory=Counter)
    attacks: int = 0
    lives: int = 0
    pings: int = 0
    faults: list[str] = field(default_factory=list)


class Victim(WsConnection):
    """One connection: what was sent over it, and what came back."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[Document] = []
        self.over = asyncio.Event()
        self.changed = asyncio.Event()

    @classmethod
    async def open(cls, port: int, token: str) -> Victim:
        """Connect, as somebody or as nobody."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, HOST, port)
        await connection.shake_hands(token)
        return connection

    def frame(self, payload: bytes) -> None:
        """Something came."""
        self.came.append(json.loads(payload))
        self.changed.set()

    def lost(self) -> None:
        """It is over."""
        self.over.set()
        self.changed.set()

    @property
    def answers(self) -> list[Document]:
        """The answers so far."""
        return [document for document in self.came if document["type"] == "answer"]


class Life:
    """One connection from its beginning to its end. ``name`` says with which seed it is made again."""

    def __init__(self, name: str, role: str, token: str, known: Known, result: Result) -> None:
        self._name = name
        self._role = role
        self._known = known
        self._result = result
        self._random = Random(name)
        self._token = token
        self._attacks = Attacks(self._random, known, token)
        self._sent: list[Attack] = []
        self._twice: set[str] = set()

    async def live(self, port: int) -> None:
        """Attack, and hold what comes to the rules."""
        knocks = self._random.random() < 0.7
        victim = await Victim.open(port, self._token if knocks else "")
        fatal = await self._attack(victim)
        if fatal is None:
            await self._expect_answers(victim)
        else:
            await self._expect_the_end(victim, fatal)
        self.judge([attack.request for attack in self._sent if attack.request is not None], victim.came)
        self._learn(victim)
        victim.close()
        self._result.lives += 1

    async def _attack(self, victim: Victim) -> Attack | None:
        """Send, mostly without waiting; the attack after which the connection must end, if there was one."""
        for _ in range(self._random.randint(1, LONGEST_LIFE)):
            attack = self._attacks.next()
            self._send(victim, attack)
            if attack.fatal:
                return attack
            if self._random.random() < 0.2:
                await asyncio.sleep(self._random.choice([0, 0.001, 0.01]))
            if victim.over.is_set():
                break
        self._send(victim, self._attacks.last())
        return None

    def _send(self, victim: Victim, attack: Attack) -> None:
        self._sent.append(attack)
        self._result.frames[self._role] += attack.frames
        self._result.attacks += 1
        data = attack.data
        at = self._random.randint(0, len(data)) if self._random.random() < 0.1 else len(data)
        victim.write(data[:at])
        victim.write(data[at:])

    async def _expect_answers(self, victim: Victim) -> None:
        asked = sum(attack.request is not None for attack in self._sent)
        try:
            async with asyncio.timeout(HOPELESS):
                while len(victim.answers) < asked and not victim.over.is_set():
                    victim.changed.clear()
                    await victim.changed.wait()
        except TimeoutError:
            self._fault(f"{asked} requests, {len(victim.answers)} answers")
        if victim.over.is_set():
            self._fault(f"the connection ended by itself ({victim.closed_with})")

    async def _expect_the_end(self, victim: Victim, fatal: Attack) -> None:
        try:
            async with asyncio.timeout(HOPELESS):
                await victim.over.wait()
        except TimeoutError:
            self._fault(f"the connection went on after {fatal.data[:200]!r}")
            return
        code = CUT_OFF if victim.closed_with is None else victim.closed_with
        self._result.closes[code] += 1
        if code != fatal.goodbye and code not in CLOSE_CODES:
            self._fault(f"closed with {code} after {fatal.data[:200]!r}")

    def judge(self, requests: list[Document], came: list[Document]) -> None:
        """Everything that came is of the published form, and each answer belongs to a request of its own."""
        waiting: dict[str, list[Document]] = {}
        for request in requests:
            waiting.setdefault(request["id"], []).append(request)
        self._twice = {name for name, several in waiting.items() if len(several) > 1}
        for document in came:
            try:
                documented(document)
                if document["type"] == "answer":
                    self._judge_answer(document, waiting)
            except (ValidationError, KeyError, TypeError) as error:  # not of the published form
                self._fault(f"{type(error).__name__}: {str(error)[:300]} in {json.dumps(document)[:500]}")

    def _judge_answer(self, answer: Document, waiting: dict[str, list[Document]]) -> None:
        status, name = answer["status"], answer["id"]
        self._result.answers[status] += 1
        if status >= SEVERE and status != BUSY:
            self._fault(f"a failure of the service: {json.dumps(answer)[:500]}")
        if name is None:
            return
        asked = waiting.get(name, [])
        if not asked:
            self._fault(f"an answer that nobody asked for: {json.dumps(answer)[:300]}")
            return
        request = asked.pop()
        if name in self._twice:  # nobody knows which of them this is the answer to
            return
        op = request.get("op")
        if not isinstance(op, str) or op not in PUBLISHED["operations"]:
            validator("answerToPing").validate(answer)
            return
        documented_exchange(request, answer)
        if status < GRANTED:
            self._result.granted[op] += 1

    def _learn(self, victim: Victim) -> None:
        """Ids of orders that were made, so that the next lives meet them."""
        for answer in victim.answers:
            body = answer["body"]
            self._known.seq = max(self._known.seq, body.get("as_of_seq") or 0)
            if isinstance(body.get("id"), str) and body["id"].startswith("ord-"):
                self._known.orders.append(body["id"])

    def _fault(self, what: str) -> None:
        self._result.faults.append(f"life {self._name} as {self._role}: {what}")


async def attack_stream(venue: Venue, frames: int, seed: int) -> Result:
    """Attack until so many frames were sent or something was found."""
    result, known = Result(), Known(venue.world.instrument)
    stop = asyncio.Event()
    bystanders = [
        asyncio.ensure_future(_stand_by(venue, token, result, stop)) for token in ("", venue.tokens["TRADER"])
    ]
    lives = [asyncio.ensure_future(_lives(venue, number, frames, seed, known, result)) for number in range(AT_A_TIME)]
    try:
        await asyncio.gather(*lives)
        stop.set()
        await asyncio.gather(*bystanders)
    finally:
        for task in (*lives, *bystanders):
            task.cancel()
        await asyncio.gather(*lives, *bystanders, return_exceptions=True)
    return result


async def _lives(venue: Venue, number: int, frames: int, seed: int, known: Known, result: Result) -> None:
    roles = [NOBODY, "TRADER", *venue.tokens]
    lives = 0
    while result.frames.total() < frames and not result.faults:
        role = roles[(lives + number) % len(roles)]
        life = Life(f"{seed}-{number}-{lives}", role, venue.tokens.get(role, ""), known, result)
        await life.live(venue.service.port)
        lives += 1
        if result.lives % 200 == 0:
            print(f"fuzz: seed {seed}, stream    {result.frames.total():9,} of {frames:,} frames", flush=True)


async def _stand_by(venue: Venue, token: str, result: Result, stop: asyncio.Event) -> None:
    """A reader who has nothing to do with all that: no gap, no false book, and every ping is answered."""
    name = venue.world.instrument
    channels = [f"book:{name}", f"trades:{name}", f"ticker:{name}", f"candles:{name}:1m"] + (
        ["private"] if token else []
    )
    reader = Reader(venue.service.port, channels, token, result.faults)
    await reader.connect()
    assert reader.socket is not None
    while not stop.is_set():
        answer: dict[str, Any] = await reader.socket.ask("ping")
        result.pings += 1
        if answer["status"] != 200:
            result.faults.append(f"a bystander was answered {answer}")
        await asyncio.sleep(0.1)
    reader.close()


def tell_stream(result: Result, began: float) -> None:
    """What was sent and what came of it."""
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(result.answers.items()))
    closes = ", ".join(f"{code}: {count:,}" for code, count in sorted(result.closes.items()))
    roles = ", ".join(f"{role} {count:,}" for role, count in result.frames.items())
    granted = ", ".join(f"{op} {count:,}" for op, count in sorted(result.granted.items()))
    sent = f"{result.attacks:,} attacks of {result.frames.total():,} frames"
    print(f"\nfuzz: {sent} in {result.lives:,} connections, {time.monotonic() - began:.0f} s")
    print(f"fuzz: frames by role: {roles}\nfuzz: answers: {statuses}\nfuzz: granted: {granted}")
    print(f"fuzz: closes: {closes}; pings of bystanders answered: {result.pings:,}")
    for fault in result.faults:
        print(f"fuzz: {fault}")
