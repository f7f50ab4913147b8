"""The uploaders' screens: hand files in, see that they are safe, and what became of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast
from urllib.parse import quote, unquote

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from service import audit, intake, previews, progress
from service.access import UPLOAD, Actor
from service.errors import Conflict, Invalid, NotFound
from service.intake import Outcome, Receipt, Refused
from service.progress import ScanLine
from service.reports.expected import expected
from service.reports.periods import this_month
from service.web.context import actor, csrf, installation, requires
from service.web.security import wants_json
from service.web.wording import LOCAL, local_time, today

blueprint = Blueprint("uploads", __name__)
_MOST_ASKED = 100


@blueprint.get("/uploads")
@requires(UPLOAD)
def page() -> ResponseReturnValue:
    """What was handed in, retakes first; `kind`, `month`, `q` and `all` narrow or widen the list."""
    kind, month = request.args.get("kind", ""), request.args.get("month", "")
    unit_id = None if request.args.get("all") else actor().unit_id
    search = request.args.get("q", "").strip()[:80]
    with installation().database.read() as session:
        listed = progress.page(session, actor(), kind=kind, unit_id=unit_id, between=_month(month),
                               search=search, number=request.args.get("page", 1, int))
        retakes = progress.page(session, actor(), kind="retake", unit_id=unit_id)
        counts = progress.counts(session, actor(), unit_id)
        asked_for = expected(session, actor(), this_month(), installation().settings.report_deadline_day)
    return render_template(
        "uploads/page.html", listed=listed, retakes=retakes, counts=counts, kind=kind, month=month,
        search=search, months=_months(), expected=asked_for, this_month=this_month(), everywhere=unit_id is None,
        limit_mb=installation().settings.max_upload_mb, replaced=request.args.get("replaces", ""))


@blueprint.post("/uploads/files")
@requires(UPLOAD, carries_files=True)
def take_in() -> ResponseReturnValue:
    """Take in one file as the request's body (from the script), or a form's files (without scripts).

    The body's name comes percent-encoded in X-File-Name, its key in Idempotency-Key, the scan it stands
    in for in X-Replaces. Answers 201 once stored; a ZIP answers with one entry per file in it.
    """
    if request.mimetype == "multipart/form-data":
        return _take_form()
    name = unquote(request.headers.get("X-File-Name", ""))
    outcomes = intake.receive_any(installation(), actor(), cast(BinaryIO, request.stream), name,
                                  idempotency_key=request.headers.get("Idempotency-Key"))
    _settle(outcomes, request.headers.get("X-Replaces", ""))
    refusal = outcomes[0].refusal if len(outcomes) == 1 else None
    if refusal:
        raise refusal
    return {"files": [_outcome_json(one) for one in outcomes]}, 201


@blueprint.get("/uploads/state")
@requires(UPLOAD, renews=False)
def state() -> ResponseReturnValue:
    """Where the scans `ids` (separated by commas) stand, for a page that keeps itself up to date."""
    ids = [one for one in request.args.get("ids", "").split(",") if one][:_MOST_ASKED]
    with installation().database.read() as session:
        lines = progress.find_many(session, actor(), ids)
        counts = progress.counts(session, actor(), None if request.args.get("all") else actor().unit_id)
    return {"scans": [line_json(line) for line in lines], "counts": counts, "csrf_token": csrf()}


@blueprint.get("/scans/<scan_id>")
@requires(UPLOAD)
def scan(scan_id: str) -> ResponseReturnValue:
    """One file: its receipt, its sheets, and what is wrong with it."""
    with installation().database.read() as session:
        line = progress.find(session, actor(), scan_id)
        replacement = progress.find(session, actor(), line.replaced_by) if line.replaced_by else None
    return render_template("uploads/scan.html", line=line, replacement=replacement,
                           may_see_sheets=actor().may("files"))


@blueprint.get("/scans/<scan_id>/state")
@requires(UPLOAD, renews=False)
def scan_state(scan_id: str) -> ResponseReturnValue:
    """Where one scan stands."""
    with installation().database.read() as session:
        return line_json(progress.find(session, actor(), scan_id))


@blueprint.get("/scans/<scan_id>/original")
@requires(UPLOAD)
def original(scan_id: str) -> ResponseReturnValue:
    """The file as it came, always as a download and never shown in place."""
    return original_of(actor(), scan_id)


@blueprint.get("/scans/<scan_id>/preview")
@requires(UPLOAD)
def preview(scan_id: str) -> ResponseReturnValue:
    """A small picture of the file as it came."""
    with installation().database.read() as session:
        line = progress.find(session, actor(), scan_id)
    if not line.has_preview:
        raise NotFound
    return Response(previews.small(installation().store.path(line.sha256)), mimetype="image/jpeg")


@blueprint.post("/scans/<scan_id>/settle")
@requires(UPLOAD)
def settle(scan_id: str) -> ResponseReturnValue:
    """Say that this file need not be taken again."""
    with installation().database.write() as session:
        progress.settle_retake(session, actor(), scan_id)
    return redirect(url_for("uploads.scan", scan_id=scan_id), 303)


def original_of(whose: Actor, scan_id: str) -> Response:
    """The stored bytes of a scan in sight as an attachment; the download is put on record first."""
    here = installation()
    with here.database.write() as session:
        line = progress.find(session, whose, scan_id)
        audit.record(session, whose, "scan.downloaded", "scan", scan_id)
    path = here.store.path(line.sha256).resolve()
    if not path.is_file():
        raise NotFound("原件暂时无法读取。", "请联系系统管理员检查存储。")
    answer = send_file(path, mimetype="application/octet-stream", as_attachment=True, conditional=False,
                       etag=False, download_name="scan", max_age=0)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(line.file_name, safe='')}"
    return answer


def line_json(line: ScanLine) -> dict[str, Any]:
    """A scan for scripts: words ready to show."""
    at = line.standing
    return {"id": line.id, "receipt": line.receipt, "file_name": line.file_name, "state": at.key,
            "words": at.words, "tone": at.tone, "detail": at.detail, "moving": at.is_moving,
            "wants_retake": line.wants_retake, "received_at": line.received_at.isoformat(),
            "received": local_time(line.received_at), "problems": list(line.problems)}


def _take_form() -> ResponseReturnValue:
    outcomes = list(_form_outcomes())
    if not outcomes:
        raise Invalid("没有选择文件。", "请先选择要上传的扫描件或照片。")
    _settle(outcomes, request.form.get("replaces", ""))
    if wants_json():
        return {"files": [_outcome_json(one) for one in outcomes]}, 201
    return render_template("uploads/result.html", outcomes=outcomes, number=progress.receipt_number)


def _form_outcomes() -> Iterator[Outcome]:
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        try:
            yield from intake.receive_any(installation(), actor(), cast(BinaryIO, file.stream), file.filename)
        except (Refused, Conflict) as refused:
            yield Outcome(intake.clean_name(file.filename), None, refused)


def _settle(outcomes: Sequence[Outcome], replaced: str) -> None:
    """A file handed in for one that had to be taken again answers that wish."""
    stored = next((one.receipt for one in outcomes if one.receipt), None)
    if not replaced or stored is None:
        return
    try:
        with installation().database.write() as session:
            progress.settle_retake(session, actor(), replaced, stored.scan_id)
    except (Conflict, NotFound):
        pass  # answered meanwhile; the new file is safe either way


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    if outcome.refusal:
        said = outcome.refusal
        return {"file_name": outcome.file_name,
                "error": {"code": said.code, "message": said.message, "advice": said.advice}}
    return receipt_json(cast(Receipt, outcome.receipt))


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """A receipt for scripts and programs."""
    return {"id": receipt.scan_id, "receipt": progress.receipt_number(receipt.scan_id),
            "state": receipt.state, "file_name": receipt.file_name, "duplicate": receipt.duplicate,
            "received_at": receipt.received_at.isoformat(), "received": local_time(receipt.received_at)}


def _month(text: str) -> tuple[datetime, datetime] | None:
    """The month `2024-05` from its first moment to the next month's, in China's time."""
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", text):
        return None
    begin = datetime(int(text[:4]), int(text[5:]), 1, tzinfo=LOCAL)
    return begin, (begin + timedelta(days=32)).replace(day=1)


def _months() -> list[tuple[str, str]]:
    """This month and the eleven before it, for choosing."""
    day, found = today().replace(day=1), []
    for _ in range(12):
        found.append((f"{day:%Y-%m}", f"{day.year}年{day.month}月"))
        day = (day - timedelta(days=1)).replace(day=1)
    return found
