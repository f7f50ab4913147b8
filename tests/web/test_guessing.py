"""Whoever keeps guessing passwords is locked out, and learns nothing from the answers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from service import logins
from service.database import now
from service.models import AuditEvent, LoginFailure, User
from tests.conftest import PASSWORD

HERE = "10.0.0.9"


def attempt(county, password, login="user.school", address=HERE):
    try:
        here = county.installation
        return logins.log_in(here.database, here.settings, login, password, address)
    except logins.LoginRefused as refused:
        return refused.code


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(county):
    for _ in range(5):
        assert attempt(county, "wrong") == "login_refused"
    assert attempt(county, PASSWORD) == "login_refused"
    assert attempt(county, PASSWORD, "user.other_school").login == "user.other_school"


def test_the_lock_opens_by_itself(county):
    for _ in range(5):
        attempt(county, "wrong")
    with county.installation.database.write() as session:
        user = session.get_one(User, county.users["school"])
        assert timedelta(minutes=14) < user.locked_until - now() <= timedelta(minutes=15)
        user.locked_until = now() - timedelta(seconds=1)
    assert attempt(county, PASSWORD).login == "user.school"
    assert attempt(county, "wrong") == "login_refused"
    assert attempt(county, PASSWORD).login == "user.school"


def test_a_right_password_forgives_the_wrong_ones(county):
    for _ in range(3):
        for _ in range(4):
            attempt(county, "wrong")
        assert attempt(county, PASSWORD).login == "user.school"


def test_guesses_sent_at_once_get_no_more_tries(county, monkeypatch):
    tried = []
    compare = logins.passwords.fits
    monkeypatch.setattr(logins.passwords, "fits", lambda *given: tried.append(1) or compare(*given))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: attempt(county, "wrong"), range(24)))
    assert len(tried) == 5


def test_one_address_trying_many_accounts_is_stopped(county):
    with county.installation.database.write() as session:
        session.add_all(LoginFailure(address=HERE) for _ in range(logins.FAILURES_PER_ADDRESS))
    assert attempt(county, PASSWORD) == "too_many_failures"
    assert attempt(county, PASSWORD, address="10.0.0.10").login == "user.school"


@pytest.mark.parametrize("login", ["user.nobody", "", "user.school' OR 1=1 --", "x" * 5000, "用户"])
def test_an_unknown_account_gets_the_same_answer_as_a_wrong_password(login, client):
    def page(name):
        client.get("/login")
        token = client.get_cookie("shibiao-login").value
        answer = client.post("/login", data={"login": name, "password": "wrong-1-wrong", "csrf_token": token})
        assert answer.status_code == 422
        return answer.get_data(as_text=True).split('role="alert"')[1].split("</div>")[0]
    assert page(login) == page("user.school")


def test_what_was_typed_is_never_recorded(county):
    attempt(county, "my-secret-typo")
    attempt(county, "x", login="My-Password-In-The-Wrong-Box")
    with county.installation.database.read() as session:
        events = str([(e.action, e.object_id, e.detail) for e in session.query(AuditEvent)])
    assert "login.failed" in events
    assert "typo" not in events
    assert "wrong-box" not in events.lower()


def test_a_stopped_address_is_told_to_wait(client, county):
    with county.installation.database.write() as session:
        session.add_all(LoginFailure(address="127.0.0.1") for _ in range(logins.FAILURES_PER_ADDRESS))
    client.get("/login")
    answer = client.post("/login", data={"login": "user.school", "password": PASSWORD,
                                         "csrf_token": client.get_cookie("shibiao-login").value})
    assert answer.status_code == 429
    assert "请稍后再试" in answer.get_data(as_text=True)
