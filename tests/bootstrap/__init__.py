"""Tests of how the exchange is put together."""
