"""The OpenAPI document with its Chinese texts in the places of the English ones, for the page that people read.

What has a Chinese text has it beside the English one, in a member of its own: ``x-description-zh`` beside
``description``, ``x-summary-zh`` beside ``summary``, ``x-title-zh`` beside ``title``. What has none stays English.
"""

from __future__ import annotations

import re
from typing import Any, Final

_CHINESE: Final = re.compile(r"x-(\w+)-zh")


def in_chinese(node: Any) -> Any:
    """The same document, or a part of it, in Chinese as far as it has the texts."""
    if isinstance(node, list):
        return [in_chinese(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: in_chinese(value) for name, value in node.items()}
    for name, value in node.items():
        if (plain := _CHINESE.fullmatch(name)) is not None:
            made[plain[1]] = value
    return made
