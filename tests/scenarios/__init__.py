"""Scenarios that a trader can read: one line a command, what must come of it behind the arrow."""
