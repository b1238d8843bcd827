"""The double-entry ledger: accounts are (owner, asset) pairs, postings balance by construction."""
