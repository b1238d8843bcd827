"""Says which golden vectors changed: ``python -m tests.core.golden``; with ``--write`` it writes them anew."""

from __future__ import annotations

import sys

from tests.core.golden.vectors import VECTORS, kept, write

WARNING = """
These bytes are in journals, snapshots and audit logs that exist. Writing new vectors is right only

  * after raising FORMAT_VERSION in exchange/core/canonical.py, if a record has other bytes, or
  * after raising ENGINE_VERSION in exchange/core/machine.py, if a command has another outcome, or
  * after a change of the samples or the story themselves.

Otherwise the program can no longer read its own past: undo the change instead."""


def differences() -> list[str]:
    """The vectors that are not what they were."""
    return [name for name, compute in VECTORS.items() if compute() != kept(name)]


def main(arguments: list[str]) -> int:
    """Show or write; 1 when something differs and is not written."""
    if arguments == ["--write"]:
        print(WARNING)
        for name in VECTORS:
            print(f"wrote {write(name).name}")
        return 0
    changed = differences()
    print(f"changed: {', '.join(changed)}{WARNING}" if changed else "all golden vectors are as they were written")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
