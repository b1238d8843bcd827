"""The whole API attacked by its own document, for one role after the other, until there were enough cases."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from exchange.api.routes import OPERATIONS, name_of
from exchange.core.commands.governance import PersonRole
from tests.fuzz.hooks import COUNTS, SEED, SPARED
from tests.support.venue import Venue

CONFIG: Final = Path(__file__).parents[1] / "api" / "schemathesis.toml"
GOOD: Final = range(200, 300)
FIRST_EXAMPLES: Final = 20
MOST_EXAMPLES: Final = 300


@dataclass(slots=True)
class Attack:
    """What came of it: answers by ``operation status`` for each role, and the reports of the runs that failed."""

    answers: dict[str, Counter[str]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        """How many requests were answered."""
        return sum(counts.total() for counts in self.answers.values())

    def succeeded(self, role: str) -> set[str]:
        """The operations that a role has had a success of."""
        split = (text.rsplit(" ", 1) for text in self.answers.get(role, ()))
        return {operation for operation, status in split if int(status) in GOOD}

    def statuses(self) -> Counter[int]:
        """How often each status was answered."""
        total: Counter[int] = Counter()
        for counts in self.answers.values():
            for text, count in counts.items():
                total[int(text.rsplit(" ", 1)[1])] += count
        return total


ROLES: Final = ("NOBODY", *(role.name for role in PersonRole))


def operations_of(role: str) -> list[str]:
    """What a role may call at all; everything for nobody."""
    roles = {one.name for one in PersonRole}
    return [
        name_of(operation)
        for operation in OPERATIONS
        if role not in roles or not operation.roles or PersonRole[role] in operation.roles
    ]


async def attack(venue: Venue, cases: int, seed: int, folder: Path) -> Attack:
    """Go round the roles with more and more examples, another seed each round, until ``cases`` were answered."""
    result, examples = Attack(), FIRST_EXAMPLES
    while result.cases < cases and not result.failures:
        for role in ROLES:
            await venue.attend()
            await _round(venue, role, examples, seed, folder, result)
            print(f"fuzz: seed {seed}, {role:<9} {result.cases:9,} of {cases:,} cases", flush=True)
            if result.cases >= cases:
                break
        seed, examples = seed + 1, min(2 * examples, MOST_EXAMPLES)
    return result


async def _round(venue: Venue, role: str, examples: int, seed: int, folder: Path, result: Attack) -> None:
    counts = folder / "counts.json"
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", COUNTS: str(counts), SEED: str(seed)}
    environment[SPARED] = ",".join(venue.spared)
    process = await asyncio.create_subprocess_exec(
        *_command(venue, role, examples, seed),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    report, _ = await process.communicate()
    if process.returncode:
        result.failures.append(f"role {role}, seed {seed}:\n{report.decode()}")
    if counts.exists():
        result.answers.setdefault(role, Counter()).update(json.loads(counts.read_text()))
        counts.unlink()


def _command(venue: Venue, role: str, examples: int, seed: int) -> list[str]:
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"]
    command += [f"{venue.url}/openapi.json", "--phases", "examples,coverage,fuzzing", "-n", str(examples)]
    command += ["--seed", str(seed), "--exclude-checks", "positive_data_acceptance", "--generation-database", "none"]
    command += ["--no-color", "--warnings", "off"]
    for name in operations_of(role) if seed > 1 else ():
        command += ["--include-operation-id", name]
    if role in venue.tokens:
        command += ["-H", f"Authorization: Bearer {venue.tokens[role]}"]
    return command
