"""Links lead somewhere, and every file that a page names is there."""

from __future__ import annotations

import re

from tests.architecture.sources import Finding, listed
from tests.docs.pages import NAME, Page, exists, page, pages

OURS = re.compile(r"(?:exchange|tests|docs|migrations|loadtests|api_spec|\.ci)/[\w./-]+\w/?")
AT_THE_ROOT = re.compile(
    r"[A-Z][\w.-]*\.md|pyproject\.toml|alembic\.ini|compose\.yaml|requirements[\w-]*\.lock|Dockerfile|LICENSE"
)
ELSEWHERE = re.compile(r"https?://|mailto:")


def dead_links(one: Page) -> list[Finding]:
    """Links to a file that is not there, or to a heading that its page does not have."""
    found = []
    for line, target in one.links():
        path, _, anchor = target.partition("#")
        if ELSEWHERE.match(target):
            continue
        if path and not exists(path, one.path):
            found.append(one.finding(line, f"{path} is not there"))
        elif anchor and anchor not in _linked(one, path).anchors():
            found.append(one.finding(line, f"{target} names no heading"))
    return found


def _linked(one: Page, path: str) -> Page:
    folder = one.path.rpartition("/")[0]
    return page(f"{folder}/{path}" if folder else path) if path else one


def missing_files(one: Page) -> list[Finding]:
    """Files and folders that are named in `code` and are not there."""
    found = []
    for line, text in one.prose():
        for name in NAME.findall(text):
            if (OURS.fullmatch(name) or AT_THE_ROOT.fullmatch(name)) and not exists(name):
                found.append(one.finding(line, f"there is no {name}"))
    return found


def test_every_link_leads_somewhere() -> None:
    assert listed([finding for one in pages() for finding in dead_links(one)]) == ""


def test_every_file_that_a_page_names_is_there() -> None:
    assert listed([finding for one in pages() for finding in missing_files(one)]) == ""


def test_a_dead_link_is_found() -> None:
    one = Page(
        "docs/x.md", "# A head\n[a](nothing.md) [b](#a-head) [c](#no-head) [d](../README.md) [e](https://x.org)\n"
    )
    assert [finding.what for finding in dead_links(one)] == ["nothing.md is not there", "#no-head names no heading"]


def test_a_missing_file_is_found() -> None:
    one = Page("docs/x.md", "`exchange/core/machine.py` `exchange/core/nothing.py` `NOTHING.md` `a b/c.py`\n")
    assert [finding.what for finding in missing_files(one)] == [
        "there is no exchange/core/nothing.py",
        "there is no NOTHING.md",
    ]
