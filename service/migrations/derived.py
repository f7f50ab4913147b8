"""Triggers that drop the ledger's kept steps when somebody changes history behind the program's back."""

from __future__ import annotations

_TELLING = ("case_id", "kind", "happened_on", "unit_id", "recorded_at", "detail")
_SQLITE = """
CREATE TRIGGER case_events_{name} AFTER {event} ON case_events
BEGIN UPDATE ledger_marks SET up_to = 0; END
"""
_FUNCTION = """
CREATE FUNCTION case_events_changed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN UPDATE ledger_marks SET up_to = 0; RETURN NULL; END $$
"""
_POSTGRES = """
CREATE TRIGGER case_events_changed AFTER UPDATE OF {columns} OR DELETE OR TRUNCATE ON case_events
FOR EACH STATEMENT EXECUTE FUNCTION case_events_changed()
"""


def make(dialect: str) -> list[str]:
    """The SQL that makes the triggers, on SQLite or PostgreSQL."""
    columns = ", ".join(_TELLING)
    if dialect == "postgresql":
        return [_FUNCTION, _POSTGRES.format(columns=columns)]
    return [_SQLITE.format(name="changed", event=f"UPDATE OF {columns}"),
            _SQLITE.format(name="removed", event="DELETE")]


def drop(dialect: str) -> list[str]:
    """The SQL that takes the triggers back."""
    if dialect == "postgresql":
        return ["DROP TRIGGER case_events_changed ON case_events", "DROP FUNCTION case_events_changed()"]
    return [f"DROP TRIGGER case_events_{name}" for name in ("changed", "removed")]
