"""The matching engine: ids, sides, prices, sizes and owner groups; nothing of money, people, lots, fees or bands.

Start with :mod:`exchange.core.matching.book` (what an order book is) and go on with
:mod:`exchange.core.matching.continuous` (what happens to an incoming order). ``order`` holds the records of both,
``book_side`` finds the best price. Its place in the program: handlers ask the questions (:func:`left_over`,
:func:`would_take`), call :func:`match`, make events of the fills, and let rest what is left.
"""

from exchange.core.matching.book import OrderBook
from exchange.core.matching.continuous import TOO_MANY, fills_of, left_over, match, would_take
from exchange.core.matching.order import Fill, MatchOutcome, RestingOrder

__all__ = [
    "TOO_MANY",
    "Fill",
    "MatchOutcome",
    "OrderBook",
    "RestingOrder",
    "fills_of",
    "left_over",
    "match",
    "would_take",
]
