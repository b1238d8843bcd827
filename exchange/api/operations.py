"""What an operation of the API is, as data: the table from which routes, documentation and access tests are all made.

A :class:`Read` answers from what is committed; a :class:`Change` becomes one command. A resource file lists its
operations with the function that reads or drafts; everything that all of them share is in
:mod:`exchange.api.pipeline`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.responses import Response

from exchange.access.authority import Audience, may_command, scopes_to_command
from exchange.access.principal import Principal
from exchange.api.decoder import MAX_BODY
from exchange.api.fields import Body, Model, ReadQuery
from exchange.api.headers import RequestHeaders
from exchange.api.language import Language
from exchange.api.ports import Services
from exchange.api.problems import FieldError
from exchange.core.commands import Command
from exchange.core.commands.governance import PersonRole
from exchange.core.rejections import RejectReason
from exchange.sequencer.submission import Decided, GroupRenderer

Document = dict[str, Any]

FROM_THE_DATABASE: Final = 5
"""The weight of a read for which the database is asked."""

ALWAYS: Final = "always"
"""When a change needs a signature that always needs one."""


@dataclass(slots=True)
class Call:
    """One request on its way: who asks for what, already authenticated and decoded. ``asked`` is what stood in the
    address and the query.
    """

    services: Services
    operation: Operation
    headers: RequestHeaders
    language: Language
    path: Mapping[str, str]
    asked: str
    principal: Principal | None
    query: Any
    body: Any = None

    @property
    def who(self) -> Principal:
        """The principal of an operation that needs one."""
        assert self.principal is not None
        return self.principal


@dataclass(slots=True)
class Draft:
    """A command, and how its success is told: ``render`` is pure, gets nothing but the decision, and gives a document
    or the whole answer as JSON, with its ``as_of_seq``.

    ``once`` renders an answer that is shown to the first caller and stored for nobody (a secret); a repeat then gets
    409 SECRET_SHOWN_ONCE with what ``render`` gives as its facts. ``wrong`` names, for a refusal that they explain,
    the fields that are wrong or were left out.
    """

    command: Command
    render: Callable[[Decided], Document | bytes]
    once: Callable[[Decided], Document] | None = None
    wrong: Mapping[RejectReason, Sequence[FieldError]] = field(default_factory=dict)


@dataclass(slots=True)
class GroupDraft:
    """Several commands of one request, and what makes the answer of their decisions."""

    commands: tuple[Command, ...]
    rendering: GroupRenderer


Handler = Callable[[Call], Document | Response | Awaitable[Document | Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A read. Its answer always has ``as_of_seq``; ``missing`` are the refusals it may give with 404.

    ``weight`` is what it draws from the rate limit: 1 for what memory answers, more for what the database looks for.

    ``own`` says that it shows even staff nothing but their own; all other reads of staff are written down. ``others``
    tells of one call of such a read whether it asks for another's after all.
    """

    path: str
    audience: Audience
    handle: Handler
    answer: type[Model]
    query: type[ReadQuery] = ReadQuery
    missing: tuple[RejectReason, ...] = ()
    csv: bool = False
    own: bool = False
    others: Callable[[Call], bool] = lambda _call: False
    weight: int = 1

    method = "GET"
    status = 200

    @property
    def roles(self) -> tuple[PersonRole, ...]:
        """Who may read; empty means that no key is needed."""
        return self.audience.roles

    @property
    def handler(self) -> Callable[..., Any]:
        """The function whose docstring describes the operation."""
        return self.handle


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change: one command of the type ``command``, whose row of the core's authority says who may ask for it, or
    several that the same may ask for.

    ``only`` narrows the roles for an address that makes sense for some of them; ``largest`` bounds the body in bytes.
    ``cancels`` says that it draws from the rate limit of cancels instead of that of orders; ``weigh`` tells of a body
    with several commands, decoded but not yet validated, how much it draws from both. ``signed`` tells readers when the
    request needs a signature, "" for never; :mod:`exchange.api.signed` decides it. ``roles`` are those that may ask,
    ``scopes`` those of which the key needs one.
    """

    method: str
    path: str
    command: type[Command]
    draft: Callable[[Call], Draft | GroupDraft]
    answer: type[Model]
    body: type[Body] | None = None
    query: type[Body] = Body
    status: int = 201
    largest: int = MAX_BODY
    only: tuple[PersonRole, ...] = tuple(PersonRole)
    signed: str = ""
    cancels: bool = False
    weigh: Callable[[dict[str, Any]], tuple[int, int]] | None = None
    roles: tuple[PersonRole, ...] = field(init=False)
    scopes: int = field(init=False)

    def __post_init__(self) -> None:
        """Read once what the core's table says, since each request asks for it."""
        asked = tuple([role for role in self.only if may_command(role, self.command)])
        object.__setattr__(self, "roles", asked)
        object.__setattr__(self, "scopes", scopes_to_command(self.command))

    @property
    def handler(self) -> Callable[..., Any]:
        """The function whose docstring describes the operation."""
        return self.draft


Stage = Callable[[Draft], Awaitable[Document]]
"""Has one portion of a file sequenced, and gives what its draft rendered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload(Change):
    """A change whose body is a file, which becomes one command for each portion of its rows.

    ``take`` reads the file, stages the portions, and gives the answer; ``draft`` is never called and has the text that
    describes the operation.
    """

    take: Callable[[Call, bytes, Stage], Awaitable[Document]]


Operation = Read | Change
