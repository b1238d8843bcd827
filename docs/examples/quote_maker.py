"""Keeps a bid and an offer in a book, around the last price, and renews what was taken.

When the program is cut off, the exchange cancels its orders at once (cancel on disconnect); when the exchange cannot
notice that, after thirty seconds (the dead-man's switch). When it ends, it cancels them itself.

    python docs/examples/quote_maker.py forest.key.json SANDBOX-CCER
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from decimal import Decimal

from exchange.client import ClientError, ExchangeClient
from exchange.client.commands import Cancel, Command, Place
from exchange.client.models import PrivateMessage, TickerMessage
from exchange.client.stream import StreamClient

HALF_SPREAD = Decimal("0.50")
TONNES = 200
SWITCH_SECONDS = 30


def arguments() -> argparse.Namespace:
    command = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    command.add_argument("key_file", help="what `exchange sandbox-join` wrote")
    command.add_argument("symbol", help="such as SANDBOX-CCER")
    command.add_argument("--seconds", type=float, help="end after so many")
    return command.parse_args()


class QuoteMaker:
    """Two orders in one book; ``open`` are the ids of those that rest, by side."""

    def __init__(self, stream: StreamClient, instrument: str) -> None:
        self.stream = stream
        self.instrument = instrument
        self.middle = Decimal(0)
        self.open: dict[str, str] = {}

    async def quote(self) -> None:
        """Take both orders out and put both in again, in one request."""
        commands: list[Command] = [Cancel(order) for order in self.open.values()]
        for side, price in (("BUY", self.middle - HALF_SPREAD), ("SELL", self.middle + HALF_SPREAD)):
            commands.append(Place(self.instrument, side, TONNES, price, post_only=True))
        answer = await self.stream.orders.batch(commands)
        for command, result in zip(commands, answer.results, strict=True):
            if isinstance(command, Place) and result.order is not None:
                self.open[command.side] = result.order.id
            elif isinstance(command, Place):
                self.open.pop(command.side, None)
                print(f"not quoted: {result.error}", flush=True)
        print(f"quoting {TONNES} t at {self.middle - HALF_SPREAD} / {self.middle + HALF_SPREAD}", flush=True)

    async def follow(self) -> None:
        """Quote anew when the price has moved, or when something was taken."""
        async for message in self.stream:
            if isinstance(message, TickerMessage):
                middle = message.last_price or message.reference_price
                if middle != self.middle:
                    self.middle = middle
                    await self.quote()
            elif isinstance(message, PrivateMessage):
                for fill in message.fills:
                    print(f"{fill.side} {fill.quantity} t at {fill.price} from {fill.counterparty}", flush=True)
                if any(fill.order in self.open.values() for fill in message.fills):
                    await self.quote()

    async def live(self) -> None:
        """Put the dead-man's switch off, again and again."""
        while True:
            await self.stream.orders.cancel_after(SWITCH_SECONDS)
            await asyncio.sleep(SWITCH_SECONDS / 3)


async def main() -> None:
    asked = arguments()
    async with ExchangeClient.from_file(asked.key_file) as client, StreamClient.from_file(asked.key_file) as stream:
        found = {each.symbol: each.id async for each in client.instruments.every()}
        if asked.symbol not in found:
            raise SystemExit(f"no instrument has the symbol {asked.symbol}")
        maker = QuoteMaker(stream, found[asked.symbol])
        await stream.cancel_on_disconnect()
        await stream.subscribe("private", f"ticker:{maker.instrument}")
        living = asyncio.create_task(maker.live())
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(asked.seconds):
                    await maker.follow()
        finally:
            living.cancel()
            done = await stream.orders.cancel_all(maker.instrument)
            await stream.orders.cancel_after(0)
            print(f"{done.cancelled} orders cancelled", flush=True)


if __name__ == "__main__":
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(main())
    except (OSError, ValueError, ClientError) as trouble:  # no such key file, not a key file, or what the exchange says
        raise SystemExit(str(trouble)) from None
