"""Every refusal of the core, in order of precedence: when several apply, the one with the smallest number is given.

Numbers are given once and never reused; the hundreds are departments. A refusal is a value, not an exception.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from operator import attrgetter


class RejectReason(IntEnum):
    """Why a command was refused. The name is the stable ``code`` of the API's problem documents."""

    # Who asks.
    NOT_AUTHORISED = 101
    KEY_NOT_VALID = 102
    SCOPE_MISSING = 103
    KEY_SPENT = 110
    KEY_REUSED = 111
    COMMAND_QUARANTINED = 112

    # What it is about does not exist, or not for the one who asks (both look the same from outside).
    PARTICIPANT_NOT_FOUND = 201
    PERSON_NOT_FOUND = 202
    KEY_NOT_FOUND = 203
    INSTRUMENT_NOT_FOUND = 204
    ORDER_NOT_FOUND = 205
    LOT_NOT_FOUND = 206
    ISSUANCE_NOT_FOUND = 207
    PROPOSAL_NOT_FOUND = 208
    AGREEMENT_NOT_FOUND = 209
    PROJECT_NOT_FOUND = 210
    REQUEST_NOT_FOUND = 211
    CLAIM_NOT_FOUND = 212
    RELEASE_NOT_FOUND = 213
    ENCUMBRANCE_NOT_FOUND = 214
    REVERSAL_NOT_FOUND = 215
    IMPORT_NOT_FOUND = 216

    # The venue or the thing is in the wrong phase.
    ALREADY_OPENED = 301
    MARKET_CLOSED = 302
    INSTRUMENT_HALTED = 303
    NOT_HALTED = 304
    PROPOSAL_CLOSED = 305
    AGREEMENT_CLOSED = 306
    AGREEMENT_NOT_AFFIRMED = 307
    NOT_DELIVERABLE = 308
    ENDED_DAY_NOT_LATER = 309
    JOB_NOT_FOUND = 310
    AGREEMENT_BINDING = 311
    NEXT_DAY_TOO_FAR = 312
    CANCEL_AFTER_NOT_DUE = 313
    REQUEST_CLOSED = 314
    NOT_DUE = 315
    RELEASE_NOT_CALLABLE = 316
    CLAIM_CLOSED = 317
    ENCUMBRANCE_LIFTED = 318
    IMPORT_COMMITTED = 319
    REGISTRY_ANSWERS_ITSELF = 320
    REVERSAL_REPLACED = 321
    REQUEST_OF_OTHER_REGISTRY = 322

    # The command itself does not fit the rules.
    CODE_TAKEN = 401
    SYMBOL_TAKEN = 402
    BASKET_TAKEN = 403
    TOO_MANY_OPERATORS = 404
    INVALID_FIELD = 405
    RULEBOOK_INCOMPLETE = 406
    TICK_OUT_OF_RANGE = 407
    KEY_TOO_WIDE = 408
    SECRET_USED = 409
    TOO_MANY_KEYS = 410
    QUANTITY_OUT_OF_RANGE = 411
    QUANTITY_NOT_LOT_MULTIPLE = 412
    PRICE_OUT_OF_RANGE = 413
    PRICE_NOT_ON_TICK = 414
    PRICE_OUTSIDE_BAND = 415
    TIME_IN_FORCE_INVALID = 416
    GOOD_TIL_INVALID = 417
    POST_ONLY_INVALID = 418
    ROLE_CANNOT_BUY = 419
    ROLE_CANNOT_SELL = 420
    CLIENT_ORDER_ID_TAKEN = 421
    TOO_MANY_OPEN_ORDERS = 422
    POST_ONLY_WOULD_TAKE = 423
    NOT_FILLABLE = 424
    AMEND_CHANGES_NOTHING = 425
    AMEND_BELOW_FILLED = 426
    TOO_MANY_FILLS = 427
    KEY_REPLACED = 428
    TOO_MANY_KEYS_MADE = 429
    PROJECT_CODE_TAKEN = 430
    PROJECT_INVALID = 431
    SITE_PARCELS_INVALID = 432
    STARTED_TOO_EARLY = 433
    UNIQUENESS_MISSING = 434
    PLAN_PERIOD_INVALID = 435
    TOO_MANY_ROWS = 436
    QUANTITY_DIFFERS = 437
    PURPOSE_DETAILS = 438
    FACILITY_NOT_COVERED = 439
    OBLIGATION_NOT_SET = 440
    NOTHING_TO_REPLACE = 441
    LEGAL_BASIS_MISSING = 442
    MORE_THAN_OWED = 443
    PUBLIC_KEY_USED = 444

    # Two persons.
    SAME_PERSON = 501
    APPROVER_NOT_ENTITLED = 502
    HASH_MISMATCH = 503
    EVIDENCE_MISMATCH = 504
    PROPOSER_KEY_REVOKED = 505
    TOO_MANY_OPEN_PROPOSALS = 506

    # Agreed trades.
    SAME_OWNER_GROUP = 601
    TERMS_MISMATCH = 602
    FAMILY_MISMATCH = 603
    TOTAL_OUT_OF_RANGE = 604
    TOO_MANY_OPEN_AGREEMENTS = 605

    # Units.
    SERIALS_INVALID = 701
    SERIALS_OVERLAP = 702
    OUTSIDE_ISSUANCE = 703
    PERIOD_INVALID = 704
    LOT_NOT_ELIGIBLE = 705
    SPACE_SPELT_OTHERWISE = 706
    LOCK_REFERENCE_USED = 707
    GROUND_TAKEN = 708
    VERIFIED_DIFFERS = 709
    VERIFIED_EXCEEDED = 710
    REDUCTION_TOO_OLD = 712
    SOURCE_COVERED = 713
    CONVERSION_INVALID = 714
    CONVERSION_EXCEEDED = 715
    RECEIPT_USED = 716
    STATEMENT_OF_OTHER_SERIALS = 717
    UNITS_NOT_THERE = 718
    UNITS_ENCUMBERED = 719
    FAMILY_CANNOT_SERVE = 720
    OLD_CCER = 721
    OFFSET_CAP = 722
    BUYER_COVERED = 723
    NOT_OF_NATIONAL_REGISTRY = 724
    MIXED_UNITS = 725
    FACILITY_NOT_THE_FIRMS = 726
    SECTOR_NOT_COVERED_YET = 727
    FACILITY_IN_ANOTHER_LEAGUE = 728
    REVERSAL_EXCEEDED = 729
    NOTHING_BROUGHT_IN = 730
    SERIALS_OF_ANOTHER_SPACE = 731
    STATEMENT_OF_OTHER_REQUEST = 732
    STATEMENT_OUT_OF_TIME = 733
    COVERS_NOTHING = 734
    LINE_TAKEN = 735
    WAITS_ALREADY = 736
    OWNER_NOT_OF_CONVERSION = 737
    CONVERSION_MIXED = 738

    # Cover.
    AMOUNT_OUT_OF_RANGE = 801
    BANK_REFERENCE_USED = 802
    INSUFFICIENT_CASH = 803
    INSUFFICIENT_TONNES = 804
    TOO_MANY_RANGES = 805


@dataclass(slots=True)
class Refusal:
    """A refusal with the numbers that help to do better next time, such as the ends of the band."""

    reason: RejectReason
    facts: tuple[tuple[str, int], ...] = ()


def first_of(*refusals: Refusal | None) -> Refusal | None:
    """The one of these refusals that is given: that with the smallest number; None when there is none."""
    given = [refusal for refusal in refusals if refusal is not None]
    return min(given, key=attrgetter("reason")) if given else None
