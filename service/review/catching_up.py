"""Decisions that a closing screen could not send one by one: taken in together, each of them once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import REVIEW, Actor
from service.errors import Conflict, Invalid
from service.models import Decision, Sheet
from service.review import sheets
from service.review.decisions import decide_and_stand, undo_and_stand
from service.review.values import Standing, standing


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the person did: a decision, or with `undoes` taking the latest one back."""

    row: int = 0
    field: str = ""
    kind: str = "accepted"
    value: str = ""
    keys: int = 0
    undoes: bool = False

    def is_kept_as(self, decision: Decision) -> bool:
        """Whether `decision` may be this step, already taken in."""
        if self.undoes or decision.kind == "undone":
            return self.undoes and decision.kind == "undone"
        return (self.row, self.field) == (decision.row, decision.field)


@dataclass(frozen=True, slots=True)
class Missed:
    """A step that was not taken in, by its place in the list. `overtaken`: a colleague decided the same field."""

    place: int
    text: str
    overtaken: bool


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What stands after it, how many steps were taken in now, and which were not."""

    held: Standing
    taken: int
    missed: tuple[Missed, ...]


def catch_up(session: Session, actor: Actor, sheet_id: int, version: int,
             steps: Sequence[Step]) -> CaughtUp:
    """Take in `steps` made on a screen that showed `version`, in their order; sending them again does nothing.

    The first ones may have arrived by themselves: as far as the actor's own decisions since `version`
    follow `steps`, they are those. A field that a colleague decided meanwhile stays as it is.
    """
    actor.require(REVIEW)
    sheet = sheets.find(session, actor, sheet_id)
    session.execute(select(Sheet.id).where(Sheet.id == sheet_id).with_for_update())  # a save under way comes first
    session.refresh(sheet)
    if sheet.state != "to_review":
        raise Conflict(f"这张表{sheets.STATE_WORDS[sheet.state]}，不能再改。", "没有保存的改动请另行更正。")
    held = standing(session, sheet)
    since = [decision for decision in held.history if decision.sheet_version > version]
    theirs = {(decision.row, decision.field) for decision in since if decision.user_id != actor.user_id}
    missed: list[Missed] = []
    known = _known(steps, [decision for decision in since if decision.user_id == actor.user_id])
    for place in range(known, len(steps)):
        step = steps[place]
        if not step.undoes and (step.row, step.field) in theirs:
            missed.append(Missed(place, "同事改了同一项。", True))
            continue
        try:
            with session.begin_nested():
                held = _taken(session, actor, held, step)
        except (Conflict, Invalid) as error:
            missed.append(Missed(place, error.message + error.advice, False))
            session.refresh(sheet)
    return CaughtUp(held, len(steps) - known - len(missed), tuple(missed))


def _known(steps: Sequence[Step], own: Sequence[Decision]) -> int:
    """How many steps from the first are among the decisions already."""
    for place, (step, decision) in enumerate(zip(steps, own, strict=False)):
        if not step.is_kept_as(decision):
            return place
    return min(len(steps), len(own))


def _taken(session: Session, actor: Actor, held: Standing, step: Step) -> Standing:
    version = held.sheet.version
    if step.undoes:
        return undo_and_stand(session, actor, held.sheet.id, version)[1]
    return decide_and_stand(session, actor, held.sheet.id, version, step.row, step.field, step.kind, step.value,
                            step.keys)
