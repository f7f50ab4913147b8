"""Who may call the frame around the screens."""

from tests.access.rows import EVERYBODY, PUBLIC, Row

ROWS = [
    Row("GET", "/static/<path:filename>", PUBLIC, values={"filename": "app.css"}, answers=frozenset({200})),
    Row("GET", "/", EVERYBODY, answers=frozenset({302})),
    Row("GET", "/login", PUBLIC),
    Row("POST", "/logout", EVERYBODY, answers=frozenset({302})),
    Row("GET", "/password", EVERYBODY, answers=frozenset({200})),
    Row("POST", "/password", EVERYBODY, form={"old": "x"}, answers=frozenset({422})),
    Row("GET", "/healthz", PUBLIC),
    Row("GET", "/readyz", PUBLIC),
    Row("GET", "/metrics", PUBLIC),
    Row("GET", "/api/v1/openapi.json", PUBLIC),
    Row("GET", "/api/docs", PUBLIC),
]
