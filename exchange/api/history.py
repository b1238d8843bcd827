"""What the API reads of the past, which the committed view does not keep: closed orders, trades, feeds, the journal.

The store answers from PostgreSQL with rows that are durable by construction, in the units of the core. Pages are cut by
opaque cursors of the store's; a cursor that it cannot read raises ValueError.
"""

from __future__ import annotations

from typing import Protocol


class History(Protocol):
    """TODO placeholder"""
