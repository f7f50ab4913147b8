"""Headings of a table are given to its columns all together, so that one badly printed is not another's."""

from __future__ import annotations

from dataclasses import dataclass, field

from ocr.grid import Cell, RuledTable
from ocr.grid.ink import Ink
from ocr.match.labels import plain
from ocr.match.table import find_columns
from ocr.template import load_templates

TABLE = load_templates()["township_table"]
PRIOR = "2018年排查还没有劝返的辍学人数"
LISTED = "2019年从教育部下发的疑似失学儿童名单中排查还没有劝返的辍学人数"


@dataclass
class Printed:
    """What a sheet's headings say, instead of a picture of them."""

    words: list[str]
    under: dict[int, str] = field(default_factory=dict)

    def label(self, cell: Cell, most_lines: int = 4) -> str:
        return plain(self.words[cell.col] if cell.row == 0 else self.under.get(cell.col, ""))

    whole_label = label


def columns(*words: str, under: dict[int, str] | None = None) -> dict[str, int]:
    boxes = [(0.1 * col, 0.1 * row, 0.1 * (col + 1), 0.1 * (row + 1)) for row in range(4) for col in range(len(words))]
    cells = tuple(Cell(at // len(words), at % len(words), 1, 1, box, Ink(box, 0.1)) for at, box in enumerate(boxes))
    table = RuledTable(4, len(words), cells, (0.0, 0.0, 0.1 * len(words), 0.4))
    printed = Printed(list(words), under or {})
    return {name: cell.col for name, cell in find_columns(printed, table, TABLE).heads.items()}


def test_clear_headings_are_found_in_any_order() -> None:
    found = columns("序号", "乡镇", LISTED, PRIOR, "合计")
    assert found == {"seq": 0, "unit": 1, "ministry_list": 2, "prior_year": 3, "total": 4}


def test_a_heading_hardly_legible_goes_to_the_column_it_is_most_like() -> None:
    found = columns("乡镇", "2021年教育8证假失学儿章", "2020年排查还没有劝返的人数", "小计", "备注")
    assert found == {"unit": 0, "ministry_list": 1, "prior_year": 2, "total": 3}


def test_a_heading_more_like_another_column_is_left_to_the_one_that_fits_better() -> None:
    found = columns("序号", "乡镇", "2018年排查还没有功返的人数", "2019年似失学儿童名单中排查还没有劝返的数", "合计")
    assert found == {"seq": 0, "unit": 1, "prior_year": 2, "ministry_list": 3, "total": 4}


def test_a_column_of_other_offices_is_no_column_of_ours() -> None:
    found = columns("单位", PRIOR, "疑似失学儿童名单", "合计", "其中建档立卡")
    assert found == {"unit": 0, "prior_year": 1, "ministry_list": 2, "total": 3}


def test_the_column_of_names_is_told_by_its_words_when_nobody_can_read_its_heading() -> None:
    words = ("德", "年排查起", PRIOR, LISTED, "小计", "新性")
    assert "unit" not in columns(*words)
    assert columns(*words, under={0: "白沙中心小学", 1: "3"})["unit"] == 0
    assert columns(*words, under={0: "白沙中心小学", 5: "已返校"})["unit"] == 0


def test_a_heading_nobody_can_read_behind_the_names_is_no_serial_number() -> None:
    assert columns("单位", PRIOR, "字儿童返的辑学人数", "总计") == {
        "unit": 0, "prior_year": 1, "ministry_list": 2, "total": 3}
