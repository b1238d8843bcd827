"""The demo's words are for exactly the code words that the exchange has."""

from __future__ import annotations

import re
from enum import IntEnum

import pytest

from exchange.cli.demo import words
from exchange.core.approvals import ProposalStatus
from exchange.core.commands.governance import Verified
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.orders import TimeInForce
from exchange.core.commands.participants import ParticipantRole
from exchange.core.credits.claims import ClaimStatus
from exchange.core.credits.registry_lock import RequestStatus
from exchange.core.events.markets import ReferenceBasis
from exchange.core.events.orders import CancelReason
from exchange.core.negotiated.agreed import AgreementStatus
from exchange.core.values import Side

TABLES: dict[type[IntEnum], words.Words] = {
    Side: words.SIDES,
    ParticipantRole: words.ROLES,
    TimeInForce: words.TIMES_IN_FORCE,
    CancelReason: words.CANCEL_REASONS,
    Family: words.FAMILIES,
    League: words.LEAGUES,
    RequestStatus: words.REQUEST_STATES,
    ClaimStatus: words.USE_STATES,
    AgreementStatus: words.AGREEMENT_STATES,
    ProposalStatus: words.PROPOSAL_STATES,
    ReferenceBasis: words.REFERENCE_BASES,
    Verified: words.VERIFIED,
}


@pytest.mark.parametrize("enum", TABLES, ids=lambda enum: enum.__name__)
def test_every_code_word_has_a_word_of_its_own_in_each_language(enum: type[IntEnum]) -> None:
    table = TABLES[enum]
    assert set(table) == set(enum.__members__)
    assert len({word.en for word in table.values()}) == len({word.zh for word in table.values()}) == len(table)
    assert all(re.search(r"[\u4e00-\u9fff]", word.zh) for word in table.values())


def test_english_keeps_the_codes_that_traders_say_and_no_others() -> None:
    kept = {code for table in TABLES.values() for code, word in table.items() if code == word.en}
    assert kept == {"BUY", "SELL", "GFD", "GTC", "GTD", "IOC", "FOK"}
    assert [word.en for table in TABLES.values() for word in table.values() if "_" in word.en] == []


def test_a_code_word_without_one_is_shown_as_it_is() -> None:
    assert words.in_chinese(words.SIDES, "SIDEWAYS") == "SIDEWAYS"
    assert words.in_english(words.SIDES, "SIDEWAYS") == "SIDEWAYS"
    assert words.in_english(words.SIDES, None) == words.in_chinese(words.SIDES, None) == ""
