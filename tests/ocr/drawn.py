"""Sheets drawn by lines and figures alone, so that the tests of seeing need no font."""

from __future__ import annotations

import cv2
import numpy as np

A4 = (1654, 2339)
"""Width and height in pixels at 200 dpi."""


def paper(size: tuple[int, int] = A4, shade: int = 245) -> np.ndarray:
    """An empty sheet, BGR."""
    return np.full((size[1], size[0], 3), shade, np.uint8)


def ruled(columns: list[int], rows: list[int], *, size: tuple[int, int] = A4, thick: int = 3,
          texts: dict[tuple[int, int], str] | None = None, without: set[tuple[str, int, int]] = frozenset(),
          colour: int = 40) -> np.ndarray:
    """A sheet with a table: lines at the x of `columns` and the y of `rows`, `texts` by (row, column).

    `without` leaves out borders: ("h", line, column) or ("v", line, row).
    """
    sheet = paper(size)
    for i, y in enumerate(rows):
        for j, (a, b) in enumerate(zip(columns, columns[1:], strict=False)):
            if ("h", i, j) not in without:
                cv2.line(sheet, (a, y), (b, y), (colour,) * 3, thick)
    for j, x in enumerate(columns):
        for i, (a, b) in enumerate(zip(rows, rows[1:], strict=False)):
            if ("v", j, i) not in without:
                cv2.line(sheet, (x, a), (x, b), (colour,) * 3, thick)
    for (row, column), text in (texts or {}).items():
        write(sheet, text, (columns[column] + 14, (rows[row] + rows[row + 1]) // 2 + 14))
    return sheet


def write(sheet: np.ndarray, text: str, at: tuple[int, int], size: float = 1.2, thick: int = 3) -> None:
    """Figures and letters in blue-black ink, their baseline starting at a point."""
    cv2.putText(sheet, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, (70, 40, 30), thick, cv2.LINE_AA)


def photographed(sheet: np.ndarray, corners: list[tuple[int, int]], size: tuple[int, int] = (1350, 1800),
                 desk: tuple[int, int, int] = (40, 60, 80), curl: float = 0.0) -> np.ndarray:
    """The sheet lying on a desk, its corners at these pixels of the picture, its middle lifted by `curl` pixels."""
    height, width = sheet.shape[:2]
    if curl:
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        sheet = cv2.remap(sheet, x, y - np.float32(curl) * np.sin(np.pi * x / width), cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_REPLICATE)
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, np.array(corners, np.float32))
    picture = np.full((size[1], size[0], 3), desk, np.uint8)
    cv2.warpPerspective(sheet, matrix, size, dst=picture, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT)
    noise = np.random.default_rng(1).integers(-5, 6, picture.shape, dtype=np.int16)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def seal(sheet: np.ndarray, centre: tuple[int, int], colour: tuple[int, int, int], radius: int = 150) -> None:
    """A round seal with a star-like blot, laid over what is there."""
    layer = sheet.copy()
    cv2.circle(layer, centre, radius, colour, 9, cv2.LINE_AA)
    cv2.circle(layer, centre, 30, colour, -1, cv2.LINE_AA)
    for turn in np.linspace(0, 2 * np.pi, 9)[:-1]:
        at = (int(centre[0] + 105 * np.cos(turn)) - 14, int(centre[1] + 105 * np.sin(turn)) + 14)
        cv2.putText(layer, "H", at, cv2.FONT_HERSHEY_SIMPLEX, 1.0, colour, 3, cv2.LINE_AA)
    np.minimum(sheet, layer, out=sheet)
