"""Tests of the load client and its parts: what measures must be right before what it says can be."""
