"""What a row of the access table says; each area keeps its own in rows_<area>.py as `ROWS`.

A row names one method of one rule of the url map exactly as Flask prints it, and who is let through.
`test_access_table.py` calls it as everybody, on their own unit's object, another unit's and an absent one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

PUBLIC = "public"
"""`allowed` of a route that anybody may call without logging in."""

UPLOADERS = frozenset({"school", "township", "clerk", "bureau"})
EVERYBODY = UPLOADERS | {"system_admin", "security_admin", "audit_admin", "viewer"}
CASEWORKERS = frozenset({"school", "township", "bureau"})
WITH_VIEWER = UPLOADERS | {"viewer"}
"""Who may see figures without children."""
REVIEWERS = frozenset({"clerk", "bureau"})


@dataclass(frozen=True)
class Row:
    """One method of one route.

    `target` names the kind of object that the rule's last argument means: a key of `targets.TARGETS`,
    which gives an object of 城关一小, one of 河滨中学 and an absent one; "" when the rule has none.
    A target that is no unit's own (a user, a month) says `scoped=False`: only the absent one is refused.
    `values` fills the rule's other arguments, `query` and `body` (json) or `form` go along.
    Let through means: any answer below 500 except 401, 403, 404 and the way to the login page.
    `answers` narrows that to given status codes where they are known.
    """

    method: str
    rule: str
    allowed: frozenset[str] | str
    target: str = ""
    scoped: bool = True
    values: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    form: Mapping[str, Any] | None = None
    body: Mapping[str, Any] | None = None
    answers: frozenset[int] = frozenset()
    absent_is: int = 404
    prepare: Callable[[Any], None] | None = None
    """Called with the County before the calls, to put there what the route needs."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"
