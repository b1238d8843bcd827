"""Settlement: fees by the cumulative formula, delivery versus payment in one ledger transaction."""
