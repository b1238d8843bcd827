"""What a command says when the exchange that it asked did not do it, or did not answer."""

from __future__ import annotations

from exchange.cli.problem import CommandError
from exchange.client import ClientError, ExchangeProblem, NoAnswerError

_AGAIN = "whether it was done is not known; give the same command again 是否已执行尚不清楚，请重新执行同一命令"


def at_the_exchange(error: ClientError, url: str) -> CommandError:
    """The problem."""
    if isinstance(error, NoAnswerError):
        last = f" (last: {error.cause})" if error.cause else ""
        return CommandError(
            f"no answer to {error.what} after {error.attempts} tries{last}. 未收到应答",
            f"is the exchange running at {url}? 交易所是否已启动？",
            # Only what changes something has a key under which it is asked again.
            *([_AGAIN] if error.idempotency_key else []),
        )
    if isinstance(error, ExchangeProblem):
        return refused(error)
    return CommandError(f"{error}. 无法理解交易所的应答。")


def refused(error: ExchangeProblem) -> CommandError:
    """What the exchange has said to it, in the language that the client asked for, on a line of its own."""
    return CommandError(f"the exchange refused. 交易所未接受：\n  {error}")
