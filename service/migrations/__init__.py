"""Alembic's revisions of the database, shipped inside the package."""
