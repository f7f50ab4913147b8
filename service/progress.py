"""What became of each scan, in words for those who handed it in, and which ones must be taken again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from ocr.template import load_templates
from service import audit, previews
from service.access import UPLOAD, Actor, scoped
from service.database import now
from service.errors import Conflict, NotFound
from service.models import Scan, Sheet

PAGE = 30
KINDS = ("retake", "working", "to_review", "filed")
"""The filters of the list: what it is waiting for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a scan stands: `key` for programs, `words` and `detail` for people, `tone` for the badge.

    `is_moving` tells whether it will change by itself, so that a screen keeps asking.
    """

    key: str
    words: str
    tone: str
    detail: str = ""
    is_moving: bool = False


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One sheet of a scan; `form` is the paper form's title, empty when none was recognised."""

    id: int
    number: int
    standing: Standing
    form: str
    has_image: bool
    has_retake_crop: bool


@dataclass(frozen=True, slots=True)
class ScanLine:
    """One scan as its uploader sees it."""

    id: str
    file_name: str
    size: int
    received_at: datetime
    unit: str
    uploader: str
    media_type: str
    sha256: str
    standing: Standing
    wants_retake: bool
    replaced_by: str | None
    problems: tuple[str, ...]
    sheets: tuple[SheetLine, ...]

    @property
    def receipt(self) -> str:
        """The receipt number as people write it down."""
        return receipt_number(self.id)

    @property
    def has_preview(self) -> bool:
        """Whether a small picture can be made of the file itself."""
        return self.media_type in previews.MEDIA_TYPES


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list, newest first."""

    lines: tuple[ScanLine, ...]
    page: int
    pages: int
    total: int


def receipt_number(scan_id: str) -> str:
    """`3F9A-21C7`: the first 8 of the scan's 32 hexadecimal digits."""
    return f"{scan_id[:4]}-{scan_id[4:8]}".upper()


def find(session: Session, actor: Actor, scan_id: str) -> ScanLine:
    """One scan in the actor's sight; raises NotFound."""
    return _line(_scan(session, actor, scan_id))


def find_many(session: Session, actor: Actor, scan_ids: Sequence[str]) -> list[ScanLine]:
    """Those of `scan_ids` in the actor's sight."""
    return [_line(scan) for scan in session.scalars(_visible(actor).where(Scan.id.in_(scan_ids)))]


def page(session: Session, actor: Actor, *, kind: str = "", unit_id: int | None = None,
         between: tuple[datetime, datetime] | None = None, search: str = "", number: int = 1) -> Page:
    """The scans that wait for `kind` ("" for all), received `between` two moments, named like `search`."""
    query = _visible(actor).where(*_conditions(kind, unit_id, between, search))
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // PAGE))
    number = min(max(1, number), pages)
    ordered = query.order_by(Scan.received_at.desc(), Scan.id).limit(PAGE).offset((number - 1) * PAGE)
    return Page(tuple(_line(scan) for scan in session.scalars(ordered)), number, pages, total)


def counts(session: Session, actor: Actor, unit_id: int | None = None) -> Mapping[str, int]:
    """How many scans wait for each of KINDS; "" is all of them."""
    def count(kind: str) -> int:
        query = scoped(select(func.count()).select_from(Scan), Scan.unit_id, actor)
        return session.scalar(query.where(*_conditions(kind, unit_id, None, ""))) or 0
    return {kind: count(kind) for kind in ("", *KINDS)}


def settle_retake(session: Session, actor: Actor, scan_id: str, replacement_id: str | None = None) -> None:
    """Answer a wish for a retake: with a newer scan, or None to say that none is needed.

    Raises NotFound, or Conflict when no retake is wanted.
    """
    actor.require(UPLOAD)
    scan = _scan(session, actor, scan_id)
    if not _line(scan).wants_retake or replacement_id == scan_id:
        raise Conflict("这份文件不需要重拍。", "请刷新页面查看最新状态。")
    if replacement_id is not None:
        scan.replaced_by = _scan(session, actor, replacement_id).id
    scan.retake_settled_at = now()
    audit.record(session, actor, "retake.settled", "scan", scan.id, replaced_by=replacement_id)


