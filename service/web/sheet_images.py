"""Pictures of sheets: the whole rectified sheet, and the piece of it that one field was read from."""

from __future__ import annotations

from flask import Blueprint, Response, request
from sqlalchemy import select

from service import access
from service.cases import sight
from service.errors import NotFound
from service.models import Reading, Sheet
from service.review.claims import record_viewing
from service.review.crops import AROUND, crop
from service.web.context import actor, installation, requires

blueprint = Blueprint("sheet_images", __name__)


@blueprint.get("/sheets/<int:sheet_id>/image")
@requires(access.FILES)
def image(sheet_id: int) -> Response:
    """The rectified sheet, to which all boxes refer."""
    return _jpeg(installation().store.read(_picture_of(sheet_id)))


@blueprint.get("/sheets/<int:sheet_id>/crop")
@requires(access.FILES)
def field_crop(sheet_id: int) -> Response:
    """The piece of the sheet that a field (`row`, `field`) was read from."""
    sha = _picture_of(sheet_id)
    row, field = request.args.get("row", 0, type=int), request.args.get("field", "")
    with installation().database.read() as session:
        box = session.scalar(select(Reading.box).where(
            Reading.sheet_id == sheet_id, Reading.row == row, Reading.field == field))
    if box is None:
        raise NotFound
    return _jpeg(crop(installation().store.read(sha), tuple(box)))


@blueprint.get("/sheets/<int:sheet_id>/retake")
@requires(access.FILES)
def retake_crop(sheet_id: int) -> Response:
    """The piece of a returned sheet that must be taken again, with the paper around it."""
    sha = _picture_of(sheet_id)
    with installation().database.read() as session:
        box = session.scalar(select(Sheet.return_box).where(Sheet.id == sheet_id))
    if not box:
        raise NotFound
    return _jpeg(crop(installation().store.read(sha), tuple(box), AROUND))


def _picture_of(sheet_id: int) -> str:
    """The stored picture's digest; the first look at a sheet by somebody not reviewing it goes on record."""
    with installation().database.read() as session:
        sheet = sight.sheet(session, actor(), sheet_id)
        sha, recorded = sheet.image_sha256, record_viewing(session, actor(), sheet, dry=True)
    if sha is None:
        raise NotFound("这张表没有图像。", "请下载原始文件查看。")
    if not recorded:
        with installation().database.write() as session:
            record_viewing(session, actor(), session.get_one(Sheet, sheet_id))
    return sha


def _jpeg(data: bytes) -> Response:
    return Response(data, mimetype="image/jpeg")
