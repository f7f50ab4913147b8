"""What people add to a child's file besides its cases: category facts, household, register, schools."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from service.access import CASE_EVENTS
from service.cases import facts, household
from service.errors import Invalid
from service.web.context import actor, installation, requires
from service.web.parameters import plain, whole

blueprint = Blueprint("background", __name__)


@blueprint.post("/students/<int:student_id>/facts")
@requires(CASE_EVENTS)
def add_fact(student_id: int) -> ResponseReturnValue:
    """A category the child belongs to, from a day on."""
    with installation().database.write() as session:
        facts.add(session, actor(), student_id, request.form.get("kind", ""), from_on=_day("from_on") or _missing(),
                  until_on=_day("until_on"), value=_text("value", 200), source_name=_text("source_name", 200))
    return _back(student_id)


@blueprint.post("/facts/<int:fact_id>/end")
@requires(CASE_EVENTS)
def end_fact(fact_id: int) -> ResponseReturnValue:
    """Until when a category held; without a day it never did."""
    with installation().database.write() as session:
        student_id = facts.end(session, actor(), fact_id, _day("until_on")).student_id
    return _back(student_id)


@blueprint.post("/students/<int:student_id>/household")
@requires(CASE_EVENTS)
def add_member(student_id: int) -> ResponseReturnValue:
    """Somebody at home."""
    with installation().database.write() as session:
        household.add_member(
            session, actor(), student_id, _text("name", 80), _text("relation", 40),
            is_guardian=request.form.get("is_guardian") == "1", phone=_text("phone", 60),
            situation=_text("situation", 300))
    return _back(student_id)


@blueprint.post("/household/<int:member_id>/remove")
@requires(CASE_EVENTS)
def remove_member(member_id: int) -> ResponseReturnValue:
    """Take somebody out of the household."""
    with installation().database.write() as session:
        student_id = household.remove_member(session, actor(), member_id).student_id
    return _back(student_id)


@blueprint.post("/students/<int:student_id>/register")
@requires(CASE_EVENTS)
def set_register(student_id: int) -> ResponseReturnValue:
    """Where the household is registered."""
    with installation().database.write() as session:
        household.set_register(session, actor(), student_id, whole(request.form.get("unit", "")), _text("address", 300))
    return _back(student_id)


@blueprint.post("/students/<int:student_id>/schools")
@requires(CASE_EVENTS)
def add_school(student_id: int) -> ResponseReturnValue:
    """A school the child went to."""
    with installation().database.write() as session:
        household.add_school(session, actor(), student_id, _text("school", 150), _day("from_on"), _day("until_on"),
                             _text("source_name", 200))
    return _back(student_id)


def _back(student_id: int) -> ResponseReturnValue:
    return redirect(url_for("students.file", student_id=student_id, done=1))


def _text(name: str, longest: int) -> str:
    return plain(request.form.get(name, ""), longest)


def _day(name: str) -> date | None:
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("日期的写法有误。") from None


def _missing() -> date:
    raise Invalid("请填写「起始日期」。")
