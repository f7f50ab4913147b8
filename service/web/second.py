"""The screens of second reading: one place after the other, its ink and an empty box."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from service import access
from service.review import second, stream
from service.review.crops import crop
from service.web.context import actor, installation, requires
from service.web.review_bodies import parsed

blueprint = Blueprint("second", __name__)


class Entry(BaseModel):
    """What a person read: a value, that the paper is blank, or that nobody can read it."""

    how: Literal["value", "blank", "illegible"] = "value"
    text: str = Field("", max_length=4000)
    keys: int = Field(0, ge=0, le=9999)


@blueprint.get("/review/second")
@requires(access.REVIEW)
def page() -> ResponseReturnValue:
    """The next place to read, or that none waits."""
    with installation().database.write() as session:
        place = _next(session)
    return render_template("review/second.html", place=place)


@blueprint.get("/review/second/<int:place_id>/crop")
@requires(access.REVIEW)
def ink(place_id: int) -> ResponseReturnValue:
    """The ink of a place that is the actor's to read."""
    with installation().database.read() as session:
        sha, box = second.ink_of(session, second.find(session, actor(), place_id))
    return Response(crop(installation().store.read(sha), box), mimetype="image/jpeg")


@blueprint.post("/review/second/<int:place_id>")
@requires(access.REVIEW)
def enter(place_id: int) -> ResponseReturnValue:
    """Keep what was read; the answer carries the next place and never says whether it agreed."""
    said = parsed(Entry)
    with installation().database.write() as session:
        second.enter(session, actor(), place_id, "" if said.how == "blank" else said.text,
                     illegible=said.how == "illegible", keys=said.keys)
    with installation().database.write() as session:
        return {"next": _next(session)}


def _next(session: Session) -> dict[str, Any] | None:
    found = stream.next_place(session, actor())
    if found is None:
        return None
    return {**asdict(found), "crop": url_for("second.ink", place_id=found.id),
            "enter": url_for("second.enter", place_id=found.id)}
