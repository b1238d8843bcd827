"""Ends well and has printed nothing."""
