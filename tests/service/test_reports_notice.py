"""附件1 of the notice, 697 + 21 = 718: counted from cases, read from its paper, and with one cell altered."""

import shutil
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from ocr.pipeline import Reader
from service import intake, reading
from service.config import Settings
from service.demo.county import NOTICE
from service.installation import open_installation
from service.models import Case, CaseEvent, Reading, Sheet, Student, Unit
from service.reports.annex1 import COLUMNS, annex1
from service.reports.reconcile import reconcile
from tests.press import notice_table
from tests.servers import postgres_database
from tests.service.case_papers import TODAY, put_table, say, sign

DAY = date(2019, 4, 11)


@pytest.fixture(scope="module")
def _county_ground(_county_ground, tmp_path_factory):
    """The county's data folder with the notice in it, for this module's tests to copy."""
    folder = tmp_path_factory.mktemp("notice") / "data"
    shutil.copytree(_county_ground, folder)
    enter(Settings(data_dir=folder))
    return folder


@pytest.fixture(scope="module")
def _county_ground_pg(_county_ground_pg, tmp_path_factory):
    """The same on PostgreSQL."""
    with postgres_database(like=_county_ground_pg) as url:
        enter(Settings(tmp_path_factory.mktemp("notice_pg"), database_url=url))
        yield url


def enter(settings):
    """Add the notice's fifteen townships, and its 718 children as cases."""
    installation = open_installation(settings)
    with installation.database.write() as session:
        head = session.query(Unit).filter_by(kind="bureau").one()
        units = {unit.name: unit for unit in session.query(Unit).filter_by(kind="township")}
        for position, name in enumerate(NOTICE):
            units.setdefault(name, Unit(name=name, kind="township", parent=head)).position = position
        session.add_all(units.values())
        session.flush()
        for name, (prior_year, listed) in NOTICE.items():
            for number in range(prior_year + listed):
                ministry = number >= prior_year
                session.add(case(units[name].id, f"{name}{number}", ministry, date(2019 if ministry else 2018, 3, 2)))
    installation.close()


@pytest.fixture
def notice(any_county):
    """The county with the notice's fifteen townships, and its 718 children entered as cases."""
    return any_county


def case(unit: int, name: str, ministry: bool, on: date) -> Case:
    return Case(student=Student(name=name, school_id=unit, born_on=date(2006, 5, 1)), unit_id=unit,
                state="verified", source="ministry_list" if ministry else "annual_check",
                source_year=2019 if ministry else 2018, opened_on=on,
                events=[CaseEvent(kind="opened", happened_on=on, unit_id=unit, detail={})])


def paper_rows(**altered: str) -> Iterator[tuple[str, str, str, str]]:
    """The notice's rows as written: an empty cell where the paper has none; `altered` changes 2018年 of a unit."""
    for name, (prior_year, listed) in NOTICE.items():
        prior = altered.get(name, str(prior_year))
        yield name, prior, str(listed) if listed else "", str(int(prior) + listed)


def put_paper(session, county, rows):
    clerk = county.actor("clerk")
    sheet = put_table(session, county.units["示范县教育体育局"], clerk.user_id, list(rows))
    sign(session, clerk, sheet)


def came_back(session, unit):
    """Two children who came back lately: the paper still counts them, and the unit's 47 are beside them."""
    for number in (1, 2):
        back = case(unit.id, f"返校{number}", False, date(2018, 5, 1))
        back.events.append(CaseEvent(kind="returned", happened_on=TODAY, unit_id=unit.id, detail={}))
        session.add(back)
    session.flush()


def names_the_unit_and_offers_the_children(session, county):
    """What a paper comes to that has two more for 白沙 than its cases, when two came back lately."""
    baisha = session.query(Unit).filter_by(name="白沙").one()
    came_back(session, baisha)
    bureau = county.actor("bureau")
    table = annex1(session, bureau, TODAY)
    assert [(row.name, row.difference("prior_year")) for row in table.differing] == [("白沙", 2)]
    found = reconcile(session, bureau, baisha, TODAY)
    assert [child.name for child in found.groups[0].children] == ["返校1", "返校2"]
    assert found.groups[0].fits and found.groups[0].reason == "back_lately"


