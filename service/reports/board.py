"""The meeting-room screen: a month in large figures, its ranking and trend, and no child."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from service import access
from service.access import Actor
from service.reports.issuing import Issue, frozen_issue, latest
from service.reports.month import UnitMonth, month
from service.reports.periods import Month
from service.reports.ranking import Ranking, rank
from service.reports.reported import Reported, reported
from service.reports.trend import TrendMonth, trend


@dataclass(frozen=True, slots=True)
class Board:
    """`issue` where the month was issued, so that its figures stand still."""

    month: Month
    ranking: Ranking
    trend: tuple[TrendMonth, ...]
    reported: Reported
    issue: Issue | None

    @property
    def row(self) -> UnitMonth:
        """The county's."""
        if self.ranking.total is None:
            raise ValueError("a ranking without the county")
        return self.ranking.total

    @property
    def change(self) -> int:
        """Outstanding now less than a month before, negative when fewer."""
        return self.row["closing"].value - self.row["opening"].value


def board(session: Session, actor: Actor, wanted: Month, deadline_day: int) -> Board:
    """The county's month with the figures of its last issue, or as now known; NotAllowed without the county."""
    actor.require(access.COUNTY)
    issue = latest(session, wanted)
    frozen = frozen_issue(session, wanted, issue.number)[1] if issue else None
    found = rank(month(session, actor, wanted, frozen))
    told = trend(session, actor, wanted, counted=found.total)
    return Board(wanted, found, told, reported(session, actor, wanted, deadline_day), issue)
