"""Numbers out of addresses and forms: what is none, or too large to be an id, counts as not given."""

from __future__ import annotations

_MOST_DIGITS = 9


def whole(text: str) -> int | None:
    """`text` as a whole number of at most nine digits, else None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None
