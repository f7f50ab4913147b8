"""Where a rule about several fields holds: once on a form, in each row of a table whose columns it names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.models.values import FORM_ROW
from service.review.sums import row_name
from service.review.values import Key, Standing


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table together with the fields that stand outside it; on a form, the form."""

    standing: Standing
    row: int

    def key(self, name: str) -> Key:
        """Where the field or column called `name` stands for this line."""
        return (self.row if _is_column(self.standing, name) else FORM_ROW), name

    def text(self, name: str) -> str:
        """What stands there."""
        return self.standing.text(*self.key(name))

    @property
    def words(self) -> str:
        """What opens a sentence about this line: the row's name; nothing on a form."""
        return "" if self.row == FORM_ROW else f"{row_name(self.standing, self.row)}："


def lines(standing: Standing, names: Sequence[str]) -> Iterator[Line]:
    """The lines in which something is said of the fields called `names`."""
    if not any(_is_column(standing, name) for name in names):
        yield Line(standing, FORM_ROW)
        return
    for row in sorted({row for row, _ in standing.values if row > FORM_ROW}):
        yield Line(standing, row)


def _is_column(standing: Standing, name: str) -> bool:
    return standing.template is not None and any(spec.name == name for spec in standing.template.columns)
