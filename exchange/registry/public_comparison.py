"""The registry's public list held against the projects of this venue: what it counts, and what cannot both be true.

Pages and details are files that somebody has saved from the registry's site. A row does not say how many tonnes were
certified; its detail does, and a detail does not say of which row it is. So a file with a detail is named after its
row: after the certification where the row has one, else after the application.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from exchange.core.credits.spelling import folded
from exchange.registry.public_list import Detail, Listed, Page, Step, applications

LANGUAGES: Final = ("en", "zh")
MOST_NAMES: Final = 3
"""Names of files that a sentence tells; JSON has all."""


class Words(NamedTuple):
    """A sentence in both languages."""

    en: str
    zh: str


class Difference(StrEnum):
    """What does not agree."""

    NOT_LISTED = "NOT_LISTED"
    NOT_ISSUED = "NOT_ISSUED"
    MORE_HERE = "MORE_HERE"
    SAME_PROJECT = "SAME_PROJECT"
    CANCELLED_THERE = "CANCELLED_THERE"
    ENDED_THERE = "ENDED_THERE"


SENTENCES: Final = {
    Difference.NOT_LISTED: Words("is here, and the pages do not list it", "我方已登记，所给名册页面中没有"),
    Difference.NOT_ISSUED: Words("has units here, and was issued none there", "我方已有减排量，登记机构尚未签发"),
    Difference.MORE_HERE: Words("has more tonnes here than were certified there", "我方签发吨数多于登记机构核证吨数"),
    Difference.SAME_PROJECT: Words(
        "is there one project with others of ours; the tonnes here are of all of them",
        "与我方其他项目在登记机构为同一项目，我方吨数为其合计",
    ),
    Difference.CANCELLED_THERE: Words(
        "was cancelled there as a project; ask the registry what becomes of its units",
        "在登记机构已作项目注销，请向登记机构查明其减排量如何处理",
    ),
    Difference.ENDED_THERE: Words(
        "is not issued there, and all its applications have ended", "在登记机构未获签发，且其申请均已终止"
    ),
}
STEPS: Final = {
    Step.PROJECT_NOTICE: Words("project in notice", "项目公示"),
    Step.PROJECT_REGISTERED: Words("project registered", "项目登记"),
    Step.REDUCTION_NOTICE: Words("reduction in notice", "减排量公示"),
    Step.REDUCTION_REGISTERED: Words("reduction registered", "减排量登记"),
    Step.ISSUED: Words("issued", "已签发"),
    Step.ENDED: Words("ended", "已终止"),
    Step.CANCELLED: Words("cancelled", "已注销"),
}


@dataclass(frozen=True, slots=True)
class OwnProject:
    """A project of this venue whose units the national registry keeps, and how many tonnes of it were issued here. Its
    ``code`` is the registry's id of the project, or of the application.
    """

    code: str
    name: str
    issued: int


@dataclass(frozen=True, slots=True)
class Found:
    """Something that does not agree about a project; ``certified`` is None where the list does not tell. Of a project
    that is one there with others of ours ``issued`` is what all of them have.
    """

    difference: Difference
    code: str
    name: str
    issued: int
    certified: int | None


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the list: how many of its rows were given, and how many it has in all."""

    step: Step
    rows: int
    total: int


