"""What a unit's month still lacks: the return, its papers, visits and lessons, each with what is there already."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access import Actor
from service.calendar import today
from service.cases.facts import holding
from service.cases.sight import student_in_sight
from service.cases.supervision import pairs
from service.models import CategoryFact, Lesson, Sheet, Student
from service.reports.deadlines import deadline
from service.reports.figures import Question
from service.reports.keeping import kept_to
from service.reports.ledger import Level
from service.reports.periods import Month
from service.reports.reported import reported
from service.reports.returns import KINDS
from service.reports.tally import entries_behind

FORMS = {"school": ("monthly_return",), "township": ("monthly_return", "township_table")}
"""Papers that every unit of a kind hands in each month."""
FORM_LABELS = {"monthly_return": "月报表（纸质）", "township_table": "统计表（附件1）"}


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing the month asks for. `done` when nothing is lacking; `path` leads to where it is done."""

    label: str
    words: str
    done: bool
    path: str


def expected(session: Session, actor: Actor, wanted: Month, deadline_day: int) -> tuple[Expected, ...]:
    """What is expected of the person's own unit this month; nothing for those to whom units report."""
    if actor.role not in KINDS:
        return ()
    papers = [_paper(session, actor, wanted, form) for form in FORMS[actor.role]]
    taught = _lessons(session, actor, wanted)
    return (*_return(session, actor, wanted, deadline_day), *papers, _visits(session, actor, wanted),
            *([taught] if taught else []))


def _return(session: Session, actor: Actor, wanted: Month, deadline_day: int) -> tuple[Expected, ...]:
    own = reported(session, actor, wanted, deadline_day).own(actor.unit_id)
    if own is None:
        return ()
    due = deadline(wanted, deadline_day)
    words = own.label if own.is_in or own.state == "returned" else f"{own.label}，{due.month}月{due.day}日截止"
    return (Expected("月报", words, own.is_in, f"/reports/returns/{wanted}/units/{own.unit_id}"),)


def _paper(session: Session, actor: Actor, wanted: Month, form: str) -> Expected:
    found = session.execute(select(Sheet.state, func.count()).where(
        Sheet.unit_id == actor.unit_id, Sheet.template == form, Sheet.counts_in == wanted.first).group_by(Sheet.state))
    counts = pairs(found)
    if counts.get("signed"):
        return Expected(FORM_LABELS[form], "已入档", True, "/uploads?kind=filed")
    if counts.get("to_review"):
        return Expected(FORM_LABELS[form], "已上交，待审核", True, "/uploads?kind=to_review")
    if counts.get("returned"):
        return Expected(FORM_LABELS[form], "已退回，请重拍", False, "/uploads?kind=retake")
    return Expected(FORM_LABELS[form], "还没有上交", False, "/uploads#hand-in")


def _visits(session: Session, actor: Actor, wanted: Month) -> Expected:
    level: Level = "own" if actor.role == "school" else "reporting"
    outstanding, visited = (_cases(session, actor, Question(figure, actor.unit_id, wanted, level=level))
                            for figure in ("closing", "visits"))
    lacking = len(outstanding - visited)
    words = (f"未劝返 {len(outstanding)} 人，本月已访 {len(outstanding) - lacking} 人"
             + (f"，还差 {lacking} 人" if lacking else ""))
    path = f"/reports/list?figure=closing&unit={actor.unit_id}&month={wanted}&level={level}"
    return Expected("家访", words if outstanding else "没有未劝返的学生", not lacking, path)


def _cases(session: Session, actor: Actor, question: Question) -> set[int]:
    behind = entries_behind(actor, question, kept_to(session)).subquery("behind")
    return set(session.scalars(select(behind.c.case_id).distinct()))


def _lessons(session: Session, actor: Actor, wanted: Month) -> Expected | None:
    """Children taught at home, and those of them who had lessons this month; None where there are none."""
    enrolled = set(session.scalars(select(CategoryFact.student_id).join(
        Student, Student.id == CategoryFact.student_id).where(
            CategoryFact.kind == "home_teaching", holding(min(today(), wanted.last)), student_in_sight(actor))))
    if not enrolled:
        return None
    taught = set(session.scalars(select(Lesson.student_id).where(
        Lesson.student_id.in_(enrolled), Lesson.taught_on.between(wanted.first, wanted.last))))
    lacking = len(enrolled - taught)
    words = f"{len(enrolled)} 名学生，{len(taught)} 名本月已有记录" + (f"，还差 {lacking} 名" if lacking else "")
    return Expected("送教上门", words, not lacking, "/home-teaching")
