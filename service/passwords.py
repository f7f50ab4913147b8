"""Passwords: how they are kept, which ones are good enough, and ones made up for a new account."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.errors import Invalid

SHORTEST = 10
LONGEST = 128
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for another when read aloud
_COMMON = ("password", "qwertyuiop", "1234567890", "0123456789", "0987654321", "abcdefghij", "iloveyou",
           "administrator", "admin123", "1q2w3e4r", "woaini", "asdfghjkl", "qazwsxedc")

_hasher = PasswordHasher()  # argon2id with the parameters of RFC 9106's low-memory profile


class WeakPassword(Invalid):
    """A password that others could guess."""

    code = "weak_password"
    advice = "请用不少于 10 位、同时含有字母和数字（或符号）的密码，不要包含账号或连续、重复的字符。"


def install(hasher: PasswordHasher) -> None:
    """Hash with other parameters from now on: more costly ones, or cheap ones where tests run."""
    global _hasher
    _hasher = hasher


def hashed(password: str) -> str:
    """The argon2id hash to keep."""
    return _hasher.hash(password)


def fits(password: str, kept: str) -> bool:
    """Whether `password` is the one that `kept` was made from."""
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def spend() -> None:
    """Take the time of one comparison, where there is no account to compare with."""
    _hasher.hash("no such account")


def generated() -> str:
    """A password of 59 bits to be told once and changed at the first login, e.g. `k7mh-w3xq-9fte`."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def check(password: str, login: str) -> None:
    """Raise WeakPassword unless `password` is long, mixed and not trivial."""
    if len(password) < SHORTEST:
        raise WeakPassword(f"密码太短，至少 {SHORTEST} 位。")
    if len(password) > LONGEST:
        raise WeakPassword(f"密码太长，最多 {LONGEST} 位。")
    plain = password.lower()
    if login and login.lower() in plain:
        raise WeakPassword("密码不能包含账号。")
    if _kinds(password) < 2 or len(set(plain)) < 5 or any(word in plain for word in _COMMON):
        raise WeakPassword("密码太简单，容易被猜到。")


def _kinds(password: str) -> int:
    tests = (str.islower, str.isupper, str.isdigit, lambda letter: not letter.isalnum())
    return sum(any(test(letter) for letter in password) for test in tests)
