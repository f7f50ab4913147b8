"""The screens of what waits: one's open work, hand-overs, tasks and responsible persons."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.access import CASE_EVENTS, FILES
from service.cases import due, duties, handover, tasks, unit_choices, work
from service.errors import Invalid
from service.web.context import actor, installation, requires
from service.web.parameters import plain, whole

blueprint = Blueprint("casework", __name__)


@blueprint.get("/tasks")
@requires(FILES)
def open_work() -> ResponseReturnValue:
    """Everything that waits for the person, and the cases whose day is near or past."""
    asked = request.args
    query = work.Query(asked.get("span", "overdue"), whole(asked.get("unit", "")), asked.get("what", ""),
                       whole(asked.get("page", "")) or 1)
    with installation().database.read() as session:
        open_now, units = work.overview(session, actor(), query), unit_choices.in_sight(session, actor())
    return render_template("casework/tasks.html", query=query, found=open_now.cases, offers=open_now.offers,
                           tasks=open_now.tasks, counts=open_now.counts, units=units, spans=work.SPANS,
                           whats=due.LABELS)


@blueprint.post("/handovers/<int:handover_id>/<any(accept, send_back, withdraw):step>")
@requires(CASE_EVENTS)
def answer(handover_id: int, step: str) -> ResponseReturnValue:
    """Take a case that is offered, send it back, or take the offer back."""
    reason = plain(request.form.get("reason", ""), 400)
    with installation().database.write() as session:
        if step == "withdraw":
            done = handover.withdraw(session, actor(), handover_id, reason)
        else:
            done = handover.answer(session, actor(), handover_id, accept=step == "accept", reason=reason)
        student_id = done.case.student_id
    if step == "accept":
        return redirect(url_for("students.file", student_id=student_id, done=1))
    return redirect(url_for("casework.open_work"))


@blueprint.post("/cases/<int:case_id>/tasks")
@requires(CASE_EVENTS)
def ask(case_id: int) -> ResponseReturnValue:
    """Ask the unit answering for a case to do something by a day."""
    with installation().database.write() as session:
        task = tasks.ask(session, actor(), case_id, plain(request.form.get("text", ""), 400), _day("due_on", "期限"))
        student_id = task.case.student_id
    return redirect(url_for("students.file", student_id=student_id, done=1))


@blueprint.post("/tasks/<int:task_id>/done")
@requires(CASE_EVENTS)
def finish(task_id: int) -> ResponseReturnValue:
    """Say that a task is done."""
    with installation().database.write() as session:
        task = tasks.finish(session, actor(), task_id, plain(request.form.get("answer", ""), 400))
        student_id = task.case.student_id
    return redirect(url_for("students.file", student_id=student_id, done=1))


@blueprint.post("/cases/<int:case_id>/duties")
@requires(CASE_EVENTS)
def name_person(case_id: int) -> ResponseReturnValue:
    """Name a responsible person."""
    form = request.form
    with installation().database.write() as session:
        duty = duties.name(session, actor(), case_id, form.get("role", ""), plain(form.get("name", ""), 60),
                           plain(form.get("phone", ""), 40))
        student_id = duty.case.student_id
    return redirect(url_for("students.file", student_id=student_id, done=1))


@blueprint.post("/duties/<int:duty_id>/end")
@requires(CASE_EVENTS)
def relieve(duty_id: int) -> ResponseReturnValue:
    """End a person's responsibility."""
    with installation().database.write() as session:
        student_id = duties.relieve(session, actor(), duty_id).case.student_id
    return redirect(url_for("students.file", student_id=student_id, done=1))


def _day(name: str, label: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise Invalid(f"请填写「{label}」。") from None
