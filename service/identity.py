"""The ID number as a child's identity: when it counts as one, and the digest it is found under."""

from __future__ import annotations

import re
from datetime import date

from ocr.kinds import id_number
from service import crypto

LABEL = "students.id_number"
_DIGITS = re.compile(r"\d{15}|\d{17}[\dX]")


def canonical(text: str) -> str:
    """An ID number as it is compared: no spaces, capital X, the old 15 digits written as 18."""
    number = re.sub(r"\s", "", text).upper()
    if len(number) != 15 or not number.isdigit():
        return number
    first17 = f"{number[:6]}19{number[6:]}"
    return first17 + id_number.check_character(first17)


def identifies(text: str) -> bool:
    """Whether `text` is an ID number whose birth date and check character hold."""
    return bool(_DIGITS.fullmatch(text)) and not id_number.flags(text)


def born_on(number: str) -> date | None:
    """The birth date inside an ID number, None where there is no such day."""
    return id_number.born_on(number)


def sex(number: str) -> str:
    """男 or 女, as the sequence digit says."""
    return id_number.sex(number)


def mark(number: str) -> str:
    """The keyed digest under which a student with this ID number is found."""
    return crypto.keyring().fingerprint(canonical(number), LABEL)


def differing(one: str, other: str) -> int:
    """In how many places two ID numbers differ; 18 when their lengths do."""
    return sum(a != b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else 18
