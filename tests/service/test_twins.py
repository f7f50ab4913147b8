"""One paper must count once: found by its file, its ink, or its child and day, asked about, and remembered."""

import pytest
from sqlalchemy import func, select

from ocr.results import ReadSheet, SheetReading
from service import cases, intake, review
from service import twins as twins_on_arrival
from service.cases import twins
from service.errors import Conflict, Invalid
from service.models import AuditEvent, HomeVisit, Lesson, PaperReturn, Sheet, SheetTwin, TownshipCount, Transfer
from service.reading import work
from tests.service.case_papers import SCHOOL, ago, put_table, put_visit, sign
from tests.service.fakes import field
from tests.service.other_papers import lesson_values, put_paper, register_cells, return_values

INK = {f"0.f{n}": "0123456789ab" * 6 if n % 2 else "fedcba987654" * 6 for n in range(8)}
OTHER_INK = {f"0.f{n}": "f0f000f0f000" * 6 for n in range(8)}


@pytest.fixture
def clerk(county):
    return county.actor("clerk")


@pytest.fixture
def filed(county, clerk):
    """Puts a visit's sheet there and signs it off, in a transaction of its own; returns the sheet's id."""
    def file(put=put_visit, **changes):
        with county.installation.database.write() as session:
            sheet = put(session, county.units[SCHOOL], clerk.user_id, **changes)
        with county.installation.database.write() as session:
            return sign(session, clerk, session.get_one(Sheet, sheet.id)).id
    return file


def asked(call):
    with pytest.raises(twins.SamePaper) as error:
        call()
    return error.value.twins


def count(county, model):
    with county.installation.database.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def newest(county):
    with county.installation.database.read() as session:
        return session.scalars(select(Sheet).order_by(Sheet.id.desc())).first()


def test_a_second_sheet_of_one_child_and_day_is_asked_about_and_nothing_is_filed(county, filed):
    first = filed()
    [twin] = asked(filed)
    assert (twin.sheet_id, twin.signs) == (first, ("同一学生、同一天的家访记录表已入档",))
    assert count(county, HomeVisit) == 1 and newest(county).state == "to_review"


def test_the_same_paper_is_set_aside_as_a_copy_and_counts_nothing(county, clerk, filed):
    first = filed()
    asked(filed)
    copy = newest(county)
    with county.installation.database.write() as session:
        twins.is_copy(session, clerk, copy.id, copy.version, first)
    copy = newest(county)
    assert copy.state == "set_aside" and f"与 № {first} 是同一张纸" in copy.return_reason
    assert count(county, HomeVisit) == 1
    with county.installation.database.read() as session:
        assert session.scalars(select(SheetTwin)).one().state == "same"
        assert session.scalar(select(AuditEvent.id).where(AuditEvent.action == "sheet.same_paper"))


def test_another_paper_is_filed_and_never_asked_about_again(county, clerk, filed):
    first = filed()
    asked(filed)
    second = newest(county)
    with county.installation.database.write() as session:
        twins.is_another(session, clerk, second.id, first)
    with county.installation.database.write() as session:
        assert sign(session, clerk, session.get_one(Sheet, second.id)).state == "signed"
    assert count(county, HomeVisit) == 2
    bureau = county.actor("bureau")
    with county.installation.database.write() as session:
        again = cases.reopen(session, bureau, second.id, newest(county).version, "看错了")
        cases.sign_off(session, bureau, again.id, again.version)


def test_a_copy_taken_back_is_asked_about_again(county, clerk, filed):
    first = filed()
    asked(filed)
    copy = newest(county)
    with county.installation.database.write() as session:
        twins.is_copy(session, clerk, copy.id, copy.version, first)
    with county.installation.database.write() as session:
        review.take_back(session, clerk, copy.id)
        assert [twin.sheet_id for twin in twins.questions(session, session.get_one(Sheet, copy.id))] == [first]


def test_an_answer_is_given_once_and_only_about_sheets_of_one_form(county, clerk, filed):
    first = filed()
    asked(filed)
    copy = newest(county)
    with county.installation.database.write() as session:
        twins.is_another(session, clerk, copy.id, first)
        with pytest.raises(Conflict, match="已经有人回答"):
            twins.is_another(session, clerk, copy.id, first)
        table = put_table(session, county.units["城关"], clerk.user_id, [("城关", "1", "2", "3")])
        for other in (table.id, copy.id, 999_999):
            with pytest.raises(Invalid):
                twins.is_another(session, clerk, copy.id, other)


def test_a_sheet_on_file_cannot_be_called_a_copy(county, clerk, filed):
    first = filed()
    asked(filed)
    second = newest(county)
    with county.installation.database.write() as session:
        twins.is_another(session, clerk, second.id, first)
        session.scalars(select(SheetTwin)).one().state = "open"
    with county.installation.database.write() as session, pytest.raises(Conflict):
        twins.is_copy(session, clerk, first, session.get_one(Sheet, first).version, second.id)


@pytest.mark.parametrize("changes", [{"visit_time": ago(39).isoformat()}, {"student_name": "李静", "id_number": ""}])
def test_another_day_or_another_child_is_not_asked_about(county, filed, changes):
    filed()
    filed(**changes)
    assert count(county, HomeVisit) == 2


