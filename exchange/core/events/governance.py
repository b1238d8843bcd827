"""What happens to the venue itself: its opening, rulebook, persons, keys and proposals."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.core.commands.approvals import Action
from exchange.core.commands.governance import PersonRole, Rule
from exchange.core.values import Day, Fen, KeyId, Micros, ParticipantId, PersonId, ProposalId, Seq, Tonnes


@dataclass(slots=True)
class Rejected:
    """The command was refused and changed nothing; ``reason`` is a number of :class:`RejectReason`.

    ``fact_names`` and ``fact_values`` are numbers that help to do better next time (the band, the limit).
    """

    reason: int
    rulebook_version: int
    fact_names: tuple[str, ...]
    fact_values: tuple[int, ...]


@dataclass(slots=True)
class VenueOpened:
    """The first event of every journal; what a sandbox gives each participant is 0 and 0 at a real venue."""

    venue: str
    trading_day: Day
    sandbox_cash: Fen
    sandbox_tonnes: Tonnes


@dataclass(slots=True)
class RulebookAdopted:
    """A version of the rulebook is in force from here on."""

    version: int
    profile: str
    rules: tuple[Rule, ...]


@dataclass(slots=True)
class PersonRegistered:
    """A person exists; ``participant`` is 0 for the venue's staff."""

    person: PersonId
    name: str
    role: PersonRole
    participant: ParticipantId


@dataclass(slots=True)
class KeyRegistered:
    """An API key exists; ``expires_at`` 0 means that it does not expire.

    ``made_with`` is the key that its person made it with, 0 for a first key, which two persons entered. ``public_key``
    is b"" for a key that signs nothing, ``networks`` is empty for one that can be used from everywhere.
    """

    key: KeyId
    person: PersonId
    label: str
    secret_hash: bytes
    public_key: bytes
    scopes: int
    expires_at: Micros
    networks: tuple[str, ...]
    made_with: KeyId


@dataclass(slots=True)
class KeyRotated:
    """A key was replaced by ``successor``, which was registered just before; it expires at ``expires_at`` itself."""

    key: KeyId
    successor: KeyId
    expires_at: Micros


@dataclass(slots=True)
class KeyRevoked:
    """An API key is useless from here on."""

    key: KeyId


@dataclass(slots=True)
class ActionProposed:
    """Somebody proposed, with this key, an action that another person must approve."""

    proposal: ProposalId
    proposer: PersonId
    key: KeyId
    participant: ParticipantId
    action: Action
    action_hash: bytes


@dataclass(slots=True)
class ActionApproved:
    """The second person approved; the events of the execution follow in the same command."""

    proposal: ProposalId
    approver: PersonId


@dataclass(slots=True)
class ProposalRejected:
    """A proposal ended without being executed; ``by`` is NOBODY where an order to cancel units ended it."""

    proposal: ProposalId
    by: PersonId
    reason: str


@dataclass(slots=True)
class SnapshotAttested:
    """The state hash after entry ``at_seq``, as the snapshot's writer found it."""

    at_seq: Seq
    state_hash: bytes
