"""Participants, persons and API keys."""

from __future__ import annotations

from typing import Final

from exchange.core.events.governance import KeyRegistered, KeyRevoked, PersonRegistered
from exchange.core.events.participants import ParticipantAdmitted
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (ParticipantAdmitted, PersonRegistered, KeyRegistered, KeyRevoked)


def project(history: History) -> Rows:
    """New participants, persons and keys, and the keys that were revoked."""
    rows: Rows = {"participants": [], "persons": [], "api_keys": [], "keys_revoked": []}
    for leaf, event in history:
        when = (leaf.seq, leaf.at)
        if type(event) is ParticipantAdmitted:
            names = (event.code, event.name_en, event.name_zh)
            rows["participants"].append((event.participant, *names, event.role, event.owner_group, event.group, *when))
        elif type(event) is PersonRegistered:
            rows["persons"].append((event.person, event.name, event.role, event.participant or None, *when))
        elif type(event) is KeyRegistered:
            what = (event.label, event.secret_hash, event.scopes, event.expires_at or None, event.made_with or None)
            rows["api_keys"].append((event.key, event.person, *what, *when, None, None))
        else:
            rows["keys_revoked"].append((event.key, *when))
    return rows
