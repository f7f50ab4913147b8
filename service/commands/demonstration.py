"""The demonstration: a made-up county with sample scans, read before one's eyes."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from ocr.lists import read_units
from service.commands import running
from service.config import Settings
from service.errors import Unavailable
from service.installation import Installation, migrate, open_installation
from service.models import Scan

SAMPLES = Path(__file__).resolve().parents[2] / "sample_scans"
_PORTS_TRIED = 20
_MOST_WORKERS = 4
"""Reading the samples takes a core and some 600 MB each; nobody waits longer than needed."""


def run(settings: Settings) -> None:
    """Seed the county once, start web and workers, and say where and as whom to log in."""
    settings = _apart(settings)
    migrate(settings)
    installation = open_installation(settings)
    accounts = _seeded(installation, settings.data_dir / "accounts.txt")
    progress = _Progress(installation, settings.bind, _welcome(settings, accounts))
    print(f"示范县已建立，正在识别样张，完成后显示账号：{running.address_of(settings)}", flush=True)
    running.supervise(settings, progress.show, settings.data_dir / "demo.log")
    installation.close()


def _apart(settings: Settings) -> Settings:
    """The demonstration has a folder of its own, needs no server, and takes the next free port."""
    own = replace(settings, data_dir=settings.data_dir / "demo", database_url="", redis_url="", key_file=None,
                  county_name=_county(settings), workers=max(settings.workers, min(os.cpu_count() or 1, _MOST_WORKERS)))
    host, _, port = settings.bind.rpartition(":")
    for number in range(int(port), int(port) + _PORTS_TRIED):
        try:
            running.check_free(f"{host}:{number}")
            return replace(own, bind=f"{host}:{number}")
        except Unavailable:
            continue
    raise Unavailable("没有空闲的端口。", "请用 SHIBIAO_BIND 另设地址和端口。")


def _county(settings: Settings) -> str:
    """The county the samples come from, so that screens and papers name the same one."""
    heads = [unit.name for unit in read_units(SAMPLES / "units.csv") if unit.kind == "bureau"]
    return heads[0].removesuffix("教育体育局") if heads else settings.county_name


def _seeded(installation: Installation, kept: Path) -> str:
    """The table of accounts; made-up passwords are kept beside the made-up data for the next start."""
    if kept.exists():
        return kept.read_text(encoding="utf-8")
    from service.demo import seed

    table = seed(installation, SAMPLES).table()
    with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(table)
    return table


def _welcome(settings: Settings, accounts: str) -> str:
    return f"\n识表示范已启动：{running.address_of(settings)}\n\n{accounts}\n按 Ctrl-C 结束。"


class _Progress:
    """Says how many samples are read, until all are and the web answers, then the welcome; quiet afterwards."""

    def __init__(self, installation: Installation, bind: str, welcome: str) -> None:
        self._installation, self._bind, self._welcome = installation, bind, welcome
        self._last, self._done = -1, False

    def show(self) -> None:
        """Print what changed since the last call."""
        if self._done:
            return
        with self._installation.database.read() as session:
            total = session.scalar(select(func.count()).select_from(Scan)) or 0
            ready = session.scalar(
                select(func.count()).select_from(Scan).where(Scan.state.in_(("read", "failed")))) or 0
        if ready != self._last:
            self._last = ready
            end = "" if sys.stdout.isatty() else "\n"
            print(f"\r已识别 {ready}/{total}", end=end, flush=True)
        if ready == total and running.listens(self._bind):
            self._done = True
            print(self._welcome, flush=True)