def _scan(session: Session, actor: Actor, scan_id: str) -> Scan:
    scan = session.scalar(_visible(actor).where(Scan.id == scan_id))
    if scan is None:
        raise NotFound
    return scan


def _visible(actor: Actor) -> Select[Scan]:
    loads = (selectinload(Scan.sheets), joinedload(Scan.unit), joinedload(Scan.uploader))
    return scoped(select(Scan), Scan.unit_id, actor).options(*loads)


def _conditions(kind: str, unit_id: int | None, between: tuple[datetime, datetime] | None,
                search: str) -> list[ColumnElement[bool]]:
    found = [_waits_for(kind)] if kind in KINDS else []
    if unit_id is not None:
        found.append(Scan.unit_id == unit_id)
    if between:
        found.append(and_(Scan.received_at >= between[0], Scan.received_at < between[1]))
    if search:
        number = search.replace("-", "").lower()
        found.append(or_(Scan.file_name.contains(search, autoescape=True),
                         Scan.id.startswith(number, autoescape=True)))
    return found


def _has(*states: str) -> ColumnElement[bool]:
    return exists().where(Sheet.scan_id == Scan.id, Sheet.state.in_(states))


def _waits_for(kind: str) -> ColumnElement[bool]:
    """The condition in SQL that matches what `_standing` says of a scan."""
    read = Scan.state == "read"
    return {
        "retake": and_(Scan.retake_settled_at.is_(None), or_(Scan.state == "failed", _has("returned"))),
        "working": Scan.state.in_(("received", "reading")),
        "to_review": and_(read, _has("to_review"), ~_has("returned")),
        "filed": and_(read, _has("signed"), ~_has("to_review", "returned")),
    }[kind]


def _line(scan: Scan) -> ScanLine:
    sheets = tuple(SheetLine(sheet.id, sheet.number, _sheet_standing(sheet), _form(sheet.template),
                             sheet.image_sha256 is not None, bool(sheet.return_box)) for sheet in scan.sheets)
    wanted = scan.state == "failed" or any(sheet.state == "returned" for sheet in scan.sheets)
    return ScanLine(
        scan.id, scan.file_name, scan.size, scan.received_at, scan.unit.name,
        scan.uploader.name, scan.media_type, scan.sha256, _standing(scan),
        wanted and scan.retake_settled_at is None, scan.replaced_by,
        tuple(problem["text"] for problem in scan.problems), sheets)


def _standing(scan: Scan) -> Standing:
    if scan.state == "received":
        return Standing("queued", "排队中", "", "已安全存入，等待识别。", True)
    if scan.state == "reading":
        return Standing("reading", "识别中", "work", "正在识别，一般不到一分钟。", True)
    states = {sheet.state for sheet in scan.sheets}
    if scan.state == "failed" or "returned" in states:
        return _retake_standing(scan)
    if "to_review" in states:
        return Standing("to_review", "待审核", "info", "已识别，等教体局审核。", True)
    if "signed" in states:
        return Standing("filed", "已入档", "ok", "不用再处理。")
    return Standing("set_aside", "未入档", "", "审核员认为不属于需要录入的表格，原件仍保留。")


def _retake_standing(scan: Scan) -> Standing:
    returned = [sheet.return_reason for sheet in scan.sheets if sheet.state == "returned"]
    told = [reason for reason in returned if reason] or [problem["text"] for problem in scan.problems]
    detail = "；".join(told)
    if scan.retake_settled_at is not None:
        words = "已重拍" if scan.replaced_by else "已确认不用重拍"
        return Standing("settled", words, "", detail)
    if any(problem["code"] == "gave_up" for problem in scan.problems):
        return Standing("failed", "识别未成功", "bad", detail)
    return Standing("retake", "需重拍", "bad", detail)


_SHEETS = {"to_review": ("待审核", "info"), "signed": ("已入档", "ok"), "returned": ("退回重拍", "bad"),
           "set_aside": ("不入档", "")}


def _sheet_standing(sheet: Sheet) -> Standing:
    words, tone = _SHEETS[sheet.state]
    detail = sheet.return_reason or "；".join(problem["text"] for problem in sheet.problems)
    return Standing(sheet.state, words, tone, detail)


def _form(template: str | None) -> str:
    known = load_templates().get(template or "")
    return known.title if known else ""
