"""What every field of requests, answers and frames means, in English and Chinese, for the published documents.

A name means the same almost everywhere, so there is one table by name; a model says otherwise only where the meaning
differs, and then for the models made of it too. A test looks for every property of both documents.
"""

from __future__ import annotations

from typing import Any, Final

from exchange.api.meanings.certificate_models import CERTIFICATE_MODELS
from exchange.api.meanings.meaning import Meaning
from exchange.api.meanings.other_models import OTHER_MODELS
from exchange.api.meanings.people import PEOPLE
from exchange.api.meanings.registry_models import REGISTRY_MODELS
from exchange.api.meanings.system import SYSTEM
from exchange.api.meanings.trading import TRADING
from exchange.api.meanings.trading_models import TRADING_MODELS
from exchange.api.meanings.unit_life import UNIT_LIFE
from exchange.api.meanings.unit_models import UNIT_MODELS
from exchange.api.meanings.units import UNITS_AND_MONEY

BY_NAME: Final = {**TRADING, **UNITS_AND_MONEY, **UNIT_LIFE, **PEOPLE, **SYSTEM}
"""Name of a field → what it means."""

OF_MODEL: Final = {**TRADING_MODELS, **OTHER_MODELS, **REGISTRY_MODELS, **CERTIFICATE_MODELS, **UNIT_MODELS}
"""Name of a model → its fields that mean something else."""

TEXT: Final = "description"
TEXT_ZH: Final = "x-description-zh"
SUMMARY_ZH: Final = "x-summary-zh"
TITLE_ZH: Final = "x-title-zh"


def meaning_of(model: type[Any], field: str) -> Meaning | None:
    """What a field means in a model: as the nearest of its classes says, else by its name alone; None for unknown."""
    for ancestor in model.__mro__:
        if field in OF_MODEL.get(ancestor.__name__, ()):
            return OF_MODEL[ancestor.__name__][field]
    return BY_NAME.get(field)


def describe(schema: dict[str, Any], model: type[Any]) -> None:
    """Put the meaning of each property into the schema of its model, in English and Chinese."""
    for name, field in schema.get("properties", {}).items():
        meaning = meaning_of(model, name)
        if meaning is not None:
            field[TEXT], field[TEXT_ZH] = meaning
