"""The HTTP API: described truthfully, refusing in words, and never falling over."""

import io

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from service.web.api import description
from tests.web.papers import picture

BYTES = "application/octet-stream"


def test_the_description_is_valid_openapi(client):
    document = client.get("/api/v1/openapi.json").json
    validate(document)
    assert document == description()


def test_every_route_of_the_api_is_described_and_none_else(app):
    routes = set()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "api.openapi":
            path = rule.rule.removeprefix("/api/v1")
            for kind in ("int:", "string:"):
                path = path.replace(f"<{kind}", "<")
            routes |= {(path.replace("<", "{").replace(">", "}"), method.lower())
                       for method in rule.methods - {"HEAD", "OPTIONS"}}
    described = {(path, verb) for path, operations in description()["paths"].items() for verb in operations}
    assert routes == described


def test_the_docs_page_needs_no_network(client):
    page = client.get("/api/docs").get_data(as_text=True)
    assert "/scans/{scan_id}/original" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page


def test_a_program_hands_in_asks_and_gets_its_file_back(client, token_for):
    headers = token_for("school")
    answer = client.post("/api/v1/scans?file_name=一.jpg", data=picture(), headers=headers | {
        "Content-Type": BYTES, "Idempotency-Key": "k1"})
    assert answer.status_code == 201
    again = client.post("/api/v1/scans", data={"file": (io.BytesIO(picture()), "二.jpg")}, headers=headers)
    assert (again.status_code, again.json["duplicate"], again.json["id"]) == (200, True, answer.json["id"])
    scan = client.get(answer.location, headers=headers).json
    assert (scan["state"], scan["words"], scan["file_name"]) == ("queued", "排队中", "一.jpg")
    assert client.get(f"{answer.location}/original", headers=headers).data == picture()
    assert client.get("/api/v1/scans?kind=working", headers=headers).json["total"] == 1
    assert client.get(answer.location, headers=token_for("other_school")).status_code == 404


def test_the_same_key_with_other_bytes_is_a_conflict(client, token_for):
    headers = token_for("school") | {"Content-Type": BYTES, "Idempotency-Key": "k1"}
    assert client.post("/api/v1/scans", data=picture(1), headers=headers).status_code == 201
    assert client.post("/api/v1/scans", data=picture(2), headers=headers).status_code == 409


def test_a_poor_token_is_nobody(client):
    for header in ("", "Bearer", "Bearer ", "Bearer wrong", "Basic dXNlcjpwYXNz", "bearer  x y z"):
        assert client.get("/api/v1/scans", headers={"Authorization": header}).status_code == 401, header


def test_no_generated_request_makes_it_fall_over(app, token_for):
    headers = token_for("bureau")
    checks = [not_a_server_error, status_code_conformance, response_schema_conformance]
    for found in schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app).get_all_operations():
        @settings(max_examples=4, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))
        @given(case=found.ok().as_strategy())
        def call(case):
            case.call_and_validate(headers=headers, checks=checks)

        call()
