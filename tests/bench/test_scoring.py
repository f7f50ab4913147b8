"""The benchmark's counting is right on hand-made outcomes."""

from __future__ import annotations

import pytest

from tests.bench import scoring
from tests.bench.scoring import Outcome


def outcome(expected="谭梅", value="谭梅", confidence=0.9, accepted=True, kind="person_name"):
    return Outcome(
        "a.jpg", "home_visit", "photo", "student_name", kind, expected, value, confidence, accepted
    )


def reading(**fields):
    found = {name: {"value": value, "confidence": 0.8, "accept": True} for name, value in fields.items()}
    return {"template": "home_visit", "fields": found, "rows": [], "totals": {}}


def test_a_value_is_right_only_as_a_whole():
    assert outcome().right
    assert not outcome(value="谭海").right


def test_free_text_may_differ_in_punctuation_and_width_only():
    assert outcome("家庭困难，无力照管。", "家庭困难,无力照管", kind=scoring.FREE).right
    assert not outcome("家庭困难", "家庭因难", kind=scoring.FREE).right


def test_a_field_that_was_not_read_counts_as_empty_and_unsure():
    expected = {
        "template": "home_visit",
        "condition": "photo",
        "fields": {"age": "12", "companion_teacher": ""},
    }
    age, companion = scoring.outcomes("a.jpg", expected, reading(), {"age": "age"})
    assert not age.right and age.confidence == 0 and not age.accepted
    assert companion.right


def test_a_sheet_taken_for_another_template_has_every_filled_field_wrong():
    expected = {"template": "home_visit", "condition": "photo", "fields": {"age": "12"}}
    wrong_form = {**reading(age="12"), "template": "township_table"}
    assert not next(scoring.outcomes("a.jpg", expected, wrong_form, {})).right
    assert not next(scoring.outcomes("a.jpg", expected, None, {})).right


def test_table_cells_are_compared_row_by_row_and_missing_rows_are_wrong():
    cell = {"value": "3", "confidence": 1.0, "accept": True}
    expected = {
        "template": "township_table",
        "condition": "copy",
        "rows": [{"total": "3"}, {"total": "5"}],
        "totals": {"total": "8"},
    }
    found = {
        "template": "township_table",
        "rows": [{"total": cell}],
        "totals": {"total": {**cell, "value": "8"}},
    }
    judged = list(scoring.outcomes("t.jpg", expected, found, {}))
    assert [one.right for one in judged] == [True, False, True]
    assert {one.kind for one in judged} == {scoring.CELL}


def test_accepted_and_wrong_among_accepted():
    judged = [outcome(), outcome(value="谭海"), outcome(value="谭海", accepted=False)]
    assert str(scoring.accepted(judged)) == " 66.7 %"
    assert scoring.wrong_among_accepted(judged).share == pytest.approx(0.5)


def test_nothing_counted_is_shown_as_nothing():
    assert "–" in str(scoring.accuracy([]))


def test_character_error_pools_all_texts():
    judged = [outcome("家庭困难", "家庭因难"), outcome("厌学", "厌学")]
    assert scoring.character_error(judged) == pytest.approx(1 / 6)


def test_calibration_error_is_zero_when_confidence_equals_the_share_right():
    fair = [outcome(confidence=0.5), outcome(value="谭海", confidence=0.5)]
    sure = [outcome(value="谭海", confidence=1.0)]
    assert scoring.calibration_error(fair) == pytest.approx(0)
    assert scoring.calibration_error(sure) == pytest.approx(1)


def test_a_grid_with_a_missing_cell_has_the_wrong_structure():
    cells = [
        {"row": 0, "col": col, "rowspan": 1, "colspan": 1, "text": str(col), "hand": True} for col in range(2)
    ]
    whole = scoring.grid_score({"cells": cells}, {"cells": cells})
    assert whole.same and whole.numbers.share == 1
    part = scoring.grid_score({"cells": cells}, {"cells": cells[:1]})
    assert not part.same and part.numbers.share == pytest.approx(0.5)


def test_numbers_words_and_blank_cells_of_a_grid_are_counted_apart():
    texts = ("12", "吴敏", "", "3")
    wanted = [{"row": 0, "col": col, "rowspan": 1, "colspan": 1, "text": text, "hand": bool(text)}
              for col, text in enumerate(texts)]
    found = [{**cell, "text": text} for cell, text in zip(wanted, ("12", "吴敬", "1", "3"), strict=True)]
    score = scoring.grid_score({"cells": wanted}, {"cells": found})
    assert score == scoring.GridScore(True, scoring.Rate(2, 2), scoring.Rate(0, 1), scoring.Rate(0, 1))
