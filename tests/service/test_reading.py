"""What a reader says becomes sheets and readings, once; what it cannot do becomes words or another try."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from ocr.lists import RosterEntry, UnitEntry
from service import intake, jobs, reading
from service.database import now
from service.models import AuditEvent, Job, Reading, Scan, Sheet, Student
from tests.files import jpeg
from tests.service.fakes import (
    BlindReader,
    CrashingReader,
    GridReader,
    PaperReader,
    RefusingReader,
    StumblingReader,
)


@pytest.fixture
def waiting(any_county):
    """One scan in the queue; `any_county` with the scan's id."""
    receipt = intake.receive(any_county.installation, any_county.actor("school"), io.BytesIO(jpeg()), "1.jpg")
    return any_county.installation, receipt.scan_id


def get(installation, scan_id):
    with installation.database.read() as session:
        scan = session.get_one(Scan, scan_id)
        job = session.scalars(select(Job).where(Job.scan_id == scan_id)).one()
        return scan, job, list(scan.sheets)


def test_sheets_and_readings_are_kept_with_rows_images_and_what_is_uncertain(waiting):
    installation, scan_id = waiting
    assert reading.work(installation, PaperReader(), "w")
    scan, job, (visit, table) = get(installation, scan_id)
    assert (scan.state, job.state, job.lease_until) == ("read", "done", None)
    assert scan.problems == [{"code": "blurred", "text": "第 1 页：有些模糊。"}]
    assert (visit.template, visit.template_version, visit.uncertain, visit.marks) == (
        "home_visit", 1, 1, {"school_seal": True})
    assert (table.number, table.uncertain) == (2, 1)
    assert installation.store.read(visit.image_sha256) == b"jpeg of sheet 1"
    with installation.database.read() as session:
        rows = {(r.sheet_id, r.row, r.field): r.value for r in session.scalars(select(Reading))}
        name = session.scalars(select(Reading).where(Reading.field == "student_name")).one()
    assert rows == {
        (visit.id, 0, "student_name"): "谭梅", (visit.id, 0, "id_number"): "",
        (table.id, 1, "unit"): "城关", (table.id, 1, "total"): "7",
        (table.id, 2, "unit"): "河滨", (table.id, 2, "total"): "", (table.id, -1, "total"): "7"}
    assert name.candidates == [["谭梅", 0.98], ["", 0.01]]
    assert name.box == [0.1, 0.1, 0.3, 0.2]


def test_nothing_due_is_nothing_done(waiting):
    installation, scan_id = waiting
    reader = PaperReader()
    assert [reading.work(installation, reader, "w", scan_id) for _ in range(5)] == [True] + 4 * [False]
    assert len(reader.seen) == 1
    assert len(get(installation, scan_id)[2]) == 2


def test_a_table_of_no_known_form_keeps_its_grid(waiting):
    installation, scan_id = waiting
    reading.work(installation, GridReader(), "w")
    _, _, (sheet,) = get(installation, scan_id)
    assert sheet.template is None
    assert sheet.grid["cells"][0]["text"] == "甲"


@pytest.mark.parametrize(("reader", "code"), [(RefusingReader, "damaged"), (BlindReader, "no_sheet")])
def test_a_file_that_cannot_be_read_asks_the_school_for_another(waiting, reader, code):
    installation, scan_id = waiting
    reading.work(installation, reader(), "w")
    scan, job, sheets = get(installation, scan_id)
    assert (scan.state, job.state, sheets) == ("failed", "done", [])
    (problem,) = scan.problems
    assert problem["code"] == code
    assert "重新" in problem["text"]


def test_a_reader_that_falls_over_is_tried_again_and_its_words_are_not_kept(waiting):
    installation, scan_id = waiting
    for errors in range(1, 4):
        with installation.database.write() as session:
            session.execute(update(Job).values(due_at=now() - timedelta(seconds=1)))
        assert reading.work(installation, CrashingReader(), "w")
        scan, job, _ = get(installation, scan_id)
        assert job.errors == errors
    assert (scan.state, job.state) == ("failed", "failed")
    assert job.last_error.startswith("ValueError at fakes.py:")
    assert "谭梅" not in job.last_error