def read_and_signed(session, county, counts):
    """The last sheet that came in: every count read as it was written, what was doubted confirmed, then signed off."""
    clerk = county.actor("clerk")
    sheet = session.scalars(select(Sheet).order_by(Sheet.id.desc()).limit(1)).one()
    read = session.scalars(select(Reading).where(Reading.sheet_id == sheet.id)).all()
    values = {(one.row, one.field): one.value for one in read}
    for number, (unit, (prior, listed)) in enumerate(counts.items(), 1):
        assert [values[number, field] for field in ("unit", *COLUMNS)] == [
            unit, str(prior), str(listed or ""), str(prior + listed)]
    for one in read:
        if not one.accept:
            say(session, clerk, sheet, one.field, one.value, one.row)
    sign(session, clerk, sheet)


@pytest.fixture(scope="module")
def reader():
    return Reader()


def take_in(county, reader, name):
    with (notice_table.FOLDER / name).open("rb") as paper:
        intake.receive(county.installation, county.actor("clerk"), paper, "附件1.jpg")
    assert reading.work(county.installation, reader, "w")


def test_the_notices_table_comes_out_of_the_cases_exactly(notice):
    with notice.installation.database.read() as session:
        table = annex1(session, notice.actor("bureau"), DAY)
        counted = {row.name: (row["prior_year"].value, row["ministry_list"].value) for row in table.rows}
        assert {name: counted[name] for name in NOTICE} == NOTICE
        assert [table.total[column].value for column in COLUMNS] == [697, 21, 718]


def test_read_from_its_paper_every_unit_agrees(notice):
    with notice.installation.database.write() as session:
        put_paper(session, notice, paper_rows())
        table = annex1(session, notice.actor("bureau"), TODAY)
        assert (table.papers, table.differing) == (15, ())
        assert table.paper_total == {"prior_year": 697, "ministry_list": 21, "total": 718}


def test_with_one_cell_altered_the_difference_names_the_unit_and_offers_the_children(notice):
    with notice.installation.database.write() as session:
        put_paper(session, notice, paper_rows(白沙="49"))
        names_the_unit_and_offers_the_children(session, notice)


def test_where_the_paper_has_fewer_the_children_without_any_paper_are_offered(notice):
    with notice.installation.database.write() as session:
        put_paper(session, notice, paper_rows(白沙="46"))
        baisha = session.query(Unit).filter_by(name="白沙").one()
        visited = session.query(Case).filter_by(unit_id=baisha.id, source="annual_check").limit(45).all()
        for each in visited:
            each.events.append(CaseEvent(kind="visited", happened_on=DAY, unit_id=baisha.id, detail={}))
        session.flush()
        found = reconcile(session, notice.actor("bureau"), baisha, TODAY)
        assert [(group.reason, len(group.children)) for group in found.groups] == [("on_no_paper", 2)]


def test_nobody_is_offered_where_nothing_was_recorded(notice):
    with notice.installation.database.write() as session:
        put_paper(session, notice, paper_rows(白沙="49"))
        baisha = session.query(Unit).filter_by(name="白沙").one()
        found = reconcile(session, notice.actor("bureau"), baisha, TODAY)
        assert found.row.difference("total") == 2 and not found.groups


@pytest.mark.weights
def test_really_read_from_its_paper_every_unit_agrees(notice, reader):
    take_in(notice, reader, "notice.jpg")
    with notice.installation.database.write() as session:
        read_and_signed(session, notice, NOTICE)
        table = annex1(session, notice.actor("bureau"), TODAY)
        assert (table.papers, table.differing) == (15, ())
        assert table.paper_total == {"prior_year": 697, "ministry_list": 21, "total": 718}


@pytest.mark.weights
def test_really_read_with_one_cell_altered_the_unit_is_named_and_its_children_offered(notice, reader):
    take_in(notice, reader, "notice-altered.jpg")
    with notice.installation.database.write() as session:
        read_and_signed(session, notice, notice_table.ALTERED)
        names_the_unit_and_offers_the_children(session, notice)
