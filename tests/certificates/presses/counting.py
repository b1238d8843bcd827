"""Prints how often it was run, which it notes in the file that is given as the address."""

from __future__ import annotations

import sys
from pathlib import Path

count = Path(sys.argv[1])
count.write_text(count.read_text() + "x" if count.exists() else "x")
sys.stdin.buffer.read()
sys.stdout.write(f"printed {len(count.read_text())} times")
