"""Puts in every known bug and prints which test noticed it; fails when one is not noticed.

    ./dev mutants                 all of them
    ./dev mutants fee "the band"  those whose names contain one of the words

The test that noticed a bug the last time is asked first (tests/mutants/noticed_by.json).
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.catalogue import Mutant, read
from tests.mutants.proving import Verdict, prove, prove_sound, workshop
from tests.mutants.remembered import recall, remember

AT_ONCE = 2
HELP = {"-h", "--help"}


def chosen(words: list[str]) -> list[Mutant]:
    """All bugs, or those whose names contain one of the words."""
    return [mutant for mutant in read() if not words or any(word in mutant.name for word in words)]


def shown(mutant: Mutant, verdict: Verdict) -> str:
    """One line of the table."""
    noticed = verdict.noticed_by.removeprefix("tests/")
    state = f"caught    {verdict.seconds:5.1f} s  {noticed}" if noticed else f"SURVIVED  {verdict.seconds:5.1f} s"
    return f"{mutant.name:<44.44} {state:.100}"


def main(words: list[str]) -> int:
    """0 when every bug is caught, 1 when one survives or the tests fail without any bug, 2 when no bug was meant."""
    if HELP & set(words):
        print(__doc__)
        return 0
    mutants = chosen(words)
    if not mutants:
        print(f"no bug has one of these words in its name: {', '.join(words)}")
        return 2
    with ExitStack() as stack:
        folders = [stack.enter_context(workshop()) for _ in range(AT_ONCE)]
        sound = prove_sound(folders[0], mutants)
        if sound.noticed_by:
            print(f"the tests fail without any bug: {sound.noticed_by}\n{sound.output}")
            return 1
        print(f"{'without any bug':<44} passed    {sound.seconds:5.1f} s", flush=True)
        survivors = prove_all(mutants, folders)
    for mutant in survivors:
        print(f"\n{mutant.name} ({mutant.file}): {mutant.seen}")
    print(f"\nmutants: {len(mutants)} known bugs, {len(mutants) - len(survivors)} caught, {len(survivors)} survived")
    return 1 if survivors else 0


def prove_all(mutants: list[Mutant], folders: list[Path]) -> list[Mutant]:
    """Print a line for each bug and give those that survived. What was learned is written down at once, so that it is
    kept however this ends: an hour's work is not to hang on its last second.
    """
    free: SimpleQueue[Path] = SimpleQueue()
    for folder in folders:
        free.put(folder)
    known, survivors = recall(), list[Mutant]()
    names = {mutant.name for mutant in read()}

    def turn(mutant: Mutant) -> Verdict:
        folder = free.get()
        try:
            return prove(folder, mutant, known.get(mutant.name, ""))
        finally:
            free.put(folder)

    with ThreadPoolExecutor(len(folders)) as pool:
        # Leaving the loop early, by Ctrl-C say, takes back what has not begun.
        for mutant, verdict in zip(mutants, pool.map(turn, mutants), strict=True):
            print(shown(mutant, verdict), flush=True)
            remember({mutant.name: verdict.noticed_by}, names)
            if not verdict.noticed_by:
                survivors.append(mutant)
    return survivors


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
