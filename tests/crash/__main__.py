"""Kill the service and the database under load, then hold what clients were told against the journal.

The service is the real one (``python -m exchange serve``), loaded by concurrent HTTP clients through its public API. It
dies at every named point and at random moments, its PostgreSQL is killed, and a proxy in front of PostgreSQL breaks the
connection around COMMIT. A simulated national registry, in a process of its own, cancels units that are used; it is
killed too. Clients repeat what was not answered under the same idempotency key. At the end a checker
outside of the service reads the journal through its own connection and compares; the whole journal is replayed too, and
our serials, the registry's list and what was asked of it must agree.
``--prove`` breaks a copy of the program (it then acknowledges before COMMIT) and demands that this test finds it out.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time

from exchange.sequencer.crashpoints import POINTS
from tests.crash.prove import prove
from tests.crash.run import Plan, Result, run

STARTED = time.monotonic()
EXAMPLES = 5


def main() -> int:
    """Run; 0 when nothing was found."""
    parser = argparse.ArgumentParser(
        prog="crashtest", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="every point once, for CI; without it three times")
    parser.add_argument("--seed", type=int, help="run the same plan again")
    parser.add_argument("--points", help="only these points, separated by commas, and nothing else")
    parser.add_argument("--prove", action="store_true", help="show that an acknowledgement before COMMIT is found out")
    arguments = parser.parse_args()
    seed = secrets.randbelow(10**9) if arguments.seed is None else arguments.seed
    if arguments.prove:
        return prove(seed)
    plan = _plan(arguments)
    print(f"crashtest: seed {seed} ({'short' if arguments.short else 'full'})", flush=True)
    result = run(plan, seed, _say)
    _print(plan, result, time.monotonic() - STARTED)
    return 0 if result.passed else 1


def _plan(arguments: argparse.Namespace) -> Plan:
    if arguments.points:
        points = tuple(arguments.points.split(","))
        if unknown := set(points) - set(POINTS):
            raise SystemExit(f"there are no points {', '.join(sorted(unknown))}; the points are {', '.join(POINTS)}")
        return Plan(points, hits=3, kills=0, cuts=0, postgres_kills=0, private_kills=0, registry_kills=0)
    if arguments.short:
        return Plan(tuple(POINTS), hits=1, kills=3, cuts=20, postgres_kills=1, private_kills=1, registry_kills=1)
    return Plan(tuple(POINTS), hits=3, kills=20, cuts=60, postgres_kills=5, private_kills=4, registry_kills=5)


def _say(text: str) -> None:
    print(f"crashtest: {time.monotonic() - STARTED:4.0f} s: {text}", flush=True)


def _print(plan: Plan, result: Result, seconds: float) -> None:
    print("\n  point                     hits  wanted  misses  what was true then")
    for point in plan.points:
        hits, misses = result.tally.points[point], result.tally.misses[point]
        print(f"  {point:24}  {hits:4}  {plan.hits:6}  {misses:6}  {POINTS[point]}")
    print()
    for what, count in [*sorted(result.tally.others.items()), *result.figures.items()]:
        print(f"  {what:44} {count:10,}")
    _print_findings(result.findings)
    verdict = (
        "passed" if result.passed else f"FAILED with {len(result.findings):,} findings; logs are in {result.folder}"
    )
    print(f"\ncrashtest: {verdict} in {seconds:.0f} s (seed {result.seed})", flush=True)


def _print_findings(findings: list[str]) -> None:
    """How many there are of each kind, and the first few."""
    kinds: dict[str, list[str]] = {}
    for finding in findings:
        kinds.setdefault(finding.partition(":")[0], []).append(finding)
    for kind, found in sorted(kinds.items()):
        print(f"\n  {kind}: {len(found):,}")
        print("\n".join(f"    {finding}" for finding in found[:EXAMPLES]))


if __name__ == "__main__":
    sys.exit(main())
