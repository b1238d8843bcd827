"""The single writer on a simulated disk; on PostgreSQL it is tested in tests/replay and by the crash test."""
