"""What Schemathesis is told about the venue it attacks: real ids for requests that are meant to be good, and a count of
every answer.

Loaded by Schemathesis itself (``SCHEMATHESIS_HOOKS=tests.fuzz.hooks``) in its own process. Without real ids nearly
every generated request ends at "not found", and what lies behind is never reached. Requests that are meant to be bad
are left as they are, because a good id in place of a bad one would make them good.
"""

from __future__ import annotations

import atexit
import json
import os
import random
from collections import Counter, defaultdict, deque
from pathlib import Path
from typing import Any, Final

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.generation import GenerationMode

COUNTS: Final = "FUZZ_COUNTS"
"""Environment: the file that gets the counts at the end."""

SEED: Final = "FUZZ_SEED"

SPARED: Final = "FUZZ_SPARED"
"""Environment: ids that are never put into a request, with commas between: the keys that the attack itself uses."""

KEEP: Final = 200
SHARE: Final = 0.8
"""How often a real id is put in, so that made-up ones are still tried."""

PREFIX_OF: Final = {
    "order": "ord",
    "instrument": "ins",
    "participant": "par",
    "buyer": "par",
    "seller": "par",
    "owner": "par",
    "proposal": "prp",
    "agreement": "agr",
    "key": "key",
    "lot": "lot",
    "issuance": "iss",
    "person": "per",
    "project": "prj",
    "use": "use",
    "converted": "use",
    "release": "rel",
    "request": "req",
    "encumbrance": "enc",
    "reversal": "rev",
    "responsible": "par",
    "staged": "imp",
}
"""Which kind of id a parameter or field of this name takes."""

SENSIBLE: Final[dict[str, list[Any]]] = {
    "price": ["29.00", "29.50", "30.00", "30.50", "31.00"],
    "quantity": [1, 2, 5, 10],
    "kind": ["LIMIT"],
    "post_only": [False],
    "lots": [[]],
    "good_til": [None],
    "time_in_force": ["GFD", "GTC", "IOC"],
}
"""Values with which a request has a chance: what the document allows is mostly outside of the day's band."""

_spared: Final = frozenset(os.environ.get(SPARED, "").split(","))
_ids: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=KEEP))
_answers: Counter[str] = Counter()
_random = random.Random(int(os.environ.get(SEED, "1")))


def learn(value: Any) -> None:
    """Remember every id that an answer shows, to any depth."""
    if isinstance(value, str):
        prefix, dash, number = value.partition("-")
        known = _ids[prefix] if dash and number.isdigit() and prefix in PREFIX_OF.values() else None
        if known is not None and value not in known and value not in _spared:
            known.append(value)
    elif isinstance(value, dict):
        for part in value.values():
            learn(part)
    elif isinstance(value, list):
        for part in value:
            learn(part)


def with_real_ids(fields: dict[str, Any]) -> dict[str, Any]:
    """The same fields with an id that exists in most places that take one, and other values that may do."""
    return {name: _better(name, value) for name, value in fields.items()}


def _better(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return with_real_ids(value)
    if isinstance(value, list):
        return [_better(name, one) for one in value] if name not in SENSIBLE else value
    choice = SENSIBLE.get(name) or list(_ids.get(PREFIX_OF.get(name, ""), ()))
    return _random.choice(choice) if choice and _random.random() < SHARE else value


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Put real ids into a request that is meant to be good."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if isinstance(case.path_parameters, dict):
        case.path_parameters.update(with_real_ids(case.path_parameters))
    if isinstance(case.body, dict):
        case.body = with_real_ids(case.body)
    if case.headers and "Idempotency-Key" in case.headers and _random.random() < SHARE:
        # The shortest keys are made up again and again, and a key that was used answers for nothing new.
        case.headers["Idempotency-Key"] = f"fuzz-{_random.getrandbits(64):x}"


@schemathesis.hook
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
    """Count the answer and learn the ids in it."""
    _answers[f"{case.operation.definition.raw.get('operationId', case.operation.label)} {response.status_code}"] += 1
    if response.headers.get("content-type", [""])[0].startswith("application/json"):
        learn(json.loads(response.content))


@atexit.register
def tell() -> None:
    """Write the counts down for the one who started this process."""
    if path := os.environ.get(COUNTS):
        Path(path).write_text(json.dumps(_answers, sort_keys=True))
