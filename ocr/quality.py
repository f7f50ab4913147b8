"""Whether a picture is good enough to read, with words that tell how to retake it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.rectify.outline import Outline, find_outline, paper_areas
from ocr.rectify.quick import smaller
from ocr.rectify.sheet import Image
from ocr.results import Problem

BLURRED = Problem("blurred", "照片太模糊，字看不清：请拿稳手机、对准焦距后重新拍摄。")
TOO_DARK = Problem("too_dark", "照片太暗：请在光线充足的地方重新拍摄，或打开闪光灯后从侧面拍。")
TOO_SMALL = Problem("too_small", "图片分辨率太低，字太小：请靠近一些让纸张占满画面，或用 200 dpi 以上扫描。")
CORNER_CUT = Problem("corner_cut", "纸张没有拍全，有角或边在画面外：请把整张纸放进画面后重新拍摄。")
SEVERAL = Problem("several_sheets", "一张照片里有几张纸：请每张纸单独拍摄。")
GLARE = Problem("glare", "照片有反光，部分字被遮住：请换个角度、避开灯光后重新拍摄。")

LEAST_SIDE = 1000
"""Pixels the sheet's longer side needs: a 5 mm character is then 17 pixels high."""

SHARP = 0.14
"""Least steepness of strokes (share of their contrast per pixel, at a longer side of SIDE pixels)."""

SIDE = 1600

BESIDE = 0.3
"""Share of the picture beside the sheet that may hold another one."""


def judge(pixels: Image) -> tuple[Problem, ...]:
    """What is wrong with the picture (BGR); empty for ordinary scans and phone photos."""
    outline = find_outline(pixels)
    grey = _sheet_grey(pixels, outline)
    checks = ((TOO_SMALL, _too_small(pixels, outline)), (TOO_DARK, _too_dark(grey)), (BLURRED, _blurred(grey)),
              (GLARE, _glare(grey)), (CORNER_CUT, _corner_cut(pixels, outline)),
              (SEVERAL, _several(pixels, outline)))
    return tuple(problem for problem, wrong in checks if wrong)


def _sheet_grey(pixels: Image, outline: Outline) -> Image:
    """The middle nine tenths of the sheet's bounding box in grey, its picture's longer side SIDE at most."""
    left, top = np.clip(outline.corners.min(axis=0), 0, None).astype(int)
    right, bottom = outline.corners.max(axis=0).astype(int)
    dx, dy = (right - left) // 20, (bottom - top) // 20
    part = cv2.cvtColor(pixels[top + dy:bottom - dy, left + dx:right - dx], cv2.COLOR_BGR2GRAY)
    scale = min(1.0, SIDE / max(part.shape))
    return smaller(np.asarray(part, np.uint8), (round(part.shape[1] * scale), round(part.shape[0] * scale)))


def _too_small(pixels: Image, outline: Outline) -> bool:
    sides = np.linalg.norm(np.roll(outline.corners, -1, axis=0) - outline.corners, axis=1)
    return float(sides.max()) < LEAST_SIDE


def _too_dark(grey: Image) -> bool:
    return _brightness(grey, 0.8) < 60


def _brightness(grey: Image, share: float) -> int:
    """The grey level that a share of the pixels stays below or has; one of sixteen pixels is enough to know."""
    some = np.ascontiguousarray(grey[::4, ::4])
    counts = cv2.calcHist([some], [0], None, [256], [0, 256])[:, 0]
    return int(np.searchsorted(np.cumsum(counts, dtype=np.float64), share * some.size))


def _blurred(grey: Image) -> bool:
    """Whether the steepest strokes rise too slowly: focus has spread them all, or motion those across it.

    Judged by the sharpest fifth of the blocks with writing, so that a shadow, an empty page or a soft
    corner of the picture does not count.
    """
    steep = _steepness(grey)
    return steep.shape[1] >= 6 and float(np.percentile(steep, 80, axis=1).min()) < SHARP


def _steepness(grey: Image) -> NDArray[np.float32]:
    """For each block with writing its steepest slope as a share of its contrast: a row across, one down."""
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    size = 48
    rows, columns = grey.shape[0] // size, grey.shape[1] // size

    def each(picture: Image, best: np.ufunc) -> NDArray[np.float32]:
        cut = picture[:rows * size, :columns * size].reshape(rows, size, columns, size)
        return np.asarray(best.reduce(best.reduce(cut, axis=1), axis=2), np.float32)  # along memory first

    contrast = each(smooth, np.maximum) - each(smooth, np.minimum)
    written = contrast > 50
    # Sobel's eighths of what one pixel changes, halved to stay within 8 bits.
    slopes = [cv2.convertScaleAbs(cv2.Sobel(smooth, cv2.CV_16S, *way), alpha=1 / 4) for way in ((1, 0), (0, 1))]
    return np.stack([each(np.asarray(slope, np.uint8), np.maximum)[written] / 2 / contrast[written]
                     for slope in slopes])


def _glare(grey: Image) -> bool:
    """Whether a burnt-out patch lies on a sheet whose paper is otherwise not white."""
    paper = _brightness(grey, 0.6)
    if paper > 225:
        return False
    burnt = cv2.erode((grey >= 252).astype(np.uint8), np.ones((9, 9), np.uint8))
    return float(burnt.mean()) > 0.012


def _corner_cut(pixels: Image, outline: Outline) -> bool:
    """Whether a sheet seen lying on something reaches out of the picture."""
    if not outline.found or outline.support < 0.8:
        return False
    height, width = pixels.shape[:2]
    beyond = np.maximum(-outline.corners, outline.corners - (width, height)) / (width, height)
    return float(beyond.max()) > 0.05


def _several(pixels: Image, outline: Outline) -> bool:
    return paper_areas(outline.smooth) >= 2 or _printed_beside(pixels, outline)


def _printed_beside(pixels: Image, outline: Outline) -> bool:
    """Whether another paper with print lies beside the sheet, as broad as a third of the picture."""
    if not outline.found or outline.support < 0.65:
        return False
    small = outline.small
    height, width = small.shape[:2]
    corners = outline.corners * np.float32(width / pixels.shape[1])
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    rest = max((left / width, (0, 0, left, height)), ((width - right) / width, (right, 0, width, height)),
               (top / height, (0, 0, width, top)), ((height - bottom) / height, (0, bottom, width, height)))
    if rest[0] < BESIDE:
        return False
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    x0, y0, x1, y1 = (round(float(value)) for value in rest[1])
    sheet = grey[max(0, int(top)):int(bottom), max(0, int(left)):int(right)]
    return _print_share(grey[y0:y1, x0:x1], float(np.percentile(sheet, 70))) > 0.5 * _print_share(sheet, None) > 0


def _print_share(grey: Image, paper: float | None) -> float:
    """The share of a grey picture's blocks that hold print, on paper as bright as `paper` when that is given."""
    size = 12
    rows, columns = grey.shape[0] // size, grey.shape[1] // size
    if not rows or not columns:
        return 0.0
    cut = grey[:rows * size, :columns * size].reshape(rows, size, columns, size)
    light, dark = np.percentile(cut, 75, axis=(1, 3)), cut.min(axis=(1, 3))
    printed = light - dark > 30
    if paper is not None:
        printed &= np.abs(light - paper) < 40
    return float(printed.mean())
