"""Unit tests of the core: units, bytes, tables of authority and refusal, and the invariants themselves."""
