"""The one door to PaddleOCR: a crop goes in, the probability of every character at every step comes out."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.decode import Alphabet, Emissions, best_path
from ocr.engine_weights import cache_folder, detection_model, recognition_model
from ocr.looks import PRINT, SKIMMED, WHOLE, Look

Pixels = NDArray[np.uint8]

HEIGHT = WHOLE.rows
"""Rows of the recogniser's input at which a STEP is a sixth of a character as high as they are."""
STEP = 8
"""Columns of the recogniser's input per time step."""
GRAIN, WIDEST = 2 * STEP, 3200
"""Input widths are multiples of GRAIN up to WIDEST: the cost is that of the columns, so a digit gets no more than
it needs, and without an arena memory stays flat however many widths there are."""

TOGETHER, BATCH = 40_000, 16
"""Pixels of input, and crops, that go through the network at once. A small crop by itself costs twice what it costs
among others, because the weights are fetched anew each time; beyond this size the intermediate results are."""

CLEAR = 0.85
"""Mean probability of its characters from which on print that was read coarsely is not read again as it is."""

_SESSION = {"intra_op_num_threads": 1, "inter_op_num_threads": 1,
            "enable_cpu_mem_arena": False, "enable_mem_pattern": False}


class Engine:
    """PaddleOCR's recogniser and line detector on onnxruntime, each loaded when first asked for.

    Make one per process, after any fork. Not thread-safe.
    """

    def __init__(self, models: Path | None = None, threads: int = 1) -> None:
        """`models` is a folder holding `*_rec` and `*_det` model folders; see engine_weights."""
        self._models = models
        self._session = {**_SESSION, "intra_op_num_threads": threads}

    def emissions(self, crops: Sequence[Pixels], look: Look = WHOLE) -> list[Emissions]:
        """Probabilities of the text in each of `crops` (rows × columns × BGR), one line, upright, looked at as `look`
        says.

        Only crops that fill the same columns go through the network together, so that none is padded for another's
        sake: what is said of it does not depend on its company.
        """
        prepared = [_prepared(crop, self._rows or look.rows, look.share) for crop in crops]
        seen: dict[int, Emissions] = {}
        for places in _alike([picture.shape for picture, _ in prepared]):
            batch = np.stack([prepared[place][0] for place in places])
            steps: NDArray[np.float32] = self._recogniser.paddlex_predictor.runner(x=[batch])[0]
            for place, own in zip(places, steps, strict=True):
                used = prepared[place][1]
                kept = own[:min(len(own), used // STEP + 2)].copy()
                seen[place] = Emissions(kept, self._alphabet, STEP * crops[place].shape[1] / used)
        return [seen[place] for place in range(len(crops))]

    def read_line(self, crop: Pixels) -> tuple[str, float]:
        """The most probable text of one line, its mean character probability (0–1)."""
        return best_path(*self.emissions([crop]))

    def read_print(self, crop: Pixels) -> tuple[str, float]:
        """The same for a line of print, at a quarter of the cost where it is clear."""
        text, score = best_path(*self.emissions([crop], PRINT))
        return (text, score) if score >= CLEAR else self.read_line(crop)

    def locate(self, crop: Pixels) -> list[tuple[str, float]]:
        """Each character of a line with its middle, 0–1 of the crop's width."""
        [seen] = self.emissions([crop], SKIMMED)
        if best_path(seen)[1] < CLEAR:
            [seen] = self.emissions([crop])
        return [(character, min(1.0, (step + 0.5) * seen.stride / crop.shape[1]))
                for character, _, step in seen.path]

    def lines(self, pixels: Pixels) -> list[tuple[int, int, int, int]]:
        """Boxes in pixels (left, top, right, bottom) of the text lines on a page, top to bottom."""
        found: Iterable[Any] = self._detector.predict(pixels)
        boxes = [_bounds(polygon) for page in found for polygon in page["dt_polys"]]
        return sorted(boxes, key=lambda box: (box[1], box[0]))

    @cached_property
    def _rows(self) -> int | None:
        """The height the network insists on; None when it takes any."""
        (wanted,) = self._recogniser.paddlex_predictor.runner.session.get_inputs()
        return wanted.shape[2] if isinstance(wanted.shape[2], int) else None

    @cached_property
    def _alphabet(self) -> Alphabet:
        characters: Sequence[str] = self._recogniser.paddlex_predictor.post_op.character
        return Alphabet(("", *characters[1:]))

    @cached_property
    def _recogniser(self) -> Any:
        _before_import()
        from paddleocr import TextRecognition

        chosen = recognition_model(self._models)
        return TextRecognition(model_name=chosen.name, model_dir=str(chosen.path), engine="onnxruntime",
                               device="cpu", engine_config=self._session)

    @cached_property
    def _detector(self) -> Any:
        _before_import()
        from paddleocr import TextDetection

        chosen = detection_model(self._models)
        return TextDetection(model_name=chosen.name, model_dir=str(chosen.path), engine="onnxruntime",
                             device="cpu", engine_config=self._session, limit_side_len=960, limit_type="max")


def download_models() -> Path:
    """Fetch PaddleOCR's larger models into the cache (`make models`); the only use of a network."""
    _before_import()
    from paddlex.inference.utils.official_models import official_models

    for task in ("rec", "det"):
        official_models.get_model_path(f"PP-OCRv6_medium_{task}", model_formats=("onnx",))
    return cache_folder() / "official_models"


def _prepared(crop: Pixels, height: int, share: float) -> tuple[NDArray[np.float32], int]:
    """`crop` as the model's input (3 × height × columns, a multiple of GRAIN) and the columns it fills."""
    import cv2

    rows, columns = crop.shape[:2]
    filled = min(WIDEST, max(1, round(columns * share * HEIGHT / max(1, rows))))
    width = max(2 * GRAIN, -(-filled // GRAIN) * GRAIN)
    scaled = cv2.resize(crop, (filled, height), interpolation=cv2.INTER_AREA if rows > height else cv2.INTER_LINEAR)
    picture = np.zeros((3, height, width), np.float32)
    picture[:, :, :filled] = scaled.transpose(2, 0, 1) / np.float32(127.5) - np.float32(1)
    return picture, filled


def _alike(shapes: Sequence[tuple[int, ...]]) -> Iterator[list[int]]:
    """The places of inputs of one shape, so many at a time as go through the network together."""
    same: dict[tuple[int, ...], list[int]] = {}
    for place, shape in enumerate(shapes):
        same.setdefault(shape, []).append(place)
    for (_, rows, columns), places in same.items():
        many = max(1, min(BATCH, TOGETHER // (rows * columns)))
        yield from (places[start:start + many] for start in range(0, len(places), many))


def _bounds(polygon: Any) -> tuple[int, int, int, int]:
    points = np.asarray(polygon)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return int(left), int(top), int(right), int(bottom)


def _before_import() -> None:
    """What must be true before paddleocr is imported, said once."""
    os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(cache_folder()))
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    os.environ.setdefault("PADDLEOCR_DISABLE_AUTO_LOGGING_CONFIG", "1")
    if not any(isinstance(finder, _OpenCvUnderItsOtherName) for finder in sys.meta_path):
        sys.meta_path.append(_OpenCvUnderItsOtherName())


class _OpenCvUnderItsOtherName(importlib.metadata.DistributionFinder):
    """Answers PaddleX's question whether a distribution called opencv-contrib-python is installed.

    PaddleX asks for that name only, any version, and uses nothing the headless wheel lacks; the
    contrib wheel would need libGL on slim machines, and two OpenCV wheels break each other's cv2/.
    """

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """No module comes from here."""
        return None

    def find_distributions(
        self, context: importlib.metadata.DistributionFinder.Context | None = None,
    ) -> Iterable[importlib.metadata.Distribution]:
        """The headless wheel, when somebody asks for the contrib wheel by name."""
        if context is None or context.name != "opencv-contrib-python":
            return []
        return [importlib.metadata.distribution("opencv-python-headless")]
