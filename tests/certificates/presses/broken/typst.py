"""Stands in front of the real typst on the path of a child process, and cannot do anything."""

from __future__ import annotations

raise ImportError("out of order")
