"""Numbers and words out of addresses and forms, such as every database takes them."""

from __future__ import annotations

_MOST_DIGITS = 9


def whole(text: str) -> int | None:
    """`text` as a whole number of at most nine digits, else None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def plain(text: str, longest: int) -> str:
    """`text` without control characters and ends of blanks, at most `longest` characters of it."""
    kept = "".join(symbol for symbol in text if symbol.isprintable() or symbol == "\n")
    return kept.strip()[:longest]
