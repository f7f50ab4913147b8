"""One running installation: its settings with the database, scan store and hints opened for them."""

from __future__ import annotations

from dataclasses import dataclass, field

from service import norms
from service.config import Settings
from service.database import Database, open_database
from service.hints import Hints, NoHints, open_hints
from service.storage import BlobStore, make_private


@dataclass(frozen=True, slots=True)
class Installation:
    """What every part of the service works on; one per process, opened after the last fork."""

    settings: Settings
    database: Database
    store: BlobStore
    hints: Hints = field(default_factory=NoHints)

    def close(self) -> None:
        """Give connections back and end the hints' thread."""
        self.hints.close()
        self.database.close()


def open_installation(settings: Settings) -> Installation:
    """The installation that `settings` describe, keys made on first use; does not migrate."""
    make_private(settings.data_dir)
    norms.install(norms.norms_of(settings))
    database = open_database(settings)
    store = BlobStore(settings.data_dir / "scans")
    return Installation(settings, database, store, open_hints(settings))


def migrate(settings: Settings) -> None:
    """Bring the database to the newest revision; safe to run again, and by several processes."""
    from service.migrations.upgrade import upgrade  # Alembic is loaded by this one command only

    make_private(settings.data_dir)
    upgrade(settings)
