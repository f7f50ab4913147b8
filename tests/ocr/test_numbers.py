"""A column of numbers is read as numbers; words, headings and strokes for none in it stay what they are."""

from __future__ import annotations

from ocr.pipeline.numbers import Written, numbers
from tests.ocr.writing import written


def column(*texts: str) -> list[str | None]:
    cells = [cell(text) for text in texts]
    return [None if found is None else found[0] for found in numbers([cells])[0]]


def cell(text: str, *doubts: tuple[int, str, float], wide: float | None = None) -> Written:
    return Written.of(written(text, *doubts).joined, 0.7 * len(text) if wide is None else wide)


def test_letters_that_look_like_digits_are_digits_among_numbers() -> None:
    assert column("834", "B34", "2O", "7", "l5", "S6") == ["834", "834", "20", "7", "15", "56"]


def test_letters_among_words_stay_letters() -> None:
    assert column("学校", "B", "张三", "S", "人数", "7") == [None] * 6


def test_a_heading_and_a_stroke_for_none_above_numbers_are_none() -> None:
    assert column("日期", "12", "3", "40", "-", "51", "66", "9")[0] is None
    assert column("日期", "12", "3", "40", "-", "51", "66", "9")[4] is None


def test_a_few_cells_make_no_column_of_numbers() -> None:
    assert column("B3", "12", "5") == [None] * 3


def test_a_decimal_point_is_read_where_the_column_has_decimals() -> None:
    assert column("36.5", "37.1", "3b.8", "12", "8.0") == ["36.5", "37.1", "36.8", "12", "8.0"]


def test_a_doubtful_number_is_less_sure() -> None:
    [found] = numbers([[*map(cell, ("12", "30", "4", "55")), cell("71", (0, "1", 0.4))]])
    assert found[4] is not None and found[0] is not None
    assert found[4][0] == "71" and found[4][1] < 0.7 < 0.9 < found[0][1]


def test_two_digits_run_together_are_told_by_their_width() -> None:
    usual = [cell(text, wide=0.1 + 0.7 * len(text)) for text in map(str, range(2, 60, 3)) if "1" not in text]
    doubtful = written("25", (1, "-", 0.99)).joined
    for wide, read in ((0.8, "2"), (1.5, "25")):
        [found] = numbers([[*usual, Written.of(doubtful, wide)]])
        assert found[-1] is not None and found[-1][0] == read
