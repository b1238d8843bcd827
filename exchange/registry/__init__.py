"""The line to the national registry: what we ask of it, what it states, and whether its list and our ledger agree."""
