"""The queue: every job is with one worker at most, and every state has a way out."""

import io
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from service import intake, jobs
from service.database import now
from service.errors import Conflict, NotFound
from service.models import AuditEvent, Job, Scan
from tests.files import jpeg

LEASE = 120.0


@pytest.fixture
def queue(any_county):
    """Three scans waiting, in the order they came."""
    for number in range(3):
        intake.receive(any_county.installation, any_county.actor("school"), io.BytesIO(jpeg(number)), "x.jpg")
    return any_county.installation.database


def job(queue, held):
    with queue.read() as session:
        return session.get_one(Job, held.job_id)


def state_of(queue, held):
    with queue.read() as session:
        return session.get_one(Job, held.job_id).state, session.get_one(Scan, held.scan_id).state


def let_lease_end(queue, held):
    with queue.write() as session:
        session.execute(update(Job).where(Job.id == held.job_id)
                        .values(lease_until=now() - timedelta(hours=1)))


def make_due(queue):
    with queue.write() as session:
        session.execute(update(Job).values(due_at=now() - timedelta(hours=1)))


def finish(queue, held):
    with queue.write() as session:
        jobs.finish(session, held)


def test_the_scan_that_waited_longest_comes_first_and_to_one_worker_only(queue):
    claims = [jobs.claim(queue, "a", LEASE) for _ in range(4)]
    assert [held and held.job_id for held in claims] == [1, 2, 3, None]
    assert state_of(queue, claims[0]) == ("running", "reading")


def test_many_workers_share_the_queue_without_taking_anything_twice(queue):
    taken, start = [], threading.Barrier(6)

    def worker(name):
        start.wait()
        while (held := jobs.claim(queue, name, LEASE)) is not None:
            taken.append(held.job_id)

    workers = [threading.Thread(target=worker, args=(f"w{number}",)) for number in range(6)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sorted(taken) == [1, 2, 3]


def test_a_hint_claims_its_own_scan_and_only_while_it_is_due(queue):
    with queue.read() as session:
        scan_id = session.get_one(Job, 2).scan_id
    held = jobs.claim(queue, "a", LEASE, scan_id)
    assert held.scan_id == scan_id
    assert jobs.claim(queue, "b", LEASE, scan_id) is None
    finish(queue, held)
    assert jobs.claim(queue, "b", LEASE, scan_id) is None


def test_after_the_lease_another_worker_may_take_over_and_the_late_one_is_refused(queue):
    late = jobs.claim(queue, "slow", LEASE)
    let_lease_end(queue, late)
    other = jobs.claim(queue, "quick", LEASE)
    assert (other.job_id, other.fence, job(queue, other).expiries) == (late.job_id, late.fence + 1, 1)
    assert not jobs.heartbeat(queue, late, LEASE)
    with pytest.raises(jobs.LeaseLost):
        finish(queue, late)
    jobs.fail(queue, late, "too late to matter", 0)
    assert job(queue, other).errors == 0
    finish(queue, other)
    assert state_of(queue, other)[0] == "done"


def test_a_heartbeat_keeps_the_lease(queue):
    held = jobs.claim(queue, "a", 0.0)
    assert jobs.heartbeat(queue, held, LEASE)
    assert jobs.claim(queue, "b", LEASE, held.scan_id) is None


def test_three_errors_fail_the_job_with_growing_pauses_between(queue):
    held, pauses = jobs.claim(queue, "a", LEASE), []
    for _ in range(jobs.MAX_ERRORS):
        jobs.fail(queue, held, "ValueError at grid.py:1", 5.0)
        pauses.append(round((job(queue, held).due_at - now()).total_seconds()))
        make_due(queue)
        held = jobs.claim(queue, "a", LEASE, held.scan_id) or held
    assert pauses[:2] == [5, 30]
    assert state_of(queue, held) == ("failed", "failed")
    with queue.read() as session:
        assert session.get_one(Scan, held.scan_id).problems == [jobs.GAVE_UP]
        events = session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == held.scan_id))
        assert list(events)[-1] == "scan.failed"


def test_leases_that_run_out_too_often_fail_the_job_too(queue):
    for _ in range(jobs.MAX_EXPIRIES + 1):
        held = jobs.claim(queue, "dies", LEASE)
        assert held.job_id == 1
        let_lease_end(queue, held)
        assert jobs.give_up_exhausted(queue) == (job(queue, held).expiries == jobs.MAX_EXPIRIES)
    assert state_of(queue, held) == ("failed", "failed")
    assert job(queue, held).errors == 0


def test_a_job_with_all_its_leases_used_up_is_failed_even_while_it_waits(queue):
    with queue.write() as session:
        session.execute(update(Job).where(Job.id == 1).values(expiries=jobs.MAX_EXPIRIES))
    assert jobs.give_up_exhausted(queue) == 1


def test_failed_scans_are_queued_again_by_one_click(any_county, queue):
    held = jobs.claim(queue, "a", LEASE)
    for _ in range(jobs.MAX_ERRORS):
        jobs.fail(queue, held, "broken", 0.0)
        held = jobs.claim(queue, "a", LEASE, held.scan_id) or held
    with queue.write() as session:
        jobs.requeue(session, any_county.actor("school"), held.scan_id)
    assert state_of(queue, held) == ("queued", "received")
    again = jobs.claim(queue, "a", LEASE, held.scan_id)
    assert (job(queue, again).errors, again.fence > held.fence) == (0, True)


def test_only_failed_scans_can_be_queued_again(any_county, queue):
    with queue.write() as session, pytest.raises(NotFound):
        jobs.requeue(session, None, "absent")
    held = jobs.claim(queue, "a", LEASE)
    with queue.write() as session, pytest.raises(Conflict):
        jobs.requeue(session, any_county.actor("school"), held.scan_id)


def test_work_given_back_is_due_again_and_counts_nothing(queue):
    held = jobs.claim(queue, "a", LEASE)
    jobs.release(queue, held)
    assert state_of(queue, held) == ("queued", "received")
    again = job(queue, held)
    assert (again.errors, again.expiries) == (0, 0)
    jobs.release(queue, held, 60.0)  # a second time, with an old claim: nothing happens
    assert jobs.claim(queue, "a", LEASE, held.scan_id) is not None


def test_what_a_dead_worker_had_is_due_at_once(queue):
    held = jobs.claim(queue, "host:1", LEASE)
    other = jobs.claim(queue, "host:2", LEASE)
    assert jobs.abandon(queue, "host:1") == 1
    assert jobs.claim(queue, "host:3", LEASE, held.scan_id) is not None
    assert jobs.claim(queue, "host:3", LEASE, other.scan_id) is None


def test_due_jobs_are_hinted_at_again_only_after_a_while(queue):
    assert jobs.to_hint(queue, again_seconds=60) == []  # intake has just hinted at them
    with queue.write() as session:
        session.execute(update(Job).where(Job.id != 2).values(hinted_at=now() - timedelta(seconds=61)))
    assert len(jobs.to_hint(queue, again_seconds=60)) == 2
    assert jobs.to_hint(queue, again_seconds=60) == []


def test_what_killed_its_worker_goes_behind_what_waited_meanwhile(queue):
    first = jobs.claim(queue, "dies", LEASE)
    jobs.abandon(queue, "dies")
    order = [jobs.claim(queue, "a", LEASE).job_id for _ in range(3)]
    assert order == [2, 3, first.job_id]
