"""The state machine as a table: state × act × role × evidence, and the days an act may bear."""

from dataclasses import dataclass, field

import pytest

from service.access import CASE_EVENTS, PERMISSIONS
from service.cases import Request, due, duties, handover, perform, tasks
from service.cases.acts import acts_open_to
from service.cases.states import ACTS, ATTENDANCE_DAYS, OVERDUE_DAYS
from service.errors import Conflict, Invalid, NotAllowed, NotFound
from service.models import Case, CaseEvent, HomeVisit, Student, Transfer
from tests.service.case_papers import OTHER_SCHOOL, SCHOOL, TODAY, ago, id_number, put_visit

STATES = ("suspected", "verified", "persuading", "returned", "closed")
DONE, REFUSED, CONFLICT = "done", NotAllowed, Conflict

# act: states it is allowed in, roles it is allowed to, state after it ("" = stays).
# Written out by hand from the county's rules, apart from the table in service/cases/states.py.
EXPECTED = {
    "verify": ({"suspected"}, {"school", "township", "bureau"}, "verified"),
    "persuade": ({"suspected", "verified", "persuading"}, {"school", "township", "bureau"}, "persuading"),
    "follow_up": ({"returned"}, {"school", "township", "bureau"}, ""),
    "assign": ({"suspected", "verified", "persuading", "returned"}, {"bureau"}, ""),
    "return": ({"suspected", "verified", "persuading"}, {"school", "township", "bureau"}, "returned"),
    "attend": ({"returned"}, {"school", "township", "bureau"}, ""),
    "relapse": ({"returned", "closed"}, {"school", "township", "bureau"}, "persuading"),
    "settle": ({"returned"}, {"township", "bureau"}, "closed"),
    "transferred": ({"suspected", "verified", "persuading", "returned"}, {"township", "bureau"}, "closed"),
    "died": ({"suspected", "verified", "persuading", "returned"}, {"township", "bureau"}, "closed"),
    "abroad": ({"suspected", "verified", "persuading", "returned"}, {"township", "bureau"}, "closed"),
    "over_age": ({"suspected", "verified", "persuading", "returned"}, {"township", "bureau"}, "closed"),
    "exempted": ({"suspected", "verified", "persuading", "returned"}, {"bureau"}, "closed"),
    "hand_over": ({"suspected", "verified", "persuading", "returned"}, {"school", "township", "bureau"}, ""),
    "set_source": ({"suspected", "verified", "persuading", "returned"}, {"township", "bureau"}, ""),
    "note": (set(STATES), {"school", "township", "bureau"}, ""),
}


@dataclass
class World:
    """A case in any state, of a child of 城关一小 born long enough ago, with all evidence there."""

    session: object
    county: object
    born: str = "20050601"
    made: list = field(default_factory=list)

    def case(self, state="persuading", *, visits=1, signature=True, returned=60, attended=True, unit=SCHOOL):
        number = id_number(self.born, f"{len(self.made):03d}")
        student = Student(name="林小树", id_number=number, school_id=self.county.units[SCHOOL])
        student.born_on = __import__("ocr.kinds.id_number", fromlist=["born_on"]).born_on(number)
        case = Case(student=student, unit_id=self.county.units[unit], source="annual_check", source_year=2018,
                    state=state, opened_on=ago(100), closing="settled" if state == "closed" else "",
                    closed_on=ago(10) if state == "closed" else None)
        self.session.add(case)
        self.event(case, "opened", 100)
        if state in ("returned", "closed"):
            self.event(case, "returned", returned)
            if attended:
                self.event(case, "note", returned - ATTENDANCE_DAYS, attendance=True)
        if state == "closed":
            self.event(case, "closed", 10)
        self.session.flush()
        for _ in range(visits):
            sheet = put_visit(self.session, case.unit_id, self.county.users["school"])
            self.session.add(HomeVisit(student=student, case=case, sheet_id=sheet.id, unit_id=case.unit_id,
                                       visited_on=ago(90), guardian_signature=signature))
        self.session.flush()
        self.made.append(case)
        return case

    def event(self, case, kind, days, **detail):
        case.events.append(CaseEvent(kind=kind, happened_on=ago(days), unit_id=case.unit_id, detail=detail))

    def do(self, user, case, act, **changes):
        asked = {"note": "说明", "document": "凭据一号", "unit_id": self.county.units["河滨"],
                 "source": "ministry_list", "year": 2019, "on": ago(2)} | changes
        return perform(self.session, self.county.actor(user), case.id, Request(act, **asked))


