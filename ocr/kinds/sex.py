"""The sex: 男 or 女, written or ticked."""

from __future__ import annotations

from ocr.decode_folds import folded
from ocr.kinds.evidence import Candidate, Context, Evidence, KindReading, merged
from ocr.kinds.grammar import weighted

_LOOKS = {"男": "勇界另舅甥畀", "女": "攵文如乂", "√": "✓✔☑V", "□": "口囗☐"}

_WRITTEN = {"男": ("男", "男性", "男生", "男孩", "√男□女", "√男女", "男√女□"),
            "女": ("女", "女性", "女生", "女孩", "□男√女", "男女√", "男□女√")}
_SEX = {text: sex for sex, texts in _WRITTEN.items() for text in texts}
_WEIGHTS = {text: 0.45 if text == sex else 0.005 for text, sex in _SEX.items()}

_TICK_LOG_P = (-0.005, -5.3)
"""A tick is in the right place 995 times in 1,000."""


def read(evidence: Evidence, context: Context) -> KindReading:
    """男 and 女 with their probabilities; a tick found beside one of two printed words decides."""
    if len(evidence.ticked) == 1 and evidence.ticked[0] in _WRITTEN:
        ticked = evidence.ticked[0]
        other = "女" if ticked == "男" else "男"
        pairs = zip((ticked, other), _TICK_LOG_P, strict=True)
        return KindReading(tuple(Candidate(sex, sex, log_p) for sex, log_p in pairs), evidence)
    lattice = folded(evidence.joined, "男女性生孩√□", _LOOKS)
    found = weighted(lattice, _WEIGHTS)
    return KindReading(merged(Candidate(_SEX[h.text], h.text, h.log_p) for h in found), evidence)
