"""Intervals agree with published tables and with counting; a sum is surer than its parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.review.intervals import weighted, wilson


@pytest.mark.parametrize(("found", "seen", "low", "high"), [
    (0, 20, 0.0, 0.1611), (1, 10, 0.0179, 0.4042), (15, 148, 0.0624, 0.1605), (81, 263, 0.2553, 0.3662)])
def test_wilson_gives_the_figures_of_newcombe_1998(found, seen, low, high):
    share = wilson(found, seen)
    assert (share.low, share.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@given(st.integers(0, 500), st.integers(1, 500))
def test_an_interval_holds_its_share_and_shrinks_with_more_of_the_same(found, seen):
    if found > seen:
        found, seen = seen, found
    one, ten = wilson(found, seen), wilson(found * 10, seen * 10)
    assert 0 <= one.low <= one.share <= one.high <= 1
    assert ten.high - ten.low < one.high - one.low


def test_a_sum_of_one_part_has_that_parts_interval_and_of_several_a_narrower_one_than_their_ends():
    one = wilson(2, 200)
    alone = weighted([(1000, one.share, one.low, one.high)])
    assert (alone.low, alone.high) == (pytest.approx(1000 * one.low), pytest.approx(1000 * one.high))
    both = weighted([(1000, one.share, one.low, one.high)] * 2)
    assert both.value == 2 * alone.value
    assert both.high - both.value < 2 * (alone.high - alone.value)
