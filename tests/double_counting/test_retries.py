"""Attempts with time: requests that are sent again and again, answers that are lost, files that are edited."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from exchange.bootstrap.service import SNAPSHOTS
from exchange.core.commands.approvals import Approve
from exchange.core.commands.credits import AdmitLot
from exchange.core.values import Side
from exchange.store.embedded import DatabaseUrls
from tests.double_counting.over_http import door_of, open_door
from tests.double_counting.scene import Scene
from tests.double_counting.test_as_it_is import without_the_place_in_the_log
from tests.double_counting.venue import Venue, books_of, changed, open_venue, start_venue
from tests.support.database import ask

STORM: Final = 40
PAPER: Final = "lock-storm"
CONFLICT: Final = 409


def proposed_lot(scene: Scene) -> Approve:
    """A lot that one person has proposed, and the command by which the other one lets it in and has it locked."""
    issuance = scene.issue(501, 601)
    proposal, action_hash = scene.propose(AdmitLot(scene.operator, issuance, scene.wood, 501, 601, PAPER))
    return Approve(scene.second, proposal, action_hash, PAPER)


def locks(urls: DatabaseUrls) -> tuple[int, int]:
    """How many lots with that paper there are, and how many requests to lock them."""
    lots, requests = ask(
        urls.owner,
        f"SELECT count(*) FROM lots WHERE lock_reference = '{PAPER}'",
        f"SELECT count(*) FROM registry_requests r JOIN lots l USING (lot_id) WHERE l.lock_reference = '{PAPER}'",
    )
    return lots, requests


async def test_a_storm_of_retries_around_a_lock(database: DatabaseUrls, tmp_path: Path) -> None:
    """A client that hears nothing sends the same request forty times at once."""
    scene = Scene()
    approve = proposed_lot(scene)
    async with open_door(scene, database, tmp_path) as door:
        answers = await asyncio.gather(*(door.send(approve, "the-same") for _ in range(STORM)))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert answers[0].is_success
    assert await asyncio.to_thread(locks, database) == (1, 1)


async def test_a_storm_of_approvals_under_different_keys(database: DatabaseUrls, tmp_path: Path) -> None:
    """A client that makes a new key for each retry approves once, and is told so the other times."""
    scene = Scene()
    approve = proposed_lot(scene)
    async with open_door(scene, database, tmp_path) as door:
        answers = await asyncio.gather(*(door.send(approve, f"key-{n}") for n in range(STORM)))
    done = [answer for answer in answers if answer.is_success]
    assert len(done) == 1
    assert {answer.json()["code"] for answer in answers if answer not in done} == {"PROPOSAL_CLOSED"}
    assert await asyncio.to_thread(locks, database) == (1, 1)


async def test_an_idempotency_key_replayed_with_another_body(database: DatabaseUrls, tmp_path: Path) -> None:
    """The key of a request that was done is sent again with another act in it."""
    scene = Scene()
    approve = proposed_lot(scene)
    other, action_hash = scene.propose(scene.use(scene.quota(101, 131)))
    async with open_door(scene, database, tmp_path) as door:
        assert (await door.send(approve, "once")).is_success
        books = await door.venue.books()
        answer = await door.send(Approve(scene.second, other, action_hash, ""), "once")
        assert (answer.status_code, answer.json()["code"]) == (CONFLICT, "KEY_REUSED")
        assert await door.venue.books() == books


async def test_a_crash_between_the_commit_and_the_answer(database: DatabaseUrls, tmp_path: Path) -> None:
    """The service is gone before the client hears; on the next one the same request is answered, and done once."""
    scene = Scene()
    approve = proposed_lot(scene)
    async with open_door(scene, database, tmp_path) as door:
        lost = await door.send(approve, "heard-by-nobody")
    async with start_venue(scene, database, tmp_path) as venue, door_of(venue) as door:
        books = await venue.books()
        again = await door.send(approve, "heard-by-nobody")
        assert again.content == lost.content
        assert await venue.books() == books
    assert await asyncio.to_thread(locks, database) == (1, 1)


async def test_a_snapshot_that_was_edited(database: DatabaseUrls, tmp_path: Path) -> None:
    """Somebody writes another owner into the file that the next start is quick with."""
    scene = Scene()
    async with open_venue(scene, database, tmp_path) as venue:
        await _one_more_entry(venue, scene)
    books, hashed = await books_of(database), without_the_place_in_the_log(venue.sequencer.state)
    edited = 0
    for file in (tmp_path / SNAPSHOTS).rglob("*"):
        if file.is_file():
            data = bytearray(file.read_bytes())
            data[len(data) // 2] ^= 1
            file.write_bytes(bytes(data))
            edited += 1
    assert edited
    async with start_venue(scene, database, tmp_path) as again:
        assert without_the_place_in_the_log(again.sequencer.state) == hashed
        assert changed(books, await books_of(database)) <= {"leader"}


async def _one_more_entry(venue: Venue, scene: Scene) -> None:
    """Something after the start, so that the end takes a snapshot."""
    for command in (scene.order(scene.wood, scene.listed, Side.SELL, 1, 3_000) for _ in range(3)):
        assert (await venue.give(command)).reason is None
