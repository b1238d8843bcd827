"""Shows a book as it changes, from a local copy that is proved by its checksum after every message.

python docs/examples/book_viewer.py steel.key.json SANDBOX-CCER
"""

from __future__ import annotations

import argparse
import contextlib
from itertools import islice

from exchange.client import ClientError
from exchange.client.book import LocalBook
from exchange.client.sync import Exchange


def arguments() -> argparse.Namespace:
    command = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("key_file", help="what `exchange sandbox-join` wrote")
    command.add_argument("symbol", help="such as SANDBOX-CCER")
    command.add_argument("--updates", type=int, help="end after so many")
    return command.parse_args()


def show(book: LocalBook) -> None:
    asks = [f"  {'':14} {level.price:>10} {level.quantity:>12,} t" for level in reversed(book.levels("SELL", 5))]
    bids = [f"  {level.quantity:>12,} t {level.price:>10}" for level in book.levels("BUY", 5)]
    lots = book.sweep("SELL", 100)
    cost = f"  100 t would cost {lots.value} CNY" if lots.quantity == 100 else "  100 t are not on offer"
    # At once: who sends it to a file wants to see it there while it goes on.
    print(f"{book.instrument} as of entry {book.seq}", *asks, *bids, cost, sep="\n", flush=True)


def instrument_of(exchange: Exchange, symbol: str) -> str:
    for each in exchange.instruments.every():
        if each.symbol == symbol:
            return each.id
    raise SystemExit(f"no instrument has the symbol {symbol}")


def main() -> None:
    asked = arguments()
    with Exchange.from_file(asked.key_file) as exchange, exchange.stream() as stream:
        instrument = instrument_of(exchange, asked.symbol)
        for book in islice(stream.book(instrument).copies(), asked.updates):
            show(book)


if __name__ == "__main__":
    try:
        with contextlib.suppress(KeyboardInterrupt):
            main()
    except (OSError, ValueError, ClientError) as trouble:  # no such key file, not a key file, or what the exchange says
        raise SystemExit(str(trouble)) from None
