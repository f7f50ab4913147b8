"""Altered sheets keep their word: sums, missing cells, held layouts, and plain seeds left as they were."""

from __future__ import annotations

import hashlib
from collections import Counter

import numpy as np
import pytest

from ocr.template import load_templates
from tests.press import altered, altered_table, altered_visit, fonts, hands, strokes
from tests.press.altered_words import words
from tests.press.chance import chance
from tests.press.sheets import make_sheet
from tests.press.test_sheets import NEEDED, counts
from tests.press.township_table import COUNTS

ABSENT = fonts.missing(NEEDED | {name for names in hands.ALTERED_HANDS.values() for name in names})
needs_fonts = pytest.mark.skipif(
    bool(ABSENT) or not strokes.charset(), reason=f"fonts to make sheets are missing: {sorted(ABSENT)}"
)


def tables(split, count=150):
    return [
        altered_table.plan(chance("contents", number), chance("layout", number), split)
        for number in range(count)
    ]


def shapes(split, count=150):
    return [altered_visit.shape(chance("layout", number), split) for number in range(count)]


def test_sums_hold_on_every_altered_table_that_is_not_flagged():
    for table in tables("tune"):
        rows = [*table.rows, *([table.totals] if table.totals else [])]
        hold = all(counts(row)[0] + counts(row)[1] == counts(row)[2] for row in rows)
        if table.totals:
            columns = np.sum([counts(row) for row in table.rows], axis=0).tolist()
            hold = hold and columns == counts(table.totals)
        assert hold == (not table.flags)


def test_altered_tables_have_only_columns_their_label_is_known_for_and_every_row_has_the_same():
    for table in tables("held"):
        assert set(COUNTS) < set(table.columns) <= set(table.labels)
        assert {frozenset(row) for row in table.rows} == {frozenset({"unit", *COUNTS} | set(table.rows[0]))}
        assert ("seq" in table.rows[0]) == ("seq" in table.columns)


def test_every_change_of_layout_is_met_with_in_either_split():
    for split in ("tune", "held"):
        met = Counter(change for made in (*shapes(split), *tables(split)) for change in made.changes)
        assert min(met.values()) >= 5
        assert {"landscape", "missing_cells", "sex_ticked", "value_under_label", "opinions_beside"} <= set(
            met
        )
        assert {"no_seq", "columns_moved", "total_first", "total_none", "open_sides", "corrected"} <= set(met)


def test_altered_visits_ask_for_nothing_twice_and_always_for_name_and_content():
    for made in shapes("held"):
        assert len(made.keys) == len(set(made.keys))
        assert {"student_name", "content", "school_opinion", "parent_opinion"} <= set(made.keys)


def test_held_headings_and_hands_are_seen_in_no_other_split():
    known = words()["columns"].values()
    own = {text for one in known for text in one["held"]} - {text for one in known for text in one["common"]}
    used = {
        split: {text for made in tables(split) for text in made.labels.values()} for split in ("tune", "held")
    }
    assert not own & used["tune"]
    assert own & used["held"]
    assert not set(hands.ALTERED_HANDS["held"]) & set(hands.ALTERED_HANDS["tune"])


@needs_fonts
def test_an_altered_seed_gives_the_same_sheet_twice_and_its_fields_are_the_template_s():
    first, second = (make_sheet(3, "home_visit", "lowres", "tune", variant="altered") for _ in range(2))
    assert hashlib.sha256(first.image_bytes).digest() == hashlib.sha256(second.image_bytes).digest()
    assert first.expected == second.expected
    known = {spec.name for spec in load_templates()["home_visit"].fields}
    assert set(first.expected["fields"]) <= known
    assert set(first.expected["boxes"]) <= known | {"school_seal"}


@needs_fonts
def test_boxes_of_a_sheet_that_lost_its_bottom_lie_on_what_is_left():
    lost = make_sheet(0, "home_visit", "lowres", "tune", variant="altered")
    assert "bottom_lost" in lost.expected["alterations"]
    assert not {"parent_opinion", "parent_date"} & set(lost.expected["fields"])
    assert "guardian_signature" not in lost.expected["marks"]
    assert {"student_name", "content", "school_opinion"} <= set(lost.expected["fields"])
    boxes = {name: box for name, box in lost.expected["boxes"].items() if name != "school_seal"}
    assert all(0 < box[1] < box[3] <= 1 for box in boxes.values())


def test_of_two_sheets_in_one_picture_no_field_is_expected():
    told = altered._of_several(
        {"template": "home_visit", "fields": {"sex": "女"}, "boxes": {}, "written": {}, "condition": "photo"}
    )
    assert told["problems"] == ["several_sheets"]
    assert "fields" not in told


def test_a_table_whose_wrong_sum_was_torn_off_adds_up_as_far_as_it_goes():
    rows = [
        {"prior_year": "3", "ministry_list": "4", "total": "7"},
        {"prior_year": "1", "ministry_list": "", "total": "1"},
    ]
    right = {"prior_year": "4", "ministry_list": "4", "total": "8"}
    assert altered_table.failing(rows, right) == altered_table.failing(rows, {}) == []
    assert altered_table.failing(rows, {**right, "total": "9"}) == ["row_sum", "column_sum"]
    assert altered_table.failing(rows[:1], right) == ["column_sum"]
