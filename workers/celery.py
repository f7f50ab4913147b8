"""The Celery application: `celery -A workers worker` finds it here."""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown

from service.config import Settings
from service.hints import QUEUE, broker_options
from service.logs import configure
from workers import tasks

TIME_LIMIT_SECONDS = 900


def build(settings: Settings) -> Celery:
    """The application for a broker; tasks carry nothing but a scan's id, results stay in the database."""
    app = Celery("workers", broker=settings.redis_url or "memory://")
    app.conf.update(
        task_serializer="json", accept_content=["json"], task_ignore_result=True, result_backend=None,
        task_default_queue=QUEUE, worker_prefetch_multiplier=1,
        task_acks_late=True,
        task_reject_on_worker_lost=False,  # a file that kills its worker must not come back at once, for ever
        task_time_limit=TIME_LIMIT_SECONDS, task_soft_time_limit=None,
        worker_max_tasks_per_child=100, worker_max_memory_per_child=2_500_000,
        worker_proc_alive_timeout=60,
        worker_hijack_root_logger=False, worker_send_task_events=False,
        broker_transport_options={**broker_options(), "socket_timeout": 5.0},
        broker_connection_timeout=2.0, broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
    )
    tasks.register(app)
    return app


def _open(**_: Any) -> None:
    """Open database and sweeper in each child, after the fork."""
    configure(Settings.from_env().log_level)
    tasks.open_process(Settings.from_env())


def _close(**_: Any) -> None:
    tasks.close_process()


worker_process_init.connect(_open)
worker_process_shutdown.connect(_close)
app = build(Settings.from_env())
