"""Processes that read scans: the embedded claim loop, and the same work as Celery tasks."""
