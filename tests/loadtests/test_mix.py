"""What the traders of the load send: the mix, on the right side of the market, with keys that never come twice."""

from __future__ import annotations

import json

from loadtests.mix import (
    BUY,
    SELL,
    START_PRICE,
    Account,
    BatchTrader,
    CancelTrader,
    Choices,
    RestTrader,
    StreamTrader,
    Walk,
    is_sequenced,
)

OPEN = b'{"order":{"id":"ord-%d","instrument":"ins-5","status":"NEW"},"trades":[],"as_of_seq":9}'


def choices(side: str = BUY, seed: int = 1) -> Choices:
    """A trader's mind."""
    return Choices(Account("key-1-2.secret", side), Walk(1), seed)


def fen(body: dict[str, str]) -> int:
    """The price of an order."""
    return int(body["price"].replace(".", ""))


def test_the_mix_of_single_requests() -> None:
    walk = Walk(1)
    trader = RestTrader(Choices(Account("key-1-2.secret", SELL), walk, 1), "ins-5", "t")
    placed, cancelled, keys, crossing = [], [], set(), 0
    for number in range(3_000):
        request = trader.next()
        head, _, body = request.partition(b"\r\n\r\n")
        (key,) = [line for line in head.split(b"\r\n") if line.startswith(b"idempotency-key")]
        keys.add(key)
        if head.startswith(b"POST"):
            assert f"content-length: {len(body)}".encode() in head
            placed.append(json.loads(body))
            crossing += fen(placed[-1]) < walk.price
            assert trader.heard(201, OPEN % number) == 1
        else:
            cancelled.append(head.split()[1])
            assert trader.heard(200, b'{"order":{"id":"ord-1","status":"CANCELLED"}}') == 1
    assert len(keys) == 3_000
    assert len(set(cancelled)) == len(cancelled) and 800 < len(cancelled) < 1_000
    assert 250 < crossing < 350
    assert {body["side"] for body in placed} == {"SELL"}


def test_an_order_that_is_done_is_not_cancelled() -> None:
    trader = RestTrader(choices(), "ins-5", "t")
    for status in (b"FILLED", b"CANCELLED", b"EXPIRED"):
        assert trader.heard(201, OPEN.replace(b"NEW", status) % 7) == 1
    assert trader.choices.open_orders == []
    trader.heard(201, OPEN.replace(b"NEW", b"PARTIALLY_FILLED") % 7)
    assert trader.choices.open_orders == [b"ord-7"]


def test_batches_have_their_size_and_learn_of_open_orders() -> None:
    trader = BatchTrader(choices(), "ins-5", "t", 7)
    request = trader.next()
    body = json.loads(request.partition(b"\r\n\r\n")[2])
    assert len(body["commands"]) == 7 and {item["do"] for item in body["commands"]} <= {"place", "cancel"}
    filled = b'{"seq":4,"status":201,"order":{"id":"ord-4","status":"FILLED"}}'
    resting = b'{"seq":3,"status":201,"order":{"id":"ord-3","cumulative":0,"status":"NEW"}}'
    assert trader.heard(200, b'{"results":[%b,%b]}' % (filled, resting)) == 7
    assert trader.choices.open_orders == [b"ord-3"]
    assert trader.heard(503, b"") == 0


def test_frames_of_the_stream() -> None:
    trader = StreamTrader(choices(), "ins-5", "t", 3)
    frame = trader.next()
    document = json.loads(frame[frame.index(b"{") :])
    assert (document["id"], document["op"], document["body"]["side"]) == ("3", "place", "BUY")
    assert trader.heard(201, b'{"type":"answer","id":"3","status":201,"body":%b}' % (OPEN % 8)) == 1
    assert trader.choices.open_orders == [b"ord-8"]
    operations = set()
    for _ in range(100):
        frame = trader.next()
        document = json.loads(frame[frame.index(b"{") :])
        operations.add(document["op"])
        if document["op"] == "cancel":
            assert document["order"] == "ord-8"
            break
    assert "cancel" in operations


def test_who_only_cancels_places_first() -> None:
    trader = CancelTrader(choices(SELL), "ins-5", "t")
    place = trader.next()
    assert place.startswith(b"POST") and fen(json.loads(place.partition(b"\r\n\r\n")[2])) > START_PRICE + 1_000
    trader.heard(201, OPEN % 5)
    assert trader.latencies.count == 0
    assert trader.next().startswith(b"DELETE /v1/orders/ord-5 ")
    trader.heard(200, b"")
    assert trader.latencies.count == 1


def test_what_counts_as_in_the_journal() -> None:
    assert is_sequenced(201, b"") and is_sequenced(404, b"") and is_sequenced(422, b'{"as_of_seq":5}')
    assert not is_sequenced(422, b'{"errors":[]}') and not is_sequenced(503, b"") and not is_sequenced(0, b"")


def test_the_walk_stays_near_its_start() -> None:
    walk = Walk(3)
    prices = {walk.step() for _ in range(100_000)}
    assert max(prices) - START_PRICE <= 50 and START_PRICE - min(prices) <= 50 and len(prices) > 20
