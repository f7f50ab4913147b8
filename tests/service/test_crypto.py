"""Personal data is sealed: unreadable without the keys, bound to its column, found again by a digest."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text

from service.crypto import Keyring, load_keyring
from service.models import Student


@pytest.fixture
def keyring(tmp_path):
    return load_keyring(tmp_path / "keys" / "keys.json")


def test_sealed_text_opens_only_under_its_own_label(keyring):
    sealed = keyring.seal("410329200801011234", "students.id_number")
    assert "410329" not in sealed
    assert keyring.open(sealed, "students.id_number") == "410329200801011234"
    with pytest.raises(InvalidTag):
        keyring.open(sealed, "students.address")


def test_equal_texts_are_sealed_differently_but_have_one_fingerprint(keyring):
    assert keyring.seal("谭梅", "x") != keyring.seal("谭梅", "x")
    assert keyring.fingerprint("谭梅", "x") == keyring.fingerprint("谭梅", "x")
    assert keyring.fingerprint("谭梅", "x") != keyring.fingerprint("谭梅", "y")


def test_an_altered_text_does_not_open(keyring):
    sealed = keyring.seal("谭梅", "x")
    with pytest.raises(InvalidTag):
        keyring.open(sealed[:-8] + "AAAAAAA=", "x")


def test_an_older_key_still_opens_what_it_sealed(keyring):
    renewed = Keyring({**keyring.keys, "k2": bytes(range(32))}, "k2", keyring.search_key)
    assert renewed.open(keyring.seal("谭梅", "x"), "x") == "谭梅"
    assert renewed.seal("谭梅", "x").startswith("k2:")


def test_many_processes_starting_at_once_share_one_keyring(tmp_path):
    path = tmp_path / "keys.json"
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: load_keyring(path), range(8)))
    assert len({ring.search_key for ring in rings}) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["current"] == "k1"
    assert [left.name for left in tmp_path.iterdir()] == ["keys.json"]


def test_the_database_holds_no_readable_id_number_or_address(any_county):
    with any_county.installation.database.write() as session:
        session.add(Student(name="谭梅", school_id=any_county.units["城关一小"], address="城关乡某村",
                            id_number="410329200801011234"))
    with any_county.installation.database.read() as session:
        raw = session.execute(text("SELECT id_number, address FROM students")).one()
        child = session.scalars(select(Student)).one()
    assert "410329" not in str(raw)
    assert "某村" not in str(raw)
    assert (child.id_number, child.address) == ("410329200801011234", "城关乡某村")
