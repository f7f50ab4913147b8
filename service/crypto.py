"""Sealing of personal data: AES-256-GCM for what is stored, keyed HMAC for exact search."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of an installation: every key still able to open, the current one seals."""

    keys: dict[str, bytes]
    current: str
    search_key: bytes

    def seal(self, text: str, label: str) -> str:
        """`text` sealed as `key id:base64(nonce + ciphertext)`, bound to `label` (table.column)."""
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, text.encode(), label.encode())
        return f"{self.current}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, label: str) -> str:
        """The text sealed under the same label; cryptography's InvalidTag when it was altered."""
        key_id, _, body = sealed.partition(":")
        raw = base64.b64decode(body)
        return AESGCM(self.keys[key_id]).decrypt(raw[:_NONCE], raw[_NONCE:], label.encode()).decode()

    def seal_bytes(self, data: bytes, label: str) -> bytes:
        """A whole file sealed: `key id:` and the raw nonce and ciphertext."""
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, data, label.encode())
        return f"{self.current}:".encode() + nonce + sealed

    def open_bytes(self, sealed: bytes, label: str) -> bytes:
        """The file sealed under the same label; cryptography's InvalidTag when it was altered."""
        key_id, _, raw = sealed.partition(b":")
        return AESGCM(self.keys[key_id.decode()]).decrypt(raw[:_NONCE], raw[_NONCE:], label.encode())

    def fingerprint(self, text: str, label: str) -> str:
        """A keyed digest for finding equal values without opening any."""
        return hmac.new(self.search_key, f"{label}\0{text}".encode(), hashlib.sha256).hexdigest()


def load_keyring(path: Path) -> Keyring:
    """The keyring kept in `path`, made on first use with mode 0600."""
    if not path.exists():
        _create(path)
    data = json.loads(path.read_text())
    keys = {name: base64.b64decode(key) for name, key in data["keys"].items()}
    return Keyring(keys, data["current"], base64.b64decode(data["search"]))


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = [base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2)]
    body = json.dumps({"current": "k1", "keys": {"k1": fresh[0]}, "search": fresh[1]})
    draft = path.with_suffix(f".{secrets.token_hex(8)}.part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, path)  # fails when another process was first: its keys win
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)  # keys lost in a power cut would lose all they sealed
    os.fsync(folder)
    os.close(folder)


_installed: Keyring | None = None


def install(keyring: Keyring) -> None:
    """Make `keyring` the one that sealed columns of this process use."""
    global _installed
    _installed = keyring


def keyring() -> Keyring:
    """The process's keyring; RuntimeError before `install`."""
    if _installed is None:
        raise RuntimeError("no keyring installed: open the database first")
    return _installed
