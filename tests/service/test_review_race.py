"""Two clerks who save the same field of the same version at once: one gets through, the other is told."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from service import review
from service.config import Settings
from service.errors import Conflict
from service.installation import open_installation
from service.models import Decision, Sheet
from service.models.values import FORM_ROW
from tests.conftest import County, settle
from tests.service.review_sheets import home_visit, put

ROUNDS = 200


@pytest.fixture
def postgres_county(tmp_path, postgres_url) -> Iterator[County]:
    installation = open_installation(Settings(data_dir=tmp_path / "data", database_url=postgres_url))
    yield settle(installation)
    installation.close()


def race(county: County) -> None:
    """Both see version n, both save; after each round exactly one decision more stands."""
    database = county.installation.database
    sheet_id = put(county.installation, home_visit(), county.users["school"], county.units["城关一小"])
    clerks = [county.actor("clerk"), county.actor("second_clerk")]
    start, outcomes, strays = threading.Barrier(2, timeout=30), [], []

    def work(actor, mine: str) -> None:
        for version in range(ROUNDS):
            start.wait()
            try:
                with database.write() as session:
                    review.decide(session, actor, sheet_id, version, FORM_ROW, "age", "corrected", mine)
                outcomes.append((version, mine))
            except Conflict:
                pass
            except Exception as error:
                strays.append(error)
                start.abort()
                raise

    threads = [threading.Thread(target=work, args=pair) for pair in zip(clerks, ("11", "12"), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not strays
    assert sorted(version for version, _ in outcomes) == list(range(ROUNDS))
    with database.read() as session:
        assert session.get_one(Sheet, sheet_id).version == ROUNDS
        assert session.scalar(select(func.count()).select_from(Decision)) == ROUNDS
        kept = session.scalars(select(Decision).order_by(Decision.sheet_version)).all()
        assert [decision.value for decision in kept] == [mine for _, mine in sorted(outcomes)]


def test_of_two_clerks_saving_at_once_exactly_one_gets_through_on_sqlite(county):
    race(county)


@pytest.mark.postgres
def test_of_two_clerks_saving_at_once_exactly_one_gets_through_on_postgresql(postgres_county):
    race(postgres_county)


@pytest.mark.postgres
def test_two_clerks_asking_for_work_at_once_never_get_the_same_sheet_on_postgresql(postgres_county):
    county = postgres_county
    for _ in range(10):
        put(county.installation, home_visit(), county.users["school"], county.units["城关一小"])
    taken: list[int] = []

    def work(actor) -> None:
        after = None
        for _ in range(5):
            with county.installation.database.write() as session:
                after = review.claim_next(session, actor, review.Filters(), after)
            taken.append(after)

    threads = [threading.Thread(target=work, args=(county.actor(key),)) for key in ("clerk", "second_clerk")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(taken) == len(set(taken)) == 10
