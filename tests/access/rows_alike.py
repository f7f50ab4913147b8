"""Who may answer what comparing the lists finds, and say which files are of one child."""

from tests.access.rows import Row

OK, ON = frozenset({200}), frozenset({303})
BUREAU, CHECKERS = frozenset({"bureau"}), frozenset({"township", "bureau"})

ROWS = [
    Row("GET", "/lists/suspects", CHECKERS, answers=OK),
    Row("POST", "/lists/suspects/search", CHECKERS, answers=ON),
    Row("POST", "/lists/suspects/<int:suspect_id>/<any(confirm, dismiss, reopen):step>", CHECKERS, "suspect",
        values={"step": "dismiss"}, form={"note": "在外县就读"}, answers=frozenset({303, 409})),
    Row("GET", "/students/duplicates", BUREAU, answers=OK),
    Row("POST", "/students/duplicates/search", BUREAU, answers=ON),
    Row("POST", "/students/duplicates/<int:pair_id>/<any(merge, apart, again):step>", BUREAU, "pair", scoped=False,
        values={"step": "apart"}, answers=frozenset({303, 409})),
    Row("POST", "/students/merges/<int:merge_id>/undo", BUREAU, "merge", scoped=False,
        answers=frozenset({303, 409})),
]
