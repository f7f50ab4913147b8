"""Transfers: every child that leaves a school is awaited at another one, and found missing when it does not come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from service import audit, identity
from service.access import CASE_EVENTS, Actor, within
from service.calendar import today
from service.cases import due
from service.errors import Conflict, Invalid, NotAllowed, NotFound
from service.models import CaseEvent, Student, Transfer, TransferPairing
from service.models.cases import Case

EARLIEST, LATEST = timedelta(days=60), timedelta(days=400)
"""How long before and after the day of leaving an arrival may be dated and still be taken for it by the program."""
LONGEST_RECEIPT = 200


def in_sight(actor: Actor) -> ColumnElement[bool]:
    """A line is seen by the school whose register it is, by the school on the other side, and by those above;
    the partner of a line in sight is in sight."""
    if actor.unit_ids is None:
        return Transfer.id.is_not(None)
    partner = select(Transfer.partner_id).where(Transfer.partner_id.is_not(None), within(Transfer.unit_id, actor))
    return or_(within(Transfer.unit_id, actor), within(Transfer.other_unit_id, actor), Transfer.id.in_(partner))


def waiting() -> ColumnElement[bool]:
    """A line without its other half, and without a receipt in its stead."""
    return and_(Transfer.partner_id.is_(None), Transfer.receipt_on.is_(None))


def filed(session: Session, actor: Actor | None, lines: Iterable[Transfer]) -> None:
    """To be called once new or changed lines are in the session: finds their children and their other halves."""
    session.flush()
    for line in lines:
        _check_again(session, actor, line)
        _know_child(session, line)
        if line.partner_id is None:
            match(session, line)
        _follow(session, line)
    session.flush()


def forget(session: Session, actor: Actor | None, line: Transfer) -> None:
    """Take a line out of the records: its other half waits again, its case keeps what was told."""
    if line.partner is not None:
        _part(session, actor, line)
    if line.case is not None:
        _tell(session, actor, line.case, {"transfer": "withdrawn"})
    for pairing in session.scalars(select(TransferPairing).where(
            or_(TransferPairing.out_id == line.id, TransferPairing.in_id == line.id))):
        session.delete(pairing)
    session.flush()
    session.delete(line)
    session.flush()


def match(session: Session, line: Transfer) -> Transfer | None:
    """Join the line with its other half when exactly one fits; a person decides between several."""
    found = [other for other in candidates(session, line) if _surely(line, other)]
    if len(found) != 1:
        return None
    _join(session, None, line, found[0])
    return found[0]


def candidates(session: Session, line: Transfer) -> list[Transfer]:
    """Lines of the other direction, still alone, that could be the same child's; never one parted by a person."""
    like = [Transfer.name == line.name]
    if line.id_number_mark:
        like.append(Transfer.id_number_mark == line.id_number_mark)
    found = session.scalars(select(Transfer).where(
        Transfer.direction != line.direction, Transfer.partner_id.is_(None), or_(*like))
        .order_by(Transfer.moved_on, Transfer.id).limit(50)).all()
    parted = _parted_from(session, line)
    return [other for other in found if other.id not in parted and _possible(line, other)]


def pair(session: Session, actor: Actor, one_id: int, other_id: int) -> None:
    """Join two lines by hand. Raises NotFound, Invalid or Conflict."""
    one, other = (_held(session, actor, line_id) for line_id in (one_id, other_id))
    if one.direction == other.direction:
        raise Invalid("一条转出只能和一条转入配对。")
    if one.partner_id or other.partner_id:
        raise Conflict("其中一条已经配对了。", "请刷新后再看；配错的可先拆开。")
    _join(session, actor, one, other)
    audit.record(session, actor, "transfer.paired", "transfer", one.id, other=other.id)


def unpair(session: Session, actor: Actor, line_id: int) -> None:
    """Take a pair apart: both lines wait again, and the program will not join them any more."""
    line = _held(session, actor, line_id)
    if line.partner is None:
        raise Conflict("这条登记没有配对。", "请刷新后再看。")
    other = line.partner_id
    _part(session, actor, line)
    audit.record(session, actor, "transfer.unpaired", "transfer", line.id, other=other)


def receive(session: Session, actor: Actor, line_id: int, receipt: str, on: date) -> None:
    """Note what shows that the other side, outside our registers, has the child: 学籍转接单号, 回执."""
    line = _held(session, actor, line_id)
    if line.partner_id is not None:
        raise Conflict("这条登记已经配对，不需要回执。", "请刷新后再看。")
    if not receipt.strip() or len(receipt) > LONGEST_RECEIPT:
        raise Invalid("请填写「凭据」：转接单号或对方学校的回执。", f"不超过 {LONGEST_RECEIPT} 字。")
    if not line.moved_on - EARLIEST <= on <= today():
        raise Invalid("「日期」不能晚于今天，也不能早于登记的变动日期太多。")
    line.receipt, line.receipt_on = receipt.strip(), on
    _follow(session, line)
    audit.record(session, actor, "transfer.received", "transfer", line.id)


def unreceive(session: Session, actor: Actor, line_id: int) -> None:
    """Take a receipt back: the line waits again."""
    line = _held(session, actor, line_id)
    if line.receipt_on is None:
        raise Conflict("这条登记没有凭据。", "请刷新后再看。")
    line.receipt = line.receipt_on = line.suspected_on = None
    _follow(session, line)
    audit.record(session, actor, "transfer.unreceived", "transfer", line.id)


