"""Where the fonts for making sheets come from: Debian's own, and npm packages merged to one file each."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.merge import Merger
from fontTools.merge import Options as MergeOptions
from fontTools.ttLib import TTCollection, TTFont
from PIL import ImageFont

CACHE = Path(os.environ.get("SHIBIAO_FONTS", "~/.cache/shibiao-fonts")).expanduser()
"""Holds `npm/` with the unpacked @fontsource packages, and the merged fonts made of them."""

DEBIAN = Path("/usr/share/fonts")

FILES: dict[str, str] = {
    # print
    "sans": "opentype/noto/NotoSansCJK-Regular.ttc#2",
    "sans-bold": "opentype/noto/NotoSansCJK-Bold.ttc#2",
    "serif": "opentype/noto/NotoSerifCJK-Regular.ttc#2",
    "serif-bold": "opentype/noto/NotoSerifCJK-Bold.ttc#2",
    "uming": "truetype/arphic/uming.ttc",
    "ukai": "truetype/arphic/ukai.ttc",
    "zenhei": "truetype/wqy/wqy-zenhei.ttc",
    "microhei": "truetype/wqy/wqy-microhei.ttc",
    "droid": "truetype/droid/DroidSansFallbackFull.ttf",
    # Chinese hands
    "wenkai": "truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf",
    "wenkai-light": "truetype/lxgw-wenkai/LXGWWenKai-Light.ttf",
    "tw-kai": "truetype/cns11643/TW-Kai-98_1.ttf",
    # Latin hands: only their digits are used
    "breip": "truetype/breip/Breip.ttf",
    "dkg": "truetype/fifthhorseman/dkg.ttf",
    "connect": "opentype/bwht/BecauseWeConnect-Regular.otf",
    "mentor": "opentype/bwht/BecauseWeMentor-Regular.otf",
    "organize": "opentype/bwht/BecauseWeOrganize-Regular.otf",
}
"""Font name → file under Debian's font folder, `#n` being the face of a collection."""

PACKAGED = {
    "ma-shan-zheng": "fontsource-ma-shan-zheng-*/package/files/*-400-normal.woff",
    "zhi-mang-xing": "fontsource-zhi-mang-xing-*/package/files/*-400-normal.woff",
    "long-cang": "fontsource-long-cang-*/package/files/*-400-normal.woff",
    "kuaile": "fontsource-zcool-kuaile-*/package/files/*-400-normal.woff",
    "xiaolai": "excalidraw-excalidraw-*/package/dist/prod/fonts/Xiaolai/*.woff2",
}
"""Fonts of npm packages, each in some hundred small subsets: where under `npm/` these are."""


class FontMissing(Exception):
    """A font needed to make sheets is not on this machine; tests/press/README.md says where it comes from."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file."""

    path: Path
    index: int = 0


@cache
def face(name: str) -> Face:
    """The file of the font called `name`; FontMissing when this machine has none."""
    if name in PACKAGED:
        return Face(_merged(name))
    file, _, index = FILES[name].partition("#")
    path = DEBIAN / file
    if not path.exists():
        raise FontMissing(f"{name}: {path}")
    return Face(path, int(index or 0))


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """The font called `name` at `size` pixels."""
    found = face(name)
    return ImageFont.truetype(str(found.path), size, index=found.index, layout_engine=ImageFont.Layout.BASIC)


@cache
def charset(name: str) -> frozenset[int]:
    """The code points that the font called `name` can draw with ink."""
    found = face(name)
    if found.path.suffix == ".ttc":
        opened = TTCollection(str(found.path), lazy=True).fonts[found.index]
    else:
        opened = TTFont(str(found.path), lazy=True)
    return frozenset(opened.getBestCmap())


def draws(name: str, text: str) -> bool:
    """Whether the font called `name`, or the strokes of that name, has every character of `text`."""
    from tests.press import strokes

    known = strokes.charset() if name == strokes.NAME else charset(name)
    return all(ord(char) in known for char in text)


def missing(names: set[str]) -> set[str]:
    """Those of `names` this machine cannot supply."""
    absent = set()
    for name in names:
        try:
            face(name)
        except FontMissing:
            absent.add(name)
    return absent


def _merged(name: str) -> Path:
    target = CACHE / f"{name}.ttf"
    if not target.exists():
        subsets = sorted((CACHE / "npm").glob(PACKAGED[name]))
        if not subsets:
            raise FontMissing(f"{name}: nothing like {PACKAGED[name]} under {CACHE / 'npm'}")
        _merge(subsets, target)
    return target


def _merge(subsets: list[Path], target: Path) -> None:
    """Joins subset files with disjoint characters; layout tables go, the press sets glyph by glyph."""
    with tempfile.TemporaryDirectory() as folder:
        plain = []
        for number, subset in enumerate(subsets):
            opened = TTFont(str(subset))
            opened.flavor = None
            for table in ("GPOS", "GSUB", "GDEF", "gasp"):
                if table in opened:
                    del opened[table]
            plain.append(str(Path(folder) / f"{number:03}.ttf"))
            opened.save(plain[-1])
        merged = Merger(MergeOptions(drop_tables=["vhea", "vmtx"])).merge(plain)
        target.parent.mkdir(parents=True, exist_ok=True)
        merged.save(str(target))
