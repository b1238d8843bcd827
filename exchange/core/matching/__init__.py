"""The matching engine: ids, sides, prices, sizes and owner groups; nothing of money, people or lots."""

from exchange.core.matching.book import OrderBook
from exchange.core.matching.continuous import Fill, MatchOutcome, fillable, match, would_take

__all__ = ["Fill", "MatchOutcome", "OrderBook", "fillable", "match", "would_take"]
