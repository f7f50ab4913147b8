"""Who may hand in scans and see what became of them."""

from tests.access.rows import UPLOADERS, Row

OK = frozenset({200})

ROWS = [
    Row("GET", "/uploads", UPLOADERS, answers=OK),
    Row("POST", "/uploads/files", UPLOADERS, form={"x": "no file"}, answers=frozenset({422})),
    Row("GET", "/uploads/state", UPLOADERS, answers=OK),
    Row("GET", "/scans/<scan_id>", UPLOADERS, "scan", answers=OK),
    Row("GET", "/scans/<scan_id>/state", UPLOADERS, "scan", answers=OK),
    Row("GET", "/scans/<scan_id>/original", UPLOADERS, "scan", answers=OK),
    Row("GET", "/scans/<scan_id>/preview", UPLOADERS, "picture_scan", answers=OK),
    Row("POST", "/scans/<scan_id>/settle", UPLOADERS, "failed_scan", answers=frozenset({303, 409})),
    Row("POST", "/api/v1/scans", UPLOADERS, answers=frozenset({422})),
    Row("GET", "/api/v1/scans", UPLOADERS, answers=OK),
    Row("GET", "/api/v1/scans/<scan_id>", UPLOADERS, "scan", answers=OK),
    Row("GET", "/api/v1/scans/<scan_id>/original", UPLOADERS, "scan", answers=OK),
]
