"""Every route × every role × {own, another unit's, absent}, held to the rows of each area."""

import importlib
import itertools
import re
from pathlib import Path

import pytest

from service.web.context import rule_of
from tests.access.rows import PUBLIC, Row
from tests.access.targets import TARGETS, Target
from tests.conftest import ORIGIN

FILES = sorted(Path(__file__).parent.glob("rows_*.py"))
ROWS: list[Row] = list(itertools.chain.from_iterable(
    getattr(importlib.import_module(f"tests.access.{path.stem}"), "ROWS", []) for path in FILES))
API = "/api/v1/"
WHO = {  # user: what it sees of 城关一小's objects ("own") and of 河滨中学's ("other")
    "school": {"own"}, "other_school": {"other"}, "township": {"own"}, "clerk": {"own", "other"},
    "bureau": {"own", "other"}, "system_admin": {"own", "other"}, "security_admin": {"own", "other"},
    "audit_admin": {"own", "other"}, "viewer": {"own", "other"},
}
ROLE = {"other_school": "school"}
REFUSED = {401, 403, 404}


class Caller:
    """Calls a row's route as nobody, or as one user by session cookie or bearer token."""

    def __init__(self, app, row: Row, entry: tuple[str, str] | None = None, bearer: str = "") -> None:
        self.row, self.client, self.headers = row, app.test_client(), {"Origin": ORIGIN}
        if row.rule.startswith(API):
            self.headers["Authorization"] = f"Bearer {bearer}"
        elif entry:
            self.client.set_cookie("shibiao", entry[0])
            self.headers["X-CSRF-Token"] = entry[1]

    def __call__(self, value=None):
        return self.client.open(self._path(value), method=self.row.method, headers=self.headers,
                                query_string=dict(self.row.query), data=self.row.form, json=self.row.body)

    def _path(self, value):
        values = dict(self.row.values)
        arguments = re.findall(r"<(?:[^:<>]+:)?(\w+)>", self.row.rule)
        if self.row.target:
            values[next(name for name in reversed(arguments) if name not in values)] = value
        return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: str(values[found[1]]), self.row.rule)


def routes(app):
    return {f"{method} {rule}" for rule in app.url_map.iter_rules()
            for method in rule.methods - {"HEAD", "OPTIONS"}}


def to_login(answer):
    return answer.status_code == 302 and answer.location.startswith("/login")


def test_every_route_has_its_row_and_every_row_its_route(app):
    named = [row.name for row in ROWS]
    # the login form is held by tests of its own: it takes a token that no session gives
    missing = routes(app) - set(named) - {"POST /login"}
    assert not missing, f"routes without a row: {sorted(missing)}"
    assert not set(named) - routes(app), f"rows without a route: {sorted(set(named) - routes(app))}"
    assert len(named) == len(set(named)), "a route has two rows"


def test_every_view_says_who_may_call_it(app):
    assert all(rule_of(view) for view in app.view_functions.values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.replace("/", "|"))
def test_route_lets_through_exactly_whom_its_row_names(row, app, county, entries, bearers):
    if row.prepare:
        row.prepare(county)
    target = TARGETS[row.target](county) if row.target else Target(None, None, None)
    _check_anonymous(Caller(app, row), row, target)
    for user in WHO if row.allowed != PUBLIC else ():
        _check_user(Caller(app, row, entries[user], bearers[user]), row, target, user)


def _check_anonymous(call, row, target):
    answer = call(target.own)
    if row.allowed == PUBLIC:
        assert answer.status_code < 400
    elif row.rule.startswith(API):
        assert answer.status_code == 401, f"anonymous got {answer.status_code}"
    else:
        assert to_login(answer), f"anonymous got {answer.status_code}"


def _check_user(call, row, target, user):
    said = {}
    for which in ("other", "own", "absent") if row.target else ("own",):
        answer = said[which] = call(getattr(target, which))
        assert _outcome(answer, row) == _expected(row, user, which), f"{user} on {which}"
    hidden = {which: said[which].get_data() for which in said if _expected(row, user, which) == "absent"}
    if len(hidden) > 1 and user in ("school", "other_school", "township"):
        assert len(set(hidden.values())) == 1, "another unit's object can be told from an absent one"


def _expected(row, user, which):
    if ROLE.get(user, user) not in row.allowed:
        return "forbidden"
    if which == "absent":
        return "absent"
    return "reached" if not row.target or not row.scoped or which in WHO[user] else "absent"


def _outcome(answer, row):
    assert answer.status_code < 500
    if answer.status_code == 403:
        return "forbidden"
    if answer.status_code == row.absent_is:
        return "absent"
    if answer.status_code in REFUSED or (to_login(answer) and row.rule != "/logout"):
        return "refused"
    if row.answers and answer.status_code not in row.answers:
        return f"unexpected {answer.status_code}"
    return "reached"
