"""Copies of an installation: the database first, then every blob it can know of; keys are kept apart."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from service.config import Settings
from service.errors import Invalid
from service.storage import BlobStore, make_private

_DATABASE = "shibiao.sqlite3"
_SCANS = "scans"


@dataclass(frozen=True, slots=True)
class Copied:
    """What a backup or restore carried over; `database` False when PostgreSQL's own tools must do it."""

    database: bool
    blobs: int


def backup(settings: Settings, folder: Path) -> Copied:
    """Copy to `folder` while the installation runs; a second backup there copies only new blobs.

    The database goes first: every blob it knows was stored before, so none can be missing. On PostgreSQL
    run pg_dump before this.
    """
    make_private(folder)
    source = _sqlite(settings)
    if source is not None:
        _copy_database(source, folder / _DATABASE)
    return Copied(source is not None, _copy_blobs(settings.data_dir / _SCANS, folder / _SCANS))


def restore(settings: Settings, folder: Path) -> Copied:
    """Copy a backup into an installation that is still empty; raises Invalid when not, or without keys."""
    target = _sqlite(settings)
    if (target and target.exists()) or any(BlobStore(settings.data_dir / _SCANS).names()):
        raise Invalid("目标数据目录不是空的，没有恢复。", "请把 SHIBIAO_DATA_DIR 指向一个空目录。")
    if not settings.keys.exists():
        raise Invalid(f"没有找到密钥文件 {settings.keys}，没有恢复。", "请先把另行保存的密钥文件放回原处。")
    if target is not None:
        if not (folder / _DATABASE).exists():
            raise Invalid("备份目录里没有数据库。", "请检查备份目录是否正确。")
        make_private(target.parent)
        _copy_database(folder / _DATABASE, target)
    return Copied(target is not None, _copy_blobs(folder / _SCANS, settings.data_dir / _SCANS))


def _sqlite(settings: Settings) -> Path | None:
    url = make_url(settings.database)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _copy_database(source: Path, target: Path) -> None:
    """A consistent copy under load, through SQLite's own online backup; replaces the target at the end."""
    draft = target.with_name(f"{target.name}.part")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(draft)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    draft.chmod(0o600)
    draft.replace(target)


def _copy_blobs(source: Path, target: Path) -> int:
    origin, copy, count = BlobStore(source), BlobStore(target), 0
    for name in origin.names():
        if not copy.exists(name):
            place = copy.path(name)
            make_private(place.parent)
            draft = place.with_suffix(".part")
            shutil.copy2(origin.path(name), draft)
            draft.replace(place)
            count += 1
    return count
