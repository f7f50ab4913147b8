"""The wall's screens: choosing a field, its groups, their crops, and what the script sends for a group."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from service import access
from service.errors import Invalid
from service.review import wall, wholesale
from service.review.sprites import HEIGHT, sprite
from service.web.context import actor, installation, requires
from service.web.review_bodies import parsed

blueprint = Blueprint("wall", __name__)
_MOST_CROPS = 60


class Place(BaseModel):
    """One reading on the wall, with the version of its sheet that the screen shows."""

    reading: int = Field(ge=1, le=2**31 - 1)
    version: int = Field(ge=0)


class GroupChange(BaseModel):
    """A group accepted as it was read."""

    places: list[Place] = Field(min_length=1, max_length=wall.MOST)
    keys: int = Field(0, ge=0, le=9999)


class Accepted(BaseModel):
    """A place that was accepted, as the answer told it."""

    reading: int
    sheet: int = Field(ge=1, le=2**31 - 1)
    version: int = Field(ge=0)
    decision: int = Field(ge=1, le=2**31 - 1)


class GroupUndo(BaseModel):
    """A group to be taken back."""

    places: list[Accepted] = Field(min_length=1, max_length=wall.MOST)


@blueprint.get("/review/wall")
@requires(access.REVIEW)
def fields() -> ResponseReturnValue:
    """The fields to choose from, each with how many places wait."""
    with installation().database.read() as session:
        return render_template("review/wall_fields.html", piles=wall.piles(session, actor()))


@blueprint.get("/review/wall/<form>/<field>")
@requires(access.REVIEW)
def groups(form: str, field: str) -> ResponseReturnValue:
    """The wall of one field."""
    with installation().database.write() as session:
        hung = wall.hang(session, actor(), form, field)
    return render_template("review/wall.html", wall=hung, tile_height=HEIGHT, crops_at_once=_MOST_CROPS)


@blueprint.get("/review/wall/crops")
@requires(access.REVIEW)
def crops() -> ResponseReturnValue:
    """The ink of the readings named in `of`, one under the other in one picture."""
    with installation().database.write() as session:  # the look may have to go on record
        places = wall.boxes(session, actor(), _ids(request.args.get("of", "")))
    return Response(sprite(installation().store, places), mimetype="image/jpeg")


@blueprint.post("/review/wall/accept")
@requires(access.REVIEW)
def accept() -> ResponseReturnValue:
    """Save a group; what a colleague was faster with comes back under `refused`."""
    change = parsed(GroupChange)
    with installation().database.write() as session:
        outcome = wholesale.accept(
            session, actor(), [(place.reading, place.version) for place in change.places], change.keys)
    return asdict(outcome)


@blueprint.post("/review/wall/undo")
@requires(access.REVIEW)
def undo() -> ResponseReturnValue:
    """Take a group back."""
    change = parsed(GroupUndo)
    with installation().database.write() as session:
        outcome = wholesale.undo(session, actor(), [
            wholesale.Saved(place.reading, place.sheet, place.version, place.decision)
            for place in change.places])
    return asdict(outcome)


def _ids(text: str) -> list[int]:
    parts = text.split(",")
    if len(parts) > _MOST_CROPS or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise Invalid("图像请求有误。", "请刷新页面。")
    return [int(part) for part in parts]
