"""The tree of units: who stands under whom, and in which order they are listed."""

import pytest

from ocr.lists import UnitEntry
from service import units
from service.errors import Conflict, Invalid, NotFound
from service.models import Unit


def named(session, county, name):
    return session.get_one(Unit, county.units[name])


def test_the_tree_lists_units_in_official_order(county):
    with county.installation.database.read() as session:
        (bureau,) = units.tree(session)
    assert [child.name for child in bureau.children] == ["城关", "河滨", "鸦岭", "县直实验小学"]
    assert [child.name for child in bureau.children[0].children] == ["城关一小", "城关二小"]


def test_a_school_reports_under_its_township_and_the_bureaus_own_for_itself(county):
    with county.installation.database.read() as session:
        for name, reporting in (("城关一小", "城关"), ("县直实验小学", "县直实验小学"), ("城关", "城关")):
            assert units.township_of(named(session, county, name)).name == reporting
        assert [unit.name for unit in units.reporting_units(session)] == ["城关", "河滨", "鸦岭"]


def test_below_a_unit_is_everything_under_it(county):
    with county.installation.database.read() as session:
        assert units.below(session, named(session, county, "城关")) == {
            county.units[name] for name in ("城关", "城关一小", "城关二小")}
        assert len(units.below(session, units.bureau(session))) == 8


def test_a_new_unit_comes_last_among_its_own(county):
    with county.installation.database.write() as session:
        made = units.add(session, county.actor("bureau"), " 白沙 ", "township", units.bureau(session))
        assert units.reporting_units(session)[-1].name == made.name == "白沙"


@pytest.mark.parametrize(("name", "kind", "parent", "error"), [
    ("城关", "township", "示范县教育体育局", Conflict), ("", "school", "城关", Invalid),
    ("新", "college", "城关", Invalid), ("新", "township", "城关", Invalid),
    ("新", "school", "城关一小", Invalid),
])
def test_a_unit_that_does_not_fit_is_refused(county, name, kind, parent, error):
    with county.installation.database.write() as session, pytest.raises(error):
        units.add(session, None, name, kind, named(session, county, parent))


def test_a_list_adds_what_is_missing_and_nothing_twice(county):
    listed = [UnitEntry("江左", "township"), UnitEntry("江左一小", "school", "江左"),
              UnitEntry("城关一小", "school", "城关")]
    with county.installation.database.write() as session:
        head = units.bureau(session)
        assert units.add_listed(session, None, listed, head) == 2
        assert units.add_listed(session, None, listed, head) == 0
        with pytest.raises(Invalid, match="不存在"):
            units.add_listed(session, None, [UnitEntry("孤儿", "school", "无此乡")], head)


def test_an_absent_unit_is_not_found(county):
    with county.installation.database.read() as session, pytest.raises(NotFound):
        units.get(session, 99999)
