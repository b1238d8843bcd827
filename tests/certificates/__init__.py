"""Certificates: the same claim is the same bytes, whoever makes them, and nothing that was changed passes."""
