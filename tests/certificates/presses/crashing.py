"""Fails."""

from __future__ import annotations

raise SystemExit("no ink")
