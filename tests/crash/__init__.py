"""The crash test: the real service under load, killed wherever it hurts; then its journal against what clients saw.

``./dev crashtest`` runs it; pytest runs only the tests of its checker.
"""
