"""Logins in browsers: fresh at login, dead after logout, and dropped when they should be."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from service import accounts
from service.database import now
from service.models import User, WebSession
from service.web import build_app
from tests.conftest import PASSWORD, Browser


def cookie_of(browser):
    return browser.client.get_cookie("shibiao").value


def is_in(client):
    return client.get("/password").status_code == 200


def with_cookie(app, value):
    client = app.test_client()
    client.set_cookie("shibiao", value)
    return client


def age(county, **values):
    with county.installation.database.write() as session:
        session.execute(update(WebSession).values(**values))


def test_a_copied_cookie_is_worthless_after_logout(app, client_for):
    browser = client_for("school")
    copied = cookie_of(browser)
    assert is_in(with_cookie(app, copied))
    browser.post("/logout")
    assert not is_in(with_cookie(app, copied))


def test_login_never_adopts_a_session_the_browser_came_with(app, client_for):
    planted = cookie_of(client_for("other_school"))
    victim = app.test_client()
    victim.set_cookie("shibiao", "chosen-by-an-attacker")
    browser = Browser.__new__(Browser)
    browser.client = victim
    victim.get("/login")
    victim.post("/login", data={"login": "user.school", "password": PASSWORD,
                                "csrf_token": victim.get_cookie("shibiao-login").value})
    assert victim.get_cookie("shibiao").value not in ("chosen-by-an-attacker", planted)
    assert not is_in(with_cookie(app, "chosen-by-an-attacker"))


def test_every_login_makes_another_token(client_for):
    assert cookie_of(client_for("school")) != cookie_of(client_for("school"))


def test_only_a_hash_of_the_token_is_kept(client_for, county):
    token = cookie_of(client_for("school"))
    with county.installation.database.read() as session:
        kept = session.query(WebSession).one()
    assert kept.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in (kept.token_hash, kept.csrf_token)


def test_an_idle_session_ends(client_for, county):
    browser = client_for("school")
    age(county, seen_at=now() - timedelta(minutes=31))
    assert not is_in(browser.client)


def test_use_renews_the_idle_time_but_a_pages_own_polling_does_not(client_for, county):
    browser = client_for("school")
    age(county, seen_at=now() - timedelta(minutes=29))
    assert browser.get("/uploads/state").status_code == 200
    with county.installation.database.read() as session:
        assert session.query(WebSession).one().seen_at < now() - timedelta(minutes=28)
    assert is_in(browser.client)
    with county.installation.database.read() as session:
        assert session.query(WebSession).one().seen_at > now() - timedelta(minutes=1)


def test_a_session_ends_after_twelve_hours_however_busy(client_for, county):
    browser = client_for("school")
    with county.installation.database.read() as session:
        length = session.query(WebSession).one().expires_at - now()
    assert timedelta(hours=11, minutes=59) < length <= timedelta(hours=12)
    age(county, expires_at=now() - timedelta(seconds=1))
    assert not is_in(browser.client)


@pytest.mark.parametrize("change", [
    lambda session, admin, user: accounts.set_disabled(session, admin, user, True),
    lambda session, admin, user: accounts.reset(session, admin, user),
    lambda session, admin, user: accounts.change(session, admin, user, name="x", role="bureau", unit_id=1),
], ids=["disabled", "password reset", "other role"])
def test_a_changed_account_is_out_at_once(change, client_for, county):
    browser = client_for("clerk")
    assert is_in(browser.client)
    with county.installation.database.write() as session:
        change(session, county.actor("security_admin"), county.users["clerk"])
    assert not is_in(browser.client)


def test_a_new_password_ends_the_other_logins_and_keeps_this_one(app, client_for):
    here, elsewhere = client_for("school"), client_for("school")
    before = cookie_of(here)
    new = "Lan-tian-77-yun"
    answer = here.post("/password", data={"old": PASSWORD, "new": new, "again": new})
    assert answer.status_code == 302
    assert is_in(here.client)
    assert cookie_of(here) != before
    assert not is_in(elsewhere.client)
    assert not is_in(with_cookie(app, before))
    Browser(app, "school", new)


@pytest.mark.parametrize(("old", "new", "again", "words"), [
    ("wrong-Password-1", "Lan-tian-77-yun", "Lan-tian-77-yun", "原密码不正确"),
    (PASSWORD, "Lan-tian-77-yun", "Lan-tian-78-yun", "不一致"),
    (PASSWORD, "short1", "short1", "太短"),
    (PASSWORD, "aaaaaaaaaaaa1", "aaaaaaaaaaaa1", "太简单"),
    (PASSWORD, "user.school-99", "user.school-99", "不能包含账号"),
    (PASSWORD, "1234567890ab", "1234567890ab", "太简单"),
    (PASSWORD, PASSWORD, PASSWORD, "不能与原密码相同"),
])
def test_a_poor_new_password_is_refused_in_words(old, new, again, words, client_for):
    answer = client_for("school").post("/password", data={"old": old, "new": new, "again": again})
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_a_made_up_password_must_be_changed_before_anything_else(app, county):
    with county.installation.database.write() as session:
        made = accounts.reset(session, county.actor("security_admin"), county.users["school"])
    browser = Browser(app, "school", made.password)
    assert browser.get("/uploads").location == "/password"
    assert browser.post("/uploads/files", data=b"x").location == "/password"
    new = "Lan-tian-77-yun"
    assert browser.post("/password", data={"old": made.password, "new": new, "again": new}).status_code == 302
    assert browser.get("/uploads").status_code == 200


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(app):
    client = app.test_client()
    client.get("/login")
    answer = client.post("/login", data={"login": "user.school", "password": PASSWORD,
                                         "csrf_token": client.get_cookie("shibiao-login").value})
    session_cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("shibiao="))
    assert "HttpOnly" in session_cookie
    assert "SameSite=Lax" in session_cookie
    assert "Secure" not in session_cookie


def test_behind_tls_the_cookie_is_tied_to_the_host(county):
    secure = replace(county.installation, settings=replace(county.installation.settings, secure_cookies=True))
    client = build_app(secure).test_client()
    page = client.get("/login", base_url="https://localhost")
    token = page.headers["Set-Cookie"].split("=", 1)[1].split(";")[0]
    answer = client.post("/login", base_url="https://localhost", data={
        "login": "user.school", "password": PASSWORD, "csrf_token": token})
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("__Host-shibiao="))
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(("target", "goes_to"), [
    ("/uploads?kind=retake", "/uploads?kind=retake"), ("https://evil.example/", "/"), ("//evil.example", "/"),
    ("/\\evil.example", "/"), ("javascript:alert(1)", "/"), ("", "/"),
])
def test_after_login_one_stays_on_this_site(target, goes_to, client):
    client.get("/login")
    answer = client.post("/login", query_string={"next": target}, data={
        "login": "user.school", "password": PASSWORD, "csrf_token": client.get_cookie("shibiao-login").value})
    assert answer.location == goes_to


@pytest.mark.parametrize(("user", "home"), [
    ("school", "/uploads"), ("township", "/uploads"), ("clerk", "/review"), ("bureau", "/reports"),
    ("system_admin", "/admin/units"), ("security_admin", "/admin/accounts"), ("audit_admin", "/admin/audit"),
])
def test_each_role_starts_where_its_work_is(user, home, client_for):
    assert client_for(user).get("/").location == home


def test_a_disabled_account_cannot_log_in(client_for, county):
    with county.installation.database.write() as session:
        session.get_one(User, county.users["school"]).disabled_at = now()
    with pytest.raises(AssertionError, match="could not log in"):
        client_for("school")
