"""The stream ``/v1/stream``: market data, the own account and order entry over one WebSocket connection.

A :class:`~exchange.api.stream.session.Session` is one connection. It knows no socket: what carries its frames is a
:class:`~exchange.api.stream.wire.Wire`, and :class:`~exchange.api.stream.streams.Streams` has all of them.
"""