@dataclass(frozen=True, slots=True)
class Unused:
    """A file with a detail whose name is that of no row, so that it was not read for any; and the names that it may
    want, without their ending: of the row that it names by another number, else of rows whose details are missing.
    """

    name: str
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The list in numbers, by tab and by furthest step, and what does not agree. Of ``uncertain`` projects the list has
    issuances whose details were not given, so that nobody can say whether there is more here. ``unused`` are details
    that belong to no row by their names.
    """

    tabs: tuple[Tab, ...]
    applications: int
    furthest: Mapping[Step, int]
    certified: int
    projects: int
    uncertain: int
    found: tuple[Found, ...]
    unused: tuple[Unused, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every row of the tabs that were given is there."""
        return all(tab.rows >= tab.total for tab in self.tabs)

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "tabs": [{**asdict(tab), "step": tab.step.name} for tab in self.tabs],
            "whole": self.is_whole,
            "applications": self.applications,
            "furthest": {step.name: count for step, count in self.furthest.items()},
            "certified": self.certified,
            "projects": self.projects,
            "uncertain": self.uncertain,
            "unused": [asdict(one) for one in self.unused],
            "found": [{**asdict(one), **SENTENCES[one.difference]._asdict()} for one in self.found],
        }

    def text(self, language: str | None) -> Iterator[str]:
        """Line by line, in one language or, without one, in both."""
        for words in self._words():
            if language != "zh":
                yield words.en
            if language != "en":
                yield words.zh if language == "zh" else f"  {words.zh}"

    def _words(self) -> Iterator[Words]:
        for tab in self.tabs:
            name, count = STEPS[tab.step], f"{tab.rows:,}/{tab.total:,}"
            yield Words(f"tab {tab.step:d}, {name.en}: {count} rows", f"第 {tab.step:d} 栏（{name.zh}）：{count} 行")
        if not self.is_whole:
            yield Words("rows are missing: save all pages of a tab", "行数不全：请保存各栏的全部页面")
        en = ", ".join(f"{count:,} {STEPS[step].en}" for step, count in self.furthest.items())
        zh = "，".join(f"{STEPS[step].zh} {count:,} 件" for step, count in self.furthest.items())
        yield Words(
            f"{self.applications:,} applications by their furthest step: {en}",
            f"申请共 {self.applications:,} 件，按最终步骤：{zh}",
        )
        yield Words(f"{self.certified:,} t certified by the details given", f"所给详情合计核证 {self.certified:,} 吨")
        for unused in self.unused:
            yield _no_row(unused)
        for one in self.found:
            yield _sentence(one)
        yield self._last()

    def _last(self) -> Words:
        unsure = f"{self.uncertain:,} without a detail", f"{self.uncertain:,} 个无详情可比"
        if not self.found:
            return Words(
                f"{self.projects:,} projects here agree with the list ({unsure[0]})",
                f"我方 {self.projects:,} 个项目与名册一致（{unsure[1]}）",
            )
        count = len({one.code for one in self.found})
        return Words(
            f"{count:,} of {self.projects:,} projects here do not agree ({unsure[0]})",
            f"我方 {self.projects:,} 个项目中 {count:,} 个不符（{unsure[1]}）",
        )


def _sentence(one: Found) -> Words:
    words = SENTENCES[one.difference]
    certified = Words("certified tonnes not known", "核证吨数不详")
    if one.certified is not None:
        certified = Words(f"certified {one.certified:,} t", f"核证 {one.certified:,} 吨")
    return Words(
        f"{one.difference}: {one.code} {one.name}: {words.en} (here {one.issued:,} t, {certified.en})",
        f"不符：{one.code} {one.name}：{words.zh}（我方 {one.issued:,} 吨，{certified.zh}）",
    )


def _no_row(one: Unused) -> Words:
    if not one.wanted:
        return Words(
            f"{one.name}.json was not used: no row is named so", f"未采用 {one.name}.json：名册中没有以此为编号的行"
        )
    names = [f"{name}.json" for name in one.wanted[:MOST_NAMES]]
    more = len(one.wanted) > MOST_NAMES
    return Words(
        f"{one.name}.json was not used: no row is named so; wanted: {', '.join(names)}{', …' if more else ''}",
        f"未采用 {one.name}.json：名册中没有以此为编号的行，所需文件名：{'、'.join(names)}{'等' if more else ''}",
    )


@dataclass(frozen=True, slots=True)
class _There:
    """What the list says of a project: whether it knows it, how it stands there, the details of what it issued that
    were given, and whether some were not.
    """

    listed: bool
    cancelled: bool
    ended: bool
    issued: bool
    certified: int
    incomplete: bool


def compare(pages: Iterable[tuple[Step, Page]], details: Mapping[str, Detail], own: Iterable[OwnProject]) -> Comparison:
    """Hold saved pages, details by the name of their row, and the projects of this venue against each other."""
    given = list(pages)
    rows = [row for _, page in given for row in page.rows]
    furthest = applications(rows)
    steps = Counter(row.step for row in furthest.values())
    index = _by_number(rows)
    judged = [(project, _there(index[folded(project.code)], details)) for project in own]
    together = _together([project for project, _ in judged], index)
    found = [one for project, there in judged for one in _found(project, there, together)]
    return Comparison(
        tabs=tuple(_tabs(given)),
        applications=len(furthest),
        furthest={step: steps[step] for step in sorted(steps)},
        certified=_there(rows, details).certified,
        projects=len(judged),
        uncertain=sum(_is_uncertain(project, there) for project, there in judged),
        found=tuple(found),
        unused=tuple(_unused(rows, details)),
    )


