"""Holding the scan store against the records: what rotted, what is gone, what nobody asked for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from service.installation import Installation
from service.models import ListImport, Scan, SchoolPlan, Sheet
from service.storage import sha256_of


@dataclass(frozen=True, slots=True)
class Findings:
    """SHA-256 names of blobs whose bytes changed, that are recorded but gone, and that no record knows.

    An orphan is harmless: an upload broke off between storing and recording, and gave no receipt.
    """

    checked: int
    flipped: tuple[str, ...]
    missing: tuple[str, ...]
    orphans: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether every recorded blob is there, byte for byte."""
        return not self.flipped and not self.missing


def check(installation: Installation) -> Findings:
    """Read every blob and compare; blobs stored after the start may count as orphans, never as missing."""
    with installation.database.read() as session:
        originals = set(session.scalars(select(Scan.sha256).distinct()))
        images = set(session.scalars(select(Sheet.image_sha256).where(Sheet.image_sha256.is_not(None))))
        originals |= set(session.scalars(select(ListImport.sealed_sha256)))
        originals |= {plan for plan in session.scalars(select(SchoolPlan.sha256)) if plan}
    known = originals | {image for image in images if image}
    stored = set(installation.store.names())
    flipped = sorted(name for name in stored if sha256_of(installation.store.path(name)) != name)
    return Findings(len(stored), tuple(flipped), tuple(sorted(known - stored)), tuple(sorted(stored - known)))