@pytest.fixture
def world(county):
    with county.installation.database.write() as session:
        yield World(session, county)


def test_the_table_names_every_act():
    assert set(ACTS) == set(EXPECTED)


@pytest.mark.parametrize("act", EXPECTED)
def test_an_act_is_done_in_its_states_by_its_roles_and_refused_everywhere_else(world, act):
    states, roles, after = EXPECTED[act]
    for role in ("school", "township", "bureau"):
        for state in STATES:
            case = world.case(state)
            wanted = DONE if state in states and role in roles else REFUSED if role not in roles else CONFLICT
            events = len(case.events)
            if wanted is DONE:
                event = world.do(role, case, act)
                assert case.state == (after or state), (role, state)
                assert event.detail["from"] == state and event.detail["to"] == case.state
                assert len(case.events) == events + 1
            else:
                with pytest.raises(wanted):
                    world.do(role, case, act)
                assert (case.state, len(case.events)) == (state, events), (role, state)


@pytest.mark.parametrize("role", ["clerk", "system_admin", "security_admin", "audit_admin"])
def test_who_has_no_right_to_case_events_does_no_act(world, role):
    assert CASE_EVENTS not in PERMISSIONS[role]
    case = world.case()
    for act in ACTS:
        with pytest.raises(NotAllowed):
            world.do(role, case, act)


@pytest.mark.parametrize("missing, named", [
    ({"visits": 0}, "家访或劝返记录"), ({"signature": False}, "签字"), ({"attended": False}, "在校确认"),
])
def test_a_case_is_settled_only_with_every_piece_and_the_missing_one_is_named(world, missing, named):
    case = world.case("returned", **missing)
    with pytest.raises(Invalid, match=named):
        world.do("township", case, "settle")
    assert case.state == "returned"


def test_all_missing_pieces_are_named_at_once(world):
    case = world.case("returned", visits=0, attended=False)
    with pytest.raises(Invalid) as refused:
        world.do("bureau", case, "settle")
    assert refused.value.message.count("；") == 2


def test_attendance_counts_only_after_the_days_have_passed(world):
    case = world.case("returned", returned=ATTENDANCE_DAYS + 5, attended=False)
    world.do("school", case, "attend", on=ago(6))
    with pytest.raises(Invalid, match="在校确认"):
        world.do("township", case, "settle", on=TODAY)
    world.do("school", case, "attend", on=ago(5))
    world.do("township", case, "settle", on=TODAY)
    assert (case.state, case.closing, case.closed_on) == ("closed", "settled", TODAY)


def test_attendance_before_a_relapse_does_not_settle_the_second_return(world):
    case = world.case("returned", returned=60)
    world.do("school", case, "relapse", on=ago(20))
    world.do("school", case, "return", on=ago(10))
    with pytest.raises(Invalid, match="在校确认"):
        world.do("township", case, "settle", on=TODAY)


@pytest.mark.parametrize("act", ["transferred", "died", "abroad", "exempted"])
def test_other_closings_must_cite_their_document(world, act):
    case = world.case()
    with pytest.raises(Invalid, match="还缺"):
        world.do("bureau", case, act, document=" ")
    event = world.do("bureau", case, act)
    assert case.closing == act and event.note.startswith("凭据：凭据一号")


def test_over_age_is_proved_by_the_birth_date(world):
    world.born = f"{TODAY.year - 12}0101"
    case = world.case()
    with pytest.raises(Invalid, match="周岁"):
        world.do("bureau", case, "over_age")
    case.student.born_on = case.student.born_on.replace(year=TODAY.year - 17)
    world.do("bureau", case, "over_age")
    assert case.closing == "over_age"


@pytest.mark.parametrize("closing", ["died", "mistaken"])
def test_some_closings_have_no_relapse(world, closing):
    case = world.case("closed")
    case.closing = closing
    with pytest.raises(Invalid, match="还缺"):
        world.do("bureau", case, "relapse")
    assert "relapse" not in [act.name for act in acts_open_to(world.county.actor("bureau"), case)]


def test_a_relapse_reopens_the_same_case(world):
    case = world.case("closed")
    event = world.do("township", case, "relapse")
    assert (case.state, case.closing, case.closed_on) == ("persuading", "", None)
    assert event.kind == "relapsed" and event.case_id == case.id


