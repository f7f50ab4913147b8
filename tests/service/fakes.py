"""Readers other than the program's own: each a complete one, however short."""

from pathlib import Path

from ocr.errors import DamagedFile
from ocr.lists import Lists
from ocr.results import FieldReading, Grid, GridCell, Problem, ReadSheet, SheetReading


def field(value: str, accept: bool = True, confidence: float = 0.98) -> FieldReading:
    """A field read as `value`."""
    candidates = ((value, confidence), ("", 0.01))
    return FieldReading(value, value, confidence, accept, (0.1, 0.1, 0.3, 0.2), candidates)


class PaperReader:
    """Reads every file as the same two sheets: a home visit and a table; remembers what it was given."""

    def __init__(self):
        self.seen: list[tuple[Path, Lists | None]] = []

    def read(self, path, *, template="auto", lists=None):
        """Two sheets."""
        self.seen.append((path, lists))
        visit = SheetReading(
            path.name, 0, "home_visit", 0.99, 0.2,
            fields={"student_name": field("谭梅"), "id_number": field("", accept=False, confidence=0.1)},
            marks={"school_seal": True}, problems=(Problem("blurred", "有些模糊。"),))
        table = SheetReading(
            path.name, 1, "township_table", 0.97, 0.3,
            rows=({"unit": field("城关"), "total": field("7")},
                  {"unit": field("河滨"), "total": field("", False)}),
            totals={"total": field("7")})
        return [ReadSheet(visit, b"jpeg of sheet 1"), ReadSheet(table, b"jpeg of sheet 2")]


class GridReader:
    """Meets a ruled table of no known form."""

    def read(self, path, *, template="auto", lists=None):
        """One sheet with a grid."""
        grid = Grid(1, 1, (GridCell(0, 0, 1, 1, "甲", 0.9, (0, 0, 1, 1)),))
        return [ReadSheet(SheetReading(path.name, 0, None, 0.2, 0.1, grid=grid), b"jpeg")]


class RefusingReader:
    """Finds every file damaged."""

    def read(self, path, *, template="auto", lists=None):
        """Never succeeds."""
        raise DamagedFile


class CrashingReader:
    """Falls over every file with an error that quotes the paper, as careless code does."""

    def read(self, path, *, template="auto", lists=None):
        """Never succeeds."""
        raise ValueError("谭梅 410329200001011234")


class StumblingReader:
    """Falls over the sheets whose numbers it is given, out of two, and goes on."""

    def __init__(self, *falls: int):
        self.falls = falls

    def read(self, path, *, template="auto", lists=None):
        """Two sheets, fallen over or not."""
        def sheet(number):
            problems = (Problem("failed", "读取时出错。"),) if number in self.falls else ()
            return ReadSheet(SheetReading(path.name, number, None, 0.0, 0.1, problems=problems), b"jpeg")
        return [sheet(0), sheet(1)]


class BlindReader:
    """Finds no sheet anywhere."""

    def read(self, path, *, template="auto", lists=None):
        """Nothing."""
        return []
