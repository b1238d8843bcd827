"""Buys some tonnes in slices, and never one twice: not when an answer is lost, and not when it is started again.

Each slice has an idempotency key made of the job's name and the slice's number. A slice that was done before gets its
stored answer; so a job that was interrupted goes on where it was.

    python docs/examples/retrying_buyer.py steel.key.json SANDBOX-CCER --job 2026-w47 --tonnes 300 --limit 71.00
"""

from __future__ import annotations

import argparse
from decimal import Decimal

from exchange.client import ExchangeProblem, NoAnswerError, Patience
from exchange.client.sync import Exchange


def arguments() -> argparse.Namespace:
    command = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("key_file", help="what `exchange sandbox-join` wrote")
    command.add_argument("symbol", help="such as SANDBOX-CCER")
    command.add_argument("--job", required=True, help="a name that this purchase, and no other, has")
    command.add_argument("--tonnes", type=int, required=True, help="how many tonnes")
    command.add_argument("--slice", type=int, default=100, help="how many at a time")
    command.add_argument("--limit", type=Decimal, required=True, help="the highest price, in CNY a tonne")
    return command.parse_args()


def buy(exchange: Exchange, instrument: str, asked: argparse.Namespace) -> tuple[int, Decimal]:
    """Tonnes bought and CNY paid; what is not on offer within the limit is not bought."""
    bought, paid = 0, Decimal(0)
    for number, start in enumerate(range(0, asked.tonnes, asked.slice)):
        quantity = min(asked.slice, asked.tonnes - start)
        answer = exchange.orders.place(
            instrument,
            "BUY",
            quantity,
            asked.limit,
            time_in_force="IOC",  # what is not there at once is not wanted later
            idempotency_key=f"{asked.job}-{number}",
        )
        bought += sum(trade.quantity for trade in answer.trades)
        paid += sum((trade.quantity * trade.price for trade in answer.trades), Decimal(0))
    return bought, paid


def instrument_of(exchange: Exchange, symbol: str) -> str:
    for each in exchange.instruments.every():
        if each.symbol == symbol:
            return each.id
    raise SystemExit(f"no instrument has the symbol {symbol}")


def main() -> None:
    asked = arguments()
    # A minute of trouble on the line is nothing: each request is repeated for so long, under its own key.
    with Exchange.from_file(asked.key_file, patience=Patience(attempts=60, deadline=60.0)) as exchange:
        try:
            instrument = instrument_of(exchange, asked.symbol)
            bought, paid = buy(exchange, instrument, asked)
        except NoAnswerError:
            raise SystemExit("the exchange cannot be reached; run the same command again later") from None
        except ExchangeProblem as problem:
            rule = f" (rule {problem.rule.id}, {problem.rule.article})" if problem.rule else ""
            raise SystemExit(f"{problem.code}: {problem.title}. {problem.detail}{rule}") from None
        print(f"job {asked.job}: {bought} t for {paid} CNY")


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as trouble:  # no such key file, or not a key file
        raise SystemExit(str(trouble)) from None
