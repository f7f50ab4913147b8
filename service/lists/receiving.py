"""Taking a list's file in: sealed in the store, recorded, and waiting to be looked at."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

from service import audit, crypto, intake
from service.access import LISTS, Actor
from service.calendar import today
from service.errors import Invalid
from service.installation import Installation
from service.lists.kinds import kind_for
from service.models import ListImport

LABEL = "list_imports.file"


def receive_list(installation: Installation, actor: Actor, kind_id: str, stream: BinaryIO, file_name: str,
                 listed_on: date | None = None) -> int:
    """Store the file encrypted and return the import's id; raises Invalid, StorageFull or Unavailable."""
    actor.require(LISTS)
    kind_for(actor, kind_id)
    day = listed_on or today()
    if day > today():
        raise Invalid("「名单日期」不能晚于今天。")
    limit = installation.settings.max_upload_mb * 1024 * 1024
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise Invalid(f"文件超过了 {installation.settings.max_upload_mb} MB 的上限。", "请按乡镇或学校分成几个文件。")
    if not data:
        raise Invalid("没有选择文件，或文件是空的。", "请选择 .xlsx、.xls 或 .csv 名单。")
    sha256 = installation.store.put(crypto.keyring().seal_bytes(data, LABEL))
    told = ListImport(kind=kind_id, unit_id=actor.unit_id, uploaded_by=actor.user_id, sealed_sha256=sha256,
                      file_name=intake.clean_name(file_name), size=len(data), listed_on=day, year=day.year)
    with installation.database.write() as session:
        session.add(told)
        session.flush()
        audit.record(session, actor, "list.received", "list", told.id, kind=kind_id, size=len(data))
    installation.hints.send_list(told.id)
    return told.id


def opened(installation: Installation, told: ListImport) -> bytes:
    """The file as it was handed in."""
    return crypto.keyring().open_bytes(installation.store.read(told.sealed_sha256), LABEL)
