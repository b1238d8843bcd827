"""Prints the names and values of its environment."""

from __future__ import annotations

import os
import sys

sys.stdout.write("\n".join(f"{name}={value}" for name, value in os.environ.items()))
