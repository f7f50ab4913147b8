"""Students and cases over the API: the same sight, masks and records as on the screens."""

import json

import pytest
from sqlalchemy import select

from service.models import AuditEvent, Case
from tests.service.case_papers import SCHOOL, ago, file_visit, id_number

JSON = {"content_type": "application/json"}
NUMBER = id_number(sequence="022")


@pytest.fixture
def visit(county):
    with county.installation.database.write() as session:
        return file_visit(session, county.actor("clerk"), county.units[SCHOOL])


@pytest.fixture
def call(client, token_for):
    """`call("school", "GET", "/students")`: the answer to that user's program."""
    def called(user, method, path, **rest):
        return client.open(f"/api/v1{path}", method=method, headers=token_for(user), **rest)
    return called


def test_a_program_lists_searches_opens_and_reveals(call, visit, county):
    listed = call("school", "GET", "/students", query_string={"state": "persuading"}).json
    assert [row["name"] for row in listed["students"]] == ["谭小梅"] and listed["total"] == 1
    for text in ("谭小", NUMBER):
        assert call("school", "POST", "/students/search", json={"text": text}).json["total"] == 1
        assert call("other_school", "POST", "/students/search", json={"text": text}).json["total"] == 0
    masked = call("school", "GET", f"/students/{visit.student_id}")
    assert NUMBER not in masked.get_data(as_text=True)
    visited = next(entry for entry in masked.json["entries"] if entry["kind"] == "visited")
    assert {"field": "visit_teacher", "label": "家访教师", "text": "周文静", "sealed": "",
            "has_crop": True} in visited["values"]
    opened = call("school", "POST", f"/students/{visit.student_id}/reveal", json={"field": "id_number"})
    assert opened.json["id_number"] == NUMBER
    with county.installation.database.read() as session:
        done = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [action for action in done if action.startswith("student.")] == [
        "student.searched", "student.searched", "student.opened", "student.revealed"]


def test_a_program_acts_on_a_case_under_the_same_rules(call, visit, county):
    path = f"/cases/{visit.case_id}/events"
    told = call("township", "POST", path, json={"act": "return", "on": ago(5).isoformat()})
    assert (told.status_code, told.json["state"]) == (201, "returned")
    refused = call("township", "POST", path, json={"act": "settle", "on": ago(1).isoformat()})
    assert refused.status_code == 422 and "在校确认" in refused.json["error"]["message"]
    stale = call("township", "POST", path,
                 json={"act": "note", "on": ago(1).isoformat(), "note": "x", "state": "persuading"})
    assert stale.status_code == 409
    with county.installation.database.read() as session:
        assert session.get_one(Case, visit.case_id).state == "returned"


@pytest.mark.parametrize("method, path, body", [
    ("POST", "/students/search", {}), ("POST", "/students/search", {"text": "x", "role": "bureau"}),
    ("POST", "/students/1/reveal", {"field": "name"}),
    ("POST", "/cases/1/events", {"act": "delete", "on": "2019-01-01"}),
    ("POST", "/cases/1/events", {"act": "note", "on": "yesterday"}), ("POST", "/cases/1/events", ["note"]),
    ("GET", "/students?state=lost", None), ("GET", "/students?page=0", None),
    ("GET", "/students?unit=x", None),
])
def test_what_does_not_fit_is_refused_in_words(call, visit, method, path, body):
    answer = call("bureau", method, path, json=body)
    assert answer.status_code == 422 and answer.json["error"]["message"]


@pytest.mark.parametrize("path", ["/students/{}", "/sheets/{}", "/archive?student={}", "/students?unit={}"])
def test_a_number_too_large_for_any_database_is_absent_or_ignored(client_for, path):
    assert client_for("bureau").get(path.format(10 ** 30)).status_code in (200, 404)


def test_control_characters_in_what_people_type_do_no_harm(call, visit):
    for text in ("谭\x07小", "谭\x00小", "\ud800"):  # as escapes: a client may send any of them
        found = call("bureau", "POST", "/students/search", data=json.dumps({"text": text}), **JSON)
        told = call("bureau", "POST", f"/cases/{visit.case_id}/events",
                    data=json.dumps({"act": "note", "on": ago(1).isoformat(), "note": text}), **JSON)
        assert found.status_code in (200, 422) and told.status_code in (201, 422)
