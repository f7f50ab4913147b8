"""Running an installation: migrations, the web, and the web with its workers under one supervisor."""

from __future__ import annotations

import argparse
import signal
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import select

from service import jobs, supervisor, units
from service.config import Settings
from service.errors import Unavailable
from service.installation import Installation, migrate, open_installation
from service.logs import configure
from service.models import User
from service.supervisor import Supervisor
from service.sweeper import Sweeper

_WEB_THREADS = 8


def add(tasks: Any) -> None:
    """Add the tasks `migrate`, `run`, `web` and `demo`."""
    tasks.add_parser("migrate", help="建立或升级数据库").set_defaults(task=_migrate)
    tasks.add_parser("run", help="升级数据库，启动网页和识别进程").set_defaults(task=_run)
    web = tasks.add_parser("web", help="只启动网页")
    web.add_argument("--with-parent", action="store_true", help="标准输入关闭时退出")
    web.set_defaults(task=_web)
    tasks.add_parser("demo", help="用虚构的示范县和样张演示").set_defaults(task=_demo)


def prepare(settings: Settings) -> None:
    """Migrate, and make the bureau, under which everything else hangs."""
    migrate(settings)
    installation = open_installation(settings)
    with installation.database.write() as session:
        units.found_bureau(session, settings.county_name)
    installation.close()


def address_of(settings: Settings) -> str:
    """Where people find the web."""
    return settings.public_url or f"http://{settings.bind}/"


def check_free(bind: str) -> None:
    """Raise Unavailable when something else listens on `bind` already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(_place(bind))
        except OSError:
            raise Unavailable(f"地址 {bind} 已被占用。",
                              "请关闭占用它的程序，或用 SHIBIAO_BIND 另设端口。") from None


def listens(bind: str) -> bool:
    """Whether somebody answers on `bind` by now."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(_place(bind)) == 0


def _place(bind: str) -> tuple[str, int]:
    """Host and port of host:port."""
    host, _, port = bind.rpartition(":")
    return host.strip("[]"), int(port)


def supervise(settings: Settings, tick: Callable[[], None] | None = None, log: Path | None = None) -> None:
    """Run web and workers until told to end; `tick` is called twice a second meanwhile."""
    installation = open_installation(settings)
    watched = Supervisor(_children(settings), settings.as_env(), _burial(installation), log)
    _on_end(watched.stop)
    watched.run(tick)
    installation.close()


def _children(settings: Settings) -> Mapping[str, Sequence[str]]:
    workers = {f"worker {number}": ("workers",) for number in range(1, settings.workers + 1)}
    return {"web": ("service", "web"), **workers}


def _burial(installation: Installation) -> Callable[[int], None]:
    """What a dead worker had under way is due at once; waiting for its lease would help nobody."""

    def bury(pid: int) -> None:
        jobs.abandon(installation.database, f"{socket.gethostname()}:{pid}")

    return bury


def _migrate(settings: Settings, _given: argparse.Namespace) -> None:
    prepare(settings)
    print("数据库已是最新。")


def _run(settings: Settings, _given: argparse.Namespace) -> None:
    configure(settings.log_level)
    check_free(settings.bind)
    prepare(settings)
    print(f"识表正在启动：{address_of(settings)}    按 Ctrl-C 结束", flush=True)
    if _nobody(settings):
        print("还没有账号，请另开一个终端添加：python -m service user add 账号 --name 姓名 --role 角色")
    supervise(settings)


def _nobody(settings: Settings) -> bool:
    installation = open_installation(settings)
    with installation.database.read() as session:
        found = session.scalar(select(User.id).limit(1))
    installation.close()
    return found is None


def _web(settings: Settings, given: argparse.Namespace) -> None:
    from waitress.server import create_server

    from service.web import build_app

    configure(settings.log_level)
    installation = open_installation(settings)
    sweeper = Sweeper(installation).start()
    server = create_server(
        build_app(installation), listen=settings.bind, threads=_WEB_THREADS, ident="",
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0)
    _on_end(_leave)
    if given.with_parent:
        supervisor.end_with_parent()
    server.run()
    sweeper.stop()
    installation.close()


def _leave() -> None:
    """Waitress ends its own loop, requests under way included, at this."""
    raise SystemExit


def _demo(settings: Settings, _given: argparse.Namespace) -> None:
    from service.commands import demonstration  # the made-up county is loaded for this task only

    demonstration.run(settings)


def _on_end(end: Callable[[], None]) -> None:
    """Call `end` once, from the first signal that asks the process to end."""
    once = threading.Event()

    def leave(_signum: int, _frame: FrameType | None) -> None:
        if not once.is_set():
            once.set()
            end()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, leave)
