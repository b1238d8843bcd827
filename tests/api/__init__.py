"""Tests of the HTTP API: its parts alone, and the whole over the real exchange."""
