"""The thin task behind a hint: claim that scan through the same door as the embedded loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.config import Settings
from service.hints import LIST_TASK, TASK
from service.installation import Installation, open_installation
from service.lists.work import work_on_list
from service.reading import Reader, work
from service.sweeper import Sweeper
from workers.process import own_reader, worker_name


@dataclass(frozen=True, slots=True)
class Process:
    """What the child process works with between tasks."""

    installation: Installation
    reader: Reader
    sweeper: Sweeper


_process: Process | None = None
_make_reader: Callable[[Settings], Reader] = own_reader


def read_with(make_reader: Callable[[Settings], Reader]) -> None:
    """Read with another reader than the program's own; to be said before the workers fork."""
    global _make_reader
    _make_reader = make_reader


def open_process(settings: Settings) -> Process:
    """Open this process's installation, once, after the fork."""
    global _process
    if _process is None:
        installation = open_installation(settings)
        _process = Process(installation, _make_reader(settings), Sweeper(installation).start())
    return _process


def close_process() -> None:
    """End the sweeper and give connections back."""
    global _process
    if _process is not None:
        _process.sweeper.stop()
        _process.installation.close()
        _process = None


def read_scan(scan_id: str) -> None:
    """Read this scan if it is still due; a hint that came twice or late finds nothing to do."""
    process = open_process(Settings.from_env())
    work(process.installation, process.reader, worker_name(), scan_id=scan_id)


def take_list(import_id: int) -> None:
    """Do the next step of this list if it is due."""
    work_on_list(open_process(Settings.from_env()).installation, import_id)


def register(app: Any) -> None:
    """Make the work known to a Celery application under the names hints use."""
    app.task(name=TASK)(read_scan)
    app.task(name=LIST_TASK)(take_list)
