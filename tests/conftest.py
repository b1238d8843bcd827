"""How Hypothesis runs: without deadlines, since a shared machine is slow at times; the same cases each time in CI."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("exchange", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("exchange")
