"""Whose writing it is: the fonts that stand for hands, the pens, and which split may use which."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tests.press import fonts, strokes
from tests.press.chance import between, chance, pick, share

HANDS = {
    "tune": ("wenkai", "wenkai-light", "long-cang", "ukai"),
    "sample": ("wenkai", "wenkai-light", "long-cang", "ukai"),
    "held": ("zhi-mang-xing", "ma-shan-zheng", "tw-kai"),
}
"""Chinese hands of a split: no hand of `held` is seen in `tune`."""

FIGURES = {
    "tune": ("breip", "mentor", "organize", ""),
    "sample": ("mentor", "organize", ""),
    "held": ("dkg", "connect", ""),
}
"""Hands for digits; an empty name leaves them to the Chinese hand."""

ALTERED_HANDS = {
    "tune": (*HANDS["tune"], "kuaile"),
    "sample": (*HANDS["sample"], "kuaile"),
    "held": (*HANDS["held"], "xiaolai", "xiaolai"),
}
"""Fonts for altered sheets, beside the hands drawn stroke by stroke."""

PENS = {
    "black": (0.10, 0.10, 0.12),
    "blue": (0.10, 0.16, 0.58),
    "blue-black": (0.10, 0.14, 0.32),
    "pencil": (0.36, 0.36, 0.38),
    "faint-pencil": (0.45, 0.45, 0.47),
    "red": (0.72, 0.12, 0.14),
}

STROKE = {
    "wenkai": 0.0,
    "wenkai-light": 0.08,
    "long-cang": 0.08,
    "ukai": 0.05,
    "zhi-mang-xing": -0.04,
    "ma-shan-zheng": -0.1,
    "tw-kai": 0.05,
    "breip": 0.0,
    "mentor": -0.05,
    "dkg": 0.05,
    "connect": -0.05,
    "organize": -0.03,
    "kuaile": -0.05,
    "xiaolai": 0.02,
}
"""What brings a font's strokes near a pen's: added to the coverage before it is sharpened."""


SMALL = {
    "zhi-mang-xing": 1.2,
    "long-cang": 1.15,
    "ma-shan-zheng": 1.05,
    "mentor": 1.3,
    "organize": 1.1,
    "breip": 1.05,
    "dkg": 1.1,
}
"""Fonts that fill little of their em square, and what makes them as large as the others."""

THICKENED = {"breip": 0.022, "wenkai-light": 0.008, "long-cang": 0.008, "dkg": 0.01}
"""Fonts whose hairlines a ball pen cannot draw: what is added around their strokes, a share of the size."""


@dataclass(frozen=True, slots=True)
class Hand:
    """One person's writing with one pen."""

    chinese: str
    figures: str
    pen: str
    slant: float
    wobble: float
    size: float
    spacing: float
    drift: float
    pressure: float
    flow: strokes.Flow | None = None


def hand(split: str, rng: np.random.Generator) -> Hand:
    """A writer of the split."""
    return Hand(
        chinese=pick(rng, HANDS[split]),
        figures=pick(rng, FIGURES[split]),
        pen=pick(rng, ("black", "black", "black", "blue", "blue", "blue-black", "pencil")),
        slant=between(rng, -0.08, 0.16),
        wobble=between(rng, 0.4, 1.0),
        size=between(rng, 0.92, 1.1),
        spacing=between(rng, 0.94, 1.08),
        drift=between(rng, -0.02, 0.02),
        pressure=between(rng, -0.05, 0.06),
    )


def altered_hand(split: str, rng: np.random.Generator) -> Hand:
    """A writer of an altered sheet of the split: in half of all cases one drawn stroke by stroke."""
    own = hand(split, rng)
    chosen = strokes.NAME if share(rng, 0.5) else pick(rng, ALTERED_HANDS[split])
    pen = "faint-pencil" if own.pen == "pencil" and share(rng, 0.5) else own.pen
    figures = own.figures or (pick(rng, FIGURES[split][:2]) if chosen == strokes.NAME else "")
    return replace(own, chinese=chosen, figures=figures, pen=pen, flow=strokes.flow(split, rng))


def font_for(char: str, writer: Hand) -> str:
    """The font that draws `char` in this hand, or the nearest one that can."""
    own = writer.figures if writer.figures and char in "0123456789" else writer.chinese
    for name in (own, writer.chinese, "wenkai", "tw-kai", "sans"):
        if fonts.draws(name, char):
            return name
    raise fonts.FontMissing(char)


def signature(split: str, writer: Hand, rng: np.random.Generator) -> Hand:
    """Another person's hand for signing, more hurried than `writer`."""
    stream = chance("signature", split, int(rng.integers(1 << 30)))
    other = altered_hand(split, stream) if writer.flow else hand(split, stream)
    return Hand(
        other.chinese,
        other.figures,
        other.pen,
        between(rng, 0.05, 0.22),
        min(1.4, other.wobble * 1.3),
        between(rng, 0.95, 1.2),
        between(rng, 0.82, 1.0),
        between(rng, -0.06, 0.03),
        other.pressure,
        other.flow,
    )
