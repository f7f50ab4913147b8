"""Putting one child's file into another's, and taking them apart again: everything that moved is written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import column, select, table, update
from sqlalchemy.orm import Session

from service import audit
from service.access import MERGE, Actor
from service.calendar import today
from service.cases.records import CASE_MOVES, MOVES
from service.cases.states import OPEN
from service.database import now
from service.errors import Conflict, Invalid, NotFound
from service.models import Case, CaseEvent, DuplicatePair, Student, StudentMerge

_FILLED = ("sex", "born_on", "address", "guardian", "phone", "grade_class", "student_number", "student_number_mark",
           "register_unit_id", "register_address")
"""What the kept file takes over where it is empty."""


def merge(session: Session, actor: Actor, kept_id: int, merged_id: int) -> StudentMerge:
    """Put the file `merged_id` into `kept_id`; raises NotFound, Invalid or Conflict."""
    actor.require(MERGE)
    kept, merged = _locked(session, kept_id), _locked(session, merged_id)
    if kept.id == merged.id:
        raise Invalid("不能与自己合并。")
    if kept.merged_into or merged.merged_into:
        raise Conflict("其中一份档案刚刚已被合并。", "请刷新页面。")
    moved: dict[str, Any] = {"rows": _move_rows(session, MOVES, merged.id, kept.id), "kept": {}, "merged": {}}
    _fill(session, kept, merged, moved)
    moved["cases"] = _join_cases(session, actor, kept)
    merged.merged_into = kept.id
    done = StudentMerge(kept_id=kept.id, merged_id=merged.id, user_id=actor.user_id, moved=moved)
    session.add(done)
    _answer_pairs(session, actor, kept, merged)
    session.flush()
    session.expire_all()
    audit.record(session, actor, "student.merged", "student", kept_id, merged=merged_id, merge=done.id,
                 rows=sum(len(ids) for ids in moved["rows"].values()))
    return done


def undo(session: Session, actor: Actor, merge_id: int) -> StudentMerge:
    """Take two merged files apart: what moved goes back, what was filled is emptied, cases stand as before."""
    actor.require(MERGE)
    done = session.scalar(select(StudentMerge).where(StudentMerge.id == merge_id).with_for_update())
    if done is None:
        raise NotFound
    kept, merged = _locked(session, done.kept_id), _locked(session, done.merged_id)
    if done.undone_at or merged.merged_into != kept.id or kept.merged_into:
        raise Conflict("这次合并已经撤销，或保留的档案后来又并入了别的档案。", "请先撤销后来的合并。")
    for place, ids in done.moved["rows"].items():
        _point(session, place, ids, kept.id, merged.id)
    _part_cases(session, actor, done.moved["cases"])
    _restore(session, kept, done.moved["kept"])
    session.flush()
    _restore(session, merged, done.moved["merged"])
    merged.merged_into = None
    done.undone_by, done.undone_at = actor.user_id, now()
    for pair in session.scalars(select(DuplicatePair).where(
            DuplicatePair.one_id == min(kept.id, merged.id), DuplicatePair.other_id == max(kept.id, merged.id))):
        pair.state, pair.decided_by, pair.decided_at = "open", None, None
    session.flush()
    session.expire_all()
    audit.record(session, actor, "student.merge_undone", "student", done.kept_id, merged=done.merged_id, merge=done.id)
    return done


def _locked(session: Session, student_id: int) -> Student:
    found = session.scalar(select(Student).where(Student.id == student_id).with_for_update())
    if found is None:
        raise NotFound
    return found


def _move_rows(session: Session, places: tuple[tuple[str, str], ...], before: int, after: int) -> dict[str, list[int]]:
    moved = {}
    for name, key in places:
        where = table(name, column("id"), column(key))
        ids = list(session.scalars(select(where.c.id).where(where.c[key] == before)))
        if ids:
            moved[f"{name}.{key}"] = ids
            _point(session, f"{name}.{key}", ids, before, after)
    return moved


def _point(session: Session, place: str, ids: list[int], before: int, after: int) -> None:
    """Rows that still name `before` come to name `after`; one that somebody changed since is left."""
    name, _, key = place.partition(".")
    where = table(name, column("id"), column(key))
    session.execute(update(where).where(where.c.id.in_(ids), where.c[key] == before).values({key: after}))


def _fill(session: Session, kept: Student, merged: Student, moved: dict[str, Any]) -> None:
    """The kept file takes over what it lacks. Another ID number stays with the merged file, to be found under."""
    for name in _FILLED:
        mine, theirs = getattr(kept, name), getattr(merged, name)
        if theirs and not mine:
            moved["kept"][name] = _plain(mine)
            setattr(kept, name, theirs)
    if merged.id_number and not kept.id_number:
        moved["kept"] |= {"id_number": None, "id_number_mark": None}
        moved["merged"] |= {"id_number": merged.id_number, "id_number_mark": merged.id_number_mark}
        number, mark = merged.id_number, merged.id_number_mark
        merged.id_number, merged.id_number_mark = None, None
        session.flush()  # the mark is unique: it leaves one file before it enters the other
        kept.id_number, kept.id_number_mark = number, mark


def _restore(session: Session, student: Student, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(student, name, date.fromisoformat(value) if name == "born_on" and value else value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _join_cases(session: Session, actor: Actor, kept: Student) -> list[dict[str, Any]]:
    """A child has one case: the open one, else the older; others are closed as opened by mistake."""
    session.flush()
    cases = list(session.scalars(select(Case).where(Case.student_id == kept.id, Case.closing != "mistaken")
                                 .order_by(Case.opened_on, Case.id).with_for_update()))
    if len(cases) < 2:
        return []
    main = next((case for case in cases if case.state in OPEN), cases[0])
    return [_close(session, actor, case, main) for case in cases if case is not main]


def _close(session: Session, actor: Actor, case: Case, main: Case) -> dict[str, Any]:
    """Closed on the very day it was opened: in no month does it add to what is outstanding."""
    before = {"id": case.id, "main": main.id, "state": case.state, "closing": case.closing,
              "closed_on": _plain(case.closed_on), "rows": _move_rows(session, CASE_MOVES, case.id, main.id)}
    event = CaseEvent(case_id=case.id, kind="closed", happened_on=case.opened_on, unit_id=case.unit_id,
                      user_id=actor.user_id, note=f"两份档案是同一名学生，并入个案 {main.id}。",
                      detail={"from": case.state, "to": "closed", "closing": "mistaken", "merged_into": main.id})
    session.add(event)
    case.state, case.closing, case.closed_on = "closed", "mistaken", case.opened_on
    session.flush()
    return before | {"event": event.id}


def _part_cases(session: Session, actor: Actor, cases: list[dict[str, Any]]) -> None:
    for before in cases:
        case = session.get_one(Case, before["id"])
        for place, ids in before["rows"].items():
            _point(session, place, ids, before["main"], case.id)
        case.state, case.closing = before["state"], before["closing"]
        case.closed_on = date.fromisoformat(before["closed_on"]) if before["closed_on"] else None
        session.add(CaseEvent(case_id=case.id, kind="note", happened_on=today(), unit_id=case.unit_id,
                              user_id=actor.user_id, note="撤销了档案合并，个案恢复原状。",
                              detail={"merge_undone": True, "event": before["event"]}))  # the ledger heeds it


def _answer_pairs(session: Session, actor: Actor, kept: Student, merged: Student) -> None:
    """The pair is merged; other open questions about the merged file are asked anew by the next search."""
    first, second = sorted((kept.id, merged.id))
    pair = session.scalar(select(DuplicatePair).where(DuplicatePair.one_id == first, DuplicatePair.other_id == second))
    if pair is None:
        pair = DuplicatePair(one_id=first, other_id=second, score=0.0, findings=[])
        session.add(pair)
    pair.state, pair.decided_by, pair.decided_at = "merged", actor.user_id, now()
