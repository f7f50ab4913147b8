"""Alembic's entry: runs revisions on the connection it is given, else on that of the settings."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, DateTime, Text
from sqlalchemy.types import TypeEngine

import service.models  # noqa: F401  fills the metadata
from service.config import Settings
from service.database import Base, Database, Moment, Sealed, SealedJSON

_PLAIN: dict[type[TypeEngine[Any]], str] = {
    Moment: "sa.DateTime(timezone=True)", Sealed: "sa.Text()", SealedJSON: "sa.Text()",
}


def run(connection: Connection) -> None:
    """Run the asked command inside the connection's transaction."""
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=_differs,
                      render_item=_render, transactional_ddl=True,
                      render_as_batch=connection.dialect.name == "sqlite")
    with context.begin_transaction():
        context.run_migrations()


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our own column types are written as what the database holds: a revision must not need our code."""
    return _PLAIN.get(type(item), False) if kind == "type" else False


def _differs(_context: Any, _inspected: Any, _model: Any, found: TypeEngine[Any],
             wanted: TypeEngine[Any]) -> bool | None:
    if isinstance(wanted, Moment):
        return not isinstance(found, DateTime)
    if isinstance(wanted, Sealed | SealedJSON):
        return not isinstance(found, Text)
    return None


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    with Database(Settings.from_env().database).engine.begin() as opened:
        run(opened)