def test_a_file_is_tried_again_only_when_the_reader_fell_over_every_sheet(waiting):
    installation, scan_id = waiting
    reading.work(installation, StumblingReader(0, 1), "w")
    scan, job, sheets = get(installation, scan_id)
    assert (scan.state, job.errors, sheets) == ("received", 1, [])
    with installation.database.write() as session:
        session.execute(update(Job).values(due_at=now() - timedelta(seconds=1)))
    reading.work(installation, StumblingReader(1), "w")
    scan, _, sheets = get(installation, scan_id)
    assert (scan.state, [len(sheet.problems) for sheet in sheets]) == ("read", [0, 1])


def test_a_scan_that_failed_is_read_after_being_queued_again(waiting):
    installation, scan_id = waiting
    reading.work(installation, RefusingReader(), "w")
    with installation.database.write() as session:
        jobs.requeue(session, None, scan_id)
    assert reading.work(installation, PaperReader(), "w")
    assert get(installation, scan_id)[0].state == "read"


def test_a_late_reader_leaves_no_trace_beside_the_one_that_took_over(waiting):
    installation, scan_id = waiting

    class Overtaken(PaperReader):
        def read(self, path, *, template="auto", lists=None):
            with installation.database.write() as session:
                session.execute(update(Job).values(lease_until=now() - timedelta(seconds=1)))
            assert reading.work(installation, PaperReader(), "quick")
            return super().read(path, lists=lists)

    assert reading.work(installation, Overtaken(), "slow")
    assert len(get(installation, scan_id)[2]) == 2
    with installation.database.read() as session:
        read = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "scan.read")
        assert session.scalar(read) == 1
        assert session.scalar(select(func.count()).select_from(Sheet)) == 2


def test_a_full_disk_puts_the_work_back_uncounted(waiting):
    from tests.service.test_storage import disk_of

    installation, scan_id = waiting

    class Roomy(PaperReader):
        def read(self, path, *, template="auto", lists=None):
            from dataclasses import replace
            return [replace(sheet, image=bytes(3_000_000)) for sheet in super().read(path, lists=lists)]

    with disk_of(2_500_000):
        assert reading.work(installation, Roomy(), "w")
    scan, job, sheets = get(installation, scan_id)
    assert (scan.state, job.state, job.errors, sheets) == ("received", "queued", 0, [])
    with installation.database.write() as session:
        session.execute(update(Job).values(due_at=now() - timedelta(seconds=1)))
    assert reading.work(installation, Roomy(), "w")
    assert get(installation, scan_id)[0].state == "read"


def test_the_reader_is_told_the_countys_units_and_the_units_own_children(county):
    with county.installation.database.write() as session:
        for name, school in (("谭梅", "城关一小"), ("李雷", "河滨中学")):
            session.add(Student(name=name, school_id=county.units[school], grade_class="六年级2班",
                                id_number="410329200801011234"))
    reader = PaperReader()
    for who in ("school", "clerk"):
        intake.receive(county.installation, county.actor(who), io.BytesIO(jpeg()), "1.jpg")
        reading.work(county.installation, reader, "w")
    (_, own), (_, whole) = reader.seen
    assert own.roster == (RosterEntry("谭梅", "410329200801011234", "城关一小", "六年级", "2班"),)
    assert [entry.name for entry in whole.roster] == ["谭梅", "李雷"]
    assert UnitEntry("城关一小", "school", "城关") in own.units
    assert len(own.units) == 8


def test_a_reader_that_does_not_come_back_is_noticed(waiting, monkeypatch):
    import threading

    installation, _ = waiting
    monkeypatch.setattr(reading, "LONGEST_SECONDS", 0.2)
    overrun = threading.Event()

    class Hanging(PaperReader):
        def read(self, path, *, template="auto", lists=None):
            assert overrun.wait(5), "nobody noticed"
            return super().read(path, lists=lists)

    from dataclasses import replace
    brisk = replace(installation, settings=replace(installation.settings, heartbeat_seconds=0.1))
    assert reading.work(brisk, Hanging(), "w", overrun=overrun.set)
    assert overrun.is_set()
