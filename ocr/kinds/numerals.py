"""Chinese numerals up to 99, in the ways people write them."""

from __future__ import annotations

DIGITS = "〇一二三四五六七八九"
"""Chinese digits in order."""
ELEVEN = "Ⅱ"
"""Two strokes side by side without white between them, taken for one character."""


def chinese(number: int) -> str:
    """11 → 十一, 20 → 二十, 0 → 〇."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return head + (DIGITS[ones] if ones or not tens else "")


def ways(number: int) -> dict[str, float]:
    """Texts a number below 100 is written as in Chinese numerals, with how usual each is."""
    found = {chinese(number): 1.0}
    if 20 < number < 30:
        found["廿" + DIGITS[number - 20]] = 0.05
    if 30 <= number < 40:
        found["卅" + (DIGITS[number - 30] if number > 30 else "")] = 0.02
    if 0 < number <= 10:
        found["初" + chinese(number)] = 0.01
    return found
