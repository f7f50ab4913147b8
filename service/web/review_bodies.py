"""What the review screens' scripts send: each change with the version of the sheet their screen shows."""

from __future__ import annotations

from typing import TypeVar

from flask import request
from pydantic import BaseModel, Field, ValidationError

from service.errors import Invalid
from service.models.values import FORM_ROW
from service.review.catching_up import Step
from service.review.values import Key

Model = TypeVar("Model", bound=BaseModel)


class Change(BaseModel):
    """What a script sends with every change: the version its screen shows."""

    version: int = Field(ge=0)


class DecisionChange(Change):
    """One decision on one field."""

    row: int = Field(ge=-1, le=999)
    field: str = Field(min_length=1, max_length=60)
    kind: str = Field("accepted", max_length=20)
    value: str = Field("", max_length=4000)
    keys: int = Field(0, ge=0, le=9999)


class UndoChange(Change):
    """Take back one's latest decision, or the one named."""

    decision: int | None = None


class StepBody(BaseModel):
    """One of several things done on a screen: a decision, or an undoing."""

    row: int = Field(FORM_ROW, ge=-1, le=999)
    field: str = Field("", max_length=60)
    kind: str = Field("accepted", max_length=20)
    value: str = Field("", max_length=4000)
    keys: int = Field(0, ge=0, le=9999)
    undoes: bool = False


class CatchUpChange(Change):
    """What a screen had not yet sent when it was closed, in order."""

    steps: list[StepBody] = Field(max_length=1000)

    @property
    def made(self) -> list[Step]:
        """The steps."""
        return [Step(**step.model_dump()) for step in self.steps]


class LeaveChange(Change):
    """Send the sheet back or set it aside, with the reason."""

    reason: str = Field(max_length=400)


class ReturnChange(LeaveChange):
    """Send the sheet back, with the field whose piece of paper the school is shown, if any."""

    row: int | None = Field(None, ge=-1, le=999)
    field: str = Field("", max_length=60)

    @property
    def shown(self) -> Key | None:
        """The field to show."""
        return None if self.row is None else (self.row, self.field)


class SamePaperAnswer(Change):
    """Whether the sheet is the same paper as the other."""

    other: int
    same: bool


class TemplateChange(Change):
    """Say which form the sheet is."""

    template: str = Field(max_length=40)


class SkipNote(BaseModel):
    """Why a sheet is left for later."""

    reason: str = Field("", max_length=400)


class QuestionChange(Change):
    """A question to a colleague."""

    colleague: int
    note: str = Field(max_length=400)


def parsed(model: type[Model]) -> Model:
    """The request's JSON as `model`; Invalid when it does not fit."""
    try:
        return model.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        raise Invalid("提交的内容不完整或格式不对。") from error
