"""Puts in every known bug and prints which test noticed it; fails when one is not noticed."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.catalogue import Mutant, read
from tests.mutants.proving import Verdict, prove, workshop

AT_ONCE = 2


def chosen(words: list[str]) -> list[Mutant]:
    """All bugs, or those whose names contain one of the words."""
    return [mutant for mutant in read() if not words or any(word in mutant.name for word in words)]


def shown(mutant: Mutant, verdict: Verdict) -> str:
    """One line of the table."""
    noticed = verdict.noticed_by.removeprefix("tests/")
    state = f"caught    {verdict.seconds:5.1f} s  {noticed}" if noticed else f"SURVIVED  {verdict.seconds:5.1f} s"
    return f"{mutant.name:<44.44} {state:.100}"


def main(words: list[str]) -> int:
    """0 when every bug is caught, 1 when one survives or when the tests fail without any bug."""
    mutants = chosen(words)
    survivors = []
    with ExitStack() as stack:
        free: SimpleQueue[Path] = SimpleQueue()
        for _ in range(AT_ONCE):
            free.put(stack.enter_context(workshop()))

        def turn(mutant: Mutant | None) -> Verdict:
            folder = free.get()
            try:
                return prove(folder, mutant)
            finally:
                free.put(folder)

        sound = turn(None)
        if sound.noticed_by:
            print(f"the tests fail without any bug: {sound.noticed_by}\n{sound.output}")
            return 1
        print(f"{'without any bug':<44} passed    {sound.seconds:5.1f} s", flush=True)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for mutant, verdict in zip(mutants, pool.map(turn, mutants), strict=True):
                print(shown(mutant, verdict), flush=True)
                if not verdict.noticed_by:
                    survivors.append(mutant)
    for mutant in survivors:
        print(f"\n{mutant.name} ({mutant.file}): {mutant.seen}")
    print(f"\nmutants: {len(mutants)} known bugs, {len(mutants) - len(survivors)} caught, {len(survivors)} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
