"""Persons, participants and keys as committed: what authentication and the register's pages read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from exchange.core.events.governance import KeyRegistered, KeyRevoked, KeyRotated, PersonRegistered
from exchange.core.events.orders import CancelAfterSet
from exchange.core.events.participants import ParticipantAdmitted
from exchange.core.values import NOBODY, KeyId, Micros, ParticipantId, PersonId, Seq
from exchange.sequencer.view.rows import KeyRow

_DISARMED: Final = Micros(0)


@dataclass(slots=True)
class People:
    """Everybody the venue knows, by id and in the order of admission."""

    persons: dict[PersonId, PersonRegistered] = field(default_factory=dict)
    participants: dict[ParticipantId, ParticipantAdmitted] = field(default_factory=dict)
    codes: dict[str, ParticipantId] = field(default_factory=dict)
    keys: dict[KeyId, KeyRow] = field(default_factory=dict)
    by_person: dict[PersonId, list[KeyRow]] = field(default_factory=dict)

    def code(self, participant: ParticipantId) -> str:
        """The short code by which others see a participant; "" for an owner that is none (the venue's accounts)."""
        admitted = self.participants.get(participant)
        return "" if admitted is None else admitted.code

    def firm_of(self, code: str) -> ParticipantId | None:
        """The participant of a code, in capitals or small letters where that means one alone; None for nobody."""
        exact = self.codes.get(code)
        if exact is not None:
            return exact
        alike = [firm for spelt, firm in self.codes.items() if spelt.lower() == code.lower()]
        return alike[0] if len(alike) == 1 else None

    def on_person(self, event: PersonRegistered, _seq: Seq, _at: Micros) -> None:
        """A person exists."""
        self.persons[event.person] = event

    def on_participant(self, event: ParticipantAdmitted, _seq: Seq, _at: Micros) -> None:
        """A firm was admitted."""
        self.participants[event.participant] = event
        self.codes[event.code] = event.participant

    def on_key(self, event: KeyRegistered, _seq: Seq, _at: Micros) -> None:
        """A key can be used from now on."""
        self.add_key(KeyRow(event, event.expires_at, KeyId(NOBODY), False, _DISARMED))

    def add_key(self, row: KeyRow) -> None:
        """Keep a key; they come in the order of their ids."""
        self.keys[row.terms.key] = row
        self.by_person.setdefault(row.terms.person, []).append(row)

    def on_key_rotated(self, event: KeyRotated, _seq: Seq, _at: Micros) -> None:
        """A key was replaced, and is good for a while yet."""
        row = self.keys[event.key]
        row.expires_at, row.replaced_by = event.expires_at, event.successor

    def on_key_revoked(self, event: KeyRevoked, _seq: Seq, _at: Micros) -> None:
        """A key is useless from now on."""
        self.keys[event.key].revoked = True

    def on_cancel_after(self, event: CancelAfterSet, _seq: Seq, _at: Micros) -> None:
        """A key's switch was armed, renewed or disarmed, or has gone off."""
        self.keys[event.key].deadline = event.deadline

    def key(self, key: KeyId) -> KeyRow | None:
        """The key with this id."""
        return self.keys.get(key)

    def keys_of(self, person: PersonId) -> Sequence[KeyRow]:
        """All keys that a person ever had, in the order of their ids, which is that in which they were made."""
        return self.by_person.get(person, ())

    def person(self, person: PersonId) -> PersonRegistered | None:
        """The person with this id."""
        return self.persons.get(person)
