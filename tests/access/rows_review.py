"""Who may call the review screens, the pictures of sheets and the API's sheets."""

from tests.access.rows import REVIEWERS, UPLOADERS, Row

OK = frozenset({200})
DECISION = {"version": 0, "row": 0, "field": "age", "kind": "corrected", "value": "11"}
STALE = {"version": 99}
BUREAU = frozenset({"bureau"})
REFUSED_IN_WORDS = frozenset({409, 422})

ROWS = [
    Row("GET", "/review", REVIEWERS, answers=OK),
    Row("GET", "/review/next", REVIEWERS, answers=frozenset({302})),
    Row("POST", "/review/next", REVIEWERS, answers=OK),
    Row("GET", "/review/<int:sheet_id>", REVIEWERS, "sheet", answers=OK),
    Row("POST", "/review/<int:sheet_id>/decisions", REVIEWERS, "sheet", body=DECISION,
        answers=frozenset({200, 409})),
    Row("POST", "/review/<int:sheet_id>/undo", REVIEWERS, "sheet", body=STALE, answers=frozenset({409})),
    Row("POST", "/review/<int:sheet_id>/catch-up", REVIEWERS, "sheet", body=STALE | {"steps": []},
        answers=frozenset({200, 409})),
    Row("POST", "/review/<int:sheet_id>/template", REVIEWERS, "sheet",
        body=STALE | {"template": "home_visit"}, answers=frozenset({409})),
    Row("POST", "/review/<int:sheet_id>/sign-off", REVIEWERS, "sheet", body=STALE, answers=REFUSED_IN_WORDS),
    Row("POST", "/review/<int:sheet_id>/same-paper", REVIEWERS, "sheet", body=STALE | {"other": 888_888, "same": True},
        answers=frozenset({422})),
    Row("POST", "/review/<int:sheet_id>/return", REVIEWERS, "sheet", body=STALE | {"reason": "照片模糊"},
        answers=frozenset({409})),
    Row("POST", "/review/<int:sheet_id>/set-aside", REVIEWERS, "sheet", body=STALE | {"reason": "空白表"},
        answers=frozenset({409})),
    Row("POST", "/review/<int:sheet_id>/take-back", REVIEWERS, "sheet", answers=frozenset({409})),
    Row("POST", "/review/<int:sheet_id>/skip", REVIEWERS, "sheet", body={"reason": ""}, answers=OK),
    Row("POST", "/review/<int:sheet_id>/ask", REVIEWERS, "sheet",
        body=STALE | {"colleague": 999_999, "note": "问"}, answers=frozenset({422})),
    Row("GET", "/review/mine", REVIEWERS, answers=OK),
    Row("GET", "/sheets/<int:sheet_id>/retake", UPLOADERS, "returned_sheet", answers=OK),
    Row("POST", "/review/<int:sheet_id>/release", REVIEWERS, "sheet", answers=frozenset({204})),
    Row("GET", "/review/wall", REVIEWERS, answers=OK),
    Row("GET", "/review/wall/<form>/<field>", REVIEWERS, values={"form": "home_visit", "field": "sex"}, answers=OK),
    Row("GET", "/review/wall/crops", REVIEWERS, query={"of": "x"}, answers=frozenset({422})),
    Row("POST", "/review/wall/accept", REVIEWERS, body={"places": []}, answers=frozenset({422})),
    Row("POST", "/review/wall/undo", REVIEWERS, body={"places": []}, answers=frozenset({422})),
    Row("GET", "/review/second", REVIEWERS, answers=OK),
    Row("GET", "/review/second/<int:place_id>/crop", REVIEWERS, "second_reading", answers=OK),
    Row("POST", "/review/second/<int:place_id>", REVIEWERS, "second_reading", body={"text": "测试生"},
        answers=frozenset({200, 409})),
    Row("GET", "/quality", BUREAU, answers=frozenset({302})),
    Row("GET", "/quality/<wanted>", BUREAU, values={"wanted": "2019-04"}, answers=OK),
    Row("POST", "/quality/<wanted>/spots", BUREAU, values={"wanted": "2019-04"}, form={"number": "0"},
        answers=frozenset({422})),
    Row("GET", "/sheets/<int:sheet_id>/image", UPLOADERS, "sheet", answers=OK),
    Row("GET", "/sheets/<int:sheet_id>/crop", UPLOADERS, "read_sheet",
        query={"row": 0, "field": "student_name"}, answers=OK),
    Row("GET", "/api/v1/sheets", REVIEWERS, answers=OK),
    Row("GET", "/api/v1/sheets/<int:sheet_id>", REVIEWERS, "sheet", answers=OK),
    Row("POST", "/api/v1/sheets/<int:sheet_id>/decisions", REVIEWERS, "sheet", body=DECISION,
        answers=frozenset({201, 409})),
    Row("POST", "/api/v1/sheets/<int:sheet_id>/same-paper", REVIEWERS, "sheet",
        body=STALE | {"other": 888_888, "same": True}, answers=frozenset({422})),
    Row("POST", "/api/v1/sheets/<int:sheet_id>/sign-off", REVIEWERS, "sheet", body=STALE,
        answers=REFUSED_IN_WORDS),
]
