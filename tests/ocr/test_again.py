"""A second look at the numbers of a table: misreadings are mended by the sums, what is clearly written stays."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.kinds.evidence import Candidate, KindReading
from ocr.pipeline.again import doubted, struck_again, together
from ocr.pipeline.strikes import DOUBT, PERHAPS_DOUBT, corrected, without_struck
from ocr.reconcile import Settled
from ocr.reconcile.sums import hold_to_sums
from ocr.reconcile.table import settle_table
from ocr.template import FieldSpec
from tests.ocr.writing import written

RULES = ({"rule": "row_sum", "parts": ["a", "b"], "total": "t"}, {"rule": "column_sum", "columns": ["a", "b", "t"]})
SPECS = {name: FieldSpec(name, (), "count") for name in ("a", "b", "t")}


def look(*candidates: tuple[str, float]) -> KindReading:
    """A look that gives numbers these log-probabilities, and others next to none."""
    known = dict(candidates)
    listed = tuple(Candidate(value, value, log_p) for value, log_p in candidates)
    return KindReading(listed, written(candidates[0][0]),
                       rescore=lambda values: [known.get(value, -40.0) for value in values])


Row = dict[str, KindReading]


def settled(rows: list[Row], totals: Row) -> tuple[list[dict[str, Settled]], bool]:
    """The table and whether any sum objects."""
    found, below = hold_to_sums(*settle_table(rows, totals, RULES), RULES)
    flags = {flag for row in (*found, below) for cell in row.values() for flag in cell.flags}
    return found, not flags.isdisjoint(("row_sum", "column_sum"))


def table(total: KindReading) -> tuple[list[Row], Row]:
    """20 + 5 = `total` and 30 + 2 = 32, with the right sums under them."""
    def clear(value: str) -> KindReading:
        return look((value, -0.01), ("9999", -30.0))
    rows = [{"a": clear("20"), "b": clear("5"), "t": total}, {"a": clear("30"), "b": clear("2"), "t": clear("32")}]
    return rows, {"a": clear("50"), "b": clear("7"), "t": clear("57")}


def test_a_number_that_one_look_sees_can_be_taken_for_the_sums() -> None:
    first, other = look(("26", -0.1), ("25", -11.0)), look(("25", -0.5), ("26", -3.0))
    assert settled(*table(first))[1]
    rows, objected = settled(*table(together([first, other], [], 0.0, "26")))
    assert rows[0]["t"].value == "25"
    assert not objected


def test_a_number_clear_at_each_look_is_the_papers_own() -> None:
    clear = look(("26", -0.01), ("25", -9.0))
    rows, objected = settled(*table(together([clear, clear, clear], [], 0.0, "26")))
    assert rows[0]["t"].value == "26"
    assert objected


def test_where_the_recogniser_sees_no_number_the_sums_decide() -> None:
    rows, objected = settled(*table(look(("2", -5.0), ("25", -16.0))))
    assert rows[0]["t"].value == "25"
    assert not objected


def test_words_beside_the_numbers_keep_the_likelihood_of_their_own_writing() -> None:
    unit = look(("水寨", -5.0), ("葛寨", -12.0))
    rows, totals = table(look(("25", -0.1)))
    rows[0]["unit"] = unit
    assert settle_table(rows, totals, RULES)[0][0]["unit"].candidates[0][2] > 0.99


def test_the_evidence_is_that_of_the_look_that_sees_the_number_best() -> None:
    first, other = look(("26", -0.1), ("25", -11.0)), look(("25", -0.5), ("26", -3.0))
    assert together([first, other], [], 0.0, "25").evidence is other.evidence
    assert together([first, other], [], 0.0, "26").evidence is first.evidence


def test_a_whole_number_that_the_sums_ask_for_was_not_struck_out() -> None:
    reading = corrected(look(("5", -0.1)), look(("25", -0.1)))
    assert reading.best is not None
    assert reading.best.flags == ("corrected",)
    rows, objected = settled(*table(reading))
    assert (rows[0]["t"].value, rows[0]["t"].flags) == ("25", ("settled",))
    assert not objected


def test_what_sums_object_to_or_cannot_be_read_is_looked_at_again() -> None:
    sure, unsure = look(("5", -0.001)), look(("6", -0.7), ("0", -0.8))
    def cell(reading: KindReading, p: float, *flags: str) -> Settled:
        value = reading.candidates[0].value
        return Settled(((value, value, p),), value, p, 2, flags, reading)
    row = {"a": cell(sure, 0.999999), "b": cell(sure, 0.999999, "row_sum"), "t": cell(unsure, 0.5)}
    assert list(doubted([row], SPECS)) == [(0, "b"), (0, "t")]
    assert list(doubted([{"a": Settled((("", "", 1.0),), "", 1.0)}], SPECS)) == []


def figures(bar: int) -> np.ndarray:
    """«83» with a bar of so many pixels through its first figure, a long way left of the crop's middle."""
    paper = np.full((60, 400, 3), 250, np.uint8)
    cv2.putText(paper, "8", (10, 48), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (40, 40, 40), 3, cv2.LINE_AA)
    cv2.putText(paper, "3", (360, 48), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (40, 40, 40), 3, cv2.LINE_AA)
    cv2.line(paper, (8, 36), (8 + bar, 36 - bar // 8), (40, 40, 40), 3)
    return paper


def test_a_rising_bar_far_from_the_middle_of_its_line_is_found() -> None:
    assert without_struck(figures(40))[1]


def test_a_short_bar_is_asked_about_only_where_the_sums_object() -> None:
    crop = figures(26)
    assert struck_again([crop], broken=False) == ((), 0.0)
    assert struck_again([crop], broken=True)[1] == PERHAPS_DOUBT
    assert struck_again([figures(40)], broken=False)[1] == DOUBT
