"""The HTTP API: decodes strictly, names the principal, hands commands to the sequencer and reads the committed view.

No rule of the market lives here. One file a resource; :mod:`exchange.api.app` puts them together.
"""
