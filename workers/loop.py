"""The embedded claim loop: take the scan that waited longest, read it, keep the result, again."""

from __future__ import annotations

import os
import resource
import threading

import structlog

from service.alike.chores import work_on_chore
from service.errors import ShibiaoError
from service.installation import Installation
from service.lists.work import work_on_list
from service.reading import Reader, work
from workers.process import worker_name

POLL_SECONDS = 0.5
MAX_KILOBYTES = 2_500_000
"""A process that grew beyond this ends after its scan; the supervisor starts a fresh one."""
_OVERRUN_EXIT = 70

_log = structlog.get_logger("shibiao.worker")


def run(installation: Installation, reader: Reader, stop: threading.Event) -> int:
    """Work until `stop` is set or the process has grown too large; returns how many scans were read."""
    name, count = worker_name(), 0
    while not stop.is_set():
        try:
            worked = work_on_list(installation)  # first: somebody watches its progress
            worked |= work_on_chore(installation)
            read = work(installation, reader, name, overrun=_leave)
        except ShibiaoError as refused:  # the database is away: the lease settles what was under way
            _log.warning("database away", error=type(refused).__name__)
            stop.wait(5 * POLL_SECONDS)
            continue
        count += read
        if not (worked or read):
            stop.wait(POLL_SECONDS)
        elif _grown():
            break
    return count


def _grown() -> bool:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > MAX_KILOBYTES


def _leave() -> None:
    """End a process whose reader does not come back; nothing else can stop it."""
    _log.error("reader does not come back")
    os._exit(_OVERRUN_EXIT)
