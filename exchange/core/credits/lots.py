"""Lots: serial blocks of an issuance that were admitted to this venue. A lot is an asset of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from exchange.core.commands.instruments import League
from exchange.core.commands.projects import ProjectTerms
from exchange.core.credits.issuance import Issuance, RangeIndex
from exchange.core.credits.project import Project, Projects
from exchange.core.credits.serial_text import SerialWords
from exchange.core.credits.spelling import folded_number, folded_space
from exchange.core.instruments import Basket, basket_of
from exchange.core.serials import SerialRange
from exchange.core.values import ClaimId, IssuanceId, LotId, ParticipantId, ProjectId, SpaceId, Tonnes


@dataclass(slots=True)
class Lot:
    """One admitted block. ``lock_reference`` is the registry's receipt that it is locked for this venue, ``brought_by``
    the firm that brought it in: who answers for its tonnes whoever has them by now.
    """

    lot: LotId
    issuance: IssuanceId
    space: SpaceId
    serials: SerialRange
    vintage: int
    basket: Basket
    lock_reference: str
    brought_by: ParticipantId


@dataclass(slots=True)
class CreditRegister:
    """All projects, issuances and lots, with the index of taken serials of each space and of each issuance.

    ``spellings`` finds a space's name by what it folds to, ``words`` knows how the serials of each space are written,
    ``locks`` holds every lock reference ever used, by its letters and numbers, ``of_project`` the lots of each project,
    ``of_conversion`` those of quota by the claim that they were issued against.
    """

    projects: Projects = field(default_factory=Projects)
    spaces: dict[str, SpaceId] = field(default_factory=dict)
    space_names: dict[SpaceId, str] = field(default_factory=dict)
    issuances: dict[IssuanceId, Issuance] = field(default_factory=dict)
    issued: dict[SpaceId, RangeIndex] = field(default_factory=dict)
    lots: dict[LotId, Lot] = field(default_factory=dict)
    admitted: dict[IssuanceId, RangeIndex] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    words: SerialWords = field(default_factory=SerialWords)
    locks: dict[str, LotId] = field(default_factory=dict)
    of_project: dict[ProjectId, list[LotId]] = field(default_factory=dict)
    of_conversion: dict[ClaimId, list[LotId]] = field(default_factory=dict)

    def name_of(self, space: SpaceId) -> str:
        """The name of a serial space that there is."""
        return self.space_names[space]

    def space_of(self, name: str) -> SpaceId:
        """The number of a serial space, counted from 1 in the order in which they were first named."""
        return self.spaces.get(name) or SpaceId(len(self.spaces) + 1)

    def league_of(self, lot: LotId) -> League:
        """The league that made a lot's tonnes, where they count until they are used elsewhere."""
        return self.project_of(self.issuances[self.lots[lot].issuance]).terms.league

    def terms_of(self, lot: LotId) -> ProjectTerms:
        """What the project of a lot is."""
        return self.project_of(self.issuances[self.lots[lot].issuance]).terms

    def lots_of_scope(self, project: ProjectId, lot: LotId) -> Sequence[LotId]:
        """The lots of a project by id, or the one lot itself."""
        return self.of_project.get(project, ()) if project else (lot,)

    def take_lock(self, reference: str, lot: LotId) -> None:
        """Note that a paper was used to lock units of a lot."""
        self.locks[folded_number(reference)] = lot

    def next_serial(self, name: str) -> int:
        """The serial behind all that were ever issued in the serial space of this name."""
        issued = self.issued.get(self.space_of(name))
        return issued.highs[-1] if issued is not None else 1

    def is_spelt_otherwise(self, name: str) -> bool:
        """Whether the serial space of this name is known already, but not in this spelling."""
        return self.spellings.get(folded_space(name), name) != name

    def is_worded_as_another(self, name: str, template: str) -> bool:
        """Whether serials that are written by this template are, or could be read as, of another space than this."""
        return self.words.are_of_another(name, template)

    def is_lock_used(self, reference: str) -> bool:
        """Whether a lot was admitted with this lock reference, in whatever spelling."""
        return folded_number(reference) in self.locks

    def project_of(self, issuance: Issuance) -> Project:
        """The project that an issuance is of."""
        return self.projects.projects[issuance.project]

    def basket_of(self, issuance: Issuance) -> Basket:
        """Which instrument the lots of an issuance can be delivered into."""
        terms = self.project_of(issuance).terms
        return basket_of(terms.family, terms.code, issuance.vintage, terms.source_category, terms.league)

    def add_issuance(self, issuance: Issuance, space_name: str) -> None:
        """Enter an issuance; its serials must be free in its space, and its ground in its period or its own."""
        project = self.project_of(issuance)
        start, end = issuance.monitoring_start, issuance.monitoring_end
        period = self.projects.period_of(project, start, end, issuance.verified, bool(issuance.converted))
        period.issued = Tonnes(period.issued + issuance.serials.tonnes)
        self.spaces[space_name] = issuance.space
        self.space_names[issuance.space] = space_name
        self.spellings[folded_space(space_name)] = space_name
        self.words.note(space_name, issuance.serial_text)
        self.issued.setdefault(issuance.space, RangeIndex()).add(issuance.serials)
        self.issuances[issuance.issuance] = issuance
        self.admitted[issuance.issuance] = RangeIndex()

    def add_lot(self, lot: Lot) -> None:
        """Enter a lot; its serials must be of its issuance and not admitted before."""
        assert self.issuances[lot.issuance].serials.contains(lot.serials)
        self.admitted[lot.issuance].add(lot.serials)
        self.lots[lot.lot] = lot
        self.take_lock(lot.lock_reference, lot.lot)
        issuance = self.issuances[lot.issuance]
        self.of_project.setdefault(issuance.project, []).append(lot.lot)
        if issuance.converted:
            self.of_conversion.setdefault(issuance.converted, []).append(lot.lot)
