"""Records of one child are found however the second was written; twins and namesakes are not taken for one."""

from datetime import date

import pytest

from service.likeness import Person, likely_pairs
from service.likeness.names import understood
from service.likeness.score import WEIGHTS, WORDS, compare
from tests.bench.planted import county

BORN = date(2014, 5, 6)
CHILD = Person(1, "张子涵", "410329201405060039", BORN, "男", "张建国", "13900001111", 7)


def again(**changes) -> Person:
    usual = {"key": 2, "name": "张子涵", "born_on": BORN, "guardian": "张建国", "place": 7}
    return Person(**(usual | changes))


@pytest.mark.parametrize("changes", [
    {"name": "張子涵"}, {"name": "张梓函"}, {"name": "张子函", "guardian": ""}, {"name": "子涵张"}, {"name": "张涵子"},
    {"born_on": date(2014, 6, 5)}, {"born_on": date(2015, 5, 6)}, {"name": "张子晗"}, {"place": 9},
    {"born_on": None}, {"guardian": "", "phone": "13900001111"}])
def test_the_same_child_written_otherwise_is_offered(changes):
    assert likely_pairs([CHILD, again(**changes)])


@pytest.mark.parametrize("changes", [
    {"name": "张子轩", "id_number": "410329201405060055"},          # a twin
    {"name": "李佳怡", "guardian": "李强"},                           # a classmate born the same day
    {"born_on": date(2011, 1, 30), "guardian": "张海涛", "place": 9},  # a namesake
    {"id_number": "41032920140506011X", "guardian": "张海涛", "place": 9}])
def test_another_child_is_not(changes):
    assert not likely_pairs([CHILD, again(**changes)])


def test_a_county_with_planted_variants_is_searched_well():
    made = county(3000, 300, seed=5)
    offered = {frozenset((pair.one.key, pair.other.key)) for pair in likely_pairs(made.people)}
    right = offered & made.planted.keys()
    assert len(right) >= 0.97 * len(made.planted) and len(right) >= 0.95 * len(offered)


def test_lists_are_compared_with_each_other_and_not_with_themselves():
    there = [Person(n, "张子涵", born_on=BORN, guardian="张建国", group=group) for n, group in enumerate("aab")]
    assert {(pair.one.key, pair.other.key) for pair in likely_pairs(there)} == {(0, 2), (1, 2)}


def test_names_are_folded_by_script_variant_and_sound():
    assert understood("劉 喆").plain == "刘哲" and understood("张晨").sounds == ("zhang", "chen")
    assert understood("陈诚").near == understood("程辰").near


def test_every_finding_has_a_weight_and_words():
    assert WEIGHTS.keys() == WORDS.keys()
    likeness = compare(CHILD, again(name="张子函"))
    assert likeness.score == sum(WEIGHTS[finding] for finding in likeness.findings)
