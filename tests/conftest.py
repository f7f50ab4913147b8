"""A small county to test in: units, one user per role, an installation of its own for each test."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from service import accounts, passwords
from service.access import Actor, actor_for
from service.config import Settings
from service.installation import Installation, migrate, open_installation
from service.models import Unit, User
from tests.compiled import compiled_once  # noqa: F401  fixture
from tests.servers import postgres_database, postgres_url, redis_url  # noqa: F401  fixtures

PASSWORD = "Xuexiao-2024-ok"
ORIGIN = "http://localhost"
UNITS = [  # name, kind, parent
    ("示范县教育体育局", "bureau", None),
    ("城关", "township", "示范县教育体育局"),
    ("河滨", "township", "示范县教育体育局"),
    ("鸦岭", "township", "示范县教育体育局"),
    ("城关一小", "school", "城关"),
    ("城关二小", "school", "城关"),
    ("河滨中学", "school", "河滨"),
    ("县直实验小学", "school", "示范县教育体育局"),
]
USERS = {  # key, which is also the login's end: (role, unit)
    "school": ("school", "城关一小"),
    "other_school": ("school", "河滨中学"),
    "direct_school": ("school", "县直实验小学"),
    "township": ("township", "城关"),
    "other_township": ("township", "河滨"),
    "clerk": ("clerk", "示范县教育体育局"),
    "second_clerk": ("clerk", "示范县教育体育局"),
    "bureau": ("bureau", "示范县教育体育局"),
    "system_admin": ("system_admin", "示范县教育体育局"),
    "security_admin": ("security_admin", "示范县教育体育局"),
    "audit_admin": ("audit_admin", "示范县教育体育局"),
    "viewer": ("viewer", "示范县教育体育局"),
}


@dataclass(frozen=True)
class County:
    """The installation of one test with the ids of what `UNITS` and `USERS` put there."""

    installation: Installation
    units: dict[str, int]
    users: dict[str, int]
    password: str = PASSWORD

    def actor(self, key: str) -> Actor:
        """The actor that the user of this key is."""
        with self.installation.database.read() as session:
            return actor_for(session, session.get_one(User, self.users[key]))


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> None:
    passwords.install(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def _county_ground(tmp_path_factory: pytest.TempPathFactory, _cheap_passwords: None) -> Path:
    """A data folder with the county in it, copied for every test that wants one."""
    folder = tmp_path_factory.mktemp("ground") / "data"
    installation = open_installation(Settings(data_dir=folder))
    settle(installation)
    installation.close()
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of the test's installation; override this fixture to change some."""
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def county(_county_ground: Path, settings: Settings) -> Iterator[County]:
    """The county on SQLite."""
    shutil.copytree(_county_ground, settings.data_dir, dirs_exist_ok=True)
    installation = open_installation(settings)
    yield county_of(installation)
    installation.close()


@pytest.fixture
def installation(county: County) -> Installation:
    """The county's installation."""
    return county.installation


@pytest.fixture(scope="session")
def _county_ground_pg(tmp_path_factory: pytest.TempPathFactory, _cheap_passwords: None) -> Iterator[str]:
    """A PostgreSQL database with the county in it, copied for every test that wants one."""
    with postgres_database() as url:
        installation = open_installation(Settings(tmp_path_factory.mktemp("ground_pg"), database_url=url))
        settle(installation)
        installation.close()
        yield url


@pytest.fixture
def county_pg(_county_ground_pg: str, settings: Settings) -> Iterator[County]:
    """The county on PostgreSQL."""
    with postgres_database(like=_county_ground_pg) as url:
        installation = open_installation(replace(settings, database_url=url))
        yield county_of(installation)
        installation.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_county(request: pytest.FixtureRequest) -> County:
    """The county on SQLite, then again on PostgreSQL."""
    county: County = request.getfixturevalue("county" if request.param == "sqlite" else "county_pg")
    return county


@pytest.fixture(scope="session")
def _app(_county_ground: Path) -> Flask:
    """The web application, built once: its routes and templates are compiled but for the first test."""
    from service.web import build_app

    return build_app(open_installation(Settings(data_dir=_county_ground)))


@pytest.fixture
def app(_app: Flask, county: County) -> Flask:
    """The web application, moved over to this test's county."""
    _app.extensions["installation"] = county.installation
    return _app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser nobody has logged in with."""
    return app.test_client()


@pytest.fixture
def client_for(app: Flask) -> Callable[[str], "Browser"]:
    """`client_for("clerk")`: a browser in which that user of `USERS` has logged in."""
    def logged_in(key: str) -> Browser:
        return Browser(app, key)
    return logged_in


@pytest.fixture
def token_for(county: County) -> Callable[[str], dict[str, str]]:
    """`token_for("school")`: headers with a bearer token of that user."""
    def headers(key: str) -> dict[str, str]:
        with county.installation.database.write() as session:
            token = accounts.issue_token(session, None, county.users[key], "test", 1)
        return {"Authorization": f"Bearer {token}"}
    return headers


class Browser:
    """A logged-in test client; `post` sends the page's CSRF token along as scripts do."""

    def __init__(self, app: Flask, key: str, password: str = PASSWORD) -> None:
        self.client = app.test_client()
        self.client.get("/login")
        cookie = self.client.get_cookie("shibiao-login")
        answer = self.client.post("/login", data={"login": login_of(key), "password": password,
                                                  "csrf_token": cookie.value if cookie else ""})
        assert answer.status_code == 302, f"{key} could not log in"

    @property
    def csrf(self) -> str:
        """The token in the page's head."""
        page = self.client.get("/password").get_data(as_text=True)
        return page.split('name="csrf-token" content="')[1].split('"')[0]

    def get(self, path: str, **rest):
        """GET; keywords as of Flask's test client."""
        return self.client.get(path, **rest)

    def post(self, path: str, **rest):
        """POST with token and origin."""
        headers = {"X-CSRF-Token": self.csrf, "Origin": ORIGIN} | dict(rest.pop("headers", {}))
        return self.client.post(path, headers=headers, **rest)


def login_of(key: str) -> str:
    """The login of the user of this key."""
    return f"user.{key}"


def settle(installation: Installation) -> County:
    """Migrate an empty database, and put units and users there."""
    migrate(installation.settings)
    with installation.database.write() as session:
        made: dict[str, Unit] = {}
        for position, (name, kind, parent) in enumerate(UNITS):
            made[name] = Unit(name=name, kind=kind, position=position, parent=made.get(parent or ""))
            session.add(made[name])
        session.flush()
        for key, (role, unit) in USERS.items():
            accounts.create(session, None, login=login_of(key), name=f"测试{key}", role=role,
                            unit_id=made[unit].id, password=PASSWORD)
    return county_of(installation)


def county_of(installation: Installation) -> County:
    """The ids of what `settle` made."""
    with installation.database.read() as session:
        units = {unit.name: unit.id for unit in session.query(Unit)}
        users = {user.login.removeprefix("user."): user.id for user in session.query(User)}
    return County(installation, units, users)


