"""Who may see children, act on cases, and open sheets."""

from tests.access.rows import CASEWORKERS, UPLOADERS, Row

OK = frozenset({200})
SEARCH = {"text": "测试"}
NOTE = {"act": "note", "on": "2019-05-01", "note": "记一笔"}
BUREAU = frozenset({"bureau"})
STALE = frozenset({409})
"""The form names a version that is not the sheet's: let through, and told so."""

ROWS = [
    Row("GET", "/students", UPLOADERS, answers=OK),
    Row("POST", "/students", UPLOADERS, form=SEARCH, answers=OK),
    Row("GET", "/students/<int:student_id>", UPLOADERS, "student", answers=OK),
    Row("POST", "/students/<int:student_id>/reveal", UPLOADERS, "student", form={"field": "address"},
        answers=OK),
    Row("POST", "/students/<int:student_id>/cases/<int:case_id>/acts", CASEWORKERS, "case",
        values={"student_id": 1}, form=NOTE, answers=frozenset({302})),
    Row("POST", "/students/<int:student_id>/doubts/<int:event_id>", UPLOADERS, "doubt",
        values={"student_id": 1}, answers=frozenset({302, 409})),
    Row("GET", "/sheets/<int:sheet_id>", UPLOADERS, "sheet", answers=OK),
    Row("POST", "/sheets/<int:sheet_id>/reopen", BUREAU, "sheet", form={"reason": "看错", "version": "99"},
        answers=STALE),
    Row("POST", "/sheets/<int:sheet_id>/withdraw", BUREAU, "sheet", form={"reason": "重复", "version": "99"},
        answers=STALE),
    Row("GET", "/api/v1/students", UPLOADERS, answers=OK),
    Row("POST", "/api/v1/students/search", UPLOADERS, body=SEARCH, answers=OK),
    Row("GET", "/api/v1/students/<int:student_id>", UPLOADERS, "student", answers=OK),
    Row("POST", "/api/v1/students/<int:student_id>/reveal", UPLOADERS, "student", body={"field": "address"},
        answers=OK),
    Row("POST", "/api/v1/cases/<int:case_id>/events", CASEWORKERS, "case", body=NOTE,
        answers=frozenset({201})),
]
