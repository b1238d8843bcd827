"""A refusal in the own feed names the idempotency key where its entry has one: of a batch, the last entry alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.api.resources.feed import refusal_document
from exchange.core.codec import encode_command
from exchange.core.commands.orders import CancelOrder
from exchange.core.events.governance import Rejected
from exchange.core.rejections import RejectReason
from exchange.core.values import KeyId, Micros, OrderId, ParticipantId, PersonId, Seq
from exchange.sequencer.journal import Leaf, encode_leaf

REJECTED = Rejected(RejectReason.ORDER_NOT_FOUND, 1, (), ())
COMMAND = encode_command(CancelOrder(PersonId(1), ParticipantId(2), OrderId(3), ""))
LEAF = Leaf(1, 1, 1, 1, Seq(9), Micros(0), KeyId(4), 2, "key", bytes(32), COMMAND, bytes(32), REJECTED.reason, 0)


@pytest.mark.parametrize(("key", "told"), [("key", "key"), ("", None)])
def test_the_key_is_told_or_null(key: str, told: str | None) -> None:
    document = refusal_document(REJECTED, encode_leaf(replace(LEAF, idempotency_key=key)))
    assert (document["code"], document["idempotency_key"]) == ("ORDER_NOT_FOUND", told)