def _held(session: Session, actor: Actor, line_id: int) -> Transfer:
    actor.require(CASE_EVENTS)
    line = session.scalar(select(Transfer).where(Transfer.id == line_id, in_sight(actor)).with_for_update(of=Transfer))
    if line is None:
        raise NotFound
    if actor.unit_ids is not None and not (actor.sees(line.unit_id) or actor.sees(line.other_unit_id or 0)):
        raise NotAllowed
    return line


def _check_again(session: Session, actor: Actor | None, line: Transfer) -> None:
    """A corrected line may be another child's: it leaves the child and the other half that it no longer fits."""
    mark = line.id_number_mark
    child = session.get(Student, line.student_id) if line.student_id else None
    if child is not None and mark and child.id_number_mark not in (None, mark):
        line.student_id = None
    if line.partner is not None and not _possible(line, line.partner):
        _part(session, actor, line)
    session.flush()


def _possible(line: Transfer, other: Transfer) -> bool:
    """Whether nothing speaks against the two being one child's: numbers, birth dates, the order of days."""
    if line.id_number_mark and other.id_number_mark:
        return line.id_number_mark == other.id_number_mark
    return not (line.born_on and other.born_on and line.born_on != other.born_on)


def _surely(line: Transfer, other: Transfer) -> bool:
    """Whether the program may join them: the ID number, or the name with the schools naming each other."""
    out, came = (line, other) if line.direction == "out" else (other, line)
    if not out.moved_on - EARLIEST <= came.moved_on <= out.moved_on + LATEST:
        return False
    if out.unit_id == came.unit_id:
        return False
    if out.id_number_mark and out.id_number_mark == came.id_number_mark:
        return True
    named = (out.other_unit_id == came.unit_id, came.other_unit_id == out.unit_id)
    return out.name == came.name and any(named)


@dataclass(frozen=True, slots=True)
class _Pair:
    out: Transfer
    came: Transfer


def _ordered(one: Transfer, other: Transfer) -> _Pair:
    return _Pair(one, other) if one.direction == "out" else _Pair(other, one)


def _join(session: Session, actor: Actor | None, one: Transfer, other: Transfer) -> None:
    one.partner, other.partner = other, one
    pair = _ordered(one, other)
    session.add(TransferPairing(out_id=pair.out.id, in_id=pair.came.id, joined=True,
                                user_id=actor.user_id if actor else None))
    child = pair.out.student_id or pair.came.student_id
    pair.out.student_id = pair.came.student_id = child
    session.flush()
    for line in (one, other):
        session.expire(line, ["student"])
    _move_child(session, pair.came)
    _follow(session, pair.out)


def _part(session: Session, actor: Actor | None, line: Transfer) -> None:
    other = line.partner
    if other is None:
        return
    pair = _ordered(line, other)
    line.partner = other.partner = None
    pair.out.suspected_on = None
    session.add(TransferPairing(out_id=pair.out.id, in_id=pair.came.id, joined=False,
                                user_id=actor.user_id if actor else None))
    session.flush()
    _follow(session, pair.out)


def _parted_from(session: Session, line: Transfer) -> set[int]:
    """The lines that a person took apart from this one, and did not join again."""
    mine, theirs = ((TransferPairing.out_id, TransferPairing.in_id) if line.direction == "out"
                    else (TransferPairing.in_id, TransferPairing.out_id))
    told = select(theirs, TransferPairing.joined).where(mine == line.id).order_by(TransferPairing.id)
    last = {row[0]: row[1] for row in session.execute(told)}
    return {other for other, joined in last.items() if not joined}


def _follow(session: Session, line: Transfer) -> None:
    """What a case waits for depends on whether the child has arrived."""
    session.flush()
    cases = session.scalars(select(Case).where(
        Case.closing != "mistaken", or_(Case.id == line.case_id if line.case_id else false(),
                                        Case.student_id == line.student_id if line.student_id else false())))
    for case in cases.all():
        due.renew(session, case)


def _know_child(session: Session, line: Transfer) -> None:
    """The child's file: by ID number, else the only child of that name and birth date at the school."""
    if line.student_id is not None:
        return
    if line.id_number_mark:
        line.student_id = session.scalar(select(Student.id).where(Student.id_number_mark == line.id_number_mark))
    elif line.name:
        same = [Student.name == line.name, Student.school_id == line.unit_id]
        same += [Student.born_on == line.born_on] if line.born_on else []
        found = session.scalars(select(Student.id).where(*same).limit(2)).all()
        line.student_id = found[0] if len(found) == 1 else None
    _move_child(session, line)


def _move_child(session: Session, line: Transfer) -> None:
    """A child belongs to the school that took it in last."""
    if line.direction != "in" or line.student_id is None:
        return
    later = session.scalar(select(Transfer.id).where(
        Transfer.student_id == line.student_id, Transfer.moved_on > line.moved_on).limit(1))
    if later is None:
        child = session.get_one(Student, line.student_id)
        child.school_id = line.unit_id
        child.grade_class = line.grade_class or child.grade_class


def _tell(session: Session, actor: Actor | None, case: Case, detail: dict[str, object]) -> None:
    case.events.append(CaseEvent(kind="note", happened_on=today(), unit_id=case.unit_id, detail=detail,
                                 user_id=actor.user_id if actor else None))
    session.flush()


def identify(line: Transfer, number: str) -> None:
    """Give the line this ID number as written; one that cannot be right is kept, but identifies nobody."""
    plain = identity.canonical(number)
    line.id_number = plain or None
    proven = identity.identifies(plain)
    line.id_number_mark = identity.mark(plain) if proven else None
    line.born_on = identity.born_on(plain) if proven else line.born_on
