"""Who there is: nobody but those whom two persons let in, and no key but what such a person was given or made with it.

Whoever could put in a person or a key alone could agree with themselves to everything else, and sign in the registry's
name. Only the venue's first entry names persons without anybody's approval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from exchange.audit.double_count.findings import Notebook
from exchange.core.commands.governance import PersonRole, RegisterStaff, ReplaceKeys
from exchange.core.commands.participants import RegisterTrader
from exchange.core.events.governance import KeyRegistered, KeyRevoked, KeyRotated, PersonRegistered, VenueOpened

FIRST_ENTRY: Final = 1
"""The entry in which a venue is opened, and no other one is."""

_TRADER: Final = PersonRole.TRADER


@dataclass(slots=True)
class Key:
    """A key: whose it is, what it can do, the hash of its secret, when it ends by itself (0: never), and whether it was
    revoked or replaced.
    """

    person: int
    scopes: int
    secret_hash: bytes
    public_key: bytes
    made_with: int
    expires_at: int
    is_revoked: bool = False
    is_replaced: bool = False

    def is_good(self, at: int) -> bool:
        """Whether it can be used at that moment."""
        return not self.is_revoked and (self.expires_at == 0 or at < self.expires_at)


class People:
    """Follows persons and keys."""

    def __init__(self, notebook: Notebook) -> None:
        """There is nobody yet."""
        self._notebook = notebook
        self._tell = notebook.tell
        self._at = 0
        self._is_opening = False
        self._came: set[int] = set()
        """Who came in with this entry and has no key yet."""
        self._unexplained: set[int] = set()
        """Keys of this entry that nobody gave and no other key made: each must be one that replaces another."""
        self._letting_in: Any = None
        self.persons: Final[dict[int, PersonRegistered]] = {}
        self.keys: Final[dict[int, Key]] = {}
        self._public_keys: set[bytes] = set()
        """With what somebody has ever signed."""
        self._of_registry: list[Key] = []

    def begin(self, at: int) -> None:
        """The next entry, and its time in microseconds since 1970."""
        self._at = at
        self._is_opening = False
        self._letting_in = None
        self._came.clear()

    def opened(self, event: VenueOpened) -> None:
        """The venue is opened, once and first of all."""
        self._is_opening = self._notebook.seq == FIRST_ENTRY
        if not self._is_opening:
            self._tell("LET-IN-ALONE", venue=event.venue, problem="opened once more")

    def agreed(self, action: Any) -> None:
        """Two persons have agreed to let this person in, or to give this person another key, in this entry."""
        if isinstance(action, RegisterStaff | RegisterTrader | ReplaceKeys):
            self._letting_in = action

    def role_of(self, person: int) -> PersonRole | None:
        """The role of a person; None when there is no such person."""
        known = self.persons.get(person)
        return None if known is None else known.role

    def firm_of(self, person: int) -> int:
        """The firm for which a person trades, 0 for everybody else."""
        known = self.persons.get(person)
        return 0 if known is None else known.participant

    def registry_keys(self) -> list[bytes]:
        """The public keys that are good now of those who stand for the national registry."""
        return [key.public_key for key in self._of_registry if key.is_good(self._at)]

    def is_good_key(self, key: int, person: int) -> bool:
        """Whether a key is a person's own, and good at this entry."""
        known = self.keys.get(key)
        return known is not None and known.person == person and known.is_good(self._at)

    def is_revoked(self, key: int) -> bool:
        """Whether a key that is known was revoked by now."""
        return key in self.keys and self.keys[key].is_revoked

    # --- persons -----------------------------------------------------------------------------------------------------

    def person(self, event: PersonRegistered) -> None:
        """Somebody is there from now on, in one role for ever."""
        if event.person in self.persons or not self._may_come(event):
            self._tell("LET-IN-ALONE", person=event.person, role=event.role.name)
        self.persons[event.person] = event
        self._came.add(event.person)

    def _may_come(self, event: PersonRegistered) -> bool:
        action = self._letting_in
        if self._is_opening:
            return event.role is not _TRADER and not event.participant
        if self._came:
            return False
        if isinstance(action, RegisterStaff):
            return (action.name, action.role, 0) == (event.name, event.role, event.participant)
        if isinstance(action, RegisterTrader):
            return (action.name, _TRADER, action.participant) == (event.name, event.role, event.participant)
        return False

    # --- keys --------------------------------------------------------------------------------------------------------

    def key(self, event: KeyRegistered) -> None:
        """A key is there from now on: given by two persons, made with a key of the same person, or in one's place.

        Its key pair is nobody else's and no other key's, or one private key would be two persons who agree.
        """
        if event.key in self.keys:
            self._tell("LET-IN-ALONE", key=event.key, person=event.person, problem="there already")
        if event.public_key in self._public_keys:
            self._tell("LET-IN-ALONE", key=event.key, person=event.person, problem="its public key was used before")
        if event.public_key:
            self._public_keys.add(event.public_key)
        if not (self._is_given(event) or self._is_made(event)):
            self._unexplained.add(event.key)
        secrets = (event.secret_hash, event.public_key)
        key = Key(event.person, event.scopes, *secrets, event.made_with, event.expires_at)
        self.keys[event.key] = key
        if event.public_key and self.role_of(event.person) is PersonRole.REGISTRY:
            self._of_registry.append(key)

    def _is_given(self, event: KeyRegistered) -> bool:
        """A first key comes with its person, or in the place of all that the person had: just the one agreed to."""
        action = self._letting_in
        if event.made_with:
            return False
        if self._is_opening or (action is not None and not isinstance(action, ReplaceKeys)):
            is_theirs = event.person in self._came
            self._came.discard(event.person)
        else:
            is_theirs = action is not None and action.person == event.person
            self._letting_in = None
        if self._is_opening or not is_theirs:
            return is_theirs
        return bool((action.secret_hash, action.public_key) == (event.secret_hash, event.public_key))

    def _is_made(self, event: KeyRegistered) -> bool:
        """No key makes one that could do more than itself."""
        maker = self.keys.get(event.made_with)
        if maker is None or maker.person != event.person or not maker.is_good(self._at):
            return False
        return not event.scopes & ~maker.scopes and bool(maker.public_key or not event.public_key)

    def rotated(self, event: KeyRotated) -> None:
        """A key that is good has another one in its place, which can do the same."""
        old, new = self.keys.get(event.key), self.keys.get(event.successor)
        if old is None or new is None or not old.is_good(self._at) or old.is_replaced or not _can_replace(old, new):
            self._tell("LET-IN-ALONE", key=event.successor, replaced=event.key)
        else:
            old.expires_at, old.is_replaced = event.expires_at, True
        self._unexplained.discard(event.successor)

    def revoked(self, event: KeyRevoked) -> None:
        """A key is useless from here on."""
        if event.key in self.keys:
            self.keys[event.key].is_revoked = True

    def end(self) -> None:
        """The entry has explained all its keys."""
        for key in sorted(self._unexplained):
            self._tell("LET-IN-ALONE", key=key, person=self.keys[key].person)
        self._unexplained.clear()

    def rows(self) -> dict[int, str]:
        """Every person and key, as tables are held against them: by number who it is, or whose and which key."""
        rows = {number: f"{int(one.role)} of {one.participant}" for number, one in self.persons.items()}
        for number, key in self.keys.items():
            status = "revoked" if key.is_revoked else "good"
            rows[number] = f"{key.person} {key.scopes} {key.secret_hash.hex()} {key.public_key.hex()} {status}"
        return rows


def _can_replace(old: Key, new: Key) -> bool:
    """Whether a key is as another one was: the same person's, for the same, made with the same, and signing or not."""
    mine, theirs = (old.person, old.scopes, old.made_with), (new.person, new.scopes, new.made_with)
    return mine == theirs and bool(old.public_key) == bool(new.public_key)
