"""The chart of accounts. An account is an (owner, asset) pair; this page names the owners and assets that are not ids.

Participants' ids are positive. The venue's own accounts have negative owners: they are the other side of what comes in
from outside, of holds, and of fees. The asset CNY counts fen; every lot is an asset of its own and counts tonnes.
"""

from __future__ import annotations

from typing import Final

Account = tuple[int, int]
"""(owner, asset)."""

CNY: Final = 0
"""The money asset, in fen."""

BANK: Final = -1
"""The settlement bank: debited when money comes in, so its debit balance is what the bank must show (INV-19)."""

REGISTRY: Final = -2
"""The registry: debited in a lot's asset when the lot is admitted."""

CLEARING: Final = -3
"""The other side of every hold, in the pending columns only."""

FEES: Final = -4
"""The venue's income from fees."""

RETIRED: Final = -5
"""Reduction quota that was used up here."""

CANCELLED: Final = -6
"""Units that their registry has cancelled (注销)."""

OUT: Final = -7
"""Units that went to the national market and may come back."""

EXPORTED: Final = -8
"""Reduction quota that was used in another province."""
