"""Requests that another site makes a browser send change nothing."""

import pytest

from tests.conftest import ORIGIN, PASSWORD


def settle_nothing(browser, headers, **data):
    return browser.client.post("/logout", headers=headers, data=data)


@pytest.mark.parametrize("token", [None, "", "guessed", "x" * 43])
def test_without_the_pages_token_nothing_happens(token, client_for):
    browser = client_for("school")
    data = {} if token is None else {"csrf_token": token}
    assert settle_nothing(browser, {"Origin": ORIGIN}, **data).status_code == 403
    assert browser.get("/password").status_code == 200


def test_another_sessions_token_is_not_good_enough(client_for):
    mine, other = client_for("school"), client_for("other_school")
    assert settle_nothing(mine, {"Origin": ORIGIN}, csrf_token=other.csrf).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example",
                                    "http://localhost:81", "https://localhost"])
def test_a_foreign_origin_is_refused_even_with_the_token(origin, client_for):
    browser = client_for("school")
    assert settle_nothing(browser, {"Origin": origin, "X-CSRF-Token": browser.csrf}).status_code == 403
    referred = {"Referer": f"{origin}/page", "X-CSRF-Token": browser.csrf}
    assert settle_nothing(browser, referred).status_code == 403


def test_an_empty_token_never_fits_an_empty_expectation(client):
    answer = client.post("/login", data={"login": "user.school", "password": PASSWORD, "csrf_token": ""})
    assert answer.status_code == 403


def test_nobody_can_be_logged_in_from_another_site(client):
    client.get("/login")
    token = client.get_cookie("shibiao-login").value
    good = {"login": "user.school", "password": PASSWORD, "csrf_token": token}
    assert client.post("/login", data=good | {"csrf_token": "other"}).status_code == 403
    assert client.post("/login", data=good, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/login", data=good, headers={"Origin": ORIGIN}).status_code == 302


def test_the_api_does_not_listen_to_cookies(client_for):
    browser = client_for("school")
    assert browser.get("/api/v1/scans").status_code == 401
    assert browser.post("/api/v1/scans", data=b"x").status_code == 401


def test_screens_do_not_listen_to_bearer_tokens(client, token_for):
    assert client.get("/uploads", headers=token_for("school")).status_code == 302
