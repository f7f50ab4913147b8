"""Which cells an altered 家访记录表 has and in what order, as other counties and later years have it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tests.press.altered_words import worded, words
from tests.press.chance import pick, share
from tests.press.paper import Box

REASONS = (
    "外出打工",
    "早婚早育",
    "信教",
    "学习困难或厌学",
    "身体残疾或疾病",
    "家庭困难",
    "失踪失联",
    "其他",
)
"""The official wording of the reasons for leaving school."""

WIDTHS = {
    "school_name": 66,
    "student_name": 25,
    "sex": 14,
    "age": 14,
    "grade_class": 34,
    "visit_time": 42,
    "visit_teacher": 26,
    "companion_teacher": 26,
    "id_number": 82,
    "address": 84,
    "ethnicity": 14,
    "phone": 40,
    "guardian": 25,
    "kin": 18,
    "filler": 24,
    "born": 34,
    "boarding": 16,
}
"""What a value needs, in millimetres."""

EXTRAS = ("ethnicity", "phone", "guardian", "kin", "filler", "born", "boarding")
MISSING = {"companion_teacher": 0.3, "age": 0.2, "visit_teacher": 0.03, "address": 0.05, "reason": 0.06}
AREAS = ("content", "school_opinion", "parent_opinion")


@dataclass(slots=True)
class Shape:
    """How one altered form is laid out; `changes` names what differs from the notice's own."""

    size_mm: tuple[float, float]
    rows: list[list[str]]
    labels: dict[str, str]
    school_as: str
    sex_ticks: str
    reason_ticks: bool
    id_boxes: bool
    under: frozenset[str]
    title: str
    free_dates: bool
    changes: list[str] = field(default_factory=list)
    ticks: dict[str, dict[str, Box]] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """All cells in order."""
        return [key for row in self.rows for key in row]


def shape(rng: np.random.Generator, split: str) -> Shape:
    """The layout `rng` stands for."""
    landscape = share(rng, 0.1)
    gone = {name for name, rate in MISSING.items() if share(rng, rate)}
    extra = [name for name in EXTRAS if share(rng, 0.22)]
    school_as = pick(rng, ("cell", "cell", "line", "line"))
    labels = {key: worded(rng, choice, split) for key, choice in words()["labels"].items()}
    sex_ticks = pick(rng, ("", "", "", "boxes", "words"))
    reason_ticks = share(rng, 0.25) and "reason" not in gone
    short = ["student_name", "sex", "age", "grade_class", "visit_time", "visit_teacher", "companion_teacher"]
    short += ["id_number", "address", *extra]
    if school_as == "cell":
        short.insert(0, "school_name")
    mixed = share(rng, 0.5)
    places = {key: number + (rng.normal(0, 2.2) if mixed else 0) for number, key in enumerate(short)}
    order = sorted((key for key in short if key not in gone), key=lambda key: places[key])
    size = (297.0, 210.0) if landscape else (210.0, 297.0)
    rows = _packed(order, size[0] - 40, sex_ticks, rng)
    if "reason" not in gone:
        rows.insert(int(rng.integers(max(1, len(rows) - 2), len(rows) + 1)), ["reason"])
    opinions = (
        ["school_opinion", "parent_opinion"] if share(rng, 0.75) else ["parent_opinion", "school_opinion"]
    )
    beside = share(rng, 0.45 if landscape else 0.12)
    rows += [["content"], opinions] if beside else [["content"], *([key] for key in opinions)]
    under = {key for row in rows for key in row if key in AREAS and share(rng, 0.12)} | set(
        opinions if beside else ()
    )
    for row in rows:
        if row[0] not in AREAS and share(rng, 0.1):
            under |= set(row)
    changes = [
        *(["landscape"] if landscape else []),
        *(["missing_cells"] if gone else []),
        *(["extra_cells"] if extra else []),
        *(["other_order"] if mixed else []),
        *(["school_in_cell"] if school_as == "cell" else []),
        *(["sex_ticked"] if sex_ticks else []),
        *(["reason_ticked"] if reason_ticks else []),
        *(["value_under_label"] if under else []),
        *(["opinions_beside"] if beside else []),
    ]
    return Shape(
        size_mm=size,
        rows=rows,
        labels=labels,
        school_as=school_as,
        sex_ticks=sex_ticks,
        reason_ticks=reason_ticks,
        id_boxes=share(rng, 0.4),
        under=frozenset(under),
        title=_title(rng, split),
        free_dates=share(rng, 0.15),
        changes=changes,
    )


def _title(rng: np.random.Generator, split: str) -> str:
    year = int(rng.integers(2018, 2025))
    title = worded(rng, words()["titles"], split)
    return title.format(county=pick(rng, words()["counties"]), year=year, next=year + 1)


def _packed(order: list[str], room: float, sex_ticks: str, rng: np.random.Generator) -> list[list[str]]:
    """Rows of cells: as many as fit, at most four or five in one."""
    rows: list[list[str]] = [[]]
    used, most = 0.0, int(rng.integers(3, 6))
    for key in order:
        width = WIDTHS[key] + 19 + (14 if key == "sex" and sex_ticks else 0)
        if rows[-1] and (used + width > room or len(rows[-1]) == most):
            rows.append([])
            used = 0.0
        rows[-1].append(key)
        used += width
    return rows
