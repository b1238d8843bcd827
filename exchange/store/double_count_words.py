"""What is the same in two texts, as SQL: the tables are asked without the program's own reading of names.

Each is a text with a place ``{}`` for the expression that it is about, but for :data:`SHAPED`.
"""

from __future__ import annotations

from typing import Final

FOLDED: Final = r"lower(regexp_replace(normalize({}, NFKC), '[[:space:]]', '', 'g'))"
_SIGNS: Final = r"[\u0001-\u002f:-@\[-`{-\u00bf\u2000-\u3004\u3006\u3008-\u3020]+"
SEPARATED: Final = (
    r"regexp_replace(regexp_replace(regexp_replace(lower(normalize({}, NFKC)), '"
    + _SIGNS.replace("{", "{{")
    + r"', '-', 'g'), '(?<![0-9])-|-(?![0-9])', '', 'g'), '(?<![0-9])0+(?=[0-9])', '', 'g')"
)
"""Letters and numbers alone, without zeros in front of these; two numbers stay two."""

PAPER: Final = f"coalesce(nullif({SEPARATED}, ''), btrim({FOLDED}, '.。·'))"
"""The number of a paper: the same, but for a name of signs alone, which has nothing else to tell it by."""

SHAPED: Final = (
    r"replace(regexp_replace("
    + SEPARATED.format(r"regexp_replace(serial_text, '[{{](?:lo|hi)[^}}]*[}}]', '1', 'g')")
    + r", '[0-9]+', '#', 'g'), '-', '')"
)
