"""Whatever people do in whatever order: no case closes without evidence, nothing is lost, nobody hangs silently."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from service import identity
from service.calendar import full_years
from service.cases import Request, due, handover, missing, open_case, perform, tasks, transfers
from service.cases.states import ACTS, ATTENDANCE_DAYS, COMPULSORY_UNTIL, OPEN
from service.cases.visits import append_visited
from service.errors import ShibiaoError
from service.models import Case, CaseEvent, Handover, HomeVisit, Student, Transfer
from tests.service.case_papers import OTHER_SCHOOL, SCHOOL, TODAY, ago, id_number, put_sheet

USERS = ("school", "other_school", "township", "bureau", "clerk")
DAYS = st.integers(0, 120)
STEPS = st.one_of(
    st.tuples(st.just("act"), st.sampled_from(sorted(ACTS)), st.sampled_from(USERS), DAYS,
              st.sampled_from(["", "证明一号"])),
    st.tuples(st.just("visit"), DAYS, st.booleans()),
    st.tuples(st.just("answer"), st.sampled_from(USERS), st.sampled_from(["accept", "return", "withdraw"])),
    st.tuples(st.just("task"), st.sampled_from(["ask", "finish"])),
    st.tuples(st.just("line"), st.sampled_from(["out", "in"]), st.sampled_from([SCHOOL, OTHER_SCHOOL]), DAYS),
    st.tuples(st.just("join"), st.sampled_from(["pair", "unpair", "receive", "unreceive", "forget"]),
              st.integers(0, 5)),
    st.just(("watch",)),
)
LIKELY = st.lists(st.one_of(STEPS, st.sampled_from([
    ("act", "return", "school", 90, ""), ("act", "attend", "school", 50, ""), ("act", "settle", "township", 20, ""),
    ("visit", 100, True), ("act", "relapse", "school", 10, ""), ("act", "transferred", "bureau", 5, ""),
    ("line", "out", SCHOOL, 60), ("line", "in", OTHER_SCHOOL, 55), ("watch",)])), min_size=3, max_size=16)


@pytest.fixture(scope="module")
def _shared(request, _county_ground, tmp_path_factory):
    import shutil

    from service.config import Settings
    from service.installation import open_installation
    from tests.conftest import county_of

    folder = tmp_path_factory.mktemp("histories") / "data"
    shutil.copytree(_county_ground, folder)
    county = county_of(open_installation(Settings(data_dir=folder)))
    yield county
    county.installation.close()


class Life:
    """One child and what happens to it, with what was true when its case was last closed."""

    def __init__(self, session, county):
        self.session, self.county = session, county
        self.actors = {user: county.actor(user) for user in USERS}
        number = id_number("20120601")
        self.child = Student(name="谭小梅", sex="女", school_id=county.units[SCHOOL], id_number=number,
                             id_number_mark=identity.mark(number), born_on=date(2012, 6, 1))
        session.add(self.child)
        session.flush()
        self.case = open_case(session, self.actors["bureau"], self.child.id, source="annual_check", year=2020,
                              on=ago(120))
        self.known = {}

    def take(self, step):
        """The step, or nothing of it when it is refused."""
        with self.session.begin_nested() as part:
            try:
                getattr(self, step[0])(*step[1:])
            except ShibiaoError:
                part.rollback()
        self.session.expire_all()

    def act(self, name, user, days, document):
        before = self.case.state
        event = perform(self.session, self.actors[user], self.case.id, Request(
            name, ago(days), note="说明", document=document, unit_id=self.county.units["河滨"], source="other",
            year=2020))
        if self.case.state == "closed" and before != "closed":
            assert self.proves(event), f"{name} closed the case without evidence"

    def proves(self, event):
        """Evidence, looked for here without the code under test."""
        rows = list(self.session.query(CaseEvent).filter_by(case_id=self.case.id).order_by(CaseEvent.id))
        if self.case.closing == "settled":
            back = max(row.happened_on for row in rows if row.kind == "returned")
            seen = any("attendance" in row.detail and (row.happened_on - back).days >= ATTENDANCE_DAYS for row in rows)
            return seen and self.session.query(HomeVisit).filter_by(
                case_id=self.case.id, guardian_signature=True).count() > 0
        if self.case.closing == "over_age":
            return full_years(self.child.born_on, event.happened_on) >= COMPULSORY_UNTIL
        cited = (event.note or "").startswith("凭据：")
        if self.case.closing == "transferred":
            return cited or any(line.direction == "out" and (line.partner_id or line.receipt_on)
                                for line in self.session.query(Transfer))
        return cited

    def visit(self, days, signed):
        sheet = put_sheet(self.session, "home_visit", self.county.units[SCHOOL], self.county.users["school"], {}, {},
                          None)
        visit = HomeVisit(student=self.child, case=self.case, sheet_id=sheet.id, unit_id=self.case.unit_id,
                          visited_on=ago(days), guardian_signature=signed)
        self.session.add(visit)
        self.session.flush()
        append_visited(self.session, self.actors["clerk"], visit)

    def answer(self, user, how):
        asked = self.session.query(Handover).filter_by(state="pending").first()
        if asked and how == "withdraw":
            handover.withdraw(self.session, self.actors[user], asked.id, "误报")
        elif asked:
            handover.answer(self.session, self.actors[user], asked.id, accept=how == "accept", reason="理由")

    def task(self, how):
        open_now = tasks.asked(self.session, self.case)
        if how == "ask":
            tasks.ask(self.session, self.actors["bureau"], self.case.id, "查清去向", TODAY)
        elif open_now:
            tasks.finish(self.session, self.actors["bureau"], open_now[0].task_id)

    def line(self, direction, school, days):
        line = Transfer(direction=direction, name="谭小梅", unit_id=self.county.units[school], moved_on=ago(days))
        transfers.identify(line, id_number("20120601"))
        self.session.add(line)
        transfers.filed(self.session, None, [line])

    def join(self, how, number):
        lines = self.session.query(Transfer).order_by(Transfer.id).all()
        if not lines:
            return
        one, bureau = lines[number % len(lines)], self.actors["bureau"]
        if how == "pair":
            transfers.pair(self.session, bureau, one.id, lines[-1].id)
        elif how == "receive":
            transfers.receive(self.session, bureau, one.id, "转接单", TODAY)
        elif how == "forget":
            transfers.forget(self.session, bureau, one)
        else:
            {"unpair": transfers.unpair, "unreceive": transfers.unreceive}[how](self.session, bureau, one.id)

    def watch(self):
        for out in self.session.scalars(missing.unnoticed()).all():
            missing.suspect(self.session, out)
        assert not self.session.scalars(missing.unnoticed()).all()

    def check(self):
        events = {event.id: (event.kind, event.happened_on, str(event.detail))
                  for event in self.session.query(CaseEvent).order_by(CaseEvent.id)}
        assert {key: events.get(key) for key in self.known} == self.known, "an event was lost or changed"
        self.known = events
        assert self.session.query(Case).count() == 1
        by_id = sorted(self.case.events, key=lambda event: event.id)
        assert [event.detail["to"] for event in by_id if event.detail.get("to")][-1] == self.case.state
        assert (self.case.state == "closed") == bool(self.case.closing) == bool(self.case.closed_on)
        self._nobody_waits_in_vain()

    def _nobody_waits_in_vain(self):
        pending = self.session.query(Handover).filter_by(state="pending").count()
        assert pending <= (self.case.state in OPEN)
        found = due.due_of(self.session, self.case)
        assert (self.case.due_on, self.case.due_for) == ((found.on, found.what) if found else (None, ""))
        for line in self.session.query(Transfer):
            assert line.partner is None or line.partner.partner is line
            if line.direction == "out" and line.suspected_on:
                told = Counter(event.detail.get("line") for event in self.case.events)
                assert line.case_id == self.case.id and told[line.id], "a child is missing and nobody was told"


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(steps=LIKELY)
def test_no_history_closes_without_evidence_loses_an_event_or_forgets_a_child(_shared, steps):
    with Session(_shared.installation.database.engine.execution_options(immediate=True),
                 expire_on_commit=False) as session:
        life = Life(session, _shared)
        for step in steps:
            life.take(step)
            life.check()
        life.take(("watch",))
        life.check()
        session.rollback()
