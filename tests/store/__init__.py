"""Tests of everything that touches PostgreSQL, on a real one."""
