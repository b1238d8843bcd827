"""Money in, money out, and what is there."""

from __future__ import annotations

from exchange.client.connection import Connection
from exchange.client.models import Account, Deposit, Proposal, VenueAccounts
from exchange.client.wire import Money, decode, money_text


class Deposits:
    """Money that came in (operator)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def credit(
        self, participant: str, amount: Money, bank_reference: str, *, idempotency_key: str | None = None
    ) -> Deposit:
        """Credit money that arrived on the settlement account; a bank reference is accepted once for ever."""
        body: dict[str, object] = {
            "participant": participant,
            "amount": money_text(amount),
            "bank_reference": bank_reference,
        }
        return decode(Deposit, await self._connection.change("POST", "/v1/deposits", body, idempotency_key))


class Accounts:
    """The venue's own accounts (staff)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def all(self) -> VenueAccounts:
        """What the bank must show, fees, clearing, and what participants own together."""
        return decode(VenueAccounts, await self._connection.read("/v1/venue/accounts"))


class Cash:
    """The own account."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def account(self) -> Account:
        """Balance, held and available."""
        return decode(Account, await self._connection.read("/v1/account"))

    async def withdraw(self, amount: Money, bank_account: str, *, idempotency_key: str | None = None) -> Proposal:
        """Propose a withdrawal; the money is held at once and paid when an operator approves."""
        body: dict[str, object] = {"amount": money_text(amount), "bank_account": bank_account}
        return decode(Proposal, await self._connection.change("POST", "/v1/withdrawals", body, idempotency_key))
