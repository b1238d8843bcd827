"""What a bench says while it works: on standard error, between what is timed and never within it."""

from __future__ import annotations

import sys


def tell(text: str) -> None:
    """One line, at once."""
    print(f"bench: {text}", file=sys.stderr, flush=True)
