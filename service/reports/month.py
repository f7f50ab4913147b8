"""The monthly report: how each unit's obligation grew and shrank, and what share of it was met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from service import access
from service.access import Actor
from service.models import Unit
from service.models.cases import CLOSINGS, SOURCES
from service.reports.figures import MONTH_FIGURES, Figure, Question
from service.reports.frozen import Frozen
from service.reports.ledger import LEVELS, Level
from service.reports.periods import Month
from service.reports.places import Place, inside, members, of_unit, reporting, rows_for
from service.reports.tally import Tally, tallies
from service.reports.walk import Span

PARTS: Mapping[str, tuple[str, ...]] = {
    "opening": SOURCES, "new": SOURCES, "closing": SOURCES, "closed": CLOSINGS,
}
_ADDS, _TAKES = ("opening", "new", "relapsed", "taken_over"), ("returned", "closed", "handed_over")


@dataclass(frozen=True, slots=True)
class Rate:
    """劝返率: of the children to be brought back when the month began, those in school at its end."""

    recovered: int
    obliged: int

    @property
    def share(self) -> Fraction | None:
        """Exactly, so that equal rates tie; None where nothing was to be done."""
        return Fraction(self.recovered, self.obliged) if self.obliged else None

    @property
    def percent(self) -> str:
        """For people: 12.5%, or a dash."""
        return f"{float(self.share) * 100:.1f}%" if self.share is not None else "—"


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """One row. `figures` has each of the ledger's figures, and `parts` their split by source or closing."""

    place: Place | None
    """None for the county."""
    name: str
    figures: Mapping[str, Figure]
    parts: Mapping[tuple[str, str], Figure]

    def __getitem__(self, figure: str) -> Figure:
        return self.figures[figure]

    def split(self, figure: str) -> list[tuple[str, Figure]]:
        """The parts of a figure that are not nought, in official order."""
        return [(part, self.parts[figure, part]) for part in PARTS[figure] if self.parts[figure, part].value]

    @property
    def rate(self) -> Rate:
        """The month's 劝返率."""
        return Rate(self["recovered"].value, self["opening"].value)

    @property
    def balanced(self) -> bool:
        """Whether opening and movements make the closing: they always do, and a screen may say so."""
        plus, minus = (sum(self[name].value for name in names) for names in (_ADDS, _TAKES))
        return plus - minus == self["closing"].value

    @property
    def empty(self) -> bool:
        """Whether every figure is nought."""
        return not any(figure.value for figure in self.figures.values())


@dataclass(frozen=True, slots=True)
class MonthReport:
    """A month's rows; `total` is the county for those who may see it, or the township of a drill-down."""

    month: Month
    rows: tuple[UnitMonth, ...]
    total: UnitMonth | None
    known: int | None = None
    """The last case event it knows of, when it is one that was kept."""


def month(session: Session, actor: Actor, wanted: Month, frozen: Frozen | None = None) -> MonthReport:
    """The month by reporting unit; a school sees its own row, a township its own, the county sees all.

    As now known, or as it was `frozen`.
    """
    level: Level = "own" if actor.role == "school" else "reporting"
    counts = _counts(session, actor, wanted, (level,), frozen)[level]
    rows = _rows(rows_for(session, actor), counts, wanted, frozen)
    total = _row(None, counts, wanted, level, frozen) if actor.may(access.COUNTY) else None
    return MonthReport(wanted, rows, total, frozen.known if frozen else None)


def month_within(session: Session, actor: Actor, wanted: Month, unit_id: int,
                 frozen: Frozen | None = None) -> MonthReport:
    """The month by school of one reporting unit; NotFound when it is out of sight."""
    place = reporting(session, actor, unit_id)
    narrowed = inside(session, actor, session.get_one(Unit, place.id))
    counts = _counts(session, narrowed, wanted, LEVELS, frozen)
    rows = _rows(members(session, place), counts["own"], wanted, frozen)
    schools = tuple(row for row in rows if not (row.empty and row.place and row.place.id == unit_id))
    return MonthReport(wanted, schools, _row(place, counts["reporting"], wanted, "reporting", frozen),
                       frozen.known if frozen else None)


def unit_month(session: Session, actor: Actor, unit: Unit, wanted: Month,
               frozen: Frozen | None = None) -> UnitMonth:
    """One unit's row: a school's own, a township's with its schools."""
    place, narrowed = of_unit(unit), inside(session, actor, unit)
    counts = _counts(session, narrowed, wanted, (place.level,), frozen)[place.level]
    return _row(place, counts, wanted, place.level, frozen)


def _counts(session: Session, actor: Actor, wanted: Month, levels: tuple[Level, ...],
            frozen: Frozen | None) -> Mapping[Level, Tally]:
    return frozen.tallies if frozen else tallies(session, actor, Span(wanted.first, wanted.last), levels)


def _rows(places: tuple[Place, ...], counts: Tally, wanted: Month,
          frozen: Frozen | None) -> tuple[UnitMonth, ...]:
    rows = (_row(place, counts, wanted, place.level, frozen) for place in places)
    return tuple(row for row in rows if row.place and (row.place.active or not row.empty))


def _row(place: Place | None, counts: Tally, wanted: Month, level: Level, frozen: Frozen | None) -> UnitMonth:
    unit, known = place.id if place else None, frozen.known if frozen else None

    def figure(name: str, part: str = "") -> Figure:
        return Figure(counts.of(name, unit, part), Question(name, unit, wanted, None, part, level, known))

    return UnitMonth(place, place.name if place else "全县",
                     {name: figure(name) for name in MONTH_FIGURES},
                     {(name, part): figure(name, part) for name, parts in PARTS.items() for part in parts})
