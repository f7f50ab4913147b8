"""四查三比对: who is in one list and missing from another is asked about once, and answered for good."""

from datetime import date
from random import Random

import pytest
from sqlalchemy import select

from service.alike import chores, suspects
from service.calendar import today
from service.errors import Conflict, Invalid, NotFound
from service.models import Case, Student, Suspect
from tests.service.list_files import number, take_in, xlsx_file

HOUSEHOLD = ("乡镇", "姓名", "身份证号", "出生日期", "户主")
ROSTER = ("学校", "姓名", "身份证号", "出生日期", "监护人姓名")
YEAR = today().year


class Child:
    """A made-up child of ten years."""

    def __init__(self, name, day=5, guardian="谭大勇"):
        self.name, self.guardian = name, guardian
        self.born = date(YEAR - 10, 3, day)
        self.number = number(Random(day), self.born, 1)

    def row(self, place, **changes):
        told = {"name": self.name, "number": self.number, "born": self.born.isoformat(), "guardian": self.guardian}
        return [place, *(told | changes).values()]


THERE, OTHERWISE = Child("谭小梅"), Child("陈诗涵", 9, "陈建国")
MISSING, ABSENT = Child("赵天佑", 14), Child("王一鸣", 21)


@pytest.fixture
def lists(county):
    """Four children in the household register, three at school, one of them long not seen."""
    take_in(county, xlsx_file([child.row("城关") for child in (THERE, OTHERWISE, MISSING, ABSENT)], HOUSEHOLD),
            kind="household")
    take_in(county, xlsx_file([THERE.row("城关一小"), ABSENT.row("城关一小"),
                               OTHERWISE.row("河滨中学", name="陳詩函", number="")], ROSTER))
    attendance(county, 5)
    return county


def attendance(county, days):
    heads = ("学校", "姓名", "身份证号", "连续未到校天数")
    take_in(county, xlsx_file([["城关一小", ABSENT.name, ABSENT.number, str(days)],
                               ["城关一小", THERE.name, THERE.number, "0"]], heads), kind="attendance")


def compare(county):
    with county.installation.database.write() as session:
        chores.ask(session, county.actor("bureau"), "crosscheck")
    while chores.work_on_chore(county.installation):  # storing a roster asks for duplicates too
        pass


def asked(county, state="open", who="bureau"):
    with county.installation.database.write() as session:
        return {row.name: row for row in suspects.listing(session, county.actor(who), state).rows}


def answer(county, name, act, *rest, who="bureau"):
    with county.installation.database.write() as session:
        suspect_id = session.scalar(select(Suspect.id).where(Suspect.name == name))
        return act(session, county.actor(who), suspect_id, *rest)


def test_the_lists_give_the_suspects_with_their_reasons_and_no_child_written_otherwise(lists):
    compare(lists)
    found = asked(lists)
    assert found.keys() == {MISSING.name, ABSENT.name}
    assert found[MISSING.name].reasons == ("户籍有、学籍无",) and "连续未到校" in found[ABSENT.name].reasons[0]
    assert MISSING.number not in str(found)


def test_a_confirmed_suspect_becomes_a_case_with_its_source_and_year(lists):
    compare(lists)
    answer(lists, MISSING.name, suspects.confirm, "annual_check", YEAR)
    with lists.installation.database.read() as session:
        case = session.scalars(select(Case)).one()
        assert (case.source, case.source_year, case.state) == ("annual_check", YEAR, "suspected")
        child = session.get_one(Student, case.student_id)
        assert (child.name, child.id_number) == (MISSING.name, MISSING.number)
    with pytest.raises(Conflict):
        answer(lists, MISSING.name, suspects.confirm, "annual_check", YEAR)
    compare(lists)
    assert MISSING.name not in asked(lists)


def test_a_dismissed_suspect_is_not_asked_about_again_until_something_else_is_said(lists):
    compare(lists)
    with pytest.raises(Invalid):
        answer(lists, MISSING.name, suspects.dismiss, " ")
    for child in (MISSING, ABSENT):
        answer(lists, child.name, suspects.dismiss, "在外县就读，已核实")
    compare(lists)
    assert not asked(lists) and asked(lists, "dismissed").keys() == {MISSING.name, ABSENT.name}
    take_in(lists, xlsx_file([["城关", MISSING.name, MISSING.number, MISSING.born.isoformat(), "谭大勇"]], HOUSEHOLD),
            kind="suspects")
    compare(lists)
    again = asked(lists)
    assert again.keys() == {MISSING.name} and any("疑似失学儿童名单" in one for one in again[MISSING.name].reasons)


def test_who_comes_onto_the_roster_is_no_suspect_any_more(lists):
    compare(lists)
    take_in(lists, xlsx_file([MISSING.row("城关二小")], ROSTER))
    compare(lists)
    assert asked(lists).keys() == {ABSENT.name} and MISSING.name in asked(lists, "resolved")


def test_a_township_answers_for_its_own_and_sees_no_others(lists):
    compare(lists)
    assert asked(lists, who="township").keys() == {MISSING.name, ABSENT.name}
    assert not asked(lists, who="other_township")
    with pytest.raises(NotFound):
        answer(lists, MISSING.name, suspects.dismiss, "不是本乡镇", who="other_township")


def test_the_screen_offers_both_answers_and_masks_numbers(lists, client_for):
    compare(lists)
    browser = client_for("bureau")
    page = browser.get("/lists/suspects").text
    assert "户籍有、学籍无" in page and MISSING.name in page and MISSING.number not in page
    with lists.installation.database.read() as session:
        suspect_id = session.scalar(select(Suspect.id).where(Suspect.name == MISSING.name))
    assert browser.post(f"/lists/suspects/{suspect_id}/dismiss", data={"note": ""}).status_code == 422
    assert browser.post(f"/lists/suspects/{suspect_id}/dismiss", data={"note": "在外县就读"}).status_code == 303
    assert "在外县就读" in browser.get("/lists/suspects?state=dismissed").text
