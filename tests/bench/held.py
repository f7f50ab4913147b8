"""The held-out sheets the benchmark makes for itself where the fonts are."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OWN_SHEETS = ROOT / "build" / "bench"
SAMPLES = ROOT / "sample_scans"
MADE = {
    "plain": {"home_visit": 48, "township_table": 24},
    "altered": {"home_visit": 16, "township_table": 8},
    "unknown": {"generic_table": 24},
}
"""How many of each variant; the tables of no known form are all photographed."""

FIRST = 1000
"""The first seed: below it the seeds of sheets made for looking at."""


def own_sheets(variant: str) -> Path:
    """The folder of a variant's held-out sheets, made if they are not there yet.

    Without the fonts it is sample_scans, whose hands the reader was tuned on.
    """
    from tests.press.__main__ import save, save_lists
    from tests.press.fonts import FontMissing
    from tests.press.sheets import make_sheet

    folder = OWN_SHEETS / "held" / variant
    condition = "photo" if variant == "unknown" else None
    pressed_as = "altered" if variant == "altered" else "plain"
    try:
        for form, count in MADE[variant].items():
            for number in range(FIRST, FIRST + count):
                target = folder / form / f"{number}.jpg"
                if not target.exists():
                    pressed = make_sheet(number, form, condition, "held", variant=pressed_as)
                    save(target.parent, target.stem, pressed.image_bytes, pressed.expected)
        save_lists(folder, "held")
    except FontMissing as missing:
        print(f"no held-out sheets can be made ({missing});")
        print("reading sample_scans instead, whose hands the reader was tuned on")
        return SAMPLES
    return folder
