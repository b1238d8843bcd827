"""docs/PROPOSALS.md tells of each purpose which units serve it and which fields it needs, as the core has it."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

from exchange.access.principal import Principal
from exchange.api.resources.uses import UseIn
from exchange.api.use_examples import USES
from exchange.api.validation import validate
from exchange.core.commands.governance import PersonRole, Scope
from exchange.core.commands.uses import Purpose
from exchange.core.credits.claims import NEEDS, fits_purpose
from exchange.core.values import KeyId, ParticipantId, PersonId
from tests.docs.pages import page

TRADER: Final = Principal(PersonId(12), ParticipantId(11), PersonRole.TRADER, KeyId(13), Scope.MANAGE)
CODE: Final = re.compile(r"`([A-Za-z_]+)`")
NEEDED_ALWAYS: Final = {"purpose", "picks", "instrument", "quantity", "beneficiary_en", "beneficiary_zh"}
BODIES: Final = {Purpose[use.body["purpose"]]: use.body for use in USES.values() if "reversal" not in use.body}


def rows() -> dict[Purpose, tuple[list[str], list[str]]]:
    """Purpose → names of the families that serve it, names of the fields that it needs."""
    table = [cells for _, cells in page("docs/PROPOSALS.md").rows() if cells[0].strip("`") in Purpose.__members__]
    return {Purpose[name.strip("`")]: (CODE.findall(units), CODE.findall(needs)) for name, _, units, needs in table}


def fits(body: dict[str, Any]) -> bool:
    """What the core says to the details of a body."""
    use = validate(UseIn, body).use(TRADER)
    return fits_purpose(use.purpose, use.details)


def test_every_purpose_that_can_be_asked_for_has_a_row_and_a_body() -> None:
    assert set(rows()) == set(BODIES) == set(NEEDS)


@pytest.mark.parametrize("purpose", NEEDS, ids=lambda purpose: purpose.name)
def test_a_row_has_the_families_and_the_fields_of_the_body(purpose: Purpose) -> None:
    families, fields = rows()[purpose]
    assert families == [family.name for family in NEEDS[purpose].families]
    assert set(fields) == BODIES[purpose].keys() - NEEDED_ALWAYS


@pytest.mark.parametrize("purpose", NEEDS, ids=lambda purpose: purpose.name)
def test_a_body_fits_and_not_without_one_of_its_fields(purpose: Purpose) -> None:
    body = BODIES[purpose]
    assert fits(body)
    for name in rows()[purpose][1]:
        assert not fits({field: value for field, value in body.items() if field != name}), name


def test_a_field_of_another_purpose_does_not_fit() -> None:
    assert not fits({**BODIES[Purpose.CONVERSION], "league": "BAOTOU"})
    assert not fits({**BODIES[Purpose.VOLUNTARY], "province": "河北"})
