"""Market data: books, trades, tickers, candles and each participant's own stream, made of committed events only.

Everything but the hub is plain state that is told what happened after it is durable, entry by entry, in order
(:class:`~exchange.marketdata.feed.MarketData`), and that gives out bytes. Nothing here knows sockets or the database.
"""