def detail_name(row: Listed) -> str:
    """The name, without its ending, of the file with a row's detail."""
    return row.certification or row.application


def _unused(rows: list[Listed], details: Mapping[str, Detail]) -> Iterator[Unused]:
    """Details that are of no row by their names: who saved them may have named them after another number of the row."""
    unknown = details.keys() - {detail_name(row) for row in rows}
    issued = [row for row in rows if row.step is Step.ISSUED]
    missing = {detail_name(row) for row in issued} - details.keys()
    meant: defaultdict[str, set[str]] = defaultdict(set)
    for row in issued:
        for number in (row.application, row.project, row.issuance):
            meant[number].add(detail_name(row))
    for name in sorted(unknown):
        yield Unused(name, tuple(sorted(meant.get(name) or missing)))


def _tabs(pages: list[tuple[Step, Page]]) -> Iterator[Tab]:
    """A row that is on two pages, because the list has grown between them, counts once."""
    for step in sorted({step for step, _ in pages}):
        of_step = [page for each, page in pages if each is step]
        rows = {(row.application, row.certification, row.issuance) for page in of_step for row in page.rows}
        yield Tab(step, len(rows), max(page.total for page in of_step))


def _by_number(rows: Iterable[Listed]) -> defaultdict[str, list[Listed]]:
    """The rows of each project, by its number and by that of its application."""
    index: defaultdict[str, list[Listed]] = defaultdict(list)
    for row in rows:
        for number in {folded(row.project), folded(row.application)}:
            index[number].append(row)
    return index


def _together(own: Iterable[OwnProject], index: Mapping[str, list[Listed]]) -> dict[str, int]:
    """What all those of our projects have been issued that are one project there, by the code of each of them."""
    of_theirs: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for project in own:
        for row in index.get(folded(project.code), ()):
            # A project may have applied more than once, and has no number of its own before it is registered.
            of_theirs[folded(row.project or row.application)][project.code] = project.issued
    return {code: sum(one.values()) for one in of_theirs.values() if len(one) > 1 for code in one}


def _there(rows: list[Listed], details: Mapping[str, Detail]) -> _There:
    """Each certification counts once, though its rows are in several tabs."""
    names = {detail_name(row) for row in rows if row.step is Step.ISSUED}
    told = [details[name].certified if name in details else None for name in names]
    known = [tonnes for tonnes in told if tonnes is not None]
    return _There(
        listed=bool(rows),
        cancelled=any(row.step is Step.CANCELLED for row in rows),
        ended=_have_ended(rows),
        issued=bool(names),
        certified=sum(known),
        incomplete=len(known) < len(told),
    )


def _have_ended(rows: list[Listed]) -> bool:
    """Whether all applications have ended. One that ended may have been made again, and then the other one counts."""
    ended = {row.application for row in rows if row.step is Step.ENDED}
    return bool(ended) and all(row.application in ended for row in rows)


def _found(project: OwnProject, there: _There, together: Mapping[str, int]) -> Iterator[Found]:
    """What does not agree about a project: how it stands there, and its tonnes; nothing where nobody can tell."""
    issued = together.get(project.code, project.issued)
    certified = there.certified if there.issued and not there.incomplete else None
    for difference in (_standing(there), _by_tonnes(project, there, together)):
        if difference is not None:
            yield Found(difference, project.code, project.name, issued, certified)


def _standing(there: _There) -> Difference | None:
    """A row of a project that is no more lists it as well as any other does."""
    if there.cancelled:
        return Difference.CANCELLED_THERE
    return Difference.ENDED_THERE if there.ended and not there.issued else None


def _by_tonnes(project: OwnProject, there: _There, together: Mapping[str, int]) -> Difference | None:
    if project.code in together:
        return Difference.SAME_PROJECT
    if not there.listed:
        return Difference.NOT_LISTED
    if project.issued and not there.issued:
        return Difference.NOT_ISSUED
    if project.issued > there.certified and not there.incomplete:
        return Difference.MORE_HERE
    return None


def _is_uncertain(project: OwnProject, there: _There) -> bool:
    return there.incomplete and project.issued > there.certified
