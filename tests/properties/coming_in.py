"""Random ways for units to come in: lots, projects, issuances, conversions, files."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import rule

from exchange.core.commands.credits import AdmitLot, CommitImport, ImportRow, RequestLock, StageUnits
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.projects import Activity, RecordIssuance, RegisterProject
from exchange.core.commands.uses import Purpose, UseUnits
from exchange.core.events.credits import ParcelState
from exchange.core.handlers.imports import rows_hash
from exchange.core.values import ClaimId, Day, ImportId, InstrumentId, IssuanceId, LotId, ProjectId, Tonnes
from tests.properties.drawn import ANY, MOSTLY, RARELY, at
from tests.properties.drawn_units import ANSWERS, NOTHING, ROWS, TEXTS, Choice, Row
from tests.properties.unit_world import UnitWorld


class ComingIn(UnitWorld):
    """The rules that bring units in."""

    @rule(
        issuance=ANY, firm=st.sampled_from([0, 0, 2, 2, 3, 1]), lo=st.integers(-1, 4), size=st.integers(1, 3), by=ANY,
        lock=st.sampled_from(["new", "new", "new", "R-1", "r-1"]), late=RARELY, answers=ANSWERS,
    )  # fmt: skip
    def admit(
        self, issuance: int, firm: int, lo: int, size: int, by: int, lock: str, late: bool, answers: list[str]
    ) -> None:
        """Some of the serials at the end of an issuance, of which a few are free."""
        number, known = at(list(self.twins.twin.issuances.items()), issuance)
        first, paper = known.hi - 5 + lo, self.paper() if lock == "new" else lock
        action = AdmitLot(self.operator(), IssuanceId(number), self.firm(firm), first, first + size, paper)
        if self.agree(action, at([1, 1, by], by)) is not None:
            if late:
                self.market.wait(3_600)
                self.go_on()
            self.hear(answers)

    @rule(lot=ANY, by_operator=MOSTLY, answers=ANSWERS)
    def ask_again(self, lot: int, by_operator: bool, answers: list[str]) -> None:
        """For a lock that was refused."""
        waiting = [tonne.lot for tonne in self.tonnes(ParcelState.ADMITTED)]
        actor = self.operator() if by_operator else self.trader(self.firm(lot))
        asked = self.twins.give(RequestLock(actor, LotId(at(waiting or self.twins.lots, lot))))
        if asked.reason is None:
            self.hear(answers)

    @rule(
        code=st.sampled_from(["new", "new", "new", "new", "p1"]),
        family=st.sampled_from([Family.FORESTRY_CCER, Family.OTHER_SINK, Family.REDUCTION_QUOTA]),
        site=st.sampled_from(["INM/N", "INM/P1/1/3", "inm\\P1/-", "INM/N, INM/N", "/"]),
        facility=st.sampled_from(["plant", "mill", "mill", ""]), started=st.sampled_from([20130101] * 3 + [20121108]),
        declared=MOSTLY, right=MOSTLY, vintage=st.sampled_from([2023, 2024, 2022, 2025]),
        activity=st.sampled_from([Activity.AFFORESTATION, Activity.WETLAND, Activity.METHANE, Activity.OTHER]),
        verified=st.sampled_from([6, 10**12]), sizes=st.lists(st.integers(1, 5), min_size=1, max_size=2),
    )  # fmt: skip
    def register_project(
        self,
        code: str,
        family: Family,
        site: str,
        facility: str,
        started: int,
        declared: bool,
        right: bool,
        vintage: int,
        activity: Activity,
        verified: int,
        sizes: list[int],
    ) -> None:
        """A project, on new ground or on old, and an issuance for a year in one part or two."""
        quota = family is Family.REDUCTION_QUOTA
        terms_ = self.market.project_terms(self.paper() if code == "new" else code, family)
        changed = replace(
            terms_,
            site_parcels=tuple(site.split(", ")),
            source_facility=facility if quota else "",
            league=League.BAOTOU if quota or declared else League.NONE,
            started=Day(started),
            uniqueness_declaration=terms_.uniqueness_declaration if declared else "",
            activity=activity,
        )
        made = self.agree(RegisterProject(self.operator(), changed), 2 if quota == right else 1)
        if made is None:
            return
        for size in sizes:
            lo = max(one.hi for one in self.twins.twin.issuances.values())
            action = self.market.issuance(lo, lo + size, vintage=vintage)
            self.agree(replace(action, project=ProjectId(made.created), verified=Tonnes(verified)), 2 if quota else 1)

    @rule(
        project=ANY, vintage=st.sampled_from([2022, 2023, 2023, 2024, 2025, 2020, 2019]), half=RARELY,
        behind=st.integers(-1, 3), size=st.integers(0, 6), verified=st.sampled_from([10**12] * 4 + [6, 0]),
        space=st.sampled_from(["CCER", "CCER", "VCS", "c-cer"]), text=TEXTS,
        converted=st.one_of(st.just(-1), st.just(-1), ANY), by=ANY,
    )  # fmt: skip
    def issue(
        self,
        project: int,
        vintage: int,
        half: bool,
        behind: int,
        size: int,
        verified: int,
        space: str,
        text: str,
        converted: int,
        by: int,
    ) -> None:
        """Serials behind all that are known, or touching them, for a year or half of it."""
        number = at([*self.twins.twin.projects, 1], project)
        lo = max((one.hi for one in self.twins.twin.issuances.values()), default=1) + behind
        end = vintage * 10_000 + (630 if half else 1231)
        claims = list(self.twins.twin.claims)
        against = at(claims, converted) if claims and converted >= 0 else 0
        applied = min((vintage + 1) * 10_000 + 101, self.today)
        action = RecordIssuance(
            self.operator(),
            ProjectId(number),
            Day(vintage * 10_000 + 101),
            Day(end),
            Tonnes(verified),
            Day(applied),
            space,
            text,
            lo,
            lo + size,
            ClaimId(against),
        )
        self.agree(action, at([1, 2, by], by))

    @rule(
        size=st.integers(1, 9), start=ANY, issued=st.integers(1, 9),
        answer=st.sampled_from(["yes", "yes", "yes", "silence", "no"]),
    )  # fmt: skip
    def convert(self, size: int, start: int, issued: int, answer: str) -> None:
        """CCER are cancelled so that quota can be issued for them."""
        owner = self.firm(0)
        picks, quantity = self.picks(owner, Choice("serials", [start], start, size, 0))
        units = (InstrumentId(0), picks, Tonnes(quantity))
        action = UseUnits(self.trader(owner), owner, *units, Purpose.CONVERSION, NOTHING)
        decided = self.agree(action, 0)
        if decided is None:
            return
        self.hear([answer])
        vintage = self.twins.twin.lots[picks[0].lot].good[2]
        lo = max(one.hi for one in self.twins.twin.issuances.values())
        sink = self.twins.projects[4]
        made = replace(
            self.market.issuance(lo, lo + issued, vintage=vintage),
            project=sink,
            converted=ClaimId(decided.created),
        )
        self.agree(made, 2)

    # -- files --

    @rule(
        rows=ROWS, more=st.booleans(), by=ANY, then=st.integers(0, 3), answers=ANSWERS, wrong_hash=RARELY,
        other=RARELY, again=st.booleans(), anew=RARELY,
    )  # fmt: skip
    def import_units(
        self,
        rows: list[Row],
        more: bool,
        by: int,
        then: int,
        answers: list[str],
        wrong_hash: bool,
        other: bool,
        again: bool,
        anew: bool,
    ) -> None:
        """Rows of a file are staged, in a new import or behind those of an old one, and mostly committed. Of the old
        one a row may be sent again; rarely the lines are counted anew, and mean other rows then.
        """
        behind = max((one.hi for one in self.twins.twin.issuances.values()), default=1)
        begun = list(self.twins.twin.imports)
        number = begun[-1] if more and begun else 0
        waiting = self.twins.twin.imports[number].rows if number else []
        first = 2 if anew else max((row.line for row in waiting), default=1) + 1
        made = tuple(self.row(line, behind, row) for line, row in enumerate(rows, first))
        if again:
            made = (*waiting[-1:], *made)
        actor = self.market.second if other else self.operator()
        staged = self.twins.give(StageUnits(actor, ImportId(number), made))
        if staged.reason is None and then:
            known = self.twins.twin.imports[staged.created]
            digest = bytes(32) if wrong_hash else rows_hash(known.rows)
            action = CommitImport(self.operator(), ImportId(staged.created), digest)
            entitled = 2 if any(row.project == "Q1" for row in made) else 1
            if self.agree(action, at([entitled, entitled, by], by)) is not None:
                self.hear(answers)

    def row(self, line: int, behind: int, drawn: Row) -> ImportRow:
        """A row as it is read."""
        start = drawn.vintage * 10_000 + 101
        end = drawn.vintage * 10_000 + (630 if drawn.half_year else 1231)
        lo = behind + drawn.start
        applied = min((drawn.vintage + 1) * 10_000 + 101, self.today)
        paper = f"file-{drawn.lock}" if drawn.lock < 2 else self.paper()
        owner = self.firm(drawn.owner)
        serials = (drawn.space, drawn.text, lo, lo + drawn.size)
        return ImportRow(line, drawn.project, start, end, drawn.verified, applied, *serials, owner, paper)