def test_one_paper_is_known_again_on_both_databases(any_county):
    clerk, database = any_county.actor("clerk"), any_county.installation.database

    def file():
        with database.write() as session:
            sheet = put_visit(session, any_county.units[SCHOOL], clerk.user_id)
            twins_on_arrival.keep_ink(session, sheet, INK)
        with database.write() as session:
            return sign(session, clerk, session.get_one(Sheet, sheet.id)).id
    first = file()
    [twin] = asked(file)
    assert twin.sheet_id == first and len(twin.signs) == 2, "by its ink, and by its child and day"
    with database.write() as session:
        pair = session.scalars(select(SheetTwin)).one()
        assert (pair.state, pair.signs) == ("open", ["ink"]), "what a refused sign-off found goes with it"
        second = session.get_one(Sheet, pair.other_id)
        twins.is_copy(session, clerk, second.id, second.version, first)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(HomeVisit)) == 1


def paper(template, values):
    return lambda session, unit, user: put_paper(session, template, unit, user, values)


def register(lines):
    from tests.service.case_papers import put_sheet

    return lambda session, unit, user: put_sheet(session, "transfer_register", unit, user, register_cells(lines),
                                                 {}, None)


LINES = [("林小树", "转出", ""), ("李静", "转入", ""), ("王芳", "转入", "")]


@pytest.mark.parametrize(("put", "other", "model"), [
    (paper("home_teaching", lesson_values()), paper("home_teaching", lesson_values(taught_on=ago(29).isoformat())),
     Lesson),
    (paper("monthly_return", return_values()),
     paper("monthly_return", return_values(month=f"{ago(80):%Y-%m}", signed_on=ago(40).isoformat())), PaperReturn),
    (register(LINES), register([("林小树", "转出", ""), ("钱多", "转入", ""), ("孙英", "转入", "")]), Transfer),
    (lambda session, unit, user: put_table(session, unit, user, [("城关", "1", "2", "3"), ("河滨", "0", "2", "2")]),
     lambda session, unit, user: put_table(session, unit, user, [("城关", "2", "2", "4"), ("河滨", "1", "2", "3")]),
     TownshipCount),
], ids=["lesson", "return", "register", "table"])
def test_every_form_scanned_twice_is_asked_about_and_its_next_paper_is_not(county, filed, put, other, model):
    first = filed(put)
    before = count(county, model)
    assert [twin.sheet_id for twin in asked(lambda: filed(put))] == [first]
    assert count(county, model) == before
    filed(other)


class InkReader:
    """Reads every file as one home visit with the ink its bytes name."""

    def read(self, path, *, template="auto", lists=None):
        """One sheet."""
        reading = SheetReading(path.name, 0, "home_visit", 0.99, 0.2, fields={"student_name": field("谭梅")})
        ink = OTHER_INK if b"other" in path.read_bytes() else INK
        return [ReadSheet(reading, b"a picture", ink)]


@pytest.fixture
def handed_in(county, monkeypatch):
    """Hands bytes in as one user's file, and has them read; returns the sheet's id."""
    import io

    from service.intake import receipts

    monkeypatch.setattr(receipts, "_inspected", lambda draft: type("Kind", (), {"kind": "jpeg", "pages": 1}))

    def hand_in(key, data):
        receipt = intake.receive(county.installation, county.actor(key), io.BytesIO(data), "照片.jpg")
        while work(county.installation, InkReader(), "test"):
            pass
        with county.installation.database.read() as session:
            return session.scalars(select(Sheet.id).where(Sheet.scan_id == receipt.scan_id)).one()
    return hand_in


def open_questions(county, sheet_id):
    with county.installation.database.read() as session:
        return [(twin.sheet_id, twin.signs) for twin in twins.questions(session, session.get_one(Sheet, sheet_id))]


def test_a_paper_photographed_again_is_found_when_it_comes_in(county, handed_in):
    first = handed_in("school", b"first photo")
    again = handed_in("township", b"second photo")
    assert open_questions(county, again) == [(first, ("图像上的字迹几乎相同",))]
    assert open_questions(county, first) == []
    assert open_questions(county, handed_in("school", b"other paper")) == []


def test_one_file_sent_by_two_units_is_found_by_its_bytes(county, handed_in):
    first = handed_in("school", b"one file")
    assert open_questions(county, handed_in("other_school", b"one file")) == [(first, ("同一个文件已由别的单位上传",))]


def test_a_new_picture_of_a_returned_sheet_is_no_copy(county, clerk, handed_in):
    first = handed_in("school", b"first photo")
    with county.installation.database.write() as session:
        review.return_to_school(session, clerk, first, 0, "照片模糊")
    assert open_questions(county, handed_in("school", b"second photo")) == []


def test_the_api_names_the_other_sheet_and_takes_the_answer(county, clerk, filed, client, token_for):
    first = filed()
    asked(filed)
    copy, headers = newest(county), token_for("clerk")
    base = f"/api/v1/sheets/{copy.id}"
    shown = client.get(base, headers=headers).get_json()
    answer = client.post(f"{base}/sign-off", headers=headers, json={"version": shown["version"]})
    if answer.status_code == 422:  # what `sign` had said went with the refused sign-off
        with county.installation.database.write() as session:
            for rule in shown["objections"]:
                review.decide(session, clerk, copy.id, session.get_one(Sheet, copy.id).version, rule["row"],
                              rule["rule"], "accepted", "")
        answer = client.post(f"{base}/sign-off", headers=headers, json={"version": newest(county).version})
    assert answer.status_code == 409 and answer.get_json()["error"]["code"] == "same_paper"
    assert [twin["sheet_id"] for twin in answer.get_json()["same_paper"]] == [first]
    done = client.post(f"{base}/same-paper", headers=headers,
                       json={"version": newest(county).version, "other": first, "same": True})
    assert done.status_code == 200 and done.get_json()["state"] == "set_aside"
