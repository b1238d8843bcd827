"""What is kept of certificates that were asked for: the right one, as many as fit, and never an old one."""

from __future__ import annotations

from exchange.api import shelf as module
from exchange.api.certificates import of_claim
from exchange.api.shelf import Shelf, Shown
from exchange.certificates.page import Links
from exchange.core.values import ClaimId, Seq
from tests.certificates.told import ccer_market
from tests.certificates.venue import ORIGIN, services_of

LINKS = Links("", "", None)


def sized(size: int) -> Shown:
    """One that takes so many bytes."""
    return Shown({}, b"x" * (size // 8), "", LINKS, "")


def free(_weight: int) -> None:
    """Nothing is drawn from."""


async def test_what_was_made_is_not_made_again() -> None:
    market, claim = ccer_market()
    services, drawn = services_of(market), list[int]()
    first = await of_claim(services, claim, ORIGIN, drawn.append)
    assert await of_claim(services, claim, ORIGIN, drawn.append) is first
    assert drawn == [0]
    elsewhere = await of_claim(services, claim, "https://other.example", drawn.append)
    assert elsewhere is not None
    assert "https://other.example/certificates/" in elsewhere.page


async def test_a_revocation_is_not_hidden_by_what_was_kept() -> None:
    market, claim = ccer_market()
    services = services_of(market)
    before = await of_claim(services, claim, ORIGIN, free)
    known = len(market.journal)
    market.revoke(claim)
    for stored, (at, events) in list(zip(market.journal, market.events, strict=True))[known:]:
        services.view.apply(stored.seq, at, stored.head, events)
    after = await of_claim(services, claim, ORIGIN, free)
    assert before is not None
    assert after is not None
    assert (before.document["status"], after.document["status"]) == ("VALID", "REVOKED")
    assert after.document["number"] == before.document["number"]


def test_the_shelf_has_an_end() -> None:
    shelf = Shelf()
    places = [(ClaimId(n), (Seq(n),), "") for n in range(1, 8)]
    part = module.MOST_KEPT // 4
    for place in places[:4]:
        shelf.keep(place, sized(part))
    assert shelf.find(places[0]) is not None  # asked for again, so it stays longer than the second
    shelf.keep(places[4], sized(part))
    assert [shelf.find(place) is not None for place in places[:5]] == [True, False, True, True, True]
    assert shelf.size <= module.MOST_KEPT
    shelf.keep(places[5], sized(2 * module.MOST_KEPT))
    assert shelf.size == 0


def test_the_same_one_is_counted_once() -> None:
    shelf = Shelf()
    for _ in range(3):
        shelf.keep((ClaimId(1), (Seq(1),), ""), sized(800))
    assert shelf.size == 800
