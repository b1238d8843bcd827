"""How Hypothesis runs: without deadlines, since a shared machine is slow at times; the same cases each time in CI.

``HYPOTHESIS_PROFILE=mutants`` is for runs that only ask whether something fails: fewer cases, and none is made smaller.

And that Ctrl-C ends what tests start: a shell begins what it runs in the background with that signal ignored, and every
program that comes of it would ignore it too.
"""

from __future__ import annotations

import os
import signal

from hypothesis import Phase, settings

settings.register_profile("exchange", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.register_profile(
    "mutants", deadline=None, derandomize=True, max_examples=40, database=None, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "exchange"))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
