"""Settling: the machine's misreading is put right, the paper's own mistake is left and flagged."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.kinds.evidence import Candidate, KindReading
from ocr.kinds.id_number import check_character, shortened
from ocr.kinds.knowledge import Knowledge
from ocr.lists import Lists, RosterEntry
from ocr.reconcile import settle
from ocr.reconcile.rows import settle_rows
from ocr.reconcile.sums import hold_to_sums
from ocr.reconcile.table import TEMPER, settle_table

RULES = ({"rule": "row_sum", "parts": ["a", "b"], "total": "t"}, {"rule": "column_sum", "columns": ["a", "b", "t"]})


def cell(*candidates):
    """(value, probability) pairs as a reading of their own."""
    listed = tuple(Candidate(value, value, math.log(p) / TEMPER) for value, p in candidates)   # TEMPER undoes it

    def rescore(values):
        known = {c.value: c.log_p for c in listed}
        return [known.get(value, -60.0) for value in values]
    return KindReading(listed, rescore=rescore)


def sure(value):
    return cell((value, 0.98), ("9999", 1e-6)) if value else KindReading(())


def row(a, b, t):
    return {"a": a, "b": b, "t": t}


def settled_table(rows, totals):
    rows, totals = settle_table(rows, totals, RULES)
    return hold_to_sums(rows, totals, RULES)


def values(row):
    return {name: cell.value for name, cell in row.items()}


def test_the_sums_pick_the_candidate_that_the_machine_had_second():
    rows, totals = settled_table(
        [row(cell(("76", 0.6), ("75", 0.4)), sure("6"), sure("81")), row(sure("63"), sure("2"), sure("65"))],
        row(sure("138"), sure("8"), sure("146")))
    assert values(rows[0]) == {"a": "75", "b": "6", "t": "81"}
    assert rows[0]["a"].flags == ("settled",)
    assert rows[0]["a"].candidates[0][2] > 0.99
    assert rows[0]["a"].agreed == 2


def test_a_paper_that_does_not_add_up_stays_as_written_and_names_the_change():
    rows, totals = settled_table(
        [row(sure("75"), sure("6"), sure("82")), row(sure("63"), sure("2"), sure("65"))],
        row(sure("138"), sure("8"), sure("146")))
    assert values(rows[0]) == {"a": "75", "b": "6", "t": "82"}
    assert "row_sum" in rows[0]["t"].flags
    assert "column_sum" in totals["t"].flags
    assert "sum_fix:81" in rows[0]["t"].flags
    fixes = [flag for each in (*rows, totals) for one in each.values() for flag in one.flags if "fix" in flag]
    assert fixes == ["sum_fix:81"]
    assert rows[1]["a"].flags == ()


def test_one_sum_alone_does_not_talk_a_clear_number_away():
    clear = cell(("180", 0.978), ("18", 0.02), ("185", 2e-3))
    rows, _ = settled_table([row(clear, sure("14"), cell(("199", 0.95), ("19", 0.05))),
                             row(sure("63"), sure("2"), sure("65"))], {})
    assert values(rows[0]) == {"a": "180", "b": "14", "t": "199"}
    assert all("row_sum" in rows[0][name].flags for name in "abt")
    assert not any(cell.flags for cell in rows[1].values())


def test_a_wrong_column_total_alone_is_flagged_there_and_nowhere_else():
    rows, totals = settled_table(
        [row(sure("5"), sure("6"), sure("11")), row(sure("7"), sure("2"), sure("9"))],
        row(sure("12"), sure("9"), sure("21")))
    assert totals["b"].value == "9"
    assert "column_sum" in totals["b"].flags
    assert all("column_sum" not in one.flags for each in rows for one in each.values())


def test_blank_cells_count_as_nought_and_stay_blank():
    rows, totals = settled_table([row(sure("30"), sure(""), sure("30")), row(sure(""), sure(""), sure(""))],
                                 row(sure("30"), sure(""), sure("30")))
    assert values(rows[0]) == {"a": "30", "b": "", "t": "30"}
    assert not any(one.flags for each in (*rows, totals) for one in each.values())


def test_a_number_no_candidate_list_holds_is_found_through_its_row_when_the_writing_allows_it():
    listed = (Candidate("1", "1", 0.0),)
    unreadable = KindReading(listed, rescore=lambda vs: [-4.0 if v == "111" else -60.0 for v in vs])
    rows, _ = settled_table([row(sure("100"), sure("11"), unreadable)], row(sure("100"), sure("11"), sure("111")))
    assert rows[0]["t"].value == "111"


@st.composite
def tables(draw):
    numbers = draw(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9)), min_size=1, max_size=3))
    cells = [(a, b, a + b) for a, b in numbers]
    cells.append(tuple(sum(column) for column in zip(*cells, strict=True)))
    doubt = draw(st.floats(0.05, 0.6))
    return [[[(str(n), 1 - doubt), (str(n + 1), doubt)] for n in line] for line in cells]


@settings(max_examples=12, deadline=None)
@given(tables())
def test_the_probabilities_of_a_small_table_are_those_of_full_enumeration(table):
    rows, totals = settle_table([row(*(cell(*c) for c in line)) for line in table[:-1]],
                                row(*(cell(*c) for c in table[-1])), RULES)
    for line, settled in zip(enumerated(table), (*rows, totals), strict=True):
        for (value, p), one in zip(line, (settled["a"], settled["b"], settled["t"]), strict=True):
            found = {v: share for v, _, share in one.candidates}
            assert found.get(value, 0.0) == pytest.approx(p, abs=0.02)


def enumerated(table):
    """The likeliest value of each cell with its marginal probability, over all combinations of the sheet;
    slips of the pen, a hundred times rarer, left out."""
    marginals = [[{} for _ in line] for line in table]
    flat = [candidates for line in table for candidates in line]
    for chosen in itertools.product(*flat):
        numbers = [[int(chosen[3 * r + c][0]) for c in range(3)] for r in range(len(table))]
        weight = math.prod(p for _, p in chosen)
        for a, b, t in numbers:
            weight *= a + b == t
        for c in range(3):
            weight *= sum(line[c] for line in numbers[:-1]) == numbers[-1][c]
        for place, (value, _) in enumerate(chosen):
            own = marginals[place // 3][place % 3]
            own[value] = own.get(value, 0.0) + weight
    return [[max(((v, w / sum(own.values())) for v, w in own.items()), key=lambda pair: pair[1]) for own in line]
            for line in marginals]


def test_serial_numbers_lean_on_their_neighbours():
    rules = ({"rule": "sequence", "column": "seq"},)
    read = [{"seq": sure("7")}, {"seq": cell(("9", 0.6), ("8", 0.4))}, {"seq": sure("9")}]
    rows, _ = settle_table(read, {}, rules)
    assert [each["seq"].value for each in rows] == ["7", "8", "9"]


@pytest.mark.parametrize(("numbers", "broken"), [
    ((1, 2, 3, 4), ()), ((2, 3, 4), (0,)), ((1, 2, 4, 5), (2,)), ((1, 2, 9, 4, 5), (2,)), ((1, 1, 2), (1,)),
    ((1, None, 3), ()), ((1, None, 4, 5), (2,))])
def test_a_numbering_that_starts_late_or_jumps_is_flagged_where_it_does(numbers, broken):
    rules = ({"rule": "sequence", "column": "seq"},)
    read = [{"seq": sure("" if number is None else str(number))} for number in numbers]
    rows, totals = hold_to_sums(*settle_table(read, {}, rules), rules)
    assert tuple(place for place, row in enumerate(rows) if "sequence" in row["seq"].flags) == broken
    if not broken and None not in numbers:
        assert [row["seq"].agreed for row in rows] == [2] * (len(rows) - 1) + [1]


FORM_RULES = (
    {"rule": "id_sex", "id": "id", "sex": "sex"}, {"rule": "id_age", "id": "id", "age": "age", "on": "on"},
    {"rule": "roster", "id": "id", "name": "name", "school": "school", "grade_class": "klass"},
    {"rule": "not_before", "first": "on", "then": "signed"})


def id_of(born, sequence):
    first = f"410329{born}{sequence:03}"
    return first + check_character(first)


GIRL, BOY = id_of("20080305", 22), id_of("20080305", 21)


def form(knowledge=None, **fields):
    return settle(fields, FORM_RULES, knowledge or Knowledge(Lists()))


def test_the_id_number_settles_a_doubtful_sex_and_the_age_a_doubtful_year():
    settled = form(id=cell((GIRL, 0.95), (BOY, 0.05)), sex=cell(("男", 0.6), ("女", 0.4)),
                   age=cell(("11", 0.9), ("17", 0.1)), on=cell(("2014-06-01", 0.55), ("2019-06-01", 0.45)))
    assert settled["sex"].value == "女"
    assert settled["on"].value == "2019-06-01"
    assert not settled["sex"].flags


def test_a_paper_that_contradicts_itself_is_left_alone_and_flagged():
    settled = form(id=cell((GIRL, 0.999), (BOY, 0.001)), sex=cell(("男", 0.999), ("女", 0.001)))
    assert (settled["id"].value, settled["sex"].value) == (GIRL, "男")
    assert settled["id"].flags == settled["sex"].flags == ("id_sex",)


def test_a_signature_dated_before_the_visit_is_flagged():
    settled = form(on=cell(("2019-06-10", 0.99), ("2019-06-18", 0.01)), signed=cell(("2019-05-01", 0.999), ("", 1e-6)))
    assert settled["signed"].flags == ("not_before",)


ROSTER = Knowledge(Lists(roster=(RosterEntry("谭梅", GIRL, "鸦岭镇中心小学", "六年级", "2班"),
                                 RosterEntry("谭海", BOY, "鸦岭镇中心小学", "六年级", "2班"))))


def test_the_roster_ties_name_number_and_grade_together():
    settled = form(ROSTER, id=cell((GIRL, 0.9), (BOY, 0.1)), name=cell(("谭海", 0.6), ("谭梅", 0.4)),
                   klass=cell(("六年级8班", 0.5), ("六年级2班", 0.3)), school=cell(("鸦岭镇中心小学", 1.0)))
    assert settled["name"].value == "谭梅"
    assert settled["klass"].value == "六年级2班"
    assert settled["name"].agreed == 1


def test_a_pupil_who_is_not_on_the_roster_is_not_made_into_one():
    stranger = id_of("20090909", 33)
    settled = form(ROSTER, id=cell((stranger, 0.97), (GIRL, 1e-12)), name=cell(("谭倩", 0.9), ("谭梅", 0.05)))
    assert (settled["name"].value, settled["id"].value) == ("谭倩", stranger)
    assert "roster" in settled["name"].flags


def test_fields_without_candidates_do_not_disturb_the_rest():
    settled = form(id=KindReading(()), sex=cell(("女", 0.9), ("男", 0.1)), age=cell(("11", 1.0)), on=KindReading(()))
    assert settled["sex"].value == "女"
    assert settled["id"].value == ""


def test_a_guardians_doubtful_surname_leans_on_the_childs():
    rules = ({"rule": "family", "child": "name", "elder": "parent"},)
    settled = settle({"name": cell(("郄雪萱", 0.95), ("邓雪萱", 0.05)),
                      "parent": cell(("邓建国", 0.6), ("郄建国", 0.4))}, rules, Knowledge(Lists()))
    assert settled["parent"].value == "郄建国"
    assert settled["parent"].flags == ()


SAME = ({"rule": "same_person", "id": "id", "number": "number"},)


def test_a_student_number_and_an_id_number_mend_each_other():
    settled = settle({"id": cell((BOY, 0.55), (GIRL, 0.45)), "number": cell(("G" + GIRL, 0.9), ("G" + BOY, 0.1))},
                     SAME, Knowledge(Lists()))
    assert settled["id"].value == GIRL
    assert settled["id"].agreed == 1


def test_an_id_number_that_was_not_among_the_readings_is_found_in_the_student_number():
    blurred = KindReading((Candidate("410329", "410329", 0.0),),
                          rescore=lambda values: [1.0 if value == GIRL else -60.0 for value in values])
    settled = settle({"id": blurred, "number": cell(("G" + GIRL, 0.98), ("G" + BOY, 0.01))}, SAME, Knowledge(Lists()))
    assert settled["id"].value == GIRL


def test_a_student_number_of_somebody_else_is_left_and_flagged():
    settled = settle({"id": sure_of(GIRL), "number": sure_of("G" + BOY)}, SAME, Knowledge(Lists()))
    assert settled["id"].flags == settled["number"].flags == ("same_person",)


def sure_of(value):
    return cell((value, 0.999), ("", 1e-9))


PART = ({"rule": "at_most", "part": "part", "whole": "whole"},)


def test_a_doubtful_part_is_no_more_than_its_whole():
    settled = settle({"part": cell(("71", 0.6), ("11", 0.4)), "whole": sure_of("30")}, PART, Knowledge(Lists()))
    assert settled["part"].value == "11"
    assert settled["part"].flags == ()


def test_a_part_clearly_written_as_more_than_its_whole_is_flagged():
    settled = settle({"part": sure_of("31"), "whole": sure_of("30")}, PART, Knowledge(Lists()))
    assert settled["part"].flags == settled["whole"].flags == ("at_most",)


def test_in_a_table_parts_and_sums_are_settled_together():
    rules = (*RULES, {"rule": "at_most", "part": "poor", "whole": "t"})
    read = [{**row(sure("5"), sure("6"), sure("11")), "poor": cell(("17", 0.6), ("11", 0.4))},
            {**row(sure("7"), sure("2"), sure("9")), "poor": sure("12")}]
    rows, totals = settle_table(read, row(sure("12"), sure("8"), sure("20")), rules)
    rows, _ = hold_to_sums(rows, totals, rules)
    assert rows[0]["poor"].value == "11"
    assert rows[0]["poor"].flags == ("settled",)
    assert rows[1]["poor"].value == "12"
    assert rows[1]["poor"].flags == rows[1]["t"].flags == ("at_most",)


def test_each_row_of_a_register_is_one_pupil_under_the_rules_of_identity():
    read = [{"id": cell((GIRL, 0.97), (BOY, 0.03)), "sex": cell(("男", 0.6), ("女", 0.4))},
            {"id": sure_of(BOY), "sex": sure_of("女")}]
    alone, _ = settle_table(read, {}, FORM_RULES)
    rows = settle_rows(alone, read, FORM_RULES, Knowledge(Lists()))
    assert rows[0]["sex"].value == "女"
    assert rows[1]["sex"].flags == ("id_sex",)


def test_a_number_of_fifteen_places_is_the_rosters_of_eighteen():
    settled = form(ROSTER, id=sure_of(shortened(GIRL)), name=cell(("谭海", 0.55), ("谭梅", 0.45)))
    assert settled["name"].value == "谭梅"
    assert "roster" not in settled["id"].flags


def test_signatures_dated_as_the_visit_settle_a_doubtful_day_of_it():
    visit = cell(("2022-06-01", 0.6), ("2022-06-11", 0.4))
    signed = cell(("2022-06-11", 0.7), ("2022-06-17", 0.3))
    settled = form(on=visit, signed=signed)
    assert settled["on"].value == settled["signed"].value == "2022-06-11"
    assert (settled["on"].agreed, settled["signed"].agreed) == (1, 0)


def test_a_signature_long_after_the_visit_neither_objects_nor_agrees():
    settled = form(on=sure_of("2019-06-10"), signed=sure_of("2019-09-01"))
    assert (settled["signed"].value, settled["signed"].agreed, settled["signed"].flags) == ("2019-09-01", 0, ())


SCHOOLING = ({"rule": "stage", "school": "school", "grade_class": "klass"},
             {"rule": "grade_age", "grade_class": "klass", "age": "age"})


@pytest.mark.parametrize(("school", "klass"), [("鸦岭镇中心小学", "六年级2班"), ("鸦岭镇第一初级中学", "八年级2班"),
                                               ("鸦岭镇九年一贯制学校", "八年级2班")])
def test_a_schools_kind_settles_a_doubtful_grade(school, klass):
    settled = settle({"klass": cell(("八年级2班", 0.55), ("六年级2班", 0.45)), "school": sure_of(school)},
                     SCHOOLING, Knowledge(Lists()))
    assert settled["klass"].value == klass


def test_the_age_settles_a_doubtful_grade_and_a_late_beginner_keeps_a_clear_one():
    doubtful = cell(("二年级2班", 0.6), ("三年级2班", 0.4))
    older = settle({"klass": doubtful, "age": sure_of("9")}, SCHOOLING, Knowledge(Lists()))
    clear = settle({"klass": sure_of("二年级2班"), "age": sure_of("10")}, SCHOOLING, Knowledge(Lists()))
    assert (older["klass"].value, clear["klass"].value) == ("三年级2班", "二年级2班")


def test_an_age_clearly_written_two_years_too_low_stays_and_is_flagged():
    settled = form(id=sure_of(GIRL), age=cell(("9", 0.99995), ("11", 0.00005)), on=sure_of("2019-06-01"))
    assert settled["age"].value == "9"
    assert "id_age" in settled["age"].flags


def test_a_rule_speaks_only_for_a_value_that_it_tells_from_the_next_likely():
    told = form(id=sure_of(GIRL), sex=cell(("女", 0.7), ("男", 0.3)))
    same = form(id=sure_of(GIRL), age=sure_of("11"), on=cell(("2019-06-01", 0.6), ("2019-06-11", 0.4)))
    assert (told["sex"].agreed, same["on"].agreed) == (1, 0)
