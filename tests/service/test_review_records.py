"""A sheet held against what is on record: the same child's last values, names under ID numbers, known units."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from ocr.kinds.id_number import check_character
from ocr.template import load_templates
from service import cases, review
from service.cases.last_known import last_known
from service.errors import Invalid
from service.models import HomeVisit, Sheet
from service.models.values import FORM_ROW
from service.review import phrases, values
from tests.service.review_sheets import GIRL, Read, home_visit, put, township_table

SLIP = GIRL[:14] + ("1" if GIRL[14] != "1" else "2") + GIRL[15:17]
SLIP += check_character(SLIP)
"""Another valid number, two places away at most."""


@pytest.fixture
def clerk(county):
    return county.actor("clerk")


@pytest.fixture
def on_file(county, clerk):
    """The child of the usual sheet, from a visit signed off before."""
    first = sheet_of(county)
    with county.installation.database.write() as session:
        cases.sign_off(session, clerk, first, 0)
    return first


def sheet_of(county, seed=None, **changes):
    return put(county.installation, seed or home_visit(**changes), county.users["school"], county.units["城关一小"])


def standing(county, sheet_id, ask):
    with county.installation.database.read() as session:
        return ask(session, review.standing(session, session.get_one(Sheet, sheet_id)))


def objections(county, sheet_id):
    return standing(county, sheet_id, lambda _, held: review.objections(held))


def test_the_childs_last_values_stand_beside_the_new_ones_and_differences_are_lit(county, clerk, on_file):
    sheet_id = sheet_of(county, address=Read("河滨镇西街村1组"), visit_teacher=Read("赵敏"), age=Read("12"))
    known = standing(county, sheet_id, lambda session, held: last_known(session, clerk, held))
    assert (known.name, known.visited_on.isoformat()) == ("谭梅", "2019-04-11")
    differing = {key: one.text for key, one in known.fields.items() if one.differs}
    assert differing == {"0.address": "城关镇东街村…", "0.visit_teacher": "王建国", "0.age": "11"}
    assert known.fields["0.id_number"].text == f"{GIRL[0]}{'*' * 16}{GIRL[-1]}"
    assert not known.fields["0.id_number"].differs


def test_without_a_valid_id_number_the_only_child_of_that_name_at_the_school_is_meant(county, clerk, on_file):
    sheet_id = sheet_of(county, id_number=Read(""))
    assert standing(county, sheet_id, lambda session, held: last_known(session, clerk, held)).name == "谭梅"
    stranger = sheet_of(county, id_number=Read(""), student_name=Read("李梅"))
    assert standing(county, stranger, lambda session, held: last_known(session, clerk, held)) is None


def test_a_sheet_does_not_know_itself_as_the_visit_before(county, clerk, on_file):
    known = standing(county, on_file, lambda session, held: last_known(session, clerk, held))
    assert known.visited_on is None


def test_another_name_under_a_known_id_number_is_said_with_the_name_on_file(county, on_file):
    (found,) = objections(county, sheet_of(county, student_name=Read("谭海")))
    assert found.text == "档案里这个身份证号是城关一小的谭梅，这里写的是谭海"
    assert (found.fix.field, found.fix.value) == ("student_name", "谭梅")


def test_a_slip_in_a_known_childs_id_number_is_mended_by_one_key(county, on_file):
    found = [one for one in objections(county, sheet_of(county, id_number=Read(SLIP))) if one.rule == "roster.id"]
    assert "位不同" in found[0].text and GIRL not in found[0].text
    assert (found[0].fix.field, found[0].fix.value) == ("id_number", GIRL)


def test_a_unit_nobody_knows_is_objected_to_at_the_desk_and_cannot_be_confirmed_away(county, clerk):
    sheet_id = sheet_of(county, township_table({(2, "unit"): Read("河宾"), (3, "unit"): Read("无此单位")}))
    near, unknown = [one for one in objections(county, sheet_id) if one.rule == "unit.unknown"]
    assert near.text == "第 2 行的单位“河宾”不在单位名单中"
    assert (near.fix.value, unknown.fix) == ("河滨", None)
    with pytest.raises(Invalid, match="不能入档"), county.installation.database.write() as session:
        review.decide(session, clerk, sheet_id, 0, 3, "!unit.unknown", "accepted", "")


def test_a_unit_named_twice_is_objected_to(county):
    found = objections(county, sheet_of(county, township_table({(2, "unit"): Read("城关镇")})))
    assert [one.text for one in found] == ["第 2 行的单位“城关镇”与第 1 行重复"]


def test_phrases_are_what_is_settled_again_and_again_and_what_the_form_offers(county, clerk):
    for number in range(3):
        sheet_id = sheet_of(county, reason=Read("在外照顾祖父"), content=Read(f"第 {number} 家的故事"),
                            visit_time=Read(f"2019-04-{11 - number}"))
        with county.installation.database.write() as session:
            cases.sign_off(session, clerk, sheet_id, 0)
    with county.installation.database.read() as session:
        found = phrases.phrases(session, load_templates()["home_visit"])
    assert found["reason"][:2] == ("在外照顾祖父", "外出打工")
    assert not any("故事" in phrase for phrase in found["content"])


def test_a_field_may_stay_its_picture_where_the_form_allows_it(county, clerk):
    sheet_id = sheet_of(county, content=Read("潦草不堪", False))
    database = county.installation.database
    with pytest.raises(Invalid, match="不能只留图像"), database.write() as session:
        review.decide(session, clerk, sheet_id, 0, FORM_ROW, "student_name", "image", "")
    with database.write() as session:
        review.decide(session, clerk, sheet_id, 0, FORM_ROW, "content", "image", "")
    with database.write() as session:
        cases.sign_off(session, clerk, sheet_id, 1)
    with database.read() as session:
        assert session.scalars(select(HomeVisit.content)).one() == values.AS_IMAGE


def test_a_form_can_leave_a_field_as_its_picture_without_asking(county, clerk, monkeypatch):
    template = load_templates()["home_visit"]
    fields = tuple(replace(spec, options={"transcribe": "never"}) if spec.name == "content" else spec
                   for spec in template.fields)
    monkeypatch.setattr(values, "load_templates", lambda: {"home_visit": replace(template, fields=fields)})
    sheet_id = sheet_of(county, content=Read("潦草不堪", False))
    held = standing(county, sheet_id, lambda _, held: held.values[FORM_ROW, "content"])
    assert (held.needs_person, held.as_image, held.value, held.filed) == (False, True, "", values.AS_IMAGE)