def test_no_day_lies_in_the_future_before_the_opening_or_before_the_last_step(world):
    case = world.case("returned", returned=60)
    for on, words in ((ago(-1), "今天"), (ago(101), "立案"), (ago(61), "上一步")):
        with pytest.raises(Invalid, match=words):
            world.do("township", case, "relapse", on=on)
    world.do("township", case, "relapse", on=ago(60))


def offered(world, state="persuading"):
    """A case of the county school's that it asks 城关 to take over."""
    case = world.case(state, unit="县直实验小学")
    case.student.school_id = world.county.units["县直实验小学"]
    world.session.flush()
    with pytest.raises(NotFound):
        world.do("township", case, "note")
    world.do("direct_school", case, "hand_over", unit_id=world.county.units["城关"])
    return case, handover.pending(world.session, case.id)


def test_a_hand_over_waits_for_the_other_unit_and_moves_the_case_only_when_accepted(world):
    case, asked = offered(world)
    assert case.unit_id == world.county.units["县直实验小学"]
    with pytest.raises(NotAllowed, match="其他单位"):
        world.do("township", case, "return")
    handover.answer(world.session, world.county.actor("township"), asked.id, accept=True)
    event = world.session.get_one(CaseEvent, asked.event_id)
    assert case.unit_id == event.unit_id == world.county.units["城关"] and event.kind == "handed_over"
    assert event.detail["from_unit"] == world.county.units["县直实验小学"]
    world.do("township", case, "return", on=TODAY)
    with pytest.raises(NotAllowed, match="其他单位"):
        world.do("direct_school", case, "relapse")


def test_a_hand_over_is_sent_back_with_a_reason_and_the_case_stays(world):
    case, asked = offered(world)
    township = world.county.actor("township")
    with pytest.raises(Invalid, match="理由"):
        handover.answer(world.session, township, asked.id, accept=False, reason=" ")
    handover.answer(world.session, township, asked.id, accept=False, reason="户籍已迁出")
    assert (asked.state, case.unit_id) == ("returned", world.county.units["县直实验小学"])
    assert case.events[-1].note == "户籍已迁出" and case.events[-1].detail["step"] == "returned"
    with pytest.raises(NotFound):
        world.do("township", case, "note")


@pytest.mark.parametrize("user, error", [
    ("direct_school", NotAllowed), ("bureau", NotAllowed), ("clerk", NotAllowed), ("other_township", NotFound),
    ("school", NotFound)])
def test_only_the_unit_asked_answers(world, user, error):
    _, asked = offered(world)
    with pytest.raises(error):
        handover.answer(world.session, world.county.actor(user), asked.id, accept=True)
    assert asked.state == "pending"


def test_nobody_answers_twice_and_the_asker_may_take_the_offer_back(world):
    case, asked = offered(world)
    with pytest.raises(NotAllowed, match="移交单位"):
        handover.withdraw(world.session, world.county.actor("township"), asked.id)
    handover.withdraw(world.session, world.county.actor("direct_school"), asked.id)
    with pytest.raises(NotFound):
        handover.answer(world.session, world.county.actor("township"), asked.id, accept=True)
    world.do("direct_school", case, "hand_over", unit_id=world.county.units["城关"])
    again = handover.pending(world.session, case.id)
    handover.answer(world.session, world.county.actor("township"), again.id, accept=True)
    with pytest.raises(Conflict, match="已经有了答复"):
        handover.answer(world.session, world.county.actor("township"), again.id, accept=False, reason="x")


def test_a_case_on_offer_is_offered_once_and_not_closed_under_the_others_hands(world):
    case, _ = offered(world)
    with pytest.raises(Conflict, match="等待"):
        world.do("direct_school", case, "hand_over", unit_id=world.county.units["城关"])
    with pytest.raises(Conflict, match="不能结案"):
        world.do("bureau", case, "died")
    world.do("bureau", case, "assign", unit_id=world.county.units["河滨"])
    assert handover.pending(world.session, case.id) is None
    assert case.unit_id == world.county.units["河滨"]


def test_a_hand_over_says_why_and_goes_where_the_role_may_send_it(world):
    case = world.case()
    with pytest.raises(Invalid, match="理由"):
        world.do("school", case, "hand_over", note=" ")
    with pytest.raises(Invalid, match="乡镇"):
        world.do("school", case, "hand_over", unit_id=world.county.units[OTHER_SCHOOL])
    for target in (None, case.unit_id, world.county.units["示范县教育体育局"], 99_999):
        with pytest.raises(Invalid):
            world.do("bureau", case, "hand_over", unit_id=target)


