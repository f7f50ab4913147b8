"""What the reader is measured against: RapidOCR over the full page, same weights, one thread."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Pace:
    """Mean seconds a sheet, by the wall and of processor time."""

    wall: float
    cpu: float


def pace_of_rapidocr(sheets: list[Path]) -> Pace:
    """Runs RapidOCR's defaults over whole pages, the first once more beforehand to warm up."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Global.log_level": "error",
        }
    )
    engine(str(sheets[0]))
    wall, cpu = time.perf_counter(), time.process_time()
    for sheet in sheets:
        engine(str(sheet))
    return Pace((time.perf_counter() - wall) / len(sheets), (time.process_time() - cpu) / len(sheets))
