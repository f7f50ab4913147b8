"""The sex: 男 or 女, written or ticked."""

from __future__ import annotations

from ocr.decode.folds import folded
from ocr.kinds import ticked
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged
from ocr.kinds.grammar import weighted

_LOOKS = {"男": "勇界另舅甥畀", "女": "攵文如乂", "√": "✓✔☑V", "□": "口囗☐"}

_WRITTEN = {"男": ("男", "男性", "男生", "男孩", "√男□女", "√男女", "男√女□"),
            "女": ("女", "女性", "女生", "女孩", "□男√女", "男女√", "男□女√")}
_SEX = {text: sex for sex, texts in _WRITTEN.items() for text in texts}
_WEIGHTS = {text: 0.45 if text == sex else 0.005 for text, sex in _SEX.items()}


def read(evidence: Evidence, context: Context) -> KindReading:
    """男 and 女 with their probabilities; where both are printed, the tick decides."""
    if evidence.options:
        return ticked.read(evidence)
    lattice = folded(evidence.joined, "男女性生孩√□", _LOOKS)
    found = weighted(lattice, _WEIGHTS)
    return KindReading(merged(Candidate(_SEX[h.text], h.text, h.log_p) for h in found), evidence)
