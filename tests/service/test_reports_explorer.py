"""The explorer: every cell is its list, whatever is asked; small numbers stay with those who may see children."""

import random
from contextlib import ExitStack
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from service.calendar import full_years
from service.database import Base, Database
from service.errors import Invalid, NotFound
from service.models import Case, CategoryFact, Student, User
from service.reports.annex1 import CATEGORIES, annex1
from service.reports.answer_chart import answer_chart
from service.reports.dimensions import AGES, DIMENSIONS
from service.reports.explorer import AXES, MEASURES, Asked, answer
from service.reports.figures import STANDING
from service.reports.listing import listing
from service.reports.pages import answer_pages
from service.reports.periods import Month
from service.reports.plain_text import csv_bytes
from service.reports.small_cells import is_small
from tests.servers import postgres_database
from tests.service.reports_histories import UNITS, Step, everyone, settle_units, tell

APRIL = Month(2019, 4)
KINDS = ("opened", "relapsed", "returned", "closed", "handed_over", "visited")
SOME_FILTERS = [(), (("sex", "女"),), (("category", "poor"),), (("age", "12"), ("source", "other")),
                (("label", "disabled"),), (("year", "2018"),), (("state", "returned"),)]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def county(request, tmp_path_factory):
    """A session with ninety children of every age, sex, category and state, and the units by name."""
    stack = ExitStack()
    url = (f"sqlite:///{tmp_path_factory.mktemp('ask') / 'db.sqlite3'}" if request.param == "sqlite"
           else stack.enter_context(postgres_database()))
    database, chance = Database(url), random.Random(6)
    Base.metadata.create_all(database.engine)
    with Session(database.engine) as session:
        units = settle_units(session)
        session.add(User(id=1, login="b", name="局", role="bureau", unit_id=units["局"], password_hash="x"))
        tell(session, units, [Step(child, chance.choice(KINDS) if n else "opened", chance.randrange(70),
                                   chance.choice(list(UNITS))) for child in range(90) for n in range(4)])
        for student, case in session.query(Student, Case).filter(Case.student_id == Student.id):
            student.sex = chance.choice(["男", "女", "女", ""])
            born = date(2002 + chance.randrange(13), 2, chance.randrange(1, 29))
            student.born_on = None if chance.random() < 0.1 else born
            case.source_year = 2017 + chance.randrange(3)
            case.state = chance.choice(["persuading", "returned", "closed"])
            for kind in ("poverty", "disabled"):
                if chance.random() < 0.3:
                    session.add(CategoryFact(
                        student_id=student.id, kind=kind, from_on=date(2019, 4, chance.randrange(1, 30)), source="list",
                        told_on=date(2019, 4, 1), until_on=chance.choice([None, date(2019, 4, 29)])))
        session.commit()
        yield session, units
    database.close()
    stack.close()


def asked(**given) -> Asked:
    return Asked(**{"measure": "closing", "rows": "unit", "columns": "source", "month": APRIL, "months": 2,
                    "day": date(2019, 4, 18), **given})


questions = st.builds(asked, measure=st.sampled_from([each for each in MEASURES if each != STANDING]),
                      rows=st.just("unit"), columns=st.sampled_from(["", *(axis for axis in AXES if axis != "unit")]),
                      by=st.sampled_from(SOME_FILTERS)) | st.builds(
    asked, measure=st.just(STANDING), rows=st.sampled_from(["age", "sex", "origin", "category"]),
    columns=st.sampled_from(["state", "unit", "year"]), by=st.sampled_from(SOME_FILTERS))
quick = settings(max_examples=14, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
                 suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors])


@quick
@given(question=questions, within=st.sampled_from([None, "甲镇", "乙镇", "局"]), chance=st.randoms())
def test_every_cell_and_every_sum_is_the_length_of_its_list(county, question, within, chance):
    session, units = county
    bureau = everyone()
    question = Asked(question.measure, question.rows, question.columns, question.month, question.months, question.day,
                     units[within] if within else None, question.by)
    found = answer(session, bureau, question)
    cells = [cell for line in found.cells for cell in line]
    sums = [*found.row_sums, *found.column_sums, *([found.total] if found.total else [])]
    for cell in chance.sample(cells, min(6, len(cells))) + chance.sample(sums, min(3, len(sums))):
        assert cell.shown == str(cell.value)
        if cell.question:
            assert listing(session, bureau, cell.question).total == cell.value, cell.question
    if found.total:
        assert sum(cell.value for cell in cells) == found.total.value
    session.rollback()


