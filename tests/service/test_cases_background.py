"""What is known of a child besides its cases: dated facts and their labels, household, register, schools."""

from datetime import date, timedelta

import pytest

from service.cases import child_file, facts, household
from service.errors import Conflict, Invalid, NotFound
from service.models import AuditEvent, Student, Transfer
from tests.service.case_papers import OTHER_SCHOOL, SCHOOL, TODAY, ago


@pytest.fixture
def session(county):
    with county.installation.database.write() as session:
        yield session


@pytest.fixture
def child(session, county):
    student = Student(name="谭小梅", school_id=county.units[SCHOOL])
    session.add(student)
    session.flush()
    return student


@pytest.mark.parametrize("kinds, day, said", [
    (["poverty"], date(2019, 4, 11), ("建档立卡",)), (["poverty"], date(2021, 1, 1), ("脱贫户",)),
    (["poverty", "poverty_lifted"], date(2022, 1, 1), ("脱贫户",)),
    (["orphan", "disabled", "disabled"], date(2022, 1, 1), ("残疾", "孤儿")), ([], date(2022, 1, 1), ()),
])
def test_labels_are_derived_for_a_day(kinds, day, said):
    assert facts.labels(kinds, day) == said


def test_a_fact_holds_from_its_first_to_its_last_day(session, county, child):
    school = county.actor("school")
    fact = facts.add(session, school, child.id, "left_behind", from_on=ago(100), source_name="摸底表")
    assert child_file.open_file(session, school, child.id).labels == ("留守",)
    facts.end(session, school, fact.id, ago(1))
    found = child_file.open_file(session, school, child.id)
    assert found.labels == () and [one.until_on for one in found.facts] == [ago(1)]
    again = facts.add(session, school, child.id, "left_behind", from_on=TODAY, source_name="摸底表")
    facts.end(session, school, again.id, None)
    assert len(child_file.open_file(session, school, child.id).facts) == 1
    with pytest.raises(Conflict):
        facts.end(session, school, again.id, None)


@pytest.mark.parametrize("change, words", [
    ({"kind": "rich"}, "类别"), ({"from_on": TODAY + timedelta(days=1)}, "起始日期"), ({"source_name": " "}, "依据"),
    ({"until_on": ago(200)}, "终止日期")])
def test_a_fact_says_what_since_when_and_on_what_ground(session, county, child, change, words):
    asked = {"kind": "orphan", "from_on": ago(100), "source_name": "民政证明"} | change
    with pytest.raises(Invalid, match=words):
        facts.add(session, county.actor("school"), child.id, **asked)


def test_the_same_fact_is_not_told_twice_for_a_day(session, county, child):
    school = county.actor("school")
    facts.add(session, school, child.id, "orphan", from_on=ago(100), source_name="民政证明")
    with pytest.raises(Conflict):
        facts.add(session, school, child.id, "orphan", from_on=ago(50), source_name="民政证明")


def test_what_is_sensitive_is_shown_only_when_opened_and_the_opening_is_recorded(session, county, child):
    school = county.actor("school")
    facts.add(session, school, child.id, "disabled", from_on=ago(100), value="智力二级", source_name="残疾人证")
    household.add_member(session, school, child.id, "谭大勇", "父亲", is_guardian=True, phone="13812345678",
                         situation="服刑")
    shut = child_file.open_file(session, school, child.id)
    member, = shut.household.members
    assert (shut.facts[0].value, member.phone, member.situation) == ("", "138******78", household.SITUATION_HIDDEN)
    opened = child_file.reveal(session, school, child.id, "facts")
    member, = opened.household.members
    assert (opened.facts[0].value, member.phone, member.situation) == ("智力二级", "13812345678", "服刑")
    last = session.query(AuditEvent).order_by(AuditEvent.id.desc()).first()
    assert (last.action, last.detail) == ("student.revealed", {"field": "facts"})


def test_the_township_of_the_household_register_sees_the_child(session, county, child):
    with pytest.raises(NotFound):
        child_file.open_file(session, county.actor("other_township"), child.id)
    household.set_register(session, county.actor("school"), child.id, county.units["河滨"], "河滨镇西关村")
    found = child_file.open_file(session, county.actor("other_township"), child.id)
    assert found.household.register_unit == "河滨" and found.household.register_address == "河滨镇西关村…"
    with pytest.raises(Invalid, match="乡镇"):
        household.set_register(session, county.actor("school"), child.id, county.units[OTHER_SCHOOL], "")


def test_schools_come_from_what_was_told_and_from_the_registers(session, county, child):
    household.add_school(session, county.actor("school"), child.id, "外县小学", ago(900), ago(500))
    session.add(Transfer(direction="in", student_id=child.id, name=child.name, unit_id=child.school_id,
                         moved_on=ago(490)))
    session.flush()
    found = child_file.open_file(session, county.actor("school"), child.id).household.schools
    assert [(one.school, one.source) for one in found] == [("外县小学", "补录"), (SCHOOL, "转入登记")]


def test_other_units_add_nothing(session, county, child):
    for user in ("other_school", "other_township", "direct_school"):
        with pytest.raises(NotFound):
            facts.add(session, county.actor(user), child.id, "orphan", from_on=ago(1), source_name="证明")
