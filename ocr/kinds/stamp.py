"""The place of a seal: nothing is read there, the seal itself is a mark."""

from __future__ import annotations

from ocr.kinds.evidence import Context, Evidence, KindReading


def read(evidence: Evidence, context: Context) -> KindReading:
    """Blank, whatever the seal has left of its ink."""
    return KindReading(())
