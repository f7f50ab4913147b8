"""What operators see: health, readiness, metrics, and one JSON line of log per request."""

from __future__ import annotations

import time
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, abort, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from service.errors import ShibiaoError
from service.models import Job, Sheet
from service.web.context import installation, public

blueprint = Blueprint("observe", __name__)
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_log = structlog.get_logger("shibiao.web")

_registry = CollectorRegistry()
_REQUESTS = Counter("shibiao_requests", "Requests answered", ("method", "route", "status"),
                    registry=_registry)
_SECONDS = Histogram("shibiao_request_seconds", "Seconds per request", ("route",), registry=_registry)
_JOBS = Gauge("shibiao_jobs", "Reading jobs by state", ("state",), registry=_registry)
_SHEETS = Gauge("shibiao_sheets", "Sheets by state", ("state",), registry=_registry)


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """The database answers and the scan store can be written to."""
    here = installation()
    try:
        with here.database.read() as session:
            session.execute(text("SELECT 1 FROM users LIMIT 1"))
    except (SQLAlchemyError, ShibiaoError):
        return {"status": "database"}, 503
    if not here.settings.data_dir.is_dir():
        return {"status": "storage"}, 503
    return {"status": "ok"}


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Counts for Prometheus, only to this machine itself: they tell nobody's data but the house's habits."""
    if request.remote_addr not in _LOOPBACK:
        abort(404)
    with installation().database.read() as session:
        for gauge, record in ((_JOBS, Job), (_SHEETS, Sheet)):
            gauge.clear()
            for state, count in session.execute(select(record.state, func.count()).group_by(record.state)):
                gauge.labels(state).set(count)
    return Response(generate_latest(_registry), content_type=CONTENT_TYPE_LATEST)


def prepare(app: Flask) -> None:
    """Time every request; say what it was, never whom it was about."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    # The route's pattern, not the address: an address carries ids and search words.
    route = str(request.url_rule) if request.url_rule else "none"
    _REQUESTS.labels(request.method, route, response.status_code).inc()
    _SECONDS.labels(route).observe(seconds)
    if route != "/healthz":
        _log.info("request", **_summary(response, route, seconds))
    return response


def _summary(response: Response, route: str, seconds: float) -> dict[str, Any]:
    actor = g.get("actor")
    return {"method": request.method, "route": route, "status": response.status_code,
            "ms": round(seconds * 1000), "user": actor.user_id if actor else None}
