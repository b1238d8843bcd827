"""Participants, persons and API keys."""

from __future__ import annotations

from typing import Final

from exchange.core.events.governance import KeyRegistered, KeyRevoked, KeyRotated, PersonRegistered
from exchange.core.events.participants import ParticipantAdmitted
from exchange.sequencer.journal import Leaf
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (ParticipantAdmitted, PersonRegistered, KeyRegistered, KeyRevoked, KeyRotated)


def project(history: History) -> Rows:
    """New participants, persons and keys, and of each key that was revoked or replaced one row with what changed."""
    rows: Rows = {"participants": [], "persons": [], "api_keys": []}
    rotated: dict[int, tuple[int, int]] = {}
    revoked: dict[int, tuple[int, int]] = {}
    last: dict[int, int] = {}
    for leaf, event in history:
        when = (leaf.seq, leaf.at)
        if type(event) is ParticipantAdmitted:
            names = (event.code, event.name_en, event.name_zh)
            rows["participants"].append((event.participant, *names, event.role, event.owner_group, event.group, *when))
        elif type(event) is PersonRegistered:
            rows["persons"].append((event.person, event.name, event.role, event.participant or None, *when))
        elif type(event) is KeyRegistered:
            rows["api_keys"].append(_key_row(leaf, event))
        else:
            last[event.key] = leaf.seq
            if type(event) is KeyRotated:
                rotated[event.key] = (event.expires_at, event.successor)
            else:
                revoked[event.key] = when
    nothing = (None, None)
    changed = [(key, *rotated.get(key, nothing), *revoked.get(key, nothing), seq) for key, seq in last.items()]
    return rows | {"keys_changed": changed}


def _key_row(leaf: Leaf, event: KeyRegistered) -> tuple[object, ...]:
    secrets = (event.secret_hash, event.public_key)
    bounds = (event.scopes, event.expires_at or None, " ".join(event.networks), event.made_with or None)
    when = (leaf.seq, leaf.at)
    return (event.key, event.person, event.label, *secrets, *bounds, None, *when, None, None, leaf.seq)
