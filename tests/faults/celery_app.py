"""The Celery application as it runs in production, but for the reader."""

from tests.faults.readers import SleepyReader
from workers import tasks
from workers.celery import app

tasks.read_with(lambda _settings: SleepyReader())
__all__ = ["app"]
