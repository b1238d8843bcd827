"""The exchange as a state machine: pure, deterministic, integers only.

Nothing in this package reads a clock, draws a random number, opens a file or logs. The one entry is
:func:`exchange.core.machine.apply`; the same commands in the same order give the same events and the same state hash on
every Python and under every ``PYTHONHASHSEED``.
"""
