"""Whoever reads a certificate reads words of their own language: of everything that it may state, in every state.

Names that people or registries gave stay as they are, and so do numbers and ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from enum import IntEnum
from typing import Any

import pytest

from exchange.certificates.facts import Dispute, ProjectFacts, contradicted, revoked_behind
from exchange.certificates.sheet import Line, Sheet, sheet_of
from exchange.certificates.words import Words, finding
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import Activity, CcerGeneration, Mechanism
from exchange.core.commands.registry import RegistryOutcome, RequestKind
from exchange.core.commands.uses import Intensity, Neutrality, Purpose
from exchange.core.credits.encumbrance import RECONCILIATION
from exchange.core.values import ClaimId
from exchange.registry.reconcile import Finding
from tests.certificates.examples import CCER, DISPUTED, FOREST, MILL, REVOKED_BY, document, facts
from tests.certificates.test_page import Reader, html_of

CODE = re.compile(r"[A-Z]{2,}(?:_[A-Z]+)+")
CAPITALS = re.compile("[A-Z]{3,}")
NAMES = {one.name for one in Mechanism} | {"CCUS", "SHA", "JSON", "QUOTA"}
"""What is written in capitals in Chinese too: mechanisms, and the name of a serial space."""

HAN = re.compile("[\u3400-\u9fff]")
UNCERTIFIED = (Purpose.FORCED, Purpose.CONVERSION)


def _disputes() -> Iterator[tuple[str, Dispute]]:
    """Everything that may be said against units."""
    for kind in RequestKind:
        for outcome in RegistryOutcome:
            yield f"{kind.name} {outcome.name}", contradicted("r-1", kind, outcome, "M-117", DISPUTED)
    for one in Finding:
        yield one.name, Dispute("enc-1099-1", "RECONCILIATION", "DIFFERENT", f"{RECONCILIATION}{one}", DISPUTED)
    yield "revoked behind", revoked_behind(ClaimId(0x4030001), "the monitoring report was false", DISPUTED)


def _of(kind: type[IntEnum]) -> Iterator[Any]:
    return (one for one in kind if one.name != "NONE")


def _states() -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that a certificate may state in one of a list of words, as facts that differ from the example's."""
    details = facts().details
    yield "valid", {}
    yield "sandbox", {"is_sandbox": True}
    yield "revoked", REVOKED_BY
    yield from ((name, {"disputes": (dispute,)}) for name, dispute in _disputes())
    yield from ((one.name, {"purpose": one}) for one in Purpose if one not in UNCERTIFIED)
    for name, kind in (("league", League), ("intensity", Intensity), ("neutrality", Neutrality)):
        yield from ((f"{name} {one.name}", {"details": replace(details, **{name: one})}) for one in _of(kind))
    projects: list[tuple[IntEnum, ProjectFacts]] = []
    projects += [(one, replace(FOREST, family=Family.OTHER_SINK, mechanism=one)) for one in Mechanism]
    projects += [(one, replace(MILL, source_category=one)) for one in _of(SourceCategory)]
    projects += [(one, replace(FOREST, activity=one)) for one in Activity]
    projects += [(one, replace(FOREST, ccer_generation=one)) for one in _of(CcerGeneration)]
    projects += [(one, replace(FOREST, league=one)) for one in _of(League)]
    for word, project in projects:
        yield f"project {type(word).__name__} {word.name}", {"units": (replace(CCER, project=project),)}


STATES = dict(_states())


def _words(sheet: Sheet) -> Iterator[Words]:
    """All that a sheet says, without what is to be read sign by sign."""
    yield from (sheet.title, sheet.status, sheet.statement, *sheet.warnings, *sheet.notes)
    yield from () if sheet.stamp is None else (sheet.stamp,)
    lines: list[Line] = [sheet.since]
    for part in sheet.parts:
        yield part.heading
        lines += part.lines
    for line in lines:
        yield line.label
        yield from () if line.is_code else (line.value,)


@pytest.mark.parametrize("state", STATES)
def test_nobody_reads_a_code_or_another_language(state: str) -> None:
    made = document(**STATES[state])
    for words in _words(sheet_of(made)):
        assert not CODE.search(words.zh) and not CODE.search(words.en), words
        assert not HAN.search(words.en), words
        assert set(CAPITALS.findall(words.zh)) <= NAMES, words
    assert not CODE.search(Reader(html_of(made)).text)


@pytest.mark.parametrize("state", STATES)
def test_a_reader_of_chinese_has_a_heading_a_status_and_every_label_in_chinese(state: str) -> None:
    sheet = sheet_of(document(**STATES[state]))
    labels = [line.label for part in sheet.parts for line in part.lines if line.label.zh != "JSON 文件的 SHA-256"]
    told = [sheet.title, sheet.status, sheet.since.label, sheet.statement, *sheet.warnings, *sheet.notes, *labels]
    assert all(HAN.search(words.zh) for words in told)
    assert all(HAN.search(part.heading.zh) for part in sheet.parts)


def test_every_finding_has_words_and_what_persons_wrote_stays() -> None:
    assert all(finding(f"{RECONCILIATION}{one}") for one in Finding)
    assert finding(f"{RECONCILIATION}told by telephone") is None
    written = Dispute("enc-1099-1", "RECONCILIATION", "DIFFERENT", f"{RECONCILIATION}told by telephone", DISPUTED)
    assert "told by telephone" in Reader(html_of(document(disputes=(written,)))).text
