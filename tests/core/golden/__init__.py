"""Golden vectors: bytes that were written once and must come out the same for ever.

``actions.json``, ``commands.json`` and ``events.json`` hold one record of every kind with its canonical bytes,
``market.json`` the chain of a small market's log, its state image and its state hash. Journals on disk, snapshots and
the audit log consist of such bytes, so a difference here means that old journals can no longer be read or no longer
give the same market.

``python -m tests.core.golden`` writes the files anew. That is right only together with a higher ``FORMAT_VERSION``
(other bytes for the same record) or ``ENGINE_VERSION`` (another outcome of the same command).
"""
