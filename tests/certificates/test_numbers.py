"""Certificate numbers: one spelling, one wording, none that can be found by counting."""

from __future__ import annotations

import pytest

from exchange.certificates.numbers import as_written, check_code, claim_of, number_of, readings
from exchange.core.values import ClaimId, Day, Seq, derived_id

CLAIM = ClaimId(derived_id(Seq(1027), 1))
DAY = Day(20261118)


def test_a_number_is_year_claim_and_twelve_characters() -> None:
    """Pinned for ever: numbers stand on paper."""
    assert number_of(CLAIM, DAY, b"stated") == "GC-2026-1027-1-STHQFAT406AW"
    assert number_of(ClaimId(derived_id(Seq(7))), DAY, b"") == "GC-2026-7-CEQ36YP2JJED"


@pytest.mark.parametrize("claim", [ClaimId(derived_id(Seq(1))), CLAIM, ClaimId(derived_id(Seq(10**11), 1_048_575))])
def test_a_number_names_its_claim(claim: ClaimId) -> None:
    assert claim_of(number_of(claim, DAY, b"x")) == claim


def test_other_words_have_another_number() -> None:
    codes = {check_code(b"stated %d" % n) for n in range(1_000)}
    assert len(codes) == 1_000
    assert {sign for code in codes for sign in code} == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "GC",
        "GC-2026-1027-1-",
        "GC-2026-1027-1-3WV2NTN48C1",
        "GC-2026-1027-1-STHQFAT406AW6",
        "GC-2026-1027-1-3WV2NTN48C1U",
        "GC-2026-01027-1-STHQFAT406AW",
        "GC-2026-1027-0-STHQFAT406AW",
        "GC-2026-0-1-STHQFAT406AW",
        "GC-2026-1027-1048576-STHQFAT406AW",
        "GC-2026-1027-9999999-STHQFAT406AW",
        "GC-2026-9999999999999-1-STHQFAT406AW",
        "GC-026-1027-1-STHQFAT406AW",
        "GC-2026-1027-1-STHQFAT406AW\n",
        "XX-2026-1027-1-STHQFAT406AW",
        "GC-2026-١٠٢٧-1-STHQFAT406AW",
        "GC-2026-1027-1-STHQFAT406AW" * 1_000,
    ],
)
def test_what_is_no_number_names_nothing(text: str) -> None:
    assert claim_of(text) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gc-2026-1027-1-sthqfat406aw", "GC-2026-1027-1-STHQFAT406AW"),
        (" GC-2026-1027-1-STHQFAT4O6AW ", "GC-2026-1027-1-STHQFAT406AW"),
        ("gc-2026-1027-1-ilothqfat4o6", "GC-2026-1027-1-110THQFAT406"),
        ("GC-2026-7-CEQ36YP2JJED", "GC-2026-7-CEQ36YP2JJED"),
        ("ＧＣ－２０２６－７－ceq3 6yp2 jjed", "GC-2026-7-CEQ36YP2JJED"),
        ("GC-2026-7-OO1AKTS5YG8V", "GC-2026-7-001AKTS5YG8V"),
        ("GC—2026–7——CEQ36YP2JJED", "GC-2026-7-CEQ36YP2JJED"),
        ("GC‐2026‑7−CEQ36YP2JJED", "GC-2026-7-CEQ36YP2JJED"),
        ("gc 2026 7 ceq36 yp2jjed。", "GC20267CEQ36YP2JJED"),
        (" — ", ""),
    ],
)
def test_what_people_type_is_understood(typed: str, meant: str) -> None:
    assert as_written(typed) == meant


def test_without_hyphens_it_is_parted_in_every_way_that_gives_a_number() -> None:
    assert readings("GC-2026-1027-1-STHQFAT406AW") == ("GC-2026-1027-1-STHQFAT406AW",)
    assert readings("GC202610271STHQFAT406AW") == (
        "GC-2026-10271-STHQFAT406AW",
        "GC-2026-10-271-STHQFAT406AW",
        "GC-2026-102-71-STHQFAT406AW",
        "GC-2026-1027-1-STHQFAT406AW",
    )
    assert readings(as_written("GC202610271STHQFAT4O6AWX")) == readings("") == ()


@pytest.mark.parametrize("claim", [CLAIM, ClaimId(derived_id(Seq(7))), ClaimId(derived_id(Seq(10**11), 1_048_575))])
def test_a_number_without_hyphens_can_mean_itself(claim: ClaimId) -> None:
    number = number_of(claim, DAY, b"x")
    found = readings(as_written(number.replace("-", "")))
    assert number in found and len(found) <= 8
