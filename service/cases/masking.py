"""What of a personal value everybody may see, until somebody opens it and is recorded."""

from __future__ import annotations

import re

_PLACE = re.compile(r".*?(?:社区|街道|村|镇|乡)")


def masked_id(number: str | None) -> str:
    """First and last character only: birth date and region beside them would leave one candidate."""
    return f"{number[0]}{'*' * (len(number) - 2)}{number[-1]}" if number and len(number) > 2 else ""


def masked_address(address: str | None) -> str:
    """An address down to its village or township, the house left out."""
    if not address:
        return ""
    found = list(_PLACE.finditer(address))
    return (address[:found[-1].end()] if found else address[:2]) + "…"


def masked_phone(phone: str | None) -> str:
    """A telephone number's first three and last two digits."""
    return f"{phone[:3]}******{phone[-2:]}" if phone and len(phone) > 6 else "*" * len(phone or "")