def test_a_child_who_arrived_elsewhere_is_closed_by_the_register_without_a_document(world):
    case = world.case()
    with pytest.raises(Invalid, match="转入"):
        world.do("township", case, "transferred", document="")
    out = Transfer(direction="out", student=case.student, name=case.student.name, unit_id=case.unit_id,
                   moved_on=ago(30), receipt="学籍转接单一号", receipt_on=ago(5))
    world.session.add(out)
    world.session.flush()
    world.do("township", case, "transferred", document="")
    assert case.closing == "transferred"


def test_an_arrival_before_the_child_went_missing_proves_nothing(world):
    case = world.case()
    world.session.add(Transfer(direction="out", student=case.student, name=case.student.name, unit_id=case.unit_id,
                               moved_on=ago(400), receipt="学籍转接单一号", receipt_on=ago(390)))
    world.session.flush()
    with pytest.raises(Invalid, match="转入"):
        world.do("township", case, "transferred", document="")


def test_what_is_due_follows_the_case(world):
    actor = world.county.actor("township")
    case = world.case("suspected")
    due.renew(world.session, case)
    assert case.due_for == "verify"
    world.do("school", case, "verify", on=ago(50))
    assert (case.due_for, case.due_on) == ("visit", ago(61))  # the visit of 90 days ago was the last contact
    world.do("school", case, "persuade", on=ago(10))
    assert (case.due_for, case.due_on) == ("visit", ago(10 - OVERDUE_DAYS + 1))
    task = tasks.ask(world.session, actor, case.id, "查清去向", TODAY)
    assert (case.due_for, case.due_on) == ("task", TODAY)
    tasks.finish(world.session, world.county.actor("school"), task.id, "在县城打工")
    assert case.due_for == "visit"
    world.do("school", case, "return", on=TODAY)
    assert case.due_for == "attend"


def test_a_closed_case_asks_for_nothing_and_its_open_tasks_end_with_a_note(world):
    case = world.case()
    tasks.ask(world.session, world.county.actor("bureau"), case.id, "查清去向", TODAY)
    world.do("bureau", case, "died")
    assert (case.due_on, case.due_for) == (None, "") and not tasks.asked(world.session, case)
    assert any(event.detail.get("step") == "dropped" for event in case.events)
    with pytest.raises(Conflict):
        tasks.ask(world.session, world.county.actor("bureau"), case.id, "查清去向", TODAY)


def test_one_person_has_a_duty_at_a_time_and_each_change_is_told(world):
    case, actor = world.case(), world.county.actor("school")
    duties.name(world.session, actor, case.id, "teacher", "周文静", "13800000000")
    duties.name(world.session, actor, case.id, "teacher", "李国强")
    duties.name(world.session, actor, case.id, "village", "谭支书")
    assert [(duty.role_label, duty.name) for duty in duties.named(world.session, case)] == [
        ("包保教师", "李国强"), ("村（社区）责任人", "谭支书")]
    duties.relieve(world.session, actor, duties.named(world.session, case)[0].duty_id)
    assert [duty.role for duty in duties.named(world.session, case)] == ["village"]
    assert sum("duty" in event.detail for event in case.events) == 4


@pytest.mark.parametrize("change", [{"source": "hearsay"}, {"year": 1850}, {"year": TODAY.year + 1}])
def test_a_source_is_one_of_the_list_in_a_possible_year(world, change):
    case = world.case()
    with pytest.raises(Invalid, match="来源"):
        world.do("bureau", case, "set_source", **change)
    assert case.source == "annual_check"


def test_a_case_out_of_sight_is_absent(world):
    case = world.case()
    for user in ("other_school", "other_township", "direct_school"):
        with pytest.raises(NotFound):
            world.do(user, case, "note")


def test_who_saw_an_older_state_is_told_and_changes_nothing(world):
    case = world.case("returned")
    with pytest.raises(Conflict, match="已劝返"):
        world.do("bureau", case, "note", state="persuading")


def test_an_unknown_act_and_an_empty_note_are_refused(world):
    case = world.case()
    with pytest.raises(Invalid):
        world.do("bureau", case, "delete")
    with pytest.raises(Invalid, match="内容"):
        world.do("bureau", case, "note", note=" ", document="")
