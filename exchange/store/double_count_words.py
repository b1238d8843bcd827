"""What is the same in two texts, as SQL: the tables are asked without the program's own reading of names.

Each is a text with a place ``{}`` for the expression that it is about, but for :data:`SHAPED` and :data:`WORDING`,
which are about ``serial_text``.
"""

from __future__ import annotations

from typing import Final

_SMALL: Final = (
    'replace(translate(lower(normalize({}, NFKC) COLLATE "C"), '
    "'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞ', 'àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþ'), 'ß', 'ss')"
)
"""Plain small letters, whatever language the database is set to: by that of most, ``lower`` leaves À as it is."""

FOLDED: Final = f"btrim(replace({_SMALL}, ' ', ''), '.。·')"
"""What the spellings of a name have in common."""

_SIGNS: Final = r"[\u0001-\u002f:-@\[-`{-\u00bf\u2000-\u3004\u3006\u3008-\u3020]+"
SEPARATED: Final = (
    f"regexp_replace(regexp_replace(regexp_replace({_SMALL}, '"
    + _SIGNS.replace("{", "{{")
    + r"', '-', 'g'), '(?<![0-9])-|-(?![0-9])', '', 'g'), '(?<![0-9])0+(?=[0-9])', '', 'g')"
)
"""Letters and numbers alone, without zeros in front of these; two numbers stay two."""

FOLDED_NUMBER: Final = f"coalesce(nullif({SEPARATED}, ''), {FOLDED})".replace("{}", "{0}")
"""The number of a paper or a facility: the same, but for one of signs alone, which has nothing else to tell it by."""

SHAPED: Final = (
    r"replace(regexp_replace("
    + SEPARATED.format(r"regexp_replace(serial_text, '[{{](?:lo|hi)[^}}]*[}}]', '1', 'g')")
    + r", '[0-9]+', '#', 'g'), '-', '')"
)

WORDING: Final = f"""regexp_replace(
            {SEPARATED.format("split_part(serial_text, '{', 1)")} || '{{}}' ||
            {SEPARATED.format("regexp_replace(serial_text, '^.*[}]', '')")}, '^[{{}}]+$', '')"""
"""What a template of serials says besides the two numbers; nothing where it says nothing."""
