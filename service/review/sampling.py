"""Which places are read twice: what the form says, and lots that nobody can foresee or influence."""

from __future__ import annotations

from ocr.template import FieldSpec
from service import crypto

ALL = "always"


def share_of(spec: FieldSpec) -> float:
    """The share of a field's places that is read twice, 0–1, as `options.second_reading` of the form says.

    `always` is all of them, nothing said is none. Raises ValueError for anything but a share.
    """
    said = spec.options.get("second_reading", 0)
    share = 1.0 if said == ALL else float(said)
    if not 0 <= share <= 1:
        raise ValueError(f"second_reading of {spec.name} must be 'always' or a share between 0 and 1")
    return share


def lot(purpose: str, *parts: object) -> float:
    """A number in [0, 1) drawn for these parts, the same every time.

    It is a keyed digest (HMAC-SHA256 with the installation's search key): whoever enters values cannot
    tell which places will be read again, and nothing that is entered moves the draw.
    """
    digest = crypto.keyring().fingerprint(":".join(map(str, parts)), f"lot.{purpose}")
    return int(digest[:13], 16) / 16**13


def is_drawn(share: float, sheet_id: int, row: int, field: str) -> bool:
    """Whether a place belongs to the share that is read twice."""
    return share > 0 and lot("second_reading", sheet_id, row, field) < share
