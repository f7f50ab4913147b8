"""The thread of every process that finds work whose hint was lost and clears what nobody finishes."""

from __future__ import annotations

import random
import threading

import structlog

from service import jobs
from service.alike import chores
from service.cases import due, missing
from service.errors import ShibiaoError
from service.installation import Installation
from service.lists import work
from service.reports import keeping

_HINT_AGAIN_SWEEPS = 6
"""A due job is hinted at again after so many sweeps: hinting at each would flood the broker's queue."""
_STALE_PART_SECONDS = 24 * 3600.0

_log = structlog.get_logger("shibiao.sweeper")


class Sweeper:
    """Sweeps every `sweep_seconds`, a little irregularly so that processes do not march in step."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> Sweeper:
        """Begin; to be called after the last fork."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End after the sweep under way."""
        self._done.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._done.wait(self._installation.settings.sweep_seconds * random.uniform(0.8, 1.2)):
            try:
                sweep(self._installation)
            except (ShibiaoError, OSError) as failed:  # the database or disk may be back at the next sweep
                _log.warning("sweep failed", error=type(failed).__name__)


def sweep(installation: Installation) -> None:
    """Hint again at due jobs, fail those whose leases ran out too often, clear stale partial uploads.

    What reports and lists keep ready is brought up to date besides, and children whom no school took in
    become suspects.
    """
    settings = installation.settings
    given_up = jobs.give_up_exhausted(installation.database)
    if given_up:
        _log.warning("jobs given up", count=given_up)
    if settings.redis_url:  # without a broker the workers ask the database themselves
        for scan_id in jobs.to_hint(installation.database, settings.sweep_seconds * _HINT_AGAIN_SWEEPS):
            installation.hints.send(scan_id)
        with installation.database.read() as session:
            lists = work.waiting(session)
        for import_id in lists:  # few, and none that a living worker holds
            installation.hints.send_list(import_id)
    if settings.redis_url:
        chores.work_on_chore(installation)  # without a broker the workers' loops do it
    keeping.keep_up(installation.database)
    missing.watch(installation.database)
    due.renew_unknown(installation.database)
    installation.store.sweep(_STALE_PART_SECONDS)
