"""Who may hand lists in and see what they say."""

from tests.access.rows import CASEWORKERS, Row

OK, ON = frozenset({200}), frozenset({303})
COLUMNS = {"c-name": "0", "c-id_number": "1", "c-school": "2"}

ROWS = [
    Row("GET", "/lists", CASEWORKERS, answers=OK),
    Row("POST", "/lists", CASEWORKERS, form={"kind": "roster"}, answers=frozenset({422})),
    Row("GET", "/lists/<int:import_id>", CASEWORKERS, "list", answers=OK),
    Row("GET", "/lists/<int:import_id>/state", CASEWORKERS, "list", answers=OK),
    Row("POST", "/lists/<int:import_id>/headings", CASEWORKERS, "list", form={"sheet": "0", "heading": "1"},
        answers=frozenset({303, 409})),
    Row("POST", "/lists/<int:import_id>/mapping", CASEWORKERS, "list", form=COLUMNS,
        answers=frozenset({303, 409})),
    Row("POST", "/lists/<int:import_id>/units", CASEWORKERS, "list", answers=frozenset({303, 409})),
    Row("POST", "/lists/<int:import_id>/store", CASEWORKERS, "list", answers=frozenset({303, 409})),
    Row("POST", "/lists/<int:import_id>/discard", CASEWORKERS, "list", answers=frozenset({303, 409})),
    Row("GET", "/lists/<int:import_id>/export/problems.xlsx", CASEWORKERS, "list", answers=OK),
    Row("GET", "/lists/<int:import_id>/changes/<any(added, changed, gone):what>", CASEWORKERS, "list",
        values={"what": "added"}, answers=OK),
    Row("GET", "/lists/current/<kind>", CASEWORKERS, values={"kind": "roster"}, answers=OK),
    Row("POST", "/lists/current/<kind>", CASEWORKERS, values={"kind": "roster"}, form={"text": "张"}, answers=OK),
]
