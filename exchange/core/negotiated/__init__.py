"""Trades agreed outside the books."""
