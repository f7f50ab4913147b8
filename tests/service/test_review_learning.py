"""Decisions teach: confidences refitted to how often they were right, confusions, examples to train on."""

import io
import random
import zipfile
from dataclasses import replace

import pytest
from PIL import Image
from sqlalchemy import select

from ocr import recalibrate
from ocr.recalibrate import Example
from ocr.results import FieldReading, ReadSheet, SheetReading
from service import cases, review
from service.errors import NotAllowed
from service.models import AuditEvent, Decision, Reading, Sheet
from service.models.values import FORM_ROW
from service.review import figures, learning, training
from tests.service.review_sheets import Read, home_visit, put
from workers.process import CalibratedReader


def sigmoid_world(count=1200, kind="person_name"):
    """Fields read with confidences that promise far too much: right only half as often as wrong is rare."""
    rng = random.Random(7)
    for number in range(count):
        p = rng.uniform(0.3, 0.995)
        yield Example(kind, p, rng.random() < p ** 3, number // 5)


def test_confidences_that_promised_too_much_keep_their_word_after_the_fit():
    examples = list(sigmoid_world())
    right = [example.right for example in examples]
    before = recalibrate.calibration_error([example.confidence for example in examples], right)
    after = recalibrate.calibration_error(recalibrate.unseen(examples), right)
    assert before > 0.1
    assert after < before / 3


def test_few_mistakes_move_the_confidences_little():
    curve = recalibrate.fit([Example("age", 0.9, True, n) for n in range(5)])[recalibrate.ALL]
    assert abs(recalibrate.adjusted(curve, 0.9) - 0.9) < 0.05


def test_the_fit_never_turns_the_order_of_confidences_round():
    upside_down = [Example("age", 0.95 if n % 2 else 0.5, not n % 2, n) for n in range(300)]
    curve = recalibrate.fit(upside_down)[recalibrate.ALL]
    assert recalibrate.adjusted(curve, 0.95) > recalibrate.adjusted(curve, 0.5)


def test_workers_read_with_the_installations_own_calibration_from_the_next_file_on(tmp_path):
    sure = FieldReading("谭梅", "谭梅", 0.9999, True, (0, 0, 1, 1), (("谭梅", 0.9999),))
    reading = SheetReading("x.jpg", 0, "home_visit", 1.0, 0.1, {"student_name": sure})

    class Sure:
        def read(self, path, *, template="auto", lists=None):
            return [ReadSheet(reading, b"")]

    reader, path = CalibratedReader(Sure(), tmp_path / "calibration.json"), tmp_path / "calibration.json"
    assert reader.read(tmp_path)[0].reading.fields["student_name"] == sure
    path.write_text('{"curves": {"person_name": [-6.0, 1.0]}}')
    found = reader.read(tmp_path)[0].reading.fields["student_name"]
    assert (found.accept, found.value, found.candidates) == (False, "谭梅", sure.candidates)
    assert found.confidence == pytest.approx(0.961, abs=0.01)


@pytest.fixture
def signed(county):
    """A signed-off sheet: one name corrected, one accepted, one date corrected."""
    database, clerk = county.installation.database, county.actor("clerk")
    seed = home_visit(student_name=Read("谭海", False), visit_teacher=Read("王建国", False),
                      school_date=Read("2019-04-13", False, raw="4月13日"))
    sheet_id = put(county.installation, seed, county.users["school"], county.units["城关一小"])
    for version, (field, value) in enumerate(
            [("student_name", "谭梅"), ("visit_teacher", "王建国"), ("school_date", "2019-04-12")]):
        with database.write() as session:
            review.decide(session, clerk, sheet_id, version, FORM_ROW, field, "corrected", value, keys=3)
    with database.write() as session:
        cases.sign_off(session, clerk, sheet_id, 3)
    return sheet_id


def test_confusions_are_single_characters_by_kind_and_school(county, signed):
    with county.installation.database.read() as session:
        found = learning.confusions(session, county.actor("bureau"))
    assert {(one.kind, one.school, one.read, one.written) for one in found} == {
        ("person_name", "城关一小", "海", "梅"), ("date", "城关一小", "3", "2")}


def test_too_few_decisions_refuse_to_calibrate(county, client_for, signed):
    with county.installation.database.read() as session, pytest.raises(learning.TooFew, match="3 处"):
        learning.refit(session, learning.parameters(county.installation.settings.data_dir))
    assert "还太少" in client_for("system_admin").get("/learning").get_data(as_text=True)


def test_a_refit_is_kept_in_the_data_folder_shown_and_on_record(county, client_for, signed):
    database, path = county.installation.database, learning.parameters(county.installation.settings.data_dir)
    with database.write() as session:  # the same sheet, many times: a county's worth of decisions
        sheet = session.get_one(Sheet, signed)
        for number, example in enumerate(list(sigmoid_world(300))):
            reading = Reading(sheet_id=signed, row=number + 1, field="visit_teacher", value="王建国", raw="王建国",
                              candidates=[["王建国", example.confidence]], confidence=example.confidence,
                              accept=False, box=[0, 0, 1, 1])
            session.add(reading)
            session.flush()
            session.add(Decision(sheet_id=signed, reading_id=reading.id, sheet_version=100 + number, row=number + 1,
                                 field="visit_teacher", kind="accepted", user_id=sheet.signed_by,
                                 value="王建国" if example.right else "王建军"))
    bureau = client_for("bureau")
    assert "采用新的校准" in bureau.get("/learning").get_data(as_text=True)
    assert bureau.post("/learning/calibration").status_code == 303
    curves = recalibrate.load(path)
    assert recalibrate.adjusted(recalibrate.curve_of(curves, "person_name"), 0.9) < 0.85
    with database.read() as session:
        again = learning.refit(session, path)
        assert again.before.error < 0.08  # the present calibration is the refitted one
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "calibration.refitted")).all()
        assert [event.detail["fields"] for event in events] == [303]


