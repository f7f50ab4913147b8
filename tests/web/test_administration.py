"""Accounts, units, queue and audit log in the hands of their administrators, and of nobody else."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from service import accounts, passwords, progress
from service.access import actor_for
from service.database import now
from service.models import ApiToken, Job, Scan, Unit, User
from service.web import build_app
from tests.conftest import Browser
from tests.web.papers import picture
from tests.web.test_uploads import hand_in


def new_account(browser, county, **other):
    form = {"login": "li.lei", "name": "李雷", "role": "school", "unit_id": county.units["城关二小"]}
    return browser.post("/admin/accounts", data=form | other)


def user_named(county, login):
    with county.installation.database.read() as session:
        return session.query(User).filter_by(login=login).one()


def test_a_new_account_logs_in_with_the_password_shown_once(app, client_for, county):
    admin = client_for("security_admin")
    page = new_account(admin, county).get_data(as_text=True)
    password = re.search(r'id="secret">([^<]+)<', page)[1]
    user = user_named(county, "li.lei")
    assert password not in admin.get(f"/admin/accounts/{user.id}").get_data(as_text=True)
    assert user.password_hash.startswith("$argon2id$")
    client = app.test_client()
    client.get("/login")
    answer = client.post("/login", data={"login": "LI.LEI ", "password": password,
                                         "csrf_token": client.get_cookie("shibiao-login").value})
    assert answer.status_code == 302
    assert client.get("/uploads").location == "/password"


def test_a_form_sets_only_what_it_asks_for(client_for, county):
    new_account(client_for("security_admin"), county, id=1, password_hash="x", must_change_password="",
                failures=-99, created_at="2000-01-01", disabled_at="", password="Chosen-pass-123")
    user = user_named(county, "li.lei")
    assert user.must_change_password
    assert user.failures == 0
    assert user.id not in county.users.values()
    assert user.created_at > now() - timedelta(minutes=1)
    assert not passwords.fits("Chosen-pass-123", user.password_hash)


@pytest.mark.parametrize(("other", "words"), [
    ({"login": "a"}, "账号只能用"), ({"login": "user.school"}, "已经有人使用"), ({"name": ""}, "请填写姓名"),
    ({"role": "root"}, "请选择角色"), ({"unit_id": 99999}, "请选择单位"),
    ({"role": "bureau"}, "角色与单位不相符"), ({"unit_id": "x"}, "请选择单位"),
    ({"name": "x" * 61}, "请填写姓名"), ({"login": "李雷"}, "账号只能用"),
])
def test_an_account_that_makes_no_sense_is_refused_in_words(other, words, client_for, county):
    answer = new_account(client_for("security_admin"), county, **other)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["", "/reset", "/disable"])
def test_nobody_administers_their_own_account(path, app, client_for, county):
    admin = client_for("security_admin")
    answer = admin.post(f"/admin/accounts/{county.users['security_admin']}{path}",
                        data={"name": "x", "role": "bureau", "unit_id": 1})
    assert answer.status_code == 422
    assert user_named(county, "user.security_admin").role == "security_admin"
    Browser(app, "security_admin")


def test_disabling_ends_tokens_and_enabling_brings_none_back(app, client_for, county, client, token_for):
    headers, admin, place = token_for("school"), client_for("security_admin"), county.users["school"]
    assert client.get("/api/v1/scans", headers=headers).status_code == 200
    admin.post(f"/admin/accounts/{place}/disable")
    assert client.get("/api/v1/scans", headers=headers).status_code == 401
    admin.post(f"/admin/accounts/{place}/enable")
    assert client.get("/api/v1/scans", headers=headers).status_code == 401
    Browser(app, "school")


def test_a_token_works_until_it_is_revoked_or_old(client_for, county, client):
    admin, place = client_for("security_admin"), f"/admin/accounts/{county.users['school']}"
    page = admin.post(f"{place}/tokens", data={"name": "学籍系统", "days": "30"}).get_data(as_text=True)
    token = re.search(r'id="secret">([^<]+)<', page)[1]
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/scans", headers=headers).status_code == 200
    with county.installation.database.write() as session:
        kept = session.query(ApiToken).one()
        assert token not in kept.token_hash
        kept.expires_at = now() - timedelta(seconds=1)
    assert client.get("/api/v1/scans", headers=headers).status_code == 401
    with county.installation.database.write() as session:
        session.query(ApiToken).one().expires_at = now() + timedelta(days=1)
    assert admin.post(f"/admin/tokens/{kept.id}/revoke").status_code == 303
    assert client.get("/api/v1/scans", headers=headers).status_code == 401


@pytest.mark.parametrize("days", ["0", "366", "x", "-1"])
def test_a_token_has_a_bounded_life(days, client_for, county):
    answer = client_for("security_admin").post(f"/admin/accounts/{county.users['school']}/tokens",
                                               data={"name": "x", "days": days})
    assert answer.status_code == 422


def test_units_are_added_renamed_and_closed(client_for, county):
    admin = client_for("system_admin")
    admin.post("/admin/units", data={"name": "城关三小", "kind": "school", "parent_id": county.units["城关"]})
    with county.installation.database.read() as session:
        unit = session.query(Unit).filter_by(name="城关三小").one()
    assert admin.post(f"/admin/units/{unit.id}", data={"name": "城关一小"}).status_code == 409
    assert admin.post(f"/admin/units/{unit.id}", data={"name": "城关第三小学"}).status_code == 303
    assert admin.post(f"/admin/units/{unit.id}/close").status_code == 303
    assert admin.post(f"/admin/units/{county.units['城关一小']}/close").status_code == 409
    page = admin.get("/admin/units").get_data(as_text=True)
    assert "城关第三小学" in page
    assert "已停用" in page


@pytest.mark.parametrize("form", [
    {"name": "x", "kind": "bureau"}, {"name": "x", "kind": "planet"}, {"name": "", "kind": "school"},
    {"name": "x" * 101, "kind": "school"}, {"name": "x", "kind": "school", "parent_id": ""},
])
def test_a_unit_that_makes_no_sense_is_refused(form, client_for, county):
    answer = client_for("system_admin").post("/admin/units", data={"parent_id": county.units["城关"]} | form)
    assert answer.status_code in (422, 409)


def test_a_job_that_was_given_up_is_queued_again_without_showing_the_files_name(client_for, county):
    scan_id = hand_in(client_for("school"), picture(), "谭梅家访.jpg").json["files"][0]["id"]
    with county.installation.database.write() as session:
        session.get_one(Scan, scan_id).state = "failed"
        session.query(Job).one().state = "failed"
    admin = client_for("system_admin")
    page = admin.get("/admin/queue").get_data(as_text=True)
    assert "谭梅" not in page
    assert f"/admin/queue/{scan_id}/requeue" in page
    assert admin.post(f"/admin/queue/{scan_id}/requeue").status_code == 303
    assert admin.post(f"/admin/queue/{scan_id}/requeue").status_code == 409
    with county.installation.database.read() as session:
        assert session.query(Job).one().state == "queued"


def test_the_audit_log_is_found_by_who_what_and_when(client_for, county):
    hand_in(client_for("school"), picture())
    admin = client_for("audit_admin")
    def rows(query):
        return admin.get(f"/admin/audit?{query}").get_data(as_text=True).count('data-label="时间"')
    assert rows("action=scan.received") == 1
    assert rows("action=scan.received&login=user.school") == 1
    assert rows("action=scan.received&login=user.clerk") == 0
    assert rows("action=scan.received&from=2001-01-01&to=2001-01-02") == 0
    assert rows("type=scan&from=2001-01-01") == 1
    assert rows("id=none") == 0
    assert rows("from=not-a-day") > 5


def test_a_changed_audit_event_is_found(client_for, county):
    admin = client_for("audit_admin")
    assert "审计记录完整" in admin.post("/admin/audit/verify").get_data(as_text=True)
    with county.installation.database.engine.begin() as connection:
        triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type='trigger'"))
        for name in triggers.scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("UPDATE audit_events SET user_id = 1 WHERE id = 3"))
    assert "第 3 条" in admin.post("/admin/audit/verify").get_data(as_text=True)


XSS = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'", "{{ 7*7 }}",
       "</title><svg onload=alert(1)>", "javascript:alert(1)"]


def test_names_of_people_and_units_are_only_ever_text(client_for, county):
    system, security = client_for("system_admin"), client_for("security_admin")
    for number, payload in enumerate(XSS):
        unit = {"name": payload, "kind": "school", "parent_id": county.units["城关"]}
        system.post("/admin/units", data=unit)
        new_account(security, county, login=f"xss{number}", name=payload)
    pages = system.get("/admin/units").get_data(as_text=True)
    for path in ("/admin/accounts", f"/admin/accounts/{user_named(county, 'xss1').id}"):
        pages += security.get(path).get_data(as_text=True)
    assert "alert(1)" in pages
    assert not re.search(r"<script>alert|<img src=x|<svg onload|=\"'-alert|href=.javascript:alert", pages)


def test_the_screens_work_on_both_databases(any_county):
    app = build_app(any_county.installation)
    school, system = Browser(app, "school"), Browser(app, "system_admin")
    hand_in(school, picture())
    for query in ("", *(f"?kind={kind}" for kind in progress.KINDS), "?q=x", "?month=2024-05"):
        assert school.get(f"/uploads{query}").status_code == 200, query
    assert school.get("/uploads/state").json["counts"]["working"] == 1
    assert school.get("/scans/" + "9" * 400).status_code == 404
    for path in ("/admin/units", "/admin/queue"):
        assert system.get(path).status_code == 200
    security, auditor = Browser(app, "security_admin"), Browser(app, "audit_admin")
    assert security.get("/admin/accounts?q=a&role=school").status_code == 200
    assert security.get("/admin/accounts/99999999999999999999").status_code == 404
    assert auditor.get("/admin/audit?action=login.done&login=user.school&from=2024-01-01").status_code == 200
    assert "审计记录完整" in auditor.post("/admin/audit/verify").get_data(as_text=True)


def test_rights_follow_the_role_at_once(county):
    with county.installation.database.write() as session:
        accounts.change(session, county.actor("security_admin"), county.users["school"], name="x",
                        role="township", unit_id=county.units["城关"])
        user = session.get_one(User, county.users["school"])
        seen = {county.units[name] for name in ("城关", "城关一小", "城关二小")}
        assert actor_for(session, user).unit_ids == seen
