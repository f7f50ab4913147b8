"""What every answer carries, and how errors are told."""

import re
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from service.web import build_app
from service.web.context import public

SCREENS = Path(__file__).parents[2] / "templates" / "screens"
POLICY = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'",
          "base-uri 'none'", "form-action 'self'")
PLACES = [
    "/login", "/", "/uploads", "/scans/none", "/nowhere", "/password", "/admin/audit", "/static/app.css",
    "/static/none.css", "/api/docs", "/api/v1/openapi.json", "/api/v1/scans", "/api/v1/none", "/healthz"]


def test_every_answer_carries_the_headers(client, client_for):
    browser = client_for("school")
    for path in PLACES:
        for answer in (client.get(path), browser.get(path)):
            check_headers(path, answer)


def check_headers(path, answer):
    policy = answer.headers["Content-Security-Policy"]
    assert all(part in policy for part in POLICY)
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    if not path.startswith("/static/app"):
        assert "no-store" in answer.headers["Cache-Control"]


def test_no_screen_has_inline_scripts_or_styles():
    for page in SCREENS.rglob("*.html"):
        text = re.sub(r"{%.*?%}|{#.*?#}", "", page.read_text(), flags=re.S)
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), page
        assert not re.search(r"<style|\sstyle=|\son\w+=[\"']|javascript:", text), page
        assert not re.search(r"(src|href)=[\"']https?:", text), page
        assert "|safe" not in text.replace(" ", ""), page


def test_every_posting_form_carries_the_token():
    for page in SCREENS.rglob("*.html"):
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", page.read_text(), re.S | re.I):
            assert "csrf" in form, f"{page}: {form[:80]}"


@pytest.mark.parametrize(("path", "status", "words"), [
    ("/nowhere", 404, "没有找到这个页面"), ("/scans/none", 404, "没有找到这项内容"),
    ("/admin/audit", 403, "没有这项权限"), ("/logout", 405, "不支持这种访问方式"),
])
def test_errors_are_told_in_chinese(path, status, words, client_for):
    answer = client_for("school").get(path)
    assert answer.status_code == status
    assert words in answer.get_data(as_text=True)


def test_programs_get_errors_as_json(client, token_for):
    assert client.get("/api/v1/scans").json["error"]["code"] == "not_logged_in"
    assert client.get("/api/v1/scans/none", headers=token_for("school")).json["error"]["code"] == "not_found"
    assert client.get("/api/v1/none").json["error"]["message"]
    assert client.get("/uploads", headers={"Accept": "application/json"}).status_code == 401


@pytest.fixture
def broken_app(county):
    from service.web import auth

    app = build_app(county.installation)
    def fall_over():
        raise ValueError("谭梅 410329201003151239")
    app.view_functions["auth.login"] = public(fall_over)
    assert auth
    return app


def test_an_unexpected_error_shows_a_number_and_never_what_broke(broken_app):
    structlog.reset_defaults()
    with capture_logs() as lines:
        answer = broken_app.test_client().get("/login")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "系统出现意外错误" in page
    reference = re.search(r"编号 ([0-9A-F]{8})", page)[1]
    failed = next(line for line in lines if line["event"] == "request_failed")
    assert failed["reference"] == reference
    assert any("fall_over" in frame for frame in failed["frames"])
    for secret in ("谭梅", "410329201003151239"):
        assert secret not in page
        assert secret not in str(lines)


def test_log_lines_name_the_route_and_never_the_address(client_for):
    structlog.reset_defaults()
    browser = client_for("school")
    with capture_logs() as lines:
        browser.get("/uploads?q=谭梅")
        browser.get("/scans/410329201003151239")
    assert [line["route"] for line in lines] == ["/uploads", "/scans/<scan_id>"]
    assert "谭梅" not in str(lines)
    assert "410329201003151239" not in str(lines)


def test_a_view_without_a_rule_is_refused_at_start_up(county, monkeypatch):
    from flask import Blueprint

    from service.web import auth

    stray = Blueprint("auth", __name__)
    stray.add_url_rule("/stray", view_func=lambda: "")
    monkeypatch.setattr(auth, "blueprint", stray)
    with pytest.raises(RuntimeError, match="@requires"):
        build_app(county.installation)


def test_operators_see_health_and_counts_but_outsiders_no_counts(client, installation):
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok"}
    assert "shibiao_requests_total" in client.get("/metrics").get_data(as_text=True)
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 404


def test_forms_may_not_be_huge(client):
    assert client.post("/login", data={"login": "x" * 2_000_000}).status_code == 413
