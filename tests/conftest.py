"""How Hypothesis runs: without deadlines, since a shared machine is slow at times; the same cases each time in CI.

``HYPOTHESIS_PROFILE=mutants`` is for runs that only ask whether something fails: fewer cases, and none is made smaller.
"""

from __future__ import annotations

import os

from hypothesis import Phase, settings

settings.register_profile("exchange", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.register_profile(
    "mutants", deadline=None, derandomize=True, max_examples=40, database=None, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "exchange"))
