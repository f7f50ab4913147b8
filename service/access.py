"""Who may do what, and to whose records: default deny, one `scoped` used by every query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.errors import NotAllowed
from service.models import Unit, User

UPLOAD = "upload"                # send scans for one's own unit and see what became of them
REVIEW = "review"                # decide on fields and sign sheets off
FILES = "files"                  # children, cases, visits
CASE_EVENTS = "case_events"      # record a return, a relapse, a closing
REVEAL = "reveal"                # open a masked value
LEARNING = "learning"            # how sure the reader is and was right; totals of the reviewers
TRAINING = "training"            # take corrected crops out to train a reader
REPORTS = "reports"              # figures, lists behind them, exports
QUALITY = "quality"              # how many errors the records hold, and each reader's share
FIGURES = "figures"              # the explorer, the meeting-room screen and the 通报: counts without any child
RETURNS = "returns"              # submit a unit's monthly return, decide on those of the units below
ISSUE = "issue"                  # issue a month and its corrections
COUNTY = "county"                # the whole county's figures and ranking
MERGE = "merge"                  # say which files are of one child
CHECK = "check"                  # answer what comparing the lists finds
LISTS = "lists"                  # hand lists in, and see what they say
UNITS = "units"                  # units and the state of the queue
ACCOUNTS = "accounts"            # users, roles, tokens
AUDIT = "audit"                  # the record of who did what

PERMISSIONS: Mapping[str, frozenset[str]] = {
    "school": frozenset({UPLOAD, FILES, CASE_EVENTS, REVEAL, REPORTS, FIGURES, LISTS, RETURNS}),
    "township": frozenset({UPLOAD, FILES, CASE_EVENTS, REVEAL, REPORTS, FIGURES, LISTS, CHECK,
                           RETURNS}),
    "clerk": frozenset({UPLOAD, REVIEW, FILES, REVEAL, REPORTS, FIGURES, COUNTY}),
    "bureau": frozenset({UPLOAD, REVIEW, FILES, CASE_EVENTS, REVEAL, REPORTS, FIGURES, COUNTY, QUALITY, LEARNING,
                         TRAINING, LISTS, CHECK, MERGE, RETURNS, ISSUE}),
    "viewer": frozenset({FIGURES, COUNTY}),
    "system_admin": frozenset({UNITS, LEARNING}),
    "security_admin": frozenset({ACCOUNTS}),
    "audit_admin": frozenset({AUDIT}),
}
_WHOLE_COUNTY = frozenset({"clerk", "bureau", "viewer"})

Query = TypeVar("Query", bound="Select[*tuple[Any, ...]]")


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a request. `unit_ids` are the units whose records it sees, None for all."""

    user_id: int
    name: str
    role: str
    unit_id: int
    unit_ids: frozenset[int] | None
    address: str = ""

    def may(self, permission: str) -> bool:
        """Whether the person's role includes `permission`."""
        return permission in PERMISSIONS[self.role]

    def require(self, permission: str) -> None:
        """Raise NotAllowed unless the person's role includes `permission`."""
        if not self.may(permission):
            raise NotAllowed

    def sees(self, unit_id: int) -> bool:
        """Whether records of this unit are within the person's sight."""
        return self.unit_ids is None or unit_id in self.unit_ids


def actor_for(session: Session, user: User, address: str = "") -> Actor:
    """The actor that `user` is now, with the units in its sight looked up."""
    return Actor(user.id, user.name, user.role, user.unit_id, _sight(session, user), address)


def scoped(query: Query, unit: InstrumentedAttribute[int], actor: Actor) -> Query:
    """`query` narrowed to rows whose `unit` column lies within the actor's sight."""
    return query if actor.unit_ids is None else query.where(within(unit, actor))


def within(unit: InstrumentedAttribute[int] | InstrumentedAttribute[int | None], actor: Actor) -> ColumnElement[bool]:
    """The condition that `unit` lies within the actor's sight; always false for administrators."""
    return unit.in_(actor.unit_ids or frozenset())


def _sight(session: Session, user: User) -> frozenset[int] | None:
    if user.role in _WHOLE_COUNTY:
        return None
    if user.role not in ("school", "township"):
        return frozenset()
    own = Unit.id == user.unit_id
    if user.role == "township":
        own = or_(own, Unit.parent_id == user.unit_id)
    return frozenset(session.scalars(select(Unit.id).where(own)))
