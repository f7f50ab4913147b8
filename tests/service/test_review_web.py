"""What scripts and programs get back: versions, refusals in words, both sides of a conflict, pictures."""

import io

import pytest
from PIL import Image
from sqlalchemy import event, func, select

from service.models import AuditEvent, Decision, HomeVisit, Sheet
from tests.service.review_sheets import GIRL, Read, home_visit, put, township_table

JSON = {"Accept": "application/json"}
AGE = {"version": 0, "row": 0, "field": "age", "kind": "corrected", "value": "十一岁"}


@pytest.fixture
def sheet_id(county):
    return put(county.installation, home_visit(age=Read("", False)),
               county.users["school"], county.units["城关一小"])


@pytest.fixture
def clerk(client_for):
    return client_for("clerk")


def post(browser, path, body):
    return browser.post(path, json=body, headers=JSON)


def test_a_saved_decision_answers_with_the_new_version_and_the_value_as_kept(clerk, sheet_id):
    answer = post(clerk, f"/review/{sheet_id}/decisions", AGE)
    assert answer.status_code == 200
    assert (answer.json["version"], answer.json["waiting"], answer.json["gaps"]) == (1, 0, [])
    assert [(field["key"], field["value"]) for field in answer.json["fields"]] == [("0.age", "11")]


def test_a_stale_version_answers_409_with_the_sheet_as_it_stands(clerk, client_for, sheet_id):
    post(clerk, f"/review/{sheet_id}/decisions", AGE)
    answer = post(client_for("second_clerk"), f"/review/{sheet_id}/decisions", AGE | {"value": "12"})
    assert answer.status_code == 409
    theirs = next(field for field in answer.json["desk"]["fields"] if field["key"] == "0.age")
    assert (theirs["value"], theirs["decided"]["by"]) == ("11", "测试clerk")
    assert answer.json["desk"]["version"] == 1


@pytest.mark.parametrize("body", [
    {}, {"version": "x"}, AGE | {"value": "很多"}, AGE | {"field": "nothing"}, AGE | {"row": 5000},
    AGE | {"version": -1}, {"version": 0, "field": ["age"]}])
def test_what_does_not_fit_answers_422_in_words(clerk, sheet_id, body):
    answer = post(clerk, f"/review/{sheet_id}/decisions", body)
    assert answer.status_code == 422
    assert answer.json["error"]["message"]


def test_signing_off_too_early_names_the_gaps_and_changes_nothing(clerk, county, sheet_id):
    answer = post(clerk, f"/review/{sheet_id}/sign-off", {"version": 0})
    assert answer.status_code == 422
    assert [gap["key"] for gap in answer.json["gaps"]] == ["0.age"]
    with county.installation.database.read() as session:
        assert session.get_one(Sheet, sheet_id).state == "to_review"
        assert session.scalar(select(func.count()).select_from(HomeVisit)) == 0


def test_a_program_reads_decides_and_signs_off(app, county, token_for, sheet_id):
    client, token = app.test_client(), token_for("clerk")
    listed = client.get("/api/v1/sheets", headers=token).json["sheets"]
    assert [(line["id"], line["uncertain"], line["unit"]) for line in listed] == [(sheet_id, 1, "城关一小")]
    whole = client.get(f"/api/v1/sheets/{sheet_id}", headers=token).json
    assert {field["name"]: field["value"] for field in whole["fields"]}["id_number"] == GIRL
    decided = client.post(f"/api/v1/sheets/{sheet_id}/decisions", headers=token,
                          json={"version": whole["version"], "field": "age", "value": "11"})
    assert (decided.status_code, decided.json["gaps"]) == (201, [])
    stale = client.post(f"/api/v1/sheets/{sheet_id}/sign-off", headers=token, json={"version": 0})
    assert (stale.status_code, stale.json["sheet"]["version"]) == (409, 1)
    signed = client.post(f"/api/v1/sheets/{sheet_id}/sign-off", headers=token, json={"version": 1})
    assert (signed.status_code, signed.json["state"]) == (200, "signed")
    with county.installation.database.read() as session:
        assert session.scalars(select(HomeVisit.sheet_id)).all() == [sheet_id]


def test_a_crop_is_the_piece_of_paper_the_field_stands_on(clerk, sheet_id):
    answer = clerk.get(f"/sheets/{sheet_id}/crop?row=0&field=student_name")
    width, height = Image.open(io.BytesIO(answer.data)).size
    assert answer.mimetype == "image/jpeg"
    assert (round(width / 1240, 2), round(height / 1754, 2)) == (0.19, 0.05)
    assert clerk.get(f"/sheets/{sheet_id}/crop?row=0&field=nothing").status_code == 404


def test_a_look_at_a_picture_is_on_record_once_and_not_by_the_one_reviewing_it(county, client_for, sheet_id):
    school, clerk = client_for("school"), client_for("clerk")
    clerk.get(f"/review/{sheet_id}")
    for browser in (school, school, clerk):
        assert browser.get(f"/sheets/{sheet_id}/image").status_code == 200
    with county.installation.database.read() as session:
        looks = session.execute(select(AuditEvent.action, AuditEvent.user_id).where(
            AuditEvent.object_type == "sheet")).all()
    assert [tuple(look) for look in looks] == [
        ("sheet.opened", county.users["clerk"]), ("sheet.viewed", county.users["school"])]


def test_saving_a_field_and_opening_the_next_sheet_ask_the_database_little(county, clerk):
    first = put(county.installation, township_table(), county.users["school"], county.units["城关"])
    put(county.installation, township_table(), county.users["school"], county.units["城关"])
    asked = []
    csrf = {"X-CSRF-Token": clerk.csrf, "Origin": "http://localhost"} | JSON
    event.listen(county.installation.database.engine, "before_cursor_execute",
                 lambda _c, _cur, statement, *_rest: asked.append(statement))
    saved = clerk.client.post(f"/review/{first}/decisions", headers=csrf, json={
        "version": 0, "row": 1, "field": "total", "value": "6"})
    assert (saved.status_code, len(asked) <= 16) == (200, True), "\n".join(asked)
    asked.clear()
    assert clerk.client.get(f"/review/{first}").status_code == 200
    assert len(asked) <= 13, "\n".join(asked)


def test_no_value_of_a_child_reaches_the_audit_record(county, clerk, sheet_id):
    post(clerk, f"/review/{sheet_id}/decisions", AGE)
    post(clerk, f"/review/{sheet_id}/sign-off", {"version": 1})
    with county.installation.database.read() as session:
        details = str([found.detail for found in session.scalars(select(AuditEvent))])
        assert session.scalar(select(func.count()).select_from(Decision)) == 1
    assert "谭" not in details
    assert GIRL not in details
