"""Who may search the archive."""

from tests.access.rows import UPLOADERS, Row

ROWS = [
    Row("GET", "/archive", UPLOADERS, answers=frozenset({200})),
    Row("POST", "/archive", UPLOADERS, form={"text": "家访"}, answers=frozenset({200})),
]
