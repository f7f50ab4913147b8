"""Two people at once, on both databases: one child stays one child, one case moves one step at a time."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from service import archive, cases
from service.cases import directory
from service.errors import Conflict
from service.models import Case, CaseEvent, HomeVisit, Student
from tests.service.case_papers import SCHOOL, ago, put_visit


def test_two_papers_of_one_new_child_signed_at_once_make_one_file(any_county):
    database, clerks = any_county.installation.database, ("clerk", "second_clerk")
    with database.write() as session:
        sheets = [put_visit(session, any_county.units[SCHOOL], any_county.users["school"],
                            visit_time=ago(days).isoformat()) for days in (60, 40)]
        seen = [(sheet.id, sheet.version) for sheet in sheets]

    def sign(who, sheet):
        with database.write() as session:
            cases.sign_off(session, any_county.actor(who), *sheet)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(sign, clerks, seen))
    with database.read() as session:
        counts = [session.scalar(select(func.count()).select_from(kind))
                  for kind in (Student, Case, HomeVisit)]
    assert counts == [1, 1, 2]


def test_of_two_returns_recorded_at_once_one_counts(any_county):
    database = any_county.installation.database
    with database.write() as session:
        sheet = put_visit(session, any_county.units[SCHOOL], any_county.users["school"])
        cases.sign_off(session, any_county.actor("clerk"), sheet.id, sheet.version)
        case_id = session.scalars(select(Case.id)).one()

    def bring_back(who):
        try:
            with database.write() as session:
                cases.perform(session, any_county.actor(who), case_id, cases.Request("return", ago(5)))
        except Conflict:
            return "told"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(bring_back, ("school", "township"))) == ["done", "told"]
    with database.read() as session:
        returns = select(func.count()).select_from(CaseEvent).where(CaseEvent.kind == "returned")
        assert session.scalar(returns) == 1
        clerk = any_county.actor("clerk")
        assert directory.search(session, clerk, directory.Query(state="returned")).total == 1
        assert directory.counts(session, clerk) == {"overdue": 0, "doubts": 0}
        assert archive.search(session, clerk, archive.Query(text="home", state="signed")).total == 1
