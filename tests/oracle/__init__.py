"""Naive twins of parts of the exchange: obviously right, slow, and written without looking at the fast ones."""
