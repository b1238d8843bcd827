"""An open exchange for carbon credits: a deterministic state machine with one writer in front and PostgreSQL behind.

The life of an order, station by station:

1. `api` decodes the request strictly and `access` names who asks; the result is a command.
2. `sequencer` queues it and stamps its number and its time: the only clock of the program.
3. `core` applies it: authority, phase, risk, holds, matching, settlement, ledger and lots. The answer is a list of
   events, or one reason to refuse. The core does no I/O.
4. `store` writes the batch in one PostgreSQL transaction: journal, chain head, projections, ledger, outbox.
5. Only after the commit is the caller answered and anything published.

`bootstrap` wires the stations together and `cli` is the way in. docs/ARCHITECTURE.md tells the rest.
"""

__version__ = "0.1.0"
