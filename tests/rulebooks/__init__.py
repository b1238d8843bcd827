"""Tests of the rulebook profiles."""
