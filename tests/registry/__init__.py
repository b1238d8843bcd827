"""Tests of the line to the national registry: what it says, what is sent, whether the lists agree; its simulator."""
