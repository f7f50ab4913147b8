"""A sheet laid open: what stands on it, what the machine read, what people said, and where it was filed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from service import audit
from service.access import FILES, Actor
from service.cases import sight
from service.models import (
    Agreement,
    Decision,
    HomeVisit,
    Lesson,
    PaperReturn,
    Persuasion,
    Sheet,
    TownshipCount,
    Transfer,
    User,
)
from service.models.values import FORM_ROW, TOTAL_ROW
from service.review.values import EffectiveValue, Key, Standing, spec_of, standing
from service.review.wording import CERTAINTY, certainty, flag_words, title

KIND_LABELS: Mapping[str, str] = {
    "accepted": "确认", "corrected": "改为", "picked": "选为", "illegible": "无法辨认", "undone": "撤销",
}
STATE_LABELS: Mapping[str, tuple[str, str]] = {
    "to_review": ("待审核", "warn"), "signed": ("已入档", "ok"), "returned": ("退回重拍", "bad"),
    "set_aside": ("已搁置", ""),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One decision: who, when, what. `taken_back` when it was undone later."""

    who: str
    at: datetime
    kind: str
    value: str
    taken_back: bool


@dataclass(frozen=True, slots=True)
class Value:
    """One field of the sheet. `source` says in words whose word the text is; `read` is the machine's."""

    row: int
    field: str
    label: str
    text: str
    source: str
    read: str
    certainty: str
    flags: tuple[str, ...]
    box: tuple[float, ...]
    wide: bool
    history: tuple[Said, ...]

    @property
    def has_crop(self) -> bool:
        """Whether the reader knows where on the sheet the field is."""
        return len(self.box) == 4 and self.box[2] > self.box[0]

    @property
    def differs(self) -> bool:
        """Whether a person corrected the machine."""
        return self.source == "人工" and self.read != self.text


@dataclass(frozen=True, slots=True)
class Filed:
    """A record made from the sheet, of a kind of `service.models.filed`. About a child: `student_id` and `name`;
    `text` says of the other ones what they are."""

    kind: str
    on: date
    unit: str
    student_id: int | None = None
    name: str = ""
    numbers: tuple[int, ...] = ()
    remark: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet with its values by row, `head` what stands above a table; `marks` are (label, there, who said so)."""

    sheet_id: int
    scan_id: str
    scan_unit_id: int
    version: int
    title: str
    state: str
    state_label: str
    tone: str
    reason: str
    has_image: bool
    unit: str
    received_at: datetime
    signed_at: datetime | None
    head: tuple[Value, ...]
    rows: tuple[tuple[int, tuple[Value, ...]], ...]
    columns: tuple[str, ...]
    marks: tuple[tuple[str, bool, str], ...]
    filed: tuple[Filed, ...]
    signer: str
    uploader: str

    @property
    def is_table(self) -> bool:
        """Whether the form is a table of records."""
        return bool(self.columns)

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the months whose figures count it."""
        return tuple(sorted({filed.on.replace(day=1) for filed in self.filed if filed.kind in _COUNTED}))


def open_paper(session: Session, actor: Actor, sheet_id: int) -> Paper:
    """The sheet with everything on it, unmasked; the opening is recorded in the same transaction.

    Raises NotFound when absent or out of sight.
    """
    actor.require(FILES)
    sheet = sight.sheet(session, actor, sheet_id)
    audit.record(session, actor, "sheet.viewed", "sheet", sheet_id)
    held = standing(session, sheet)
    names = _names(session, held.history, sheet)
    state_label, tone = STATE_LABELS[sheet.state]
    rows = _rows(held, names)
    table = held.template is not None and held.template.shape == "table"
    return Paper(
        sheet_id=sheet.id, scan_id=sheet.scan_id, scan_unit_id=sheet.scan.unit_id, version=sheet.version,
        title=held.template.title if held.template else "未识别的表格", state=sheet.state,
        state_label=state_label, tone=tone, has_image=sheet.image_sha256 is not None,
        reason=sheet.return_reason if sheet.state in ("returned", "set_aside") else "", unit=sheet.unit.name,
        received_at=sheet.scan.received_at, signed_at=sheet.signed_at,
        head=next((values for row, values in rows if row == FORM_ROW), ()) if table else (),
        rows=tuple(row for row in rows if not table or row[0] != FORM_ROW),
        columns=_columns(held), marks=_marks(held, names),
        filed=tuple(made for kind in FILED for made in FILED[kind](session, sheet)),
        signer=names.get(sheet.signed_by or 0, ""), uploader=names.get(sheet.scan.uploaded_by, ""))


def _rows(held: Standing, names: Mapping[int, str]) -> tuple[tuple[int, tuple[Value, ...]], ...]:
    found: dict[int, list[Value]] = {}
    history: dict[Key, list[Said]] = {}
    undone = {decision.undoes_id for decision in held.history}
    for decision in held.history:
        if decision.kind != "undone":
            history.setdefault((decision.row, decision.field), []).append(Said(
                names.get(decision.user_id, ""), decision.decided_at, KIND_LABELS[decision.kind],
                decision.value, decision.id in undone))
    for key, value in held.values.items():
        found.setdefault(key[0], []).append(_value(held, key, value, tuple(history.get(key, ()))))
    return tuple((row, tuple(values)) for row, values in found.items())


