"""Small cells stay secret: whoever knows the rules and all that is shown still has two values to choose from."""

import itertools

from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.reports.small_cells import SMALL, hidden, is_small

tables = st.integers(1, 3).flatmap(lambda width: st.lists(
    st.lists(st.integers(0, 9), min_size=width, max_size=width), min_size=1, max_size=3))
MOST = 28


def possible(values, marks, row_sums, column_sums):
    """Every table of counts that shows the same as this one, sums included, the slow way."""
    height, width = len(values), len(values[0])
    inner = [(r, c) for r in range(height) for c in range(width)]

    def choices(place):
        mark, value = marks.get(place), values[place[0]][place[1]]
        if mark is None:
            return [value]
        return range(1, SMALL) if mark == "small" else [n for n in range(MOST) if not is_small(n)]

    for chosen in itertools.product(*(choices(place) for place in inner)):
        table = [list(chosen[r * width:(r + 1) * width]) for r in range(height)]
        if all(fits(place, value, values, marks) for place, value in sums(table, row_sums, column_sums).items()):
            yield dict(zip(inner, chosen, strict=True)) | sums(table, row_sums, column_sums)


def sums(table, row_sums, column_sums):
    height, width = len(table), len(table[0])
    found = {(r, width): sum(row) for r, row in enumerate(table)} if row_sums else {}
    found |= {(height, c): sum(column) for c, column in enumerate(zip(*table, strict=True))} if column_sums else {}
    return found | ({(height, width): sum(map(sum, table))} if row_sums and column_sums else {})


def is_sum_of_all(place, values):
    return place == (len(values), len(values[0]))


def fits(place, value, values, marks):
    true = sums(values, True, True)[place]
    mark = marks.get(place)
    if mark is not None and is_sum_of_all(place, values):
        return is_small(true) or value >= SMALL
    return value == true if mark is None else is_small(value) if mark == "small" else (
        not is_small(value) and value >= SMALL * (true >= SMALL))


@settings(max_examples=60, deadline=None)
@given(values=tables.filter(lambda t: len(t) * len(t[0]) <= 4), row_sums=st.booleans(), column_sums=st.booleans())
@example(values=[[1, 1], [9, 9]], row_sums=True, column_sums=True)
@example(values=[[2]], row_sums=True, column_sums=True)
@example(values=[[1, 0], [0, 0]], row_sums=True, column_sums=True)
@example(values=[[0, 5], [2, 0]], row_sums=True, column_sums=True)
@example(values=[[1, 1], [1, 1]], row_sums=True, column_sums=True)
def test_no_small_count_can_be_worked_out(values, row_sums, column_sums):
    marks = hidden(values, row_sums=row_sums, column_sums=column_sums)
    told = list(possible(values, marks, row_sums, column_sums))
    assert told, "the true table is one of the possible"
    true = {(r, c): value for r, row in enumerate(values) for c, value in enumerate(row)} | sums(
        values, row_sums, column_sums)
    for place, value in true.items():
        assert (marks.get(place) == "small") == (is_small(value) and not is_sum_of_all(place, values))
        if is_small(value):
            assert place in marks
            assert len({each[place] for each in told}) > 1, f"{place} is given away"


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.lists(st.integers(0, 30), min_size=5, max_size=5), min_size=2, max_size=8))
def test_larger_tables_hide_every_small_count_and_leave_the_rest_true(values):
    marks = hidden(values)
    for r, row in enumerate(values):
        for c, value in enumerate(row):
            assert (marks.get((r, c)) == "small") == is_small(value)
            lines = [place for place in marks if (place[0] == r) != (place[1] == c)]
            assert not is_small(value) or lines, "a small count never stands hidden alone"


def test_a_table_without_small_counts_is_shown_whole():
    assert hidden([[5, 0], [12, 7]]) == {}


def test_a_single_small_count_takes_three_others_with_it_and_no_more():
    marks = hidden([[2, 20, 30], [40, 50, 60], [70, 80, 90]])
    assert len(marks) == 4 and marks[0, 0] == "small"


def test_what_must_not_be_told_is_guarded_whatever_its_value():
    marks = hidden([[50, 20, 30], [40, 50, 60]], touchy=frozenset({(0, 0)}))
    assert marks[0, 0] == "besides" and len(marks) == 4
