"""Hints to the broker that a scan waits to be read: sent off the caller's thread, free to get lost."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import structlog

from service.config import Settings

TASK = "workers.read_scan"
LIST_TASK = "workers.work_on_list"
QUEUE = "shibiao"

_log = structlog.get_logger(__name__)


class Hints(Protocol):
    """Where to say that a scan waits; never blocks, never raises."""

    def send(self, scan_id: str) -> None:
        """Say that this scan waits."""

    def send_list(self, import_id: int) -> None:
        """Say that this list waits."""

    def close(self) -> None:
        """Send no more."""


class NoHints:
    """The embedded installation's: workers ask the database themselves."""

    def send(self, scan_id: str) -> None:
        """Nothing to do."""

    def send_list(self, import_id: int) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to end."""


class BrokerHints:
    """Hints through Celery on Redis.

    A broker that is gone or silent costs the sender nothing: after a failure the circuit stays open
    for `pause` seconds, in which hints are dropped; the sweeper repeats those that matter.
    """

    def __init__(self, publish: Callable[[str, str | int], None], pause: float = 10.0) -> None:
        self._publish, self._pause = publish, pause
        self._waiting: queue.Queue[tuple[str, str | int]] = queue.Queue(maxsize=10_000)
        self._open_until = 0.0
        self._owner = 0
        self._lock = threading.Lock()
        self._closed = False

    def send(self, scan_id: str) -> None:
        """Leave a hint for the sending thread."""
        self._leave(TASK, scan_id)

    def send_list(self, import_id: int) -> None:
        """Leave a hint at a list."""
        self._leave(LIST_TASK, import_id)

    def close(self) -> None:
        """Send no more."""
        self._closed = True

    def _leave(self, task: str, about: str | int) -> None:
        """The thread is started here so that it belongs to this process."""
        self._start()
        try:
            self._waiting.put_nowait((task, about))
        except queue.Full:
            _log.warning("hint dropped", task=task, about=about)

    def _start(self) -> None:
        with self._lock:
            if self._owner != os.getpid():
                self._owner = os.getpid()
                threading.Thread(target=self._run, name="hints", daemon=True).start()

    def _run(self) -> None:
        while not self._closed:
            try:
                self._one(*self._waiting.get(timeout=1.0))
            except queue.Empty:
                continue

    def _one(self, task: str, about: str | int) -> None:
        if time.monotonic() < self._open_until:
            return
        try:
            self._publish(task, about)
        except Exception as failed:  # noqa: BLE001  whatever the broker's client raises, a hint may get lost
            self._open_until = time.monotonic() + self._pause
            _log.warning("broker does not answer", error=type(failed).__name__)


def open_hints(settings: Settings) -> Hints:
    """Hints to the broker in the settings, or none without one."""
    return BrokerHints(_publisher(settings.redis_url)) if settings.redis_url else NoHints()


def broker_options() -> dict[str, Any]:
    """Transport options shared by both ends: short time-outs, and an hour until a message returns."""
    return {
        "visibility_timeout": 3600, "socket_timeout": 1.0, "socket_connect_timeout": 1.0,
        "retry_on_timeout": False,
    }


def _publisher(redis_url: str) -> Callable[[str, str | int], None]:
    app: Any = None

    def publish(task: str, about: str | int) -> None:
        nonlocal app
        if app is None:
            app = _producer(redis_url)
        app.send_task(task, args=[about], queue=QUEUE, retry=False, ignore_result=True)

    return publish


def _producer(redis_url: str) -> Any:
    from celery import Celery

    app = Celery("shibiao", broker=redis_url, set_as_current=False)
    app.conf.update(
        task_serializer="json", accept_content=["json"], task_ignore_result=True, result_backend=None,
        broker_transport_options={**broker_options(), "max_retries": 0}, broker_connection_timeout=1.0,
        task_publish_retry=False, broker_pool_limit=1,
    )
    return app
