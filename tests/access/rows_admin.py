"""Who may administrate: each administrator only its own part, and nobody else any of it."""

from tests.access.rows import Row

SYSTEM, SECURITY, AUDITOR = (frozenset({role}) for role in ("system_admin", "security_admin", "audit_admin"))
OK, BACK = frozenset({200}), frozenset({303})

ROWS = [
    Row("GET", "/admin/accounts", SECURITY, answers=OK),
    Row("POST", "/admin/accounts", SECURITY, form={"login": ""}, answers=frozenset({422})),
    Row("GET", "/admin/accounts/<int:user_id>", SECURITY, "user", scoped=False, answers=OK),
    Row("POST", "/admin/accounts/<int:user_id>", SECURITY, "user", scoped=False, form={"name": ""},
        answers=frozenset({422})),
    Row("POST", "/admin/accounts/<int:user_id>/reset", SECURITY, "user", scoped=False, answers=OK),
    Row("POST", "/admin/accounts/<int:user_id>/<any(disable, enable):step>", SECURITY, "user", scoped=False,
        values={"step": "enable"}, answers=BACK),
    Row("POST", "/admin/accounts/<int:user_id>/tokens", SECURITY, "user", scoped=False,
        form={"name": "x", "days": "1"}, answers=OK),
    Row("POST", "/admin/tokens/<int:token_id>/revoke", SECURITY, "token", scoped=False, answers=BACK),
    Row("GET", "/admin/units", SYSTEM, answers=OK),
    Row("POST", "/admin/units", SYSTEM, form={"name": ""}, answers=frozenset({422})),
    Row("POST", "/admin/units/<int:unit_id>", SYSTEM, "unit", scoped=False, form={"name": "新名称"},
        answers=frozenset({303, 409})),
    Row("POST", "/admin/units/<int:unit_id>/<any(close, open):step>", SYSTEM, "unit", scoped=False,
        values={"step": "open"}, answers=BACK),
    Row("GET", "/admin/queue", SYSTEM, answers=OK),
    Row("POST", "/admin/queue/<scan_id>/requeue", SYSTEM, "failed_scan", scoped=False,
        answers=frozenset({303, 409})),
    Row("GET", "/admin/audit", AUDITOR, answers=OK),
    Row("POST", "/admin/audit/verify", AUDITOR, answers=OK),
]
