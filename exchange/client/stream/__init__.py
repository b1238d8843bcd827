"""The exchange's stream for asynchronous programs: market data, the own account, and order entry on one connection.

>>> async with StreamClient("http://127.0.0.1:8000", key="key-17-1.secret") as stream:   # doctest: +SKIP
...     book = await stream.book("ins-9")                  # keeps itself up to date, and proves itself
...     await stream.subscribe("trades:ins-9", "private")
...     await stream.orders.place("ins-9", "BUY", quantity=100, price=book.best_bid.price)
...     async for message in stream:
...         print(message)

**When the line is lost** the client connects again, logs in, goes on in every channel after the entry where it stood,
and sends again what was not answered, under the same idempotency keys. Nothing is missed and nothing is done twice.
What the exchange does not have any more comes as a new snapshot: a message with ``type`` snapshot replaces everything
that its channel said before.

**The exchange knows the line by its name**, so a connection that comes back ends the old one first, even where its loss
was not noticed yet: what was to be cancelled with it is cancelled before the new one begins.

**Silence** for longer than ``silence`` seconds counts as a lost line.
"""

from exchange.client.book import Fault, LocalBook, Sweep
from exchange.client.stream.client import Heartbeat, StreamClient
from exchange.client.stream.live_book import LiveBook
from exchange.client.stream.order_entry import OrderEntry

__all__ = ["Fault", "Heartbeat", "LiveBook", "LocalBook", "OrderEntry", "StreamClient", "Sweep"]
