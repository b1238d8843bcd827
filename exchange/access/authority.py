"""What a principal may ask for: the early form of the core's own authority, and the scopes that a key needs.

Roles and scopes are not listed here a second time: the tables of the core are read, so that edge and core cannot
disagree. What is here is who may read what.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from exchange.access.principal import Principal
from exchange.core.approvals import PROPOSERS
from exchange.core.authority import AUTHORITY
from exchange.core.commands import Action, Command
from exchange.core.commands.governance import PersonRole, Scope

READ: Final = Scope.READ
TRADER, OPERATOR, REGULATOR, AUDITOR = PersonRole.TRADER, PersonRole.OPERATOR, PersonRole.REGULATOR, PersonRole.AUDITOR
REGISTRY: Final = PersonRole.REGISTRY


class Audience(Enum):
    """Who may read something, by role; PUBLIC needs no key at all.

    ANYBODY is for what shows nothing but one's own. The national registry reads nothing else here: what it needs to
    know of units it is asked.
    """

    PUBLIC = None  # an empty tuple is taken for "no value" by the enum of Python 3.11.2, which Debian 12 has
    ANYBODY = (TRADER, OPERATOR, REGULATOR, AUDITOR, REGISTRY)
    EVERYBODY = (TRADER, OPERATOR, REGULATOR, AUDITOR)
    PARTICIPANTS = (TRADER,)
    SUPERVISION = (OPERATOR, REGULATOR, AUDITOR)
    OVERSIGHT = (REGULATOR, AUDITOR)

    @property
    def roles(self) -> tuple[PersonRole, ...]:
        """The roles that may read."""
        return self.value or ()

    def admits(self, principal: Principal) -> bool:
        """Whether the role is one of those."""
        return principal.role in self.roles


def may_command(role: PersonRole, command: type[Command]) -> bool:
    """Whether the role may give this kind of command at all; ownership is decided in the core."""
    return role in AUTHORITY[command].roles


def scopes_to_command(command: type[Command]) -> int:
    """Of which scopes a key needs at least one to give this kind of command."""
    return AUTHORITY[command].scopes


def may_propose(principal: Principal, action: type[Action]) -> bool:
    """Whether the role may propose this kind of action at all."""
    return principal.role in PROPOSERS[action]
