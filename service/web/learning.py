"""What the reader learned and may learn from: its reliability, its confusions, examples to train on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service.access import LEARNING, TRAINING
from service.calendar import today
from service.installation import Installation
from service.review import learning, training
from service.review.learning import Taught
from service.web.context import actor, installation, requires

blueprint = Blueprint("learning", __name__)


@blueprint.get("/learning")
@requires(LEARNING)
def page() -> ResponseReturnValue:
    """Reliability now and after a refit; for the bureau also the confusions."""
    with installation().database.read() as session:
        found, refused = _refit(session)
        confusions = learning.confusions(session, actor()) if actor().may(TRAINING) else ()
    return render_template("review/learning.html", found=found, refused=refused, confusions=confusions,
                           fitted_at=learning.kept_at(_parameters()), may_export=actor().may(TRAINING))


@blueprint.post("/learning/calibration")
@requires(LEARNING)
def calibrate() -> ResponseReturnValue:
    """Keep the refitted calibration; workers read with it from the next sheet on."""
    with installation().database.write() as session:
        learning.keep(session, actor(), learning.refit(session, _parameters()), _parameters())
    return redirect(url_for("learning.page"), 303)


@blueprint.post("/learning/export")
@requires(TRAINING)
def export() -> ResponseReturnValue:
    """Corrected crops with labels as a ZIP, sent while it is made."""
    with installation().database.write() as session:
        found = training.samples(session, actor())
    name = f"shibiao-rec-{today():%Y%m%d}.zip"
    return Response(_pieces(installation(), found), mimetype="application/zip",
                    headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _pieces(source: Installation, found: list[tuple[Taught, str]]) -> Iterator[bytes]:
    with source.database.read() as session:
        yield from training.zipped(training.crops(session, source.store.read, found))


def _refit(session: Session) -> tuple[learning.Refit | None, learning.TooFew | None]:
    try:
        return learning.refit(session, _parameters()), None
    except learning.TooFew as refused:
        return None, refused


def _parameters() -> Path:
    return learning.parameters(installation().settings.data_dir)