def test_training_examples_come_in_paddleocrs_layout_and_their_taking_out_is_on_record(county, client_for, signed):
    answer = client_for("bureau").post("/learning/export")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        lines = [line.split("\t") for line in archive.read("label.txt").decode().splitlines()]
        assert {label for _, label in lines} == {"谭梅", "王建国"}  # a corrected date is not what is written
        for path, _ in lines:
            assert Image.open(io.BytesIO(archive.read(path))).size[0] > 100
        assert "SimpleDataSet" in archive.read("README.txt").decode()
    with county.installation.database.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "training.exported")).one()
    assert (event.user_id, event.detail) == (county.users["bureau"], {"crops": 2, "sheets": 1})
    with county.installation.database.read() as session, pytest.raises(NotAllowed):
        training.samples(session, county.actor("clerk"))


def test_figures_are_a_reviewers_own_and_a_county_total_without_names(county, client_for, signed):
    with county.installation.database.read() as session:
        own = figures.of_one(session, county.actor("clerk"), county_day(session))[0]
        others = figures.of_one(session, county.actor("second_clerk"), county_day(session))[0]
    assert (own.sheets, own.fields, own.keys, own.keys_a_sheet) == (1, 3, 9, 9.0)
    assert own.sheets_an_hour and 0 < own.hours < 0.02
    assert replace(others, period="") == figures.Figures("", 0, 0, 0, 0.0)
    whole = client_for("bureau").get("/review/mine").get_data(as_text=True)
    assert "全县合计" in whole and "测试clerk" not in whole
    assert "全县合计" not in client_for("clerk").get("/review/mine").get_data(as_text=True)


def county_day(session):
    from service.calendar import local_date
    return local_date(session.scalar(select(Decision.decided_at).order_by(Decision.id.desc()).limit(1)))


def test_pauses_are_not_work():
    from datetime import UTC, datetime, timedelta
    start = datetime(2024, 5, 6, 8, tzinfo=UTC)
    marks = [start + timedelta(seconds=seconds) for seconds in (0, 30, 60, 3600, 3620)]
    assert figures.hours_at_work(marks) == pytest.approx((10 + 60 + 10 + 20) / 3600)
