"""Who may see how reliable the reader is, refit it, and take training examples out."""

from tests.access.rows import Row

LEARNERS, BUREAU = frozenset({"bureau", "system_admin"}), frozenset({"bureau"})
TOO_FEW = frozenset({422})

ROWS = [
    Row("GET", "/learning", LEARNERS, answers=frozenset({200})),
    Row("POST", "/learning/calibration", LEARNERS, answers=TOO_FEW),
    Row("POST", "/learning/export", BUREAU, answers=TOO_FEW),
]
