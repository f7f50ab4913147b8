"""What happens to a sheet on its way: folds, stains, holes, staples, stamps, stray marks, print-through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import cv2
import numpy as np
from PIL import Image, ImageDraw

from tests.press import fonts
from tests.press.chance import between, pick, share
from tests.press.hands import PENS
from tests.press.ink import trace
from tests.press.paper import Paper, clouds

Rng = np.random.Generator


def fold(paper: Paper, rng: Rng) -> None:
    """One crease across or two, as for an envelope: a worn line between a lit and a shaded side."""
    height, width = paper.shape
    creases = pick(rng, ((0.5,), (0.33, 0.66), (0.5,)))
    for number, crease in enumerate(creases):
        upright = share(rng, 0.3)
        length, span = (width, height) if upright else (height, width)
        at = (crease + rng.normal(0, 0.015)) * length + np.linspace(-1, 1, span) * rng.normal(
            0, 0.004
        ) * length
        away = np.arange(length, dtype=np.float32)[:, None] - at[None, :].astype(np.float32)
        shade = 1 + 0.06 * np.tanh(away / (8 * paper.mm)) * (1 if number else -1)
        shade = shade - between(rng, 0.08, 0.2) * np.exp(-((away / (0.5 * paper.mm)) ** 2))
        worn = between(rng, 0.1, 0.4) * np.exp(-((away / (0.2 * paper.mm)) ** 2))
        shade, worn = (shade.T, worn.T) if upright else (shade, worn)
        paper.page = paper.page * (1 - worn[..., None]) + 0.9 * worn[..., None]
        paper.page *= shade[..., None].astype(np.float32)


def coffee(paper: Paper, rng: Rng) -> None:
    """The ring of a cup, a few drops beside it."""
    rings = [(between(rng, 30, 42), between(rng, 0.15, 0.3))]
    rings += [(between(rng, 2, 7), between(rng, 0.1, 0.3)) for _ in range(int(rng.integers(0, 4)))]
    for radius_mm, depth in rings:
        radius = round(radius_mm * paper.mm)
        rows, cols = np.mgrid[-1.15 : 1.15 : complex(2 * radius), -1.15 : 1.15 : complex(2 * radius)]
        away = np.hypot(rows, cols) + 0.015 * clouds(rng, rows.shape, radius * 0.5)
        rim = np.exp(-(((away - 0.95) / 0.03) ** 2)) * np.clip(
            1 + 0.5 * clouds(rng, rows.shape, radius), 0.1, 1.5
        )
        alpha = depth * (rim + 0.35 * (away < 0.95))
        x, y = (int(rng.integers(0, side)) - radius for side in paper.shape[::-1])
        paper.stain(np.clip(alpha, 0, 0.6).astype(np.float32), x, y, (0.55, 0.36, 0.18))


def holes(paper: Paper, rng: Rng) -> None:
    """Two or four holes of a punch at the left margin, what lies beneath showing through."""
    count = pick(rng, (2, 2, 4))
    beneath = pick(rng, (0.12, 0.35, 0.97))
    x = paper.mm * between(rng, 6, 9)
    for number in range(count):
        y = paper.shape[0] / 2 + (number - (count - 1) / 2) * 80 * paper.mm
        cv2.circle(paper.page, (round(x), round(y)), round(3 * paper.mm), (beneath,) * 3, -1, cv2.LINE_AA)


def staple(paper: Paper, rng: Rng) -> None:
    """A staple in the upper left corner, or the two holes of one that was pulled."""
    x, y = paper.mm * between(rng, 6, 14), paper.mm * between(rng, 6, 14)
    turn = between(rng, -0.9, 0.9)
    step = np.array([np.cos(turn), np.sin(turn)]) * 5.5 * paper.mm
    ends = [(round(x - s * step[0]), round(y - s * step[1])) for s in (1, -1)]
    if share(rng, 0.6):
        shadow = [(px + round(0.5 * paper.mm), py + round(0.5 * paper.mm)) for px, py in ends]
        cv2.line(paper.page, *shadow, (0.7, 0.7, 0.7), round(0.9 * paper.mm), cv2.LINE_AA)
        cv2.line(paper.page, *ends, (0.5, 0.5, 0.53), max(1, round(0.6 * paper.mm)), cv2.LINE_AA)
    else:
        for end in ends:
            cv2.circle(paper.page, end, max(1, round(0.5 * paper.mm)), (0.3, 0.3, 0.3), -1, cv2.LINE_AA)


def received(paper: Paper, rng: Rng) -> None:
    """A «收文» stamp with its date, somewhere over the form."""
    day = date(int(rng.integers(2019, 2025)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))
    unit = pick(rng, ("中心学校", "教育体育局", "基础教育股", "学籍管理中心"))
    tall, wide = round(20 * paper.mm), round(46 * paper.mm)
    image = Image.new("L", (wide, tall), 0)
    draw = ImageDraw.Draw(image)
    draw.rectangle([2, 2, wide - 3, tall - 3], outline=255, width=max(2, round(0.6 * paper.mm)))
    lines = (unit, f"{day.year}年{day.month}月{day.day}日", pick(rng, ("收文专用", "收 讫", "已登记")))
    for number, (text, share_of_height) in enumerate(zip(lines, (0.3, 0.24, 0.26), strict=True)):
        size = round(tall * share_of_height)
        y = tall * (0.22, 0.52, 0.8)[number]
        draw.text((wide / 2, y), text, fill=255, anchor="mm", font=fonts.font("serif-bold", size))
    turned = image.rotate(between(rng, -14, 14), Image.Resampling.BICUBIC, expand=True)
    alpha = np.asarray(turned, np.float32) / 255
    alpha = alpha * np.clip(
        between(rng, 0.35, 0.6) + 0.2 * clouds(rng, alpha.shape, 8 * paper.mm), 0.05, 0.75
    )
    height, width = paper.shape
    x = int(between(rng, 0.08, 0.95 - alpha.shape[1] / width) * width)
    y = int(between(rng, 0.05, 0.9) * height)
    paper.stain(alpha, x, y, pick(rng, ((0.82, 0.12, 0.12), (0.14, 0.2, 0.66))))


def scribbles(paper: Paper, rng: Rng) -> None:
    """Stray marks of a pen: a tried pen, a tick, an underline, a slip over the sheet."""
    colour = PENS[pick(rng, ("red", "red", "blue", "black"))]
    for _ in range(int(rng.integers(1, 4))):
        start = np.array([between(rng, 0.05, 0.95), between(rng, 0.05, 0.95)]) * paper.shape[::-1]
        points = start + paper.mm * pick(rng, (_slip, _tick, _tried))(rng)
        trace(paper, points, between(rng, 0.35, 0.6) * paper.mm, 0.85, colour)


def _slip(rng: Rng) -> np.ndarray:
    along = np.linspace(0, 1, 20)[:, None]
    return along * rng.normal(0, 14, 2) + np.sin(along * np.pi) * rng.normal(0, 2, 2)


def _tick(rng: Rng) -> np.ndarray:
    return np.array([(0, 0), (2.2, 3.4), (3, 3), (between(rng, 7, 12), -between(rng, 4, 9))], float)


def _tried(rng: Rng) -> np.ndarray:
    along = np.linspace(0, between(rng, 3, 7), 60)
    return np.stack([along * 2.4 + 1.5 * np.cos(along * 5), 1.6 * np.sin(along * 5)], 1)


def through(paper: Paper, rng: Rng) -> None:
    """The print of the back shows through: mirrored, soft, faint."""
    back = cv2.flip(paper.page, 1 if share(rng, 0.7) else -1).mean(2)
    back = np.roll(back, (int(rng.integers(-60, 60)), int(rng.integers(-60, 60))), (0, 1))
    soft = cv2.GaussianBlur(back, (0, 0), 0.35 * paper.mm)
    paper.page *= 1 - between(rng, 0.1, 0.24) * np.clip(0.95 - soft, 0, 1)[..., None]


def crumple(paper: Paper, rng: Rng) -> None:
    """Light and shade of a sheet that was crumpled and smoothed again."""
    slopes = sum(np.abs(clouds(rng, paper.shape, period * paper.mm)) for period in (9, 20, 45))
    paper.page *= (1.03 - between(rng, 0.012, 0.03) * np.asarray(slopes, np.float32))[..., None]


KINDS: dict[str, Callable[[Paper, Rng], None]] = {
    "fold": fold,
    "coffee": coffee,
    "holes": holes,
    "staple": staple,
    "received_stamp": received,
    "scribbles": scribbles,
    "print_through": through,
    "crumple": crumple,
}
RATES = {
    "fold": 0.3,
    "coffee": 0.1,
    "holes": 0.14,
    "staple": 0.12,
    "received_stamp": 0.18,
    "scribbles": 0.16,
    "print_through": 0.12,
    "crumple": 0.1,
}
"""How often a sheet suffers each; most suffer none or one."""


def befall(paper: Paper, rng: Rng) -> list[str]:
    """Does some of these to the finished sheet; returns which."""
    done = [name for name, rate in RATES.items() if share(rng, rate)]
    for name in done:
        KINDS[name](paper, rng)
    paper.page = np.clip(paper.page, 0, 1).astype(np.float32)
    return done
