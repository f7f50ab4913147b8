"""The broker loses, doubles, delays or answers nothing: receipts are as quick and reading as sure as ever."""

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
import redis

from service.hints import BrokerHints, broker_options
from service.installation import open_installation
from tests.conftest import county_of
from tests.faults.processes import BRISK, all_read, celery, loop, states, until, upload


@contextmanager
def silent_server():
    """An address that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        held = []

        def accept():
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        server.shutdown(socket.SHUT_RDWR)
        for one in held:
            one.close()


@contextmanager
def hinted_through(county, url):
    installation = open_installation(replace(county.installation.settings, redis_url=url))
    yield county_of(installation)
    installation.close()


def test_a_silent_broker_slows_no_upload(county):
    uploads, silence = 40, broker_options()["socket_timeout"]
    with silent_server() as url, hinted_through(county, url) as hinted:
        start = time.monotonic()
        upload(hinted, range(uploads))
        assert time.monotonic() - start < uploads * silence / 2, "each upload waited for the broker"
        assert states(hinted) == {"queued": uploads}


def test_without_a_broker_for_good_uploads_are_safe_and_embedded_workers_read_them(county):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{unused.getsockname()[1]}/0"  # bound, not listening: refused at once
        with hinted_through(county, url) as hinted:
            upload(hinted, range(10))
            with loop(hinted):
                all_read(hinted, 10, 20)


def test_the_circuit_stays_open_for_a_while_after_a_failure():
    tried = []

    def publish(task, scan_id):
        tried.append(scan_id)
        raise ConnectionError

    hints = BrokerHints(publish, pause=2.0)
    for scan_id in ("a", "b", "c"):
        hints.send(scan_id)
    until(lambda: tried == ["a"] and hints._waiting.empty(), 3, "one attempt, two dropped")
    time.sleep(2.1)
    hints.send("d")
    until(lambda: tried == ["a", "d"], 3, "tried again after the pause")
    hints.close()


@pytest.mark.postgres
@pytest.mark.redis
def test_every_hint_five_times_reads_nothing_twice(scaled):
    with celery(scaled):
        for scan_id in upload(scaled, range(15)):
            for _ in range(4):
                scaled.installation.hints.send(scan_id)
        all_read(scaled, 15, 30)


def lose_all_hints(county, count):
    """Hand in `count` scans and throw their hints away before any worker sees one."""
    broker = redis.Redis.from_url(county.installation.settings.redis_url)
    upload(county, range(count))
    until(lambda: broker.llen("shibiao") == count, 10, "the hints are in the broker")
    broker.flushdb()
    broker.close()


@pytest.mark.postgres
@pytest.mark.redis
def test_lost_hints_are_found_by_the_sweeper(scaled):
    lose_all_hints(scaled, 10)
    with celery(scaled):
        all_read(scaled, 10, 30)


@pytest.mark.postgres
@pytest.mark.redis
def test_a_broker_emptied_under_running_workers_stops_nothing(scaled):
    broker = redis.Redis.from_url(scaled.installation.settings.redis_url)
    with celery(scaled):
        for count in (5, 10, 15):
            upload(scaled, range(count - 5, count))
            all_read(scaled, count, 20)
            broker.flushdb()
    broker.close()


@pytest.mark.postgres
@pytest.mark.redis
def test_without_the_sweeper_lost_hints_stay_lost(scaled):
    """The control: were this to pass reading, the test above would prove nothing."""
    never = replace(scaled.installation.settings, sweep_seconds=3600.0)
    unswept = replace(scaled, installation=replace(scaled.installation, settings=never))
    lose_all_hints(unswept, 3)
    with celery(unswept):
        upload(unswept, [100])  # hinted at in the usual way: the workers are up and able
        until(lambda: states(unswept)["done"] == 1, 20, "the hinted scan is read")
        time.sleep(BRISK["sweep_seconds"] * 10)
        assert states(unswept) == {"done": 1, "queued": 3}