def _value(held: Standing, key: Key, value: EffectiveValue, history: tuple[Said, ...]) -> Value:
    spec, reading = spec_of(held.template, key[1]), value.reading
    sure = certainty(reading.confidence, reading.accept, reading.value, reading.raw) if reading else "absent"
    box: list[float] = reading.box if reading else []
    return Value(
        row=key[0], field=key[1], label=title(spec) if spec else key[1], text=value.value,
        source="人工" if value.decision else "机器", read=reading.value if reading else "",
        certainty=CERTAINTY[sure], flags=tuple(flag_words(reading.flags)) if reading else (),
        box=tuple(box), wide=bool(spec and spec.kind == "free_text"),
        history=history)


def _columns(held: Standing) -> tuple[str, ...]:
    if held.template is None or held.template.shape != "table":
        return ()
    return tuple(title(spec) for spec in held.template.columns)


def _marks(held: Standing, names: Mapping[int, str]) -> tuple[tuple[str, bool, str], ...]:
    if held.template is None:
        return ()
    return tuple((mark.label, held.marks[mark.name][0], _who(held.marks[mark.name][1], names))
                 for mark in held.template.marks)


def _who(decision: Decision | None, names: Mapping[int, str]) -> str:
    return names.get(decision.user_id, "") if decision else ""


def _visits(session: Session, sheet: Sheet) -> Iterable[Filed]:
    for visit in session.scalars(select(HomeVisit).where(HomeVisit.sheet_id == sheet.id).options(
            joinedload(HomeVisit.unit), joinedload(HomeVisit.student))):
        yield Filed("visit", visit.visited_on, visit.unit.name, visit.student_id, visit.student.name)


def _counts(session: Session, sheet: Sheet) -> Iterable[Filed]:
    for count in session.scalars(select(TownshipCount).where(TownshipCount.sheet_id == sheet.id).options(
            joinedload(TownshipCount.unit)).order_by(TownshipCount.row)):
        yield Filed("count", count.counted_on, count.unit.name,
                    numbers=(count.prior_year, count.ministry_list, count.total), remark=count.remark)


def _persuasions(session: Session, sheet: Sheet) -> Iterable[Filed]:
    for talk in session.scalars(select(Persuasion).where(Persuasion.sheet_id == sheet.id)):
        yield Filed("persuasion", talk.persuaded_on, talk.unit.name, talk.student_id, talk.student.name, text="劝返")


def _lessons(session: Session, sheet: Sheet) -> Iterable[Filed]:
    for lesson in session.scalars(select(Lesson).where(Lesson.sheet_id == sheet.id)):
        yield Filed("lesson", lesson.taught_on, lesson.unit.name, lesson.student_id, lesson.student.name,
                    text=f"送教 {lesson.lessons} 课时")


def _transfers(session: Session, sheet: Sheet) -> Iterable[Filed]:
    for line in session.scalars(select(Transfer).where(Transfer.sheet_id == sheet.id).order_by(Transfer.row)):
        way = f"转入，来自{line.other_school}" if line.direction == "in" else f"转出，去往{line.other_school}"
        yield Filed("transfer", line.moved_on, line.unit.name, line.student_id, line.name, text=way)


def _agreements(session: Session, sheet: Sheet) -> Iterable[Filed]:
    for made in session.scalars(select(Agreement).where(Agreement.sheet_id == sheet.id)):
        yield Filed("agreement", made.signed_on or sheet.created_at.date(), made.unit.name,
                    text=f"{made.year} 学年的控辍目标责任书，{made.second_signer or '未'}签字")


def _returns(session: Session, sheet: Sheet) -> Iterable[Filed]:
    for made in session.scalars(select(PaperReturn).where(PaperReturn.sheet_id == sheet.id)):
        yield Filed("return", made.month, made.unit.name, text=f"{made.month:%Y-%m} 的纸质月报表",
                    remark="" if made.balances else NOT_BALANCED)


NOT_BALANCED = "纸面上的数字前后不平，按纸面登记。"
_COUNTED = ("visit", "count", "persuasion", "return")
"""Kinds of record that a month's figures count."""
FILED: Mapping[str, Callable[[Session, Sheet], Iterable[Filed]]] = {
    "visit": _visits, "count": _counts, "persuasion": _persuasions, "lesson": _lessons, "transfer": _transfers,
    "agreement": _agreements, "return": _returns,
}


def _names(session: Session, history: Iterable[Decision], sheet: Sheet) -> dict[int, str]:
    wanted = {decision.user_id for decision in history} | {sheet.scan.uploaded_by, sheet.signed_by}
    return {user.id: user.name for user in session.scalars(select(User).where(User.id.in_(wanted - {None})))}


ROW_WORDS: Mapping[int, str] = {FORM_ROW: "", TOTAL_ROW: "合计"}
"""Rows that have a name rather than a number."""
