"""Who may call the reports: screens, files and API."""

from service.models import SavedQuestion
from tests.access.rows import CASEWORKERS, REVIEWERS, UPLOADERS, WITH_VIEWER, Row

EXPORT = "/export/<any(xlsx, csv, json):kind>"
MONTH = {"wanted": "2019-04"}
ABOVE_SCHOOL = UPLOADERS - {"school"}
FILE = {"kind": "csv"}
BUREAU = frozenset({"bureau"})
OK = frozenset({200})



def _kept_by_all(county) -> None:
    with county.installation.database.write() as session:
        session.add_all(SavedQuestion(user_id=user, name="测试", query="") for user in county.users.values())


ROWS = [
    Row("GET", "/reports", WITH_VIEWER, answers=frozenset({200, 302})),
    Row("GET", "/reports/months", UPLOADERS, answers=frozenset({302})),
    Row("GET", "/reports/months/<wanted>", UPLOADERS, values=MONTH, answers=OK),
    Row("GET", f"/reports/months/<wanted>{EXPORT}", UPLOADERS, values={**MONTH, **FILE}, answers=OK),
    Row("GET", "/reports/months/<wanted>/units/<int:unit_id>", ABOVE_SCHOOL, target="reporting_unit",
        values=MONTH, answers=OK),
    Row("GET", f"/reports/months/<wanted>/units/<int:unit_id>{EXPORT}", ABOVE_SCHOOL,
        target="reporting_unit", values={**MONTH, **FILE}, answers=OK),
    Row("GET", "/reports/ranking/<wanted>", REVIEWERS, values=MONTH, answers=OK),
    Row("GET", "/reports/returns/<wanted>", UPLOADERS, values=MONTH, answers=frozenset({200, 302})),
    Row("GET", "/reports/returns/<wanted>/units/<int:unit_id>", UPLOADERS, target="own_school", values=MONTH,
        answers=OK),
    Row("POST", "/reports/returns/<wanted>/units/<int:unit_id>/submit", CASEWORKERS, target="own_school",
        values=MONTH, form={"version": "0"}, answers=frozenset({302, 409, 422})),
    Row("POST", "/reports/returns/<wanted>/units/<int:unit_id>/<any(approve, return, recall):what>", CASEWORKERS,
        target="own_school", values={**MONTH, "what": "approve"}, form={"version": "1"},
        answers=frozenset({302, 409, 422})),
    Row("GET", "/reports/issues/<wanted>", REVIEWERS, values=MONTH, answers=OK),
    Row("POST", "/reports/issues/<wanted>", BUREAU, values=MONTH, form={"number": "7"},
        answers=frozenset({302, 409, 422})),
    Row("GET", "/reports/check/<int:unit_id>", ABOVE_SCHOOL, target="reporting_unit", answers=OK),
    Row("GET", "/reports/bulletins/<wanted>", REVIEWERS | {"viewer"}, values=MONTH, answers=OK),
    Row("GET", "/reports/bulletins/<wanted>/docx", REVIEWERS | {"viewer"}, values=MONTH, answers=OK),
    Row("GET", "/reports/board", REVIEWERS | {"viewer"}, answers=OK),
    Row("GET", "/reports/board/now", REVIEWERS | {"viewer"}, answers=OK),
    Row("GET", "/reports/ask", WITH_VIEWER, query={"measure": "new", "rows": "sex"}, answers=OK),
    Row("GET", f"/reports/ask{EXPORT}", WITH_VIEWER, values=FILE, answers=OK),
    # each person's own: nobody can name another's
    Row("POST", "/reports/ask/saved", WITH_VIEWER, form={"name": "测试"}, answers=frozenset({302})),
    Row("POST", "/reports/ask/forget", WITH_VIEWER, form={"name": "测试"}, answers=frozenset({302}),
        prepare=_kept_by_all),
    Row("GET", "/reports/annex1", UPLOADERS, query={"day": "2019-04-30"}, answers=OK),
    Row("GET", f"/reports/annex1{EXPORT}", UPLOADERS, values=FILE, answers=OK),
    # the county's list; a unit's own and another's are told apart in tests/web/test_reports_screens.py
    Row("GET", "/reports/list", REVIEWERS, query={"figure": "closing", "month": "2019-04"}, answers=OK),
    Row("GET", f"/reports/list{EXPORT}", REVIEWERS, values=FILE,
        query={"figure": "closing", "month": "2019-04"}, answers=OK),
    Row("GET", "/api/v1/months", UPLOADERS, answers=OK),
    Row("GET", "/api/v1/months/<wanted>", UPLOADERS, values=MONTH, answers=OK),
    Row("GET", "/api/v1/months/<wanted>/returns", UPLOADERS, values=MONTH, answers=OK),
    Row("POST", "/api/v1/months/<wanted>/returns", CASEWORKERS, values=MONTH, body={},
        answers=frozenset({201, 404, 409, 422})),
    Row("GET", "/api/v1/months/<wanted>/issues", UPLOADERS, values=MONTH, answers=OK),
    Row("GET", "/api/v1/months/<wanted>/ranking", REVIEWERS, values=MONTH, answers=OK),
    Row("GET", "/api/v1/figures", REVIEWERS, query={"figure": "closing", "month": "2019-04"}, answers=OK),
]