def test_ages_sexes_and_categories_are_those_of_the_day(county):
    session, units = county
    on = APRIL.last
    found = answer(session, everyone(), asked(rows="age", columns="sex"))
    listed = listing(session, everyone(), answer(session, everyone(), asked()).total.question, size=500).rows
    by_hand = {}
    for row in listed:
        child = session.get_one(Student, row.student_id)
        years = None if child.born_on is None else full_years(child.born_on, on)
        age = "不详" if years is None else AGES["young"] if years < 6 else AGES["old"] if years > 15 else f"{years}岁"
        key = (age, row.sex or "不详")
        by_hand[key] = by_hand.get(key, 0) + 1
    assert {(row.words, column.words): cell.value for row, line in zip(found.rows, found.cells, strict=True)
            for column, cell in zip(found.columns, line, strict=True) if cell.value} == by_hand
    session.rollback()


def test_the_register_of_the_poor_splits_every_row_of_annex_1(county):
    session, _ = county
    plain, poor, every = (annex1(session, everyone(), date(2019, 4, 18), category) for category in CATEGORIES)
    for rest, own, both in zip(plain.rows, poor.rows, every.rows, strict=True):
        for column in both.figures:
            assert rest[column].value + own[column].value == both[column].value
            for cell in (rest[column], own[column]):
                assert listing(session, everyone(), cell.question).total == cell.value
    assert 0 < poor.total["closing"].value < every.total["closing"].value
    assert not poor.is_papers_own and plain.is_papers_own
    session.rollback()


def test_annex_1_of_a_township_is_the_sum_of_its_schools(county):
    session, units = county
    whole = {row.name: row for row in annex1(session, everyone(), APRIL.last).rows}
    inside = annex1(session, everyone(), APRIL.last, unit_id=units["甲镇"])
    for column, cell in inside.total.figures.items():
        assert sum(row[column].value for row in inside.rows) == cell.value == whole["甲镇"][column].value
        assert listing(session, everyone(), cell.question).total == cell.value
    session.rollback()


def test_who_may_not_see_children_gets_no_small_number_and_no_list(county):
    session, _ = county
    viewer = everyone(role="viewer")
    for question in (asked(columns="age"), asked(columns="origin", by=(("sex", "女"),)),
                     asked(rows="age", columns="sex")):
        found = answer(session, viewer, question)
        shown = [*(cell for line in found.cells for cell in line), *found.row_sums, *found.column_sums, found.total]
        assert found.hides and all(cell.question is None for cell in shown)
        assert not any(cell.value is not None and is_small(cell.value) for cell in shown)
        text = csv_bytes(answer_pages(found, "示范县", APRIL.last)[0]).decode("utf-8-sig")
        assert "<5" in text and not {"1", "2", "3", "4"} & {
            cell for line in text.splitlines()[1:] for cell in line.split(",")[2:]}
        answer_chart(found)


def test_a_filter_whose_rest_is_small_hides_the_cell(county):
    session, _ = county
    every = answer(session, everyone(), asked(columns=""))
    girls = answer(session, everyone(), asked(columns="", by=(("sex", "女"),)))
    seen = answer(session, everyone(role="viewer"), asked(columns="", by=(("sex", "女"),)))
    rest = {row.value: whole[0].value - own[0].value
            for row, whole, own in zip(every.rows, every.cells, girls.cells, strict=True)}
    touchy = [row for row, number in rest.items() if is_small(number)]
    assert touchy and all(line[0].value is None for row, line in zip(seen.rows, seen.cells, strict=True)
                          if row.value in touchy)


def test_a_township_looks_into_its_own_schools_only(county):
    session, units = county
    inside = frozenset(units[name] for name in ("甲镇", "甲一小", "甲二小"))
    township = everyone(inside, "township", units["甲镇"])
    found = answer(session, township, asked())
    assert {head.words for head in found.rows} >= {"甲一小", "甲二小"} and found.scope == "甲镇"
    with pytest.raises(NotFound):
        answer(session, township, asked(unit_id=units["乙镇"]))
    school = answer(session, everyone({units["甲一小"]}, "school", units["甲一小"]), asked(rows="sex"))
    assert listing(session, everyone({units["甲一小"]}, "school", units["甲一小"]),
                   school.total.question).total == school.total.value
    session.rollback()


def test_months_stand_beside_each_other_and_are_not_added_up(county):
    session, _ = county
    found = answer(session, everyone(), asked(rows="unit", columns="month", months=3))
    assert [head.words for head in found.columns] == ["2019年2月", "2019年3月", "2019年4月"]
    assert not found.row_sums and found.total is None and answer_chart(found).lines


@pytest.mark.parametrize("given", [{"rows": "sex", "columns": "sex"}, {"measure": "lessons"}, {"rows": "label"},
                                   {"measure": STANDING, "columns": "month"}, {"months": 0}, {"months": 99}])
def test_questions_that_make_no_sense_are_refused(given):
    with pytest.raises(Invalid):
        asked(**given)


def test_every_dimension_has_words_for_what_it_finds(county):
    session, _ = county
    for name in (name for name, each in DIMENSIONS.items() if not each.only_narrows):
        found = answer(session, everyone(), asked(rows=name, columns=""))
        assert found.rows and all(head.words and DIMENSIONS[name].knows(head.value) for head in found.rows)
