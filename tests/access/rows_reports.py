"""Who may call the reports: screens, files and API."""

from tests.access.rows import REVIEWERS, UPLOADERS, Row

EXPORT = "/export/<any(xlsx, csv, json):kind>"
MONTH = {"wanted": "2019-04"}
ABOVE_SCHOOL = UPLOADERS - {"school"}
FILE = {"kind": "csv"}
OK = frozenset({200})

ROWS = [
    Row("GET", "/reports", UPLOADERS, answers=OK),
    Row("GET", "/reports/months", UPLOADERS, answers=frozenset({302})),
    Row("GET", "/reports/months/<wanted>", UPLOADERS, values=MONTH, answers=OK),
    Row("GET", f"/reports/months/<wanted>{EXPORT}", UPLOADERS, values={**MONTH, **FILE}, answers=OK),
    Row("GET", "/reports/months/<wanted>/units/<int:unit_id>", ABOVE_SCHOOL, target="reporting_unit",
        values=MONTH, answers=OK),
    Row("GET", f"/reports/months/<wanted>/units/<int:unit_id>{EXPORT}", ABOVE_SCHOOL,
        target="reporting_unit", values={**MONTH, **FILE}, answers=OK),
    Row("GET", "/reports/ranking/<wanted>", REVIEWERS, values=MONTH, answers=OK),
    Row("GET", "/reports/annex1", UPLOADERS, query={"day": "2019-04-30"}, answers=OK),
    Row("GET", f"/reports/annex1{EXPORT}", UPLOADERS, values=FILE, answers=OK),
    # the county's list; a unit's own and another's are told apart in tests/web/test_reports_screens.py
    Row("GET", "/reports/list", REVIEWERS, query={"figure": "closing", "month": "2019-04"}, answers=OK),
    Row("GET", f"/reports/list{EXPORT}", REVIEWERS, values=FILE,
        query={"figure": "closing", "month": "2019-04"}, answers=OK),
    Row("GET", "/api/v1/months", UPLOADERS, answers=OK),
    Row("GET", "/api/v1/months/<wanted>", UPLOADERS, values=MONTH, answers=OK),
    Row("GET", "/api/v1/figures", REVIEWERS, query={"figure": "closing", "month": "2019-04"}, answers=OK),
]
