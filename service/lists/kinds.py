"""What lists can be taken in and which columns each may have, as templates/lists says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from service.access import Actor
from service.errors import NotAllowed, NotFound

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "lists"


@dataclass(frozen=True, slots=True)
class Column:
    """One answer a list may hold: its name here, its label, the kind of value, the headings it comes under."""

    name: str
    label: str
    kind: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListKind:
    """One kind of list. `belongs_to` names the column (school or township) that says whose a row is."""

    id: str
    title: str
    about: str
    belongs_to: str
    roles: frozenset[str]
    required: tuple[str, ...]
    columns: tuple[Column, ...]
    ages: tuple[int, int] | None = None

    def column(self, name: str) -> Column:
        """The column of this name; KeyError when the list has none."""
        return {column.name: column for column in self.columns}[name]


@cache
def list_kinds() -> Mapping[str, ListKind]:
    """Every kind of list, by id, in the order they are offered."""
    columns = {told["name"]: Column(told["name"], told["label"], told["kind"], tuple(told["headings"]))
               for told in _loaded("columns")}
    kinds = (ListKind(told["id"], told["title"], told["about"], told["belongs_to"], frozenset(told["roles"]),
                      tuple(told["required"]), tuple(columns[name] for name in told["columns"]),
                      (told["ages"][0], told["ages"][1]) if "ages" in told else None) for told in _loaded("kinds"))
    return {kind.id: kind for kind in kinds}


def open_to(actor: Actor) -> tuple[ListKind, ...]:
    """The kinds of list the person may hand in."""
    return tuple(kind for kind in list_kinds().values() if actor.role in kind.roles)


def kind_for(actor: Actor, kind_id: str) -> ListKind:
    """The kind, when the person may hand it in; raises NotFound or NotAllowed."""
    kind = list_kinds().get(kind_id)
    if kind is None:
        raise NotFound("没有这种名单。")
    if actor.role not in kind.roles:
        raise NotAllowed("您的账号不能导入这种名单。", "请交由教体局导入。")
    return kind


def _loaded(name: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return told
