"""Checking and keeping what is stored: store check, audit chain, backup, restore, reading again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from service import audit, backup, fsck, jobs
from service.config import Settings
from service.installation import open_installation


def add(tasks: Any) -> None:
    """Add the tasks `fsck`, `audit`, `backup`, `restore` and `requeue`."""
    tasks.add_parser("fsck", help="核对扫描原件：被改动、丢失、无主的文件").set_defaults(task=_fsck)
    trail = tasks.add_parser("audit", help="操作记录").add_subparsers(required=True, metavar="操作")
    trail.add_parser("verify", help="核对操作记录有没有被改动").set_defaults(task=_audit)
    for name, task, text in (("backup", _backup, "备份数据库和原件到目录（密钥请另行保存）"),
                             ("restore", _restore, "从备份目录恢复到空的数据目录")):
        one = tasks.add_parser(name, help=text)
        one.add_argument("folder", type=Path)
        one.set_defaults(task=task)
    again = tasks.add_parser("requeue", help="重新识别一个识别失败的文件")
    again.add_argument("scan_id")
    again.set_defaults(task=_requeue)


def _fsck(settings: Settings, _given: argparse.Namespace) -> int:
    found = fsck.check(open_installation(settings))
    for word, names in (("被改动", found.flipped), ("丢失", found.missing), ("无主（无害）", found.orphans)):
        for name in names:
            print(f"{word}  {name}")
    print(f"核对 {found.checked} 个文件：{'完好' if found.sound else '有问题'}。")
    return 0 if found.sound else 1


def _audit(settings: Settings, _given: argparse.Namespace) -> int:
    with open_installation(settings).database.read() as session:
        broken = audit.verify(session)
    print("操作记录完整。" if broken is None else f"操作记录从第 {broken} 条起不连续，可能被改动。")
    return 0 if broken is None else 1


def _backup(settings: Settings, given: argparse.Namespace) -> None:
    copied = backup.backup(settings, given.folder)
    if not copied.database:
        print("数据库在 PostgreSQL 中：请在本命令之前用 pg_dump 备份数据库。")
    print(f"已备份，新增原件 {copied.blobs} 个。密钥文件 {settings.keys} 不在备份里，请另行妥善保存。")


def _restore(settings: Settings, given: argparse.Namespace) -> int:
    copied = backup.restore(settings, given.folder)
    if not copied.database:
        print("数据库在 PostgreSQL 中：请用 pg_restore 恢复数据库。")
    print(f"已恢复原件 {copied.blobs} 个，现在核对：")
    return _fsck(settings, given)


def _requeue(settings: Settings, given: argparse.Namespace) -> None:
    with open_installation(settings).database.write() as session:
        jobs.requeue(session, None, given.scan_id)  # the sweepers hint at it
    print("已重新排队。")
