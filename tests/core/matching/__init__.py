"""The matching engine: what a trader sees of it, its layout, and its naive twin."""
