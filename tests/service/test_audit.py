"""The record of who did what: complete, in one chain, and closed to changes."""

import threading

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from service import audit
from service.models import AuditEvent


def note(county, number, who="bureau"):
    with county.installation.database.write() as session:
        audit.record(session, county.actor(who), "test", "unit", number, fields=["name"])


def test_events_say_who_did_what_to_which_object(any_county):
    note(any_county, 7)
    with any_county.installation.database.read() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.user_id, event.action, event.object_type, event.object_id, event.detail) == (
        any_county.users["bureau"], "test", "unit", "7", {"fields": ["name"]})


def test_the_chain_holds_when_many_write_at_once(any_county):
    writers = [threading.Thread(target=lambda: [note(any_county, n) for n in range(10)]) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with any_county.installation.database.read() as session:
        assert audit.verify(session) is None
        tests = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "test")
        assert session.scalar(tests) == 40


def test_an_event_of_work_that_was_rolled_back_is_gone_with_it(county):
    with pytest.raises(RuntimeError), county.installation.database.write() as session:
        audit.record(session, None, "never", "unit", 1)
        raise RuntimeError
    with county.installation.database.read() as session:
        assert session.scalar(select(AuditEvent.id).where(AuditEvent.action == "never")) is None


@pytest.mark.parametrize("statement", [
    "UPDATE audit_events SET user_id = NULL", "DELETE FROM audit_events"])
def test_the_database_itself_refuses_to_change_or_remove_events(any_county, statement):
    note(any_county, 1)
    with pytest.raises(DBAPIError, match="append-only"), any_county.installation.database.write() as session:
        session.execute(text(statement))


@pytest.mark.parametrize("tampering", [
    "UPDATE audit_events SET object_id = '8' WHERE id = {id}", "DELETE FROM audit_events WHERE id = {id}"])
def test_tampering_past_the_triggers_is_found(county, tampering):
    for number in range(3):
        note(county, number)
    with county.installation.database.write() as session:
        target = session.scalar(select(AuditEvent.id).where(AuditEvent.object_id == "1",
                                                            AuditEvent.action == "test"))
        for verb in ("UPDATE", "DELETE"):
            session.execute(text(f"DROP TRIGGER audit_events_no_{verb}"))
        session.execute(text(tampering.format(id=target)))
    with county.installation.database.read() as session:
        assert audit.verify(session) in (target, target + 1)
