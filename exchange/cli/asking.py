"""What a command says when the exchange that it asked did not do it, or did not answer."""

from __future__ import annotations

from exchange.cli.problem import CommandError
from exchange.client import ClientError, ExchangeProblem, NoAnswerError


def at_the_exchange(error: ClientError, url: str) -> CommandError:
    """The problem; a refusal is told in the language that the client asked for."""
    if isinstance(error, NoAnswerError):
        return CommandError(
            f"{error}. 未收到应答",
            f"is the exchange running at {url}? 交易所是否已启动？",
            "whether it was done is not known; the same command again finds out 是否已执行尚不清楚，请重新执行同一命令",
        )
    if isinstance(error, ExchangeProblem):
        return CommandError(f"the exchange refused: {error} 交易所未接受")
    return CommandError(f"{error}. 无法理解交易所的应答")
